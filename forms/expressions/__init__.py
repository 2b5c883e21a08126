"""The expressions of a form: read, checked, worked out. Pure: no network, no clock, no database.

Templates, which need the model of a form, are in `forms.expressions.templates`.
"""

from forms.expressions.evaluating import Environment, evaluate, holds, render, to_text
from forms.expressions.functions import FUNCTIONS, Function, Parameter
from forms.expressions.kinds import called, type_named
from forms.expressions.parsing import parse
from forms.expressions.patterns import compile_pattern, is_match
from forms.expressions.syntax import Expression, Node, from_json, to_json
from forms.expressions.typing import Scope, compile_condition, compile_expression

__all__ = [
    "FUNCTIONS",
    "Environment",
    "Expression",
    "Function",
    "Node",
    "Parameter",
    "Scope",
    "called",
    "compile_condition",
    "compile_expression",
    "compile_pattern",
    "evaluate",
    "from_json",
    "holds",
    "is_match",
    "parse",
    "render",
    "to_json",
    "to_text",
    "type_named",
]
