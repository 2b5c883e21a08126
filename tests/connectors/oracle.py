"""What a filter and typed words mean, said again in plain Python over entries in memory."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from connectors.spi import AllOf, AnyOf, Compare, Entry, Everything, Filter, Ids, InGroup, Not, Nothing, Ref, Under
from connectors.verbs import ATTRIBUTES


def matches(entry: Entry, wanted: Filter) -> bool:
    """Say whether an entry is matched."""
    match wanted:
        case Everything():
            return True
        case Nothing():
            return False
        case AllOf(parts):
            return all(matches(entry, part) for part in parts)
        case AnyOf(parts):
            return any(matches(entry, part) for part in parts)
        case Not(part):
            return not matches(entry, part)
        case Ids(ids):
            return entry.ref.id in ids
        case Under(place):
            return bool(place) and entry.place[: len(place)] == place
        case InGroup(group, nested):
            direct = Ref("group", group) in (entry.attributes.get("groups") or ())
            return entry.ref.id != group and (group in entry.groups if nested else direct)
        case Compare():
            return _compare(entry, wanted)


def _compare(entry: Entry, compare: Compare) -> bool:
    value = entry.attributes.get(compare.attribute)
    is_present = value not in (None, "", ())
    if compare.op in {"present", "absent"}:
        return is_present == (compare.op == "present")
    if compare.value in (None, ""):
        return compare.op == "!=" and is_present
    type_ = ATTRIBUTES[entry.ref.kind][compare.attribute].type
    if compare.op == "!=":
        return not _compare(entry, Compare(compare.attribute, "==", compare.value))
    if type_.startswith("list:"):
        op = "==" if compare.op == "contains" else compare.op
        return any(_holds(item, op, compare.value, type_[5:]) for item in value or ())
    return is_present and _holds(value, compare.op, compare.value, type_)


def _holds(value: object, op: str, wanted: object, type_: str) -> bool:
    if type_ == "text":
        value, wanted = _key(str(value)), _key(str(wanted))
    if type_ == "datetime" and isinstance(wanted, date) and not isinstance(wanted, datetime):
        return _holds_on_day(value, op, wanted)
    tests = {
        "==": lambda: value == wanted,
        "<": lambda: value < wanted,
        "<=": lambda: value <= wanted,
        ">": lambda: value > wanted,
        ">=": lambda: value >= wanted,
        "contains": lambda: wanted in value,
        "starts_with": lambda: value.startswith(wanted),
    }
    return bool(tests[op]())


def _holds_on_day(value: object, op: str, day: date) -> bool:
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    tests = {"==": start <= value < end, "<": value < start, "<=": value < end, ">": value >= end, ">=": value >= start}
    return tests[op]


def _key(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def is_found(entry: Entry, text: str, attributes: Sequence[str]) -> bool:
    """Say whether every typed word stands in one of the attributes, whatever the case and the accents."""
    texts = [_plain(item) for name in attributes for item in _texts(entry.attributes.get(name))]
    return all(any(word in held for held in texts) for word in _plain(text).split())


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
