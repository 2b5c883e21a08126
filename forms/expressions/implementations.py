"""What each function does with its values. Pure, except that objects are looked up in the facts.

Every function takes the environment and its arguments, already worked out, and returns a value.  Each raises
`ExpressionError` E214 for a value of the wrong kind (which the checker finds where the types are known), E241 for a
result out of bounds, and `MissingFacts`.
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from connectors.spi import Entry, OutputRef, Ref
from forms.errors import ExpressionError
from forms.expressions import text_functions as texts
from forms.expressions.calculating import rounded
from forms.expressions.comparing import is_before, is_empty, start_of_day
from forms.expressions.environment import MAX_ITEMS, MAX_TEXT, Environment, bounded, gather, too_large
from forms.expressions.printing import to_text
from forms.values import Choice, Number, Value

_Call: TypeAlias = Callable[[Environment, Sequence[Value]], Value]


def _text(environment: Environment, value: Value) -> str:
    return to_text(value, environment)


def _whole(value: Value, most: int) -> int:
    number_ = _number(value)
    if number_ != int(number_) or not 0 <= number_ <= most:
        raise ExpressionError(f"a whole number from 0 to {most} is needed", code="E213")
    return int(number_)


def _number(value: Value) -> Number:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        bounded(value)
        return value
    raise ExpressionError("a number is needed", code="E214")


def _list(value: Value) -> Sequence[Value]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    raise ExpressionError("a list is needed", code="E214")


# --- texts ----------------------------------------------------------------------------------------------------------


def _of_text(change: Callable[[str], str]) -> _Call:
    return lambda environment, values: change(_text(environment, values[0]))


def _of_texts(ask: Callable[[str, str], bool]) -> _Call:
    return lambda environment, values: ask(_text(environment, values[0]), _text(environment, values[1]))


lower = _of_text(str.lower)
upper = _of_text(str.upper)
title = _of_text(texts.title_text)
trim = _of_text(str.strip)
squeeze = _of_text(texts.squeeze_text)
letters = _of_text(texts.letters_of)
alnum = _of_text(texts.alnum_of)
digits = _of_text(texts.digits_of)
slug = _of_text(texts.slug_text)
starts_with = _of_texts(str.startswith)
ends_with = _of_texts(str.endswith)


def to_ascii(environment: Environment, values: Sequence[Value]) -> Value:
    """Write with Latin letters only."""
    return texts.ascii_text(*(_text(environment, value) for value in values))


def replace(environment: Environment, values: Sequence[Value]) -> Value:
    """Replace every occurrence of a part."""
    text, old, new = (_text(environment, value) for value in values)
    return texts.replace_text(text, old, new)


def join(environment: Environment, values: Sequence[Value]) -> Value:
    """Make one text of a list, leaving out what is empty."""
    between = _text(environment, values[1]) if len(values) > 1 else ", "
    parts = gather(lambda each: _text(environment, each), _list(values[0]))
    parts = tuple(part for part in parts if part)
    if sum(map(len, parts)) + len(parts) * len(between) > MAX_TEXT:
        raise too_large("text")
    return between.join(parts)


def format_value(environment: Environment, values: Sequence[Value]) -> Value:
    """Write a date or a number by a pattern."""
    value, pattern = values[0], _text(environment, values[1])
    if isinstance(value, date):
        return texts.moment_text(start_of_day(value, environment), pattern)
    marked, before, behind = texts.number_format(pattern)
    width = before + bool(behind) + behind
    return f"{rounded(_number(value), behind):0{'' if marked else width}{',' if marked else ''}.{behind}f}"


# --- lists ----------------------------------------------------------------------------------------------------------


def first(_environment: Environment, values: Sequence[Value]) -> Value:
    """Take from the start of a text or a list."""
    whole = _sequence(values[0])
    if len(values) > 1:
        return whole[: _whole(values[1], MAX_ITEMS)]
    return whole[:1] if isinstance(whole, str) else next(iter(whole), None)


def last(_environment: Environment, values: Sequence[Value]) -> Value:
    """Take from the end of a text or a list."""
    whole = _sequence(values[0])
    if len(values) > 1:
        return whole[max(0, len(whole) - _whole(values[1], MAX_ITEMS)) :]
    return whole[-1:] if isinstance(whole, str) else (whole[-1] if whole else None)


def length(_environment: Environment, values: Sequence[Value]) -> Value:
    """Count characters or elements."""
    return len(_sequence(values[0]))


def _sequence(value: Value) -> str | tuple[Value, ...]:
    if isinstance(value, str):
        return value
    return value.value if isinstance(value, Choice) else tuple(_list(value))


def count(_environment: Environment, values: Sequence[Value]) -> Value:
    """Count the elements that are not empty."""
    return 0 if values[0] is None else sum(not is_empty(each) for each in _list(values[0]))


def any_of(_environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether one element is yes."""
    return any(each is True for each in _list(values[0]))


