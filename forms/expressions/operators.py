"""The types of arithmetic and of comparisons, and the sentences for what does not go together. Pure."""

from typing import NoReturn

from forms.errors import ExpressionError
from forms.expressions.comparing import DAY_SECONDS
from forms.expressions.kinds import (
    called,
    is_loose,
    is_moment,
    is_object,
    is_text,
    item_of,
    may_be_equal,
    may_be_ordered,
)
from forms.expressions.patterns import compile_pattern
from forms.expressions.syntax import Binary, Literal, Node, children
from forms.values import ANY, BOOL, DATE, DATETIME, DURATION, NUMBER, TEXT, Duration, Type


def comparison_type(node: Binary, left: Type, right: Type) -> Type:
    """Return yes/no; raises `ExpressionError` E214 when the comparison means nothing, E216 and E217 for a pattern."""
    match node.operator:
        case "==" | "!=":
            _check_equal(node, left, right)
        case "in":
            _check_member(node, left, right)
        case "contains":
            _check_contains(node, left, right)
        case "matches":
            _check_matches(node, left)
        case _ if not may_be_ordered(left, right):
            _refuse_order(node, left, right)
    return BOOL


def _refuse(node: Binary, message: str, fix: str = "") -> NoReturn:
    raise ExpressionError(message, code="E214", offset=node.offset, fix=fix)


def _check_equal(node: Binary, left: Type, right: Type) -> None:
    if may_be_equal(left, right):
        return
    message = f"{called(left)} is never equal to {called(right)}"
    names = {left.name, right.name}
    fix = ""
    if "bool" in names:
        if left.name != "bool":
            message = f"{called(right)} is never equal to {called(left)}"
        fix = "A yes/no field is compared without quotes: write the field alone, or  not field ."
    elif "list" in names:
        fix = 'Use "contains" or "in" to look for an element of a list.'
    elif is_object(left) or is_object(right):
        fix = "Compare one of its attributes, as in  target.login ."
    elif is_moment(left) and is_moment(right):
        fix = 'Use "<" or ">=" between a date and a moment.'
    elif names == {"number", "text"} or names == {"number", "choice"}:
        fix = "Write the number without quotes, or use number(…)."
    elif "duration" in names:
        fix = "A span of time is written 30d, 2h, 6mo."
    _refuse(node, message, fix)


def _refuse_order(node: Binary, left: Type, right: Type) -> NoReturn:
    unlike = f'cannot put {called(left)} and {called(right)} in order with "{node.operator}"'
    fix = ""
    if "list" in (left.name, right.name):
        fix = "Use count(…) for the number of elements."
    elif "bool" in (left.name, right.name):
        fix = "Write the yes/no field alone, or  not field ."
    elif "duration" in (left.name, right.name) and (is_moment(left) or is_moment(right)):
        fix = "Compare with a date, as in  today() + 30d ."
    elif "number" in (left.name, right.name) and "duration" in (left.name, right.name):
        fix = "Write a number of days as 30d."
    elif "number" in (left.name, right.name) and (is_text(left) or is_text(right)):
        fix = "Write the number without quotes, or use number(…)."
    _refuse(node, unlike, fix)


def _check_member(node: Binary, left: Type, right: Type) -> None:
    if is_loose(right):
        return
    if right.name == "list":
        if not may_be_equal(left, item_of(right)):
            _refuse(node, f"{called(left)} is never in a {right}")
        return
    fix = 'Write a list in square brackets:  x in ["a", "b"] .'
    if is_text(right):
        fix = 'A part of a text is looked for the other way round:  text contains "part" .'
    elif right.name == "group":
        fix = "Write  in_group(…, …) ."
    elif right.name == "ou":
        fix = "Write  under(…, …) ."
    elif right.name == "delta":
        fix = "Take one side of the change, with .add or .remove ."
    _refuse(node, f'"in" needs a list on its right, this is {called(right)}', fix)


def _check_contains(node: Binary, left: Type, right: Type) -> None:
    if is_loose(left):
        return
    if left.name == "list":
        if not may_be_equal(item_of(left), right):
            _refuse(node, f"a {left} never contains {called(right)}")
        return
    if not is_text(left):
        fix = "Write  in_group(…, …) ." if left.name == "group" else ""
        _refuse(node, f'"contains" needs a list or a text on its left, this is {called(left)}', fix)
    if not is_text(right) and not is_loose(right):
        _refuse(node, f"a text never contains {called(right)}")


def _check_matches(node: Binary, left: Type) -> None:
    if not is_text(left) and not is_loose(left):
        _refuse(node, f'"matches" needs a text on its left, this is {called(left)}')
    if not isinstance(node.right, Literal) or not isinstance(node.right.value, str):
        message = '"matches" needs a pattern written in quotes'
        raise ExpressionError(message, code="E216", offset=node.offset, fix='Write  name matches "[a-z]+" .')
    try:
        compile_pattern(node.right.value)
    except ExpressionError as error:
        error.offset += node.right.offset + 1
        raise


def sum_type(node: Binary, left: Type, right: Type) -> Type:
    """Return the type of ``+ - * /``; raises `ExpressionError` E214 when the two do not go together.

    A day plus a span written in hours or minutes is a moment, plus any other span a day.
    """
    if is_loose(left) or is_loose(right):
        return _loose_sum(node, left, right)
    kind = (left.name, node.operator, right.name)
    if kind[::2] == ("number", "number"):
        return NUMBER
    if is_text(left) and is_text(right) and node.operator == "+":
        return TEXT
    if kind in {("duration", "+", "duration"), ("duration", "-", "duration"), ("duration", "*", "number"),
                ("number", "*", "duration")}:  # fmt: skip
        return DURATION
    if is_moment(left) and right.name == "duration" and node.operator in ("+", "-"):
        return _moved(left, node.right)
    if left.name == "duration" and is_moment(right) and node.operator == "+":
        return _moved(right, node.left)
    if is_moment(left) and is_moment(right) and node.operator == "-":
        return DURATION
    raise _sum_error(node, left, right)


def _loose_sum(node: Binary, left: Type, right: Type) -> Type:
    for type_ in (left, right):
        if not is_loose(type_) and type_.name not in ("number", "text", "choice", "date", "datetime", "duration"):
            raise _sum_error(node, left, right)
    return ANY


def _moved(moment: Type, span: Node) -> Type:
    return DATETIME if moment.name == "datetime" or _has_hours(span) else DATE


def _has_hours(span: Node) -> bool:
    if isinstance(span, Literal) and isinstance(span.value, Duration):
        return span.value.seconds % DAY_SECONDS != 0
    return any(map(_has_hours, children(span)))


def _sum_error(node: Binary, left: Type, right: Type) -> ExpressionError:
    fix = ""
    names = (left.name, right.name)
    if "number" in names and (is_moment(left) or is_moment(right)):
        fix = _days_fix(node)
    elif is_text(left) or is_text(right):
        fix = 'Put texts together with join([…, …], "").'
    elif "list" in names:
        fix = "Use count(…) for the number of elements."
    elif names == ("number", "duration") or names == ("duration", "number"):
        fix = _days_fix(node)
    message = f'cannot use "{node.operator}" between {called(left)} and {called(right)}'
    return ExpressionError(message, code="E214", offset=node.offset, fix=fix)


def _days_fix(node: Binary) -> str:
    for side in (node.right, node.left):
        if isinstance(side, Literal) and isinstance(side.value, int) and not isinstance(side.value, bool):
            return f"Write a number of days as {side.value}d."
    return "Make the number a number of days:  n * 1d ."
