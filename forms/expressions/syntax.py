"""The tree of an expression, as data that can travel as JSON. Pure.

Every node knows the offset (characters from the start of the source, from 0) of the token that made it: the operator of
an operation, the name of a call, the word after the dot of an attribute.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from forms.errors import ExpressionError
from forms.values import Duration, Type

Constant: TypeAlias = str | int | Decimal | bool | Duration | None
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the expression."""

    value: Constant
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Name:
    """A field or another value in scope."""

    name: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Attribute:
    """``subject.name``. ``kind`` is the kind of object the subject is, once the types are known; else empty."""

    subject: "Node"
    name: str
    offset: int = 0
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """``function(arguments)``, also when it was written with ``|``."""

    function: str
    arguments: tuple["Node", ...]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Items:
    """``[a, b]``; may be empty."""

    items: tuple["Node", ...]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Unary:
    """``not x`` or ``-x``."""

    operator: str
    operand: "Node"
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Logic:
    """Two or more operands joined by ``and`` or by ``or``."""

    operator: str
    operands: tuple["Node", ...]
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Binary:
    """An arithmetic operation or a comparison.

    ``gives`` is ``date`` or ``datetime`` where a span of time is added to a day, once the types are known; else empty.
    """

    operator: str
    left: "Node"
    right: "Node"
    offset: int = 0
    gives: str = ""


Node: TypeAlias = Literal | Name | Attribute | Call | Items | Unary | Logic | Binary


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression.

    ``names`` are the free names; ``paths`` the longest chains of attributes read from them, each starting with its
    name: ``target.manager.mail`` gives ``("target", "manager", "mail")``, a name used alone gives ``("target",)``.
    """

    source: str
    node: Node
    type: Type
    names: frozenset[str] = field(init=False, compare=False)
    paths: frozenset[tuple[str, ...]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        paths = frozenset(_paths(self.node))
        object.__setattr__(self, "paths", paths)
        object.__setattr__(self, "names", frozenset(path[0] for path in paths))


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below ``node``, in the order they were written. Pure."""
    match node:
        case Attribute(subject=below) | Unary(operand=below):
            return (below,)
        case Call(arguments=several) | Items(items=several) | Logic(operands=several):
            return several
        case Binary(left=left, right=right):
            return (left, right)
    return ()


def start_of(node: Node) -> int:
    """Return the offset of the first character of ``node`` as far as the tree knows it. Pure."""
    below = children(node)
    return min(node.offset, start_of(below[0])) if below else node.offset


def depth_of(node: Node) -> int:
    """Return how many nodes lie on the longest way down, counting ``node``. Pure."""
    return 1 + max(map(depth_of, children(node)), default=0)


def _paths(node: Node) -> Iterator[tuple[str, ...]]:
    chain = _chain(node)
    if chain:
        yield chain
        return
    for child in children(node):
        yield from _paths(child)


def _chain(node: Node) -> tuple[str, ...]:
    if isinstance(node, Name):
        return (node.name,)
    if isinstance(node, Attribute):
        below = _chain(node.subject)
        return (*below, node.name) if below else ()
    return ()


# --- JSON -----------------------------------------------------------------------------------------------------------


def to_json(node: Node) -> Json:
    """Return ``node`` as plain JSON values; `from_json` takes it back. Pure."""
    match node:
        case Literal(value):
            shape: Json = {"node": "literal", **_constant_to_json(value)}
        case Name(name):
            shape = {"node": "name", "name": name}
        case Attribute(subject, name, kind=kind):
            shape = {"node": "attribute", "of": to_json(subject), "name": name, "kind": kind}
        case Call(function, arguments):
            shape = {"node": "call", "function": function, "arguments": [to_json(each) for each in arguments]}
        case Items(items):
            shape = {"node": "items", "items": [to_json(each) for each in items]}
        case Unary(operator, operand):
            shape = {"node": "unary", "operator": operator, "operand": to_json(operand)}
        case Logic(operator, operands):
            shape = {"node": "logic", "operator": operator, "operands": [to_json(each) for each in operands]}
        case Binary(operator, left, right, gives=gives):
            sides = {"left": to_json(left), "right": to_json(right)}
            shape = {"node": "binary", "operator": operator, **sides, "gives": gives}
    return {**shape, "at": node.offset}


def from_json(shape: Mapping[str, Any]) -> Node:
    """Return the node that `to_json` wrote; raises `ExpressionError` when the shape is another one. Pure."""
    try:
        return _from_json(shape)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ExpressionError("this is not a stored expression") from error


def _from_json(shape: Mapping[str, Any]) -> Node:
    at = int(shape["at"])
    match shape["node"]:
        case "literal":
            return Literal(_constant_from_json(shape), at)
        case "name":
            return Name(shape["name"], at)
        case "attribute":
            return Attribute(_from_json(shape["of"]), shape["name"], at, shape["kind"])
        case "call":
            return Call(shape["function"], tuple(map(_from_json, shape["arguments"])), at)
        case "items":
            return Items(tuple(map(_from_json, shape["items"])), at)
        case "unary":
            return Unary(shape["operator"], _from_json(shape["operand"]), at)
        case "logic":
            return Logic(shape["operator"], tuple(map(_from_json, shape["operands"])), at)
        case "binary":
            return Binary(shape["operator"], _from_json(shape["left"]), _from_json(shape["right"]), at, shape["gives"])
    raise ValueError(shape["node"])


def _constant_to_json(value: Constant) -> Json:
    match value:
        case Duration(months, seconds):
            return {"type": "duration", "months": months, "seconds": seconds}
        case Decimal():
            return {"type": "decimal", "value": str(value)}
    return {"type": "plain", "value": value}


def _constant_from_json(shape: Mapping[str, Any]) -> Constant:
    match shape["type"]:
        case "duration":
            return Duration(int(shape["months"]), int(shape["seconds"]))
        case "decimal":
            return Decimal(shape["value"])
        case "plain" if isinstance(shape["value"], str | int | bool | None):
            constant: str | int | bool | None = shape["value"]
            return constant
    raise ValueError(shape["type"])
