"""Objects that somebody wrote down by name, hundreds at a time: many names are asked for in one question."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from connectors.spi import AnyOf, Compare, Entry, Filter, Ids
from forms.facts import NAMED_BY, Rows, Search

MOST_NAMED = 1_000
"""The most objects that are read for the names that are asked for together."""
_AT_ONCE = 50


def called_one_of(kind: str, names: frozenset[str]) -> Filter:
    """Return the condition that an object has one of these names, or one of them as its id."""
    attributes = NAMED_BY.get(kind, ())
    parts = (Compare(attribute, "==", name) for attribute in attributes for name in sorted(names))
    return AnyOf((Ids(names), *parts))


def searches_by_name(
    searches: Iterable[Search], ask: Callable[[Search, frozenset[str]], Rows]
) -> Mapping[Search, Rows]:
    """Answer searches for one name each, those that differ in nothing but the name together.

    ``ask`` runs a search for several names.  Where that finds too much to be shown, each name is asked for by itself.
    """
    alike: dict[Search, list[str]] = {}
    for search in searches:
        if search.name:
            alike.setdefault(replace(search, name=""), []).append(search.name)
    found: dict[Search, Rows] = {}
    for search, names in alike.items():
        for start in range(0, len(names), _AT_ONCE):
            part = sorted(names)[start : start + _AT_ONCE]
            rows = ask(search, frozenset(part))
            for name in part:
                asked = replace(search, name=name)
                found[asked] = ask(search, frozenset({name})) if rows.more else _of_name(rows, search.kind, name)
    return found


def _of_name(rows: Rows, kind: str, name: str) -> Rows:
    return Rows(tuple(entry for entry in rows.entries if _has_name(entry, kind, name)))


def _has_name(entry: Entry, kind: str, name: str) -> bool:
    values = (entry.ref.id, *(entry.attributes.get(attribute) for attribute in NAMED_BY.get(kind, ())))
    return any(isinstance(value, str) and value.casefold() == name for value in values)
