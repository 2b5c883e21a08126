"""As whom somebody may be asked, and what of all that is put before them they may decide on. Reads; decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from connectors.spi import Entry, Ids, Question
from runner.access.model import Actor
from runner.errors import RefusedError
from runner.pipeline.finding import known_person
from runner.pipeline.requests.naming import depends_on_actor
from runner.pipeline.requests.opened import open_request
from runner.pipeline.services import Services
from runner.store.records import Submission
from runner.store.request_records import Principal

_MOST_HOPS = 10
_FIRST_PART, _LARGEST_PART = 10, 500


def own_principals(actor: Actor) -> tuple[Principal, ...]:
    """Return as whom an actor may be asked without standing in for anybody. Pure."""
    person = actor.person
    if person is None or actor.client is not None:
        return ()
    return (Principal("everyone"), *_of(person))


def principals_of(services: Services, actor: Actor, bulk_id: str | None = None) -> tuple[Principal, ...]:
    """Return as whom an actor may be asked: themselves, their groups, everyone, and those they are the deputy of today.

    Of a bulk, not as the deputy of the one who asks for it.
    """
    found = list(own_principals(actor))
    if actor.person is None or not found:
        return ()
    asks = services.store.bulk_requests.requester(bulk_id) if bulk_id else None
    for id_ in stood_in_for(services, actor.person.ref.id):
        other = known_person(services, id_) if id_ != asks else None
        if other is not None:
            found += _of(other)
    return tuple(dict.fromkeys(found))


def _of(person: Entry) -> list[Principal]:
    return [Principal("user", person.ref.id), *(Principal("group", group) for group in sorted(person.groups))]


def stood_in_for(services: Services, person_id: str) -> tuple[str, ...]:
    """Return the ids of those who are away today and whose deputy this is, also through deputies who are away."""
    day, seen, frontier = services.now().date(), {person_id}, {person_id}
    for _ in range(_MOST_HOPS):
        frontier = {one.person_id for one in services.store.absences.standing_in(frontier, day)} - seen
        if not frontier:
            break
        seen |= frontier
    return tuple(sorted(seen - {person_id}))


def waiting_for(services: Services, actor: Actor, bulk_id: str | None = None) -> Iterator[tuple[Submission, bool]]:
    """Yield what an actor may decide on, what ends first at the head, and whether it had to be opened to say so.

    Of a bulk, or, without its id, what is in none.  What only a role on things of their own or a deputy's seat puts before
    them is opened one by one, so take no more than is shown.
    """
    person = actor.person
    if person is None or actor.client is not None:
        return
    store, own, whole = services.store.approvals, own_principals(actor), principals_of(services, actor, bulk_id)
    behind, part = 0, _FIRST_PART
    while True:
        found = store.waiting_for(whole, person.ref.id, sure_for=own, bulk_id=bulk_id, behind=behind, limit=part)
        unsure = [one for one, is_sure in found if not is_sure]
        near = _near(services, actor, unsure) if set(whole) == set(own) else {one.id for one in unsure}
        for one, is_sure in found:
            if is_sure or (one.id in near and may_decide(services, actor, one)):
                yield one, not is_sure
        if len(found) < part:
            return
        behind, part = behind + part, min(part * 10, _LARGEST_PART)


def may_decide(services: Services, actor: Actor, submission: Submission) -> bool:
    """Decide on one of which the index cannot say who exactly is meant; of one whose form is gone nobody is.

    Who sees the desk as somebody else is shown what that one is shown.
    """
    try:
        request = open_request(services, submission)
    except RefusedError:
        return False
    return request.voters is not None and request.voters.vote(replace(actor, simulated_by="")).may


def _near(services: Services, actor: Actor, found: Sequence[Submission]) -> frozenset[str]:
    """Return the ids of those that a role on things of the actor's own may be about; people are read all at once."""
    ids = {one.target_id for one in found if one.target_kind == "user" and one.target_id}
    people = _people(services, frozenset(ids))
    authority = services.authority.current()
    sets = {row.set for row in authority.bindings_of(actor, services.now()) if depends_on_actor(authority, row)}
    return frozenset(
        one.id
        for one in found
        if one.target_id not in people or any(authority.in_set(id_, people[one.target_id], actor) for id_ in sets)
    )


def _people(services: Services, ids: frozenset[str]) -> Mapping[str | None, Entry]:
    if not ids:
        return {}
    page = services.connectors.for_kind("user").read(Question("user", Ids(ids), limit=len(ids)))
    return {entry.ref.id: entry for entry in page.entries}
