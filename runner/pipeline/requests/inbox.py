"""What waits for somebody's yes: their own, and that of people they stand in for. Reads the index; decides nothing."""

from connectors.errors import ConnectorError
from runner.access.model import Actor
from runner.pipeline.finding import known_person
from runner.pipeline.services import Services
from runner.store.request_records import Principal

_MOST_HOPS = 10


def principals_of(services: Services, actor: Actor) -> tuple[Principal, ...]:
    """Return as whom an actor may be asked: themselves, their groups, everyone, and those they are the deputy of today."""
    person = actor.person
    if person is None or actor.client is not None:
        return ()
    found = [Principal("everyone"), Principal("user", person.ref.id)]
    found += [Principal("group", group) for group in sorted(person.groups)]
    for id_ in stood_in_for(services, person.ref.id):
        other = known_person(services, id_)
        if other is not None:
            found += [Principal("user", id_), *(Principal("group", group) for group in sorted(other.groups))]
    return tuple(dict.fromkeys(found))


def stood_in_for(services: Services, person_id: str) -> tuple[str, ...]:
    """Return the ids of those who are away today and whose deputy this is, also through deputies who are away."""
    day, seen, frontier = services.now().date(), {person_id}, {person_id}
    for _ in range(_MOST_HOPS):
        frontier = {one.person_id for one in services.store.absences.standing_in(frontier, day)} - seen
        if not frontier:
            break
        seen |= frontier
    return tuple(sorted(seen - {person_id}))


def count_waiting(services: Services, actor: Actor) -> int:
    """Return how many requests wait for an actor; 0 also while the directory does not answer."""
    if actor.person is None:
        return 0
    try:
        return services.store.approvals.count_for(principals_of(services, actor), actor.person.ref.id)
    except ConnectorError:
        return 0
