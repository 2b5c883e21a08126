"""What of a grant is still there to be taken back: objects may be gone, values may be others by now. Reads; writes nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.spi import Change, Entry, Guard, Operation
from forms.answering.restoring import restored
from forms.answering.wire import stored
from runner.pipeline.grants.things import about, objects, sign, things, without
from runner.pipeline.reading import Reader
from runner.store.grant_records import Grant

_OBJECT_GONE = "What it was about does not exist any more."
_CHANGED = "It was changed again since, so it was left as it is."


@dataclass(frozen=True, slots=True)
class Remaining:
    """The operation that takes back what is left, None where nothing is; ``why`` tells of parts that are left out."""

    operation: Operation | None
    guards: tuple[Guard, ...] = ()
    why: str = ""


def remaining(reader: Reader, grant: Grant) -> Remaining:
    """Look what of a grant is still as it was given.

    Left out is what is about objects that are gone, and values that somebody else has set since.  Raises `RestoreError`,
    and the errors of connectors.
    """
    back = restored(grant.inverse, reader.services.connectors.verbs, grant.operation_id)
    entries = {ref: reader.entry(ref) for ref in sorted(objects(back), key=str)}
    lost = frozenset[str]().union(*(about(back, ref) for ref, entry in entries.items() if entry is None))
    left = without(back, lost) if lost else back
    why = _OBJECT_GONE if lost else ""
    if left is not None and (again := _set_again(reader, grant, left)):
        left, why = without(left, again), _CHANGED
    if left is None:
        return Remaining(None, why=why)
    wanted = objects(left)
    return Remaining(left, tuple(_guards(left, (entries[ref] for ref in wanted))), why)


def _guards(left: Operation, entries: Iterable[Entry | None]) -> Iterable[Guard]:
    """Guard what a value is put back on, and people; a group may change meanwhile, its members are known by their ids."""
    sets = any(sign(left, thing) == "=" for thing in things(left))
    for entry in entries:
        if entry is not None and (sets or entry.ref.kind != "group"):
            yield Guard(entry.ref, entry.version, entry.place)


def _set_again(reader: Reader, grant: Grant, left: Operation) -> frozenset[str]:
    """Return the things whose values are no longer those that were set."""
    values = {thing for thing in things(left) if sign(left, thing) == "="}
    known = _values_set(grant)
    if not values or not known:
        return frozenset()
    preparation = reader.services.connectors.for_verb(left.verb).prepare(left)
    others = [change for change in preparation.changes if change.kind == "set" and _is_other(change, known)]
    found = {thing for thing in values for change in others if _is_about(thing, change)}
    return frozenset(found)


def _values_set(grant: Grant) -> Mapping[tuple[str, str], Any]:
    """Return the values that the run set, by object and attribute."""
    kept = grant.inverse.get("changed") if isinstance(grant.inverse, Mapping) else None
    rows = kept if isinstance(kept, list | tuple) else []
    return {(str(row[0]), str(row[1])): row[3] for row in rows if isinstance(row, list | tuple)}


def _is_other(change: Change, known: Mapping[tuple[str, str], Any]) -> bool:
    key = (str(change.ref), change.attribute)
    if key not in known:
        return False
    now, then = stored(change.before), known[key]
    if change.attribute == "dn":
        now, then = _unit_of(now), _unit_of(then)
    return bool(now != then)


def _unit_of(dn: Any) -> str:
    return re.split(r"(?<!\\),", str(dn), maxsplit=1)[-1].casefold()


def _is_about(thing: str, change: Change) -> bool:
    """Say whether a change is of this value: named by its attribute, or of an operation that sets one thing as a whole."""
    words = thing.split(" ")
    return words[0] != "value" or words[2] == change.attribute or (words[2], change.attribute) == ("cn", "dn")
