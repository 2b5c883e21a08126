"""What a plan would give until a day although it is there already, for longer or for good. Reads the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import Change, Operation, Preparation, Ref
from forms.answering.restoring import RestoreError, restored
from runner.pipeline.grants.things import objects, only, sign, things
from runner.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class ThereAlready:
    """The memberships of an operation for which nothing has to be changed.

    ``rest`` is the operation without them, None when nothing is left.  ``ends`` are the moments at which some end that are
    there for so long already, ``endless`` are those that are there for good.
    """

    rest: Operation | None
    ends: Mapping[datetime, Operation]
    endless: Operation | None


def there_already(
    services: Services, operation: Operation, preparation: Preparation, ends_at: datetime
) -> ThereAlready:
    """Return what of an operation that gives until ``ends_at`` is there already and does not end then, as things are now."""
    there = frozenset(_unchanged(operation, preparation))
    ends = _ends(services, operation) if there else {}
    moments = sorted({ends[thing] for thing in there & ends.keys() if ends[thing] >= ends_at})
    kept = ((moment, frozenset(one for one in there if ends.get(one) == moment)) for moment in moments)
    return ThereAlready(
        only(operation, things(operation) - there) if there else operation,
        {moment: part for moment, these in kept if (part := only(operation, these)) is not None},
        only(operation, there - ends.keys()),
    )


def named_of(part: Operation, target: Ref | None) -> tuple[Ref, ...]:
    """Return what a part of an operation is about besides the target, in a fixed order. Pure."""
    return tuple(sorted((ref for ref in objects(part) if ref != target), key=str))


def ends_taken(services: Services, operation: Operation, preparation: Preparation) -> Iterator[tuple[Change, datetime]]:
    """Yield the memberships that an operation ends, of those that would end by themselves, and when they would."""
    ends = _ends_alike(services, operation)
    for change in preparation.changes:
        touched = {str(change.ref), str(change.before), str(change.after)}
        found = [ends_at for thing, ends_at in ends.items() if set(thing.split(" ")[1:]) <= touched]
        if found and change.kind == "remove":
            yield change, max(found)


def cannot_be_put_back(services: Services, operation: Operation, preparation: Preparation) -> bool:
    """Say whether all that an operation changes was only until a day: putting it back would give it for good."""
    touched = [{str(one.ref), str(one.before), str(one.after)} for one in preparation.changes]
    changed = {
        thing
        for thing in things(operation)
        if not thing.startswith("member ") or any(set(thing.split(" ")[1:]) <= one for one in touched)
    }
    return bool(changed) and changed <= _ends_alike(services, operation).keys()


def _unchanged(operation: Operation, preparation: Preparation) -> Iterator[str]:
    """Yield the memberships that an operation would give and that nothing has to be changed for."""
    touched = [{str(one.ref), str(one.before), str(one.after)} for one in preparation.changes]
    for thing in things(operation):
        kind, *about = thing.split(" ")
        if kind == "member" and sign(operation, thing) == "+" and not any(set(about) <= one for one in touched):
            yield thing


def _ends(services: Services, operation: Operation) -> Mapping[str, datetime]:
    """Return when each thing that an operation gives ends, where a running grant takes it away."""
    found: dict[str, datetime] = {}
    for thing, is_alike, ends_at in _running(services, operation):
        if not is_alike:
            found[thing] = max(ends_at, found.get(thing, ends_at))
    return found


def _ends_alike(services: Services, operation: Operation) -> Mapping[str, datetime]:
    """Return when a running grant does by itself what an operation does to each thing now, or sets the same value again."""
    found: dict[str, datetime] = {}
    for thing, is_alike, ends_at in _running(services, operation):
        if is_alike:
            found[thing] = max(ends_at, found.get(thing, ends_at))
    return found


def _running(services: Services, operation: Operation) -> Iterator[tuple[str, bool, datetime]]:
    """Yield the things of an operation that running grants are about, whether these do alike, and when."""
    for grant in services.store.grants.about(things(operation)):
        try:
            back = restored(grant.inverse, services.connectors.verbs, grant.operation_id)
        except RestoreError:
            continue
        for thing in things(back) & things(operation):
            yield thing, sign(back, thing) in (sign(operation, thing), "="), grant.ends_at
