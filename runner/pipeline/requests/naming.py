"""From the ways of a round to people: who is meant as the directory and the policy are now. Reads; writes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from connectors.spi import Entry, InGroup, Ref
from runner.access.authority import Authority
from runner.access.model import Actor
from runner.access.resolving import Row
from runner.pipeline.requests.pending import Pending
from runner.pipeline.requests.rounds import Way
from runner.store.request_records import Principal, PrincipalKind

INSTEAD = "request.approve"
"""Who holds this permission may decide on requests for which nobody else is left."""

_MOST_OF_A_GROUP = 2_000
_KINDS: Mapping[str, PrincipalKind] = {"user": "user", "group": "group", "everyone": "everyone"}


def as_actor(person: Entry) -> Actor:
    """Return a person as the policy sees them; the account behind does not matter. Pure."""
    return Actor("", "", person.label, person)


def fallback_ways(pending: Pending) -> tuple[Way, ...]:
    """Return who decides where nobody else is left: whom the form names as its owner, and holders of a permission."""
    found = [Way("permission", INSTEAD, f"somebody with {INSTEAD}")]
    owner = pending.form.owner.strip()
    if owner:
        kinds = ("group", "user")
        entry = next((one for kind in kinds if (one := pending.reader.named(kind, owner)) is not None), None)
        if entry is not None:
            found.insert(
                0, Way("group" if entry.ref.kind == "group" else "user", entry.ref.id, "the owner of the form")
            )
    return tuple(found)


def fits(pending: Pending, way: Way, person: Entry) -> bool:
    """Say whether a person is meant by a way, now."""
    if way.kind == "user":
        return person.ref.id == way.id
    if way.kind == "group":
        return way.id in person.groups
    authority, now = pending.services.authority.current(), pending.reader.now
    rows = authority.bindings_of(as_actor(person), now)
    return any(_is_meant(way, row, pending) and _reaches(authority, way, row, pending, person) for row in rows)


def principals(pending: Pending, ways: Iterable[Way]) -> tuple[Principal, ...]:
    """Return before whom a request is put, for the index of inboxes: people, groups, everyone."""
    found: dict[Principal, None] = {}
    for way in ways:
        if way.kind in ("user", "group"):
            found[Principal("group" if way.kind == "group" else "user", way.id)] = None
        else:
            found |= dict.fromkeys(_holders(pending, way))
    sure = {(one.kind, one.id) for one in found if one.is_sure}
    return tuple(one for one in found if one.is_sure or (one.kind, one.id) not in sure)


def people(pending: Pending, ways: Sequence[Way], most: int = _MOST_OF_A_GROUP) -> Iterator[Entry]:
    """Yield the people that are meant, each once; of one group at most ``most`` are looked at, and of everyone nobody."""
    seen: set[str] = set()
    for principal in principals(pending, ways):
        for person in _of(pending, principal, most):
            if person.ref.id not in seen and any(fits(pending, way, person) for way in ways):
                seen.add(person.ref.id)
                yield person


def means_everyone(pending: Pending, ways: Iterable[Way]) -> bool:
    """Say whether anybody at all may say yes."""
    return any(one.kind == "everyone" and one.is_sure for one in principals(pending, ways))


def _of(pending: Pending, principal: Principal, most: int) -> Iterator[Entry]:
    if principal.kind == "user":
        person = pending.reader.entry(Ref("user", principal.id))
        if person is not None:
            yield person
    elif principal.kind == "group":
        yield from islice(pending.services.connectors.for_kind("user").scan("user", InGroup(principal.id)), most)


def _holders(pending: Pending, way: Way) -> Iterator[Principal]:
    authority, day = pending.services.authority.current(), pending.reader.now.date()
    nobody = Actor("", "", "", None)
    for row in authority.resolved.rows:
        if row.principal not in _KINDS or not row.counts_on(day) or not _is_meant(way, row, pending):
            continue
        is_sure = way.kind == "permission" or not depends_on_actor(authority, row)
        if is_sure and not _reaches(authority, way, row, pending, None, nobody):
            continue
        yield Principal(_KINDS[row.principal], row.principal_id, is_sure)


def _is_meant(way: Way, row: Row, pending: Pending) -> bool:
    if not row.counts_in(pending.form.id):
        return False
    return row.role == way.id if way.kind == "role" else way.id in row.permissions


def depends_on_actor(authority: Authority, row: Row) -> bool:
    """Say whether what a row is about is another thing for each who holds it, such as their own reports. Pure."""
    resolved = authority.resolved.sets.get(row.set)
    return resolved is not None and any(
        selector.written.needs_actor for selector in (*resolved.resources, *resolved.excluded)
    )


def _reaches(
    authority: Authority, way: Way, row: Row, pending: Pending, person: Entry | None, actor: Actor | None = None
) -> bool:
    """Say whether a row is about the target; a permission about requests is about all, and so is a role without a scope."""
    target = pending.walk.target
    if way.kind == "permission" or not row.set or target is None:
        return True
    return authority.in_set(row.set, target, actor or (as_actor(person) if person else Actor("", "", "", None)))
