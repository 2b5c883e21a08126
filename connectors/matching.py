"""Evaluates a search filter on one object as the connectors have to: the yardstick for searches and decisions. Pure."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import assert_never

from connectors.folding import key
from connectors.spi import (
    AllOf,
    AnyOf,
    Compare,
    Entry,
    Everything,
    Filter,
    Ids,
    InGroup,
    Not,
    Nothing,
    Ref,
    Under,
    Value,
)


def matches(filter_: Filter, entry: Entry) -> bool:
    """Say whether an object, taken to be of the kind asked for, is among those a search with this filter finds."""
    match filter_:
        case Everything() | Nothing():
            return isinstance(filter_, Everything)
        case Under(place):
            return bool(place) and entry.place[: len(place)] == place
        case InGroup(group, nested):
            return group != entry.ref.id and group in (entry.groups if nested else _direct(entry))
        case Ids(ids):
            return entry.ref.id in ids
        case Compare():
            return _compares(filter_, entry.attributes.get(filter_.attribute))
        case AllOf(parts):
            return all(matches(part, entry) for part in parts)
        case AnyOf(parts):
            return any(matches(part, entry) for part in parts)
        case Not(part):
            return not matches(part, entry)
        case _:
            assert_never(filter_)


def _direct(entry: Entry) -> list[str]:
    groups = entry.attributes.get("groups")
    return [ref.id for ref in groups if isinstance(ref, Ref)] if isinstance(groups, tuple) else []


def _compares(compare: Compare, found: Value) -> bool:
    nothing = absent(found)
    if compare.op in ("present", "absent"):
        return nothing == (compare.op == "absent")
    if compare.op == "!=":
        return not nothing if absent(compare.value) else not same(found, compare.value)
    if nothing or absent(compare.value):
        return False
    if compare.op == "==":
        return same(found, compare.value)
    if compare.op in ("contains", "starts_with"):
        return _holds(found, compare.value, start=compare.op == "starts_with")
    order = _order(found, compare.value)
    wanted = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}[compare.op]
    return order in wanted


def absent(value: Value) -> bool:
    """Say whether a value stands for nothing: none, blank text, or no elements."""
    return value is None or value == () or (isinstance(value, str) and value.strip() == "")


def same(found: Value, wanted: Value) -> bool:
    """Say whether an attribute has a value: texts ignore case, one of several is enough, nothing never equals anything."""
    if absent(found) or absent(wanted):
        return False
    if isinstance(found, tuple):
        return any(same(item, wanted) for item in found)
    found, wanted = _beside(found, wanted)
    return (type(found) is type(wanted) or _are_numbers(found, wanted)) and _folded(found) == _folded(wanted)


def _are_numbers(*values: Value) -> bool:
    return all(isinstance(value, int | Decimal) and not isinstance(value, bool) for value in values)


def _folded(value: Value) -> Value:
    return key(value) if isinstance(value, str) else value


def _holds(found: Value, wanted: Value, *, start: bool) -> bool:
    if isinstance(found, tuple):
        return same(found, wanted)
    if not isinstance(found, str) or not isinstance(wanted, str):
        return False
    return key(found).startswith(key(wanted)) if start else key(wanted) in key(found)


def _beside(found: Value, wanted: Value) -> tuple[Value, Value]:
    """Return both values, a moment as its day in UTC where the other is a day."""
    if isinstance(found, datetime) and isinstance(wanted, date) and not isinstance(wanted, datetime):
        return found.astimezone(UTC).date(), wanted
    if isinstance(wanted, datetime) and isinstance(found, date) and not isinstance(found, datetime):
        return found, wanted.astimezone(UTC).date()
    return found, wanted


def _order(found: Value, wanted: Value) -> int | None:
    found, wanted = _beside(found, wanted)
    for type_ in (datetime, date, str, (int, Decimal)):
        if isinstance(found, type_) and isinstance(wanted, type_):
            left, right = _folded(found), _folded(wanted)
            return (left > right) - (left < right)  # type: ignore[operator]
    return None
