"""Work out a checked expression. Performs no I/O: what has to be read first is raised as `MissingFacts`.

Bounds: an expression has at most 500 characters and 20 levels; no text it makes exceeds 100,000 characters, no list
10,000 elements, no number 10¹⁸.  The language has no loops and no recursion: each node is worked out at most once, in
time linear in the size of its operands.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, cast

from connectors.spi import File, OutputRef, Ref, Secret, SecretRef
from forms.errors import ExpressionError
from forms.expressions.calculating import calculate, negative
from forms.expressions.comparing import are_equal, contains, is_before, start_of_day
from forms.expressions.environment import MAX_ITEMS, MAX_TEXT, Environment, bounded, gather, too_large
from forms.expressions.functions import FUNCTIONS
from forms.expressions.implementations import unmade_error
from forms.expressions.patterns import is_match
from forms.expressions.printing import secret_error, to_text
from forms.expressions.syntax import (
    Attribute,
    Binary,
    Call,
    Expression,
    Items,
    Literal,
    Logic,
    Name,
    Node,
    Unary,
)
from forms.values import FILE_ATTRIBUTES, Choice, Delta, Value

__all__ = ["Environment", "evaluate", "holds", "render", "to_text"]


class Parts(Protocol):
    """A text with expressions in it: literal texts and expressions, in order."""

    @property
    def parts(self) -> tuple[str | Expression, ...]:
        """The pieces; a single expression alone passes its value as it is."""
        ...


def evaluate(expression: Expression, environment: Environment) -> Value:
    """Return the value.

    Raises `ExpressionError` (E214, E230, E240 to E243) when it cannot be worked out with these values, with the offset
    of the operation; `MissingFacts` when something has to be read first.  The same input always gives the same value.
    """
    return _evaluate(expression.node, environment)


def holds(expression: Expression, environment: Environment) -> bool:
    """Say whether a condition is met: only yes is, empty is not. Raises as `evaluate`."""
    return evaluate(expression, environment) is True


def render(template: Parts, environment: Environment) -> Value:
    """Return the text with its expressions filled in, or the value itself where the template is one expression.

    Raises as `evaluate`; E230 when a secret would become text; one `MissingFacts` for all parts.
    """
    parts = template.parts
    if len(parts) == 1 and isinstance(parts[0], Expression):
        return evaluate(parts[0], environment)
    text = "".join(gather(lambda part: _part(part, environment), parts))
    if len(text) > MAX_TEXT:
        raise too_large("text")
    return text


def _part(part: str | Expression, environment: Environment) -> str:
    return part if isinstance(part, str) else to_text(evaluate(part, environment), environment)


def _evaluate(node: Node, environment: Environment) -> Value:
    match node:
        case Literal(value):
            return value
        case Name(name, offset):
            return _named(name, offset, environment)
        case Logic():
            return _logic(node, environment)
        case Items(items):
            return gather(lambda item: _evaluate(item, environment), items)
    try:
        return _operation(node, environment)
    except ArithmeticError as error:
        raise ExpressionError("this cannot be calculated", code="E241", offset=node.offset) from error
    except ExpressionError as error:
        error.offset = error.offset or node.offset
        raise


def _operation(node: Node, environment: Environment) -> Value:
    match node:
        case Attribute():
            return bounded(_attribute(_evaluate(node.subject, environment), node, environment))
        case Call():
            return bounded(_call(node, environment))
        case Unary("not", operand):
            return _evaluate(operand, environment) is not True
        case Unary(_, operand):
            return negative(_evaluate(operand, environment))
        case Binary():
            return _binary(node, environment)
    raise ExpressionError("this expression cannot be worked out")


def _named(name: str, offset: int, environment: Environment) -> Value:
    if name not in environment.names:
        raise ExpressionError(f'there is no value for "{name}" here', code="E210", offset=offset)
    return environment.names[name]


def _logic(node: Logic, environment: Environment) -> bool:
    decisive = node.operator == "or"
    for operand in node.operands:
        if (_evaluate(operand, environment) is True) == decisive:
            return decisive
    return not decisive


# --- attributes -----------------------------------------------------------------------------------------------------


def _attribute(subject: Value, node: Attribute, environment: Environment) -> Value:
    match subject:
        case None:
            return None
        case Choice():
            return subject.row.get(node.name, subject.value if node.name == "value" else None)
        case File():
            return cast("Value", getattr(subject, node.name)) if node.name in FILE_ATTRIBUTES else None
        case Delta():
            return {"add": subject.add, "remove": subject.remove}.get(node.name)
        case Ref() | str():
            return _object_attribute(subject, node, environment)
        case OutputRef():
            raise unmade_error()
        case Secret() | SecretRef():
            raise secret_error()
        case Mapping():
            return subject.get(node.name)
        case Sequence():
            return _of_every(subject, node, environment)
    raise ExpressionError(f'this value has no "{node.name}"', code="E211")


def _object_attribute(subject: Ref | str, node: Attribute, environment: Environment) -> Value:
    if node.name == "id" and isinstance(subject, Ref):
        return subject.id
    entry = environment.find(node.kind, subject)
    if entry is None:
        return None
    if node.name in ("id", "dn") and node.name not in entry.attributes:
        return entry.ref.id if node.name == "id" else entry.dn
    return entry.attributes.get(node.name)


def _of_every(subjects: Sequence[Value], node: Attribute, environment: Environment) -> Value:
    values = gather(lambda each: _attribute(each, node, environment), subjects)
    flat: list[Value] = []
    for value in values:
        if isinstance(value, Sequence) and not isinstance(value, str):
            flat.extend(value)
        else:
            flat.append(value)
        if len(flat) > MAX_ITEMS:
            raise too_large("list")
    return tuple(flat)


# --- calls and operators --------------------------------------------------------------------------------------------


def _call(node: Call, environment: Environment) -> Value:
    function = FUNCTIONS.get(node.function)
    if function is None or not function.takes(len(node.arguments)):
        raise ExpressionError(f'there is no such function as "{node.function}"', code="E212")
    if function.choose:
        chosen = function.choose(_evaluate(node.arguments[0], environment))
        return _evaluate(node.arguments[chosen], environment)
    values = gather(lambda each: _evaluate(each, environment), node.arguments)
    if any(isinstance(value, Secret | SecretRef) for value in values):
        raise secret_error()
    if function.nulls != "kept" and None in [value if value is None else 0 for value in values]:
        return None if function.nulls == "null" else False
    return function.implementation(environment, values) if function.implementation else None


def _binary(node: Binary, environment: Environment) -> Value:
    left, right = gather(lambda side: _evaluate(side, environment), (node.left, node.right))
    if any(isinstance(side, Secret | SecretRef) for side in (left, right)):
        raise secret_error()
    compare = _COMPARISONS.get(node.operator)
    if compare:
        return compare(left, right, environment)
    return _as_checked(calculate(node.operator, left, right, environment), node.gives, environment)


def _as_checked(value: Value, gives: str, environment: Environment) -> Value:
    if gives == "datetime" and isinstance(value, date):
        return start_of_day(value, environment)
    if gives == "date" and isinstance(value, datetime):
        return value.date()
    return value


def _known(compare: Callable[[Value, Value, Environment], bool]) -> Callable[[Value, Value, Environment], bool]:
    return lambda left, right, environment: left is not None and right is not None and compare(left, right, environment)


_COMPARISONS: Mapping[str, Callable[[Value, Value, Environment], bool]] = {
    "==": are_equal,
    "!=": lambda left, right, environment: not are_equal(left, right, environment),
    "<": _known(is_before),
    "<=": _known(lambda left, right, environment: not is_before(right, left, environment)),
    ">": _known(lambda left, right, environment: is_before(right, left, environment)),
    ">=": _known(lambda left, right, environment: not is_before(left, right, environment)),
    "in": lambda left, right, environment: contains(right, left, environment),
    "contains": contains,
    "matches": _known(
        lambda left, right, environment: is_match(to_text(right, environment), to_text(left, environment))
    ),
}