def all_of(_environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether there are elements and all are yes."""
    elements = _list(values[0])
    return bool(elements) and all(each is True for each in elements)


# --- emptiness and choosing -----------------------------------------------------------------------------------------


def answered(_environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether there is a value."""
    return not is_empty(values[0])


def empty(_environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether there is no value."""
    return is_empty(values[0])


def choose_default(value: Value) -> int:
    """Return 0 to take the value, 1 to take the other one."""
    return int(is_empty(value))


def choose_if(condition: Value) -> int:
    """Return 1 to take the first result, 2 to take the other one."""
    return 1 if condition is True else 2


# --- numbers and moments --------------------------------------------------------------------------------------------


def today(environment: Environment, _values: Sequence[Value]) -> Value:
    """Return the present day."""
    return environment.now.date()


def now(environment: Environment, _values: Sequence[Value]) -> Value:
    """Return the present moment."""
    return environment.now


def smallest(environment: Environment, values: Sequence[Value]) -> Value:
    """Return the value that comes first."""
    best: Value = None
    for value in _flat(values):
        if best is None or is_before(value, best, environment):
            best = value
    return best


def largest(environment: Environment, values: Sequence[Value]) -> Value:
    """Return the value that comes last."""
    best: Value = None
    for value in _flat(values):
        if best is None or is_before(best, value, environment):
            best = value
    return best


def _flat(values: Sequence[Value]) -> list[Value]:
    flat: list[Value] = []
    for value in values:
        flat.extend(value if isinstance(value, Sequence) and not isinstance(value, str) else (value,))
    return [value for value in flat if value is not None]


def round_number(_environment: Environment, values: Sequence[Value]) -> Value:
    """Round half away from zero."""
    decimals = _whole(values[1], 10) if len(values) > 1 else 0
    result = rounded(_number(values[0]), decimals)
    return result if decimals else int(result)


def number(environment: Environment, values: Sequence[Value]) -> Value:
    """Read a number from a text."""
    if isinstance(values[0], int | Decimal):
        return _number(values[0])
    written = texts.number_written(_text(environment, values[0]))
    return None if written is None else Decimal(written) if "." in written else int(written)


# --- objects --------------------------------------------------------------------------------------------------------


def in_group(environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether an object is a member of a group, through other groups too."""
    member, group = _both(environment, values, "group")
    return member is not None and group.ref.id in member.groups


def under(environment: Environment, values: Sequence[Value]) -> Value:
    """Say whether an object stands in a unit, at any depth."""
    placed, unit = _both(environment, values, "ou")
    return placed is not None and bool(unit.place) and placed.place[: len(unit.place)] == unit.place


def _both(environment: Environment, values: Sequence[Value], kind: str) -> tuple[Entry | None, Entry]:
    thing, container = values
    reads: tuple[Callable[[], Entry | None], ...] = (
        lambda: environment.read(_ref(thing)),
        lambda: environment.find(kind, _plain(environment, container)),
    )
    entry, found = gather(_call, reads)
    if found is None:
        raise ExpressionError(f"the {'group' if kind == 'group' else 'unit'} does not exist", code="E243")
    return entry, found


def _call(read: Callable[[], Entry | None]) -> Entry | None:
    return read()


def _ref(value: Value) -> Ref:
    if isinstance(value, Ref):
        return value
    if isinstance(value, OutputRef):
        raise unmade_error()
    raise ExpressionError("an object is needed", code="E214")


def _plain(environment: Environment, value: Value) -> Value:
    return value if isinstance(value, Ref) else _text(environment, value)


def unmade_error() -> ExpressionError:
    """Return the error for a question about an object that an operation has yet to make. Pure."""
    return ExpressionError("this object does not exist before the operation has run", code="E242")
