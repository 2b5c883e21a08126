"""Says by which protected set, and through which groups, an object is protected. Pure: groups are handed in as read."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from connectors.spi import UNSEEN, Entry, Ref
from runner.access.authority import MARKS, Authority
from runner.access.explanation.lacking import Asked, principal_of, word
from runner.access.holders import DECIDING
from runner.access.resolving import ResolvedSelector, ResolvedSet
from runner.access.selecting import BoundSelector, bind, direct_groups

_MARKS = {"privileged": "marked as privileged", "is_service": "marked as a service account"}
Groups = Mapping[str, Entry]
"""Groups by their id, as far as they were read: those an object is in."""


def protection(authority: Authority, asked: Asked, groups: Groups) -> str:
    """Say why an object is protected: ``carol is in Domain Admins through Tier0-Admins``; empty when nothing says so.

    Also why an account is out of reach for this actor alone: ``carol holds identity-lead through Identity-Leads``.
    """
    entry = asked.entry
    if entry is None:
        return ""
    resolved = authority.resolved
    for set_id in resolved.protected:
        if said := next(_reasons(resolved.sets[set_id], entry, groups), ""):
            return f'It is protected by the set "{set_id}": {said}.'
    if UNSEEN in entry.groups and authority.is_protected(entry):
        return f"{entry.label} is in groups that Deskhand's account cannot read, so in which others is not known."
    if entry.ref.kind == "user":
        for mark in MARKS:
            if entry.attributes.get(mark) is True:
                return f"{entry.label} is {_MARKS.get(mark, f'marked {mark}')} in the directory."
    if authority.is_protected(entry):
        return "It is an account by which Deskhand itself signs in to its systems."
    return _held_more(authority, asked, entry, groups)


def _held_more(authority: Authority, asked: Asked, entry: Entry, groups: Groups) -> str:
    """Name the role by which an account holds more than the actor, and through what."""
    found = authority.barrier(asked.actor, form=asked.form, now=asked.now)
    whose = entry.label if entry.ref.kind == "user" else f"The owner of {entry.label}"
    owner = entry.attributes.get("owner")
    people = {entry.ref.id} | ({owner.id} if isinstance(owner, Ref) else set())
    for held in authority.holdings:
        row = held.row
        if row.ends is not None and row.ends < asked.now.date():
            continue
        if row.role == DECIDING and row.principal_id in found.people & people:
            return f"{whose} decides in a review of bindings; only somebody with access.manage changes the account."
        if row.principal == "user" and row.principal_id in found.people & people:
            return f"{whose} holds {row.role} by name, and the actor does not hold all of it."
        if row.principal == "group" and row.principal_id in found.groups & entry.groups:
            name = principal_of(row).removeprefix("group ")
            way = ", ".join((name, *reversed(way_into(entry, row.principal_id, groups))))
            return f"{whose} holds {row.role} through {way}, and the actor does not hold all of it."
    return ""


def way_into(entry: Entry, group: str, groups: Groups) -> tuple[str, ...]:
    """Return the names of the groups from the object up to a group, the shortest way, without that group itself.

    Empty when it is a member itself, or when the way was not read.
    """
    waiting: deque[tuple[str, tuple[str, ...]]] = deque((id_, ()) for id_ in sorted(direct_groups(entry)))
    seen: set[str] = set()
    while waiting:
        id_, way = waiting.popleft()
        if id_ == group:
            return way
        if id_ in seen or id_ not in groups:
            continue
        seen.add(id_)
        waiting.extend((above, (*way, groups[id_].label)) for above in sorted(direct_groups(groups[id_])))
    return ()


def _reasons(found: ResolvedSet, entry: Entry, groups: Groups) -> Iterator[str]:
    excepted = (bind(selector, {}) for selector in found.excluded)
    if any(one is not None and one.selects(entry) for one in excepted):
        return
    for selector in found.resources:
        bound = None if selector.lost else bind(selector, {}, widely=True)
        if bound is None:
            if selector.written.kind == entry.ref.kind:
                missing = selector.missing or selector.lost or "a name"
                yield f"every {word(entry.ref.kind)} is, until {missing} is found"
        elif bound.selects(entry):
            yield f"{entry.label} {_and(_conditions(selector, bound, entry, groups))}"
        else:
            yield from _as_way_in(selector, bound, entry, groups)


def _and(parts: Iterable[str]) -> str:
    return " and ".join(parts) or "is of a kind that is protected as a whole"


def _conditions(selector: ResolvedSelector, bound: BoundSelector, entry: Entry, groups: Groups) -> Iterator[str]:
    written = selector.written
    if bound.group is not None:
        yield _member(f"is in {written.in_group}", entry, bound.group, groups)
    if bound.place is not None:
        yield f"stands under {written.under}"
    if bound.ids is not None:
        yield "is listed by name"
    for name, value in written.match:
        yield f'is one whose {name} is "{value}"' if value is not True else f"is marked {name}"


def _as_way_in(selector: ResolvedSelector, bound: BoundSelector, entry: Entry, groups: Groups) -> Iterator[str]:
    """Say how a group or a unit makes what is put into it protected."""
    written = selector.written
    if entry.ref.kind == "group" and bound.group is not None:
        if entry.ref.id == bound.group:
            yield f"whoever is put into {entry.label} would be protected"
        elif bound.group in entry.groups:
            said = _member(f"it is in {written.in_group}", entry, bound.group, groups)
            yield f"whoever is put into it would be protected, as {said}"
    if entry.ref.kind == "ou" and bound.place is not None and entry.place[: len(bound.place)] == bound.place:
        yield f"what is put under {written.under} would be protected"


def _member(said: str, entry: Entry, group: str, groups: Groups) -> str:
    way = way_into(entry, group, groups)
    return f"{said} through {', '.join(way)}" if way else said
