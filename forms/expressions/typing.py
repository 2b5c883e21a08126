"""Check an expression against the names in scope, and give it a type. Pure.

`compile_expression` is for values, `compile_condition` for the keys that take yes or no.  Both raise `ExpressionError`
at the first thing that cannot be right, with the offset of the token that is to blame.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.errors import ExpressionError
from forms.expressions.inferring import inferred
from forms.expressions.kinds import called, is_loose, is_text
from forms.expressions.parsing import parse
from forms.expressions.printing import secret_error
from forms.expressions.syntax import Attribute, Expression, Name, start_of
from forms.values import Type


@dataclass(frozen=True, slots=True)
class Scope:
    """The names an expression may use, with their types."""

    names: Mapping[str, Type] = field(default_factory=dict)


def compile_expression(source: str, scope: Scope) -> Expression:
    """Return the checked expression.

    A secret may be the whole expression (``password``), so that it reaches the argument that takes it; its type is then
    ``secret``, and it is for the caller to refuse it elsewhere.  Raises `ExpressionError`: E200 to E204 for what cannot
    be read, E210 to E217 for names, arguments and types, E230 for a secret inside a larger expression.
    """
    node, type_ = inferred(parse(source), scope.names)
    if _holds_secret(type_) and not (type_.name == "secret" and isinstance(node, Name | Attribute)):
        raise secret_error(start_of(node))
    return Expression(source, node, type_)


def compile_condition(source: str, scope: Scope) -> Expression:
    """Return the checked condition, whose type is yes/no or any.

    Raises as `compile_expression`, E230 for a secret anywhere, E215 for a value that is neither yes nor no.
    """
    expression = compile_expression(source, scope)
    if expression.type.name == "secret":
        raise secret_error(start_of(expression.node))
    if expression.type.name not in ("bool", "any"):
        raise ExpressionError(
            f"a condition is yes or no, this is {called(expression.type)}",
            code="E215",
            offset=start_of(expression.node),
            fix=_condition_fix(expression.type, source),
        )
    return expression


def _holds_secret(type_: Type) -> bool:
    return type_.name == "secret" or (type_.item is not None and type_.name == "list" and _holds_secret(type_.item))


def _condition_fix(type_: Type, source: str) -> str:
    if is_loose(type_):
        return "Write a comparison."
    shown = source.strip() if len(source) <= 40 else "…"
    comparison = f', or compare it:  {shown} == "…" .' if is_text(type_) else ", or compare it."
    if type_.name == "list":
        return f"Write  count({shown}) > 0 ."
    return f"Write  answered({shown}){comparison}"
