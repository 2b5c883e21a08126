"""What waits for somebody's yes: their own, and that of people they stand in for. Reads the index; decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from connectors.errors import ConnectorError
from connectors.spi import Ref
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.finding import known_person
from runner.pipeline.reading import Reader
from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.opened import open_request
from runner.pipeline.requests.pages import DecidedLine, InboxPage, LineGroup, RequestLine
from runner.pipeline.services import Services
from runner.pipeline.telling import day
from runner.store.records import Submission
from runner.store.request_records import Principal

_MOST_HOPS = 10
_MOST_SHOWN = 100
_MOST_DECIDED = 10
_MOST_NAMED = 3
_SOON_SECONDS = 86_400


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


def inbox_page(services: Services, actor: Actor) -> InboxPage:
    """Return what waits for an actor, form by form, what ends first at the head; and what they said lately."""
    person = actor.person
    if person is None or actor.client is not None:
        return InboxPage((), ())
    principals = principals_of(services, actor)
    found = services.store.approvals.waiting_for(principals, person.ref.id, limit=_MOST_SHOWN + 1)
    shown = [one for one, is_sure in found[:_MOST_SHOWN] if is_sure or _may(services, actor, one)]
    said = services.store.approvals.decided_by(person.ref.id, _MOST_DECIDED)
    decided = (
        DecidedLine(one.submission_id, of.form_title, of.target_label, one.decision, of.state, one.created_at)
        for one, of in said
    )
    away = services.store.absences.away({person.ref.id}, services.now().date())
    ends_on = max((one.ends_on for one in away), default=None)
    return InboxPage(
        tuple(_groups(services, shown)), tuple(decided), len(found) > _MOST_SHOWN, day(ends_on) if ends_on else ""
    )


def _may(services: Services, actor: Actor, submission: Submission) -> bool:
    """Decide on one of which the index cannot say who exactly is meant."""
    request = open_request(services, submission)
    return request.voters is not None and request.voters.vote(actor).may


def _groups(services: Services, shown: Sequence[Submission]) -> Iterator[LineGroup]:
    reader = Reader(services, Actor("", "", "", None), None, services.now())
    names: dict[str, str] = {}
    first = {one.form_id: place for place, one in reversed(list(enumerate(shown)))}
    ordered = sorted(shown, key=lambda one: first[one.form_id])
    for form_id, several in groupby(ordered, key=lambda one: one.form_id):
        lines = tuple(_line(reader, one, names) for one in several)
        yield LineGroup(form_id, lines[0].title, lines)


def _line(reader: Reader, of: Submission, names: dict[str, str]) -> RequestLine:
    if of.actor_id not in names:
        names[of.actor_id] = _requester(reader, of)
    expires_at = of.expires_at
    return RequestLine(
        id=of.id,
        digest=bound_digest(of),
        title=of.form_title,
        requester=names[of.actor_id],
        target=of.target_label,
        what=_in_short(of.plan),
        ticket=of.ticket,
        asked_at=of.asked_at or of.created_at,
        expires_at=expires_at,
        is_late=expires_at is not None and (expires_at - reader.now).total_seconds() < _SOON_SECONDS,
    )


def _in_short(plan: Any) -> str:
    """Name the first things a kept plan changes, and how many more there are."""
    rows = plan if isinstance(plan, list | tuple) else ()
    texts = [text for row in rows for line in row.get("lines", ()) if (text := _change(line))]
    found = list(dict.fromkeys(texts)) or [str(row.get("title", "")) for row in rows]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more


def _change(line: Mapping[str, Any]) -> str:
    name, after = str(line.get("attribute") or line.get("what") or ""), str(line.get("after") or "")
    if line.get("kind") == "none":
        return ""
    return f"{name}: {after}" if line.get("kind") == "set" and after else name


def _requester(reader: Reader, of: Submission) -> str:
    try:
        person_id = reader.services.store.accounts.get(of.actor_id).person_id
    except NotFoundError:
        return of.actor_login
    person = reader.entry(Ref("user", person_id)) if person_id else None
    return person.label if person else of.actor_login
