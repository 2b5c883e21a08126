"""Write a checked expression for the second evaluator, which runs in the page. Pure.

Only what a person at the page sees anyway is sent: an expression whose every name is a plain answer of the same form,
with ``today()`` and literals.  Whatever reads an object, a list's columns, the organisation or a secret stays here, and
the page asks the server as it always did.

The shapes, lists with a tag in front; ``at`` is the offset that an error names:

====================================  ==========================================================================
``["k", null|true|false]``            a constant, ``["t", text]`` a text, ``["n", "12.5"]`` a number in digits
``["d", months, seconds]``            a span of time
``["x", name, at]``                   an answer
``["l", [node…]]``                    a list
``["and", [node…]]``, ``["or", …]``   logic
``["not", node, at]``, ``["-", …]``   one operand
``["b", operator, left, right, at]``  two operands; a sixth element is the type a sum of day and span has
``["m", node, pattern, at]``          ``matches``; the pattern is a regular expression for the flag ``u``
``["c", function, [node…], at]``      a call
====================================  ==========================================================================
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from forms.expressions.browser_patterns import browser_pattern
from forms.expressions.functions import FUNCTIONS
from forms.expressions.syntax import (
    Attribute,
    Binary,
    Call,
    Constant,
    Expression,
    Items,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
    children,
)
from forms.values import OBJECT_KINDS, Duration, Type

VERSION = 1
"""Of the shapes; a page that gets another one leaves everything to the server."""
SERVER_ONLY = frozenset({"in_group", "under", "now"})
"""Functions that need facts, or a moment that passes while a page is open."""
BROWSER_FUNCTIONS = {name: function for name, function in FUNCTIONS.items() if name not in SERVER_ONLY}
"""The functions a page works out itself."""
_ASKS_IF_ANSWERED = frozenset({"answered", "empty", "count"})
_PLAIN = frozenset({"text", "number", "bool", "date", "choice", "null", "any"})

Sent: TypeAlias = list[Any]
Names: TypeAlias = Mapping[str, Type]


def sent_expression(expression: Expression, names: Names) -> Sent | None:
    """Return the expression for a page, or None when only the server may work it out.

    ``names`` are the answers the page knows exactly as the server does, with their types.
    """
    return None if any(kept_back(expression.node, names)) else _sent(expression.node, names)


def kept_back(node: Node, names: Names) -> Iterator[str]:
    """Yield each reason why ``node`` stays on the server: the function, the name, or what else it is."""
    match node:
        case Name(name) if name not in names or not _is_plain(names[name]):
            yield name
        case Attribute() if not _is_own_value(node, names):
            yield f"{'.'.join(_words(node))}"
        case Call(function) if function in SERVER_ONLY:
            yield f"{function}()"
        case Call(function, (Name(name),)) if function in _ASKS_IF_ANSWERED and _is_opaque(names.get(name)):
            return
        case Binary("matches", _, right) if not (isinstance(right, Literal) and isinstance(right.value, str)):
            yield "matches"
        case Attribute():
            return
        case _:
            for child in children(node):
                yield from kept_back(child, names)


def _words(node: Node) -> tuple[str, ...]:
    if isinstance(node, Attribute):
        return (*_words(node.subject), node.name)
    return (node.name,) if isinstance(node, Name) else ("…",)


def _is_plain(type_: Type) -> bool:
    if type_.name == "list":
        return type_.item is not None and type_.item.name != "list" and _is_plain(type_.item)
    return type_.name in _PLAIN


def _is_opaque(type_: Type | None) -> bool:
    """Say whether a page knows only that there is an answer: objects are more than their id."""
    one = type_.item if type_ is not None and type_.name == "list" else type_
    return one is not None and one.name in OBJECT_KINDS


def _is_own_value(node: Attribute, names: Names) -> bool:
    """Say whether this is ``choice.value``, which is the answer itself and no column of its list."""
    subject = node.subject
    return (
        node.name == "value"
        and isinstance(subject, Name)
        and subject.name in names
        and names[subject.name].name == "choice"
    )


def _sent(node: Node, names: Names) -> Sent:
    match node:
        case Literal(value):
            return _constant(value)
        case Name(name, offset):
            return ["x", name, offset]
        case Attribute(subject):
            return _sent(subject, names)
        case Items(items):
            return ["l", [_sent(each, names) for each in items]]
        case Logic(operator, operands):
            return [operator, [_sent(each, names) for each in operands]]
        case Unary(operator, operand, offset):
            return [operator, _sent(operand, names), offset]
        case Call(function, arguments, offset):
            return ["c", function, [_sent(each, names) for each in arguments], offset]
        case Binary("matches", left, Literal(str() as pattern), offset):
            return ["m", _sent(left, names), browser_pattern(pattern), offset]
        case Binary(operator, left, right, offset, gives):
            return ["b", operator, _sent(left, names), _sent(right, names), offset, *([gives] if gives else [])]


def _constant(value: Constant) -> Sent:
    match value:
        case str():
            return ["t", value]
        case Duration(months, seconds):
            return ["d", months, seconds]
        case None | bool():
            return ["k", value]
        case int() | Decimal():
            return ["n", f"{value:f}" if isinstance(value, Decimal) else str(value)]
