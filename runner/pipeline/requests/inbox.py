"""What waits for somebody's yes: their own, and that of people they stand in for. Reads the index; decides nothing."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime
from itertools import groupby, islice

from connectors.errors import ConnectorError
from connectors.spi import Ids, Question, Ref
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.reading import Reader
from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.in_short import in_short
from runner.pipeline.requests.meant import principals_of, waiting_for
from runner.pipeline.requests.pages import BulkLine, DecidedLine, InboxPage, LineGroup, OwnLine, RequestLine
from runner.pipeline.requests.seeing import sees_any
from runner.pipeline.services import Services
from runner.pipeline.telling import day
from runner.pipeline.walking import reader_for
from runner.store.bulk_requests import AskedBulk
from runner.store.records import Submission

_MOST_SHOWN = 100
_MOST_DECIDED = 10
_SOON_SECONDS = 86_400


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
        return InboxPage((), (), sees_all=sees_any(services, actor), own=tuple(_own(services, actor)))
    found = [one for one, _ in islice(waiting_for(services, actor), _MOST_SHOWN + 1)]
    said = services.store.approvals.decided_by(person.ref.id, _MOST_DECIDED)
    decided = (
        DecidedLine(one.submission_id, of.form_title, of.target_label, one.decision, of.state, one.created_at)
        for one, of in said
    )
    away = services.store.absences.away({person.ref.id}, services.now().date())
    ends_on = max((one.ends_on for one in away), default=None)
    return InboxPage(
        tuple(_groups(services, found[:_MOST_SHOWN])),
        tuple(decided),
        len(found) > _MOST_SHOWN,
        day(ends_on) if ends_on else "",
        sees_any(services, actor),
        tuple(_bulk_lines(services, actor, person.ref.id)),
        tuple(_own(services, actor)),
    )


def _own(services: Services, actor: Actor) -> Iterator[OwnLine]:
    """Yield what an actor asked for alone and that still waits, newest first; rows of bulks stand on the pages of those."""
    if actor.simulated_by:
        return
    waiting = services.store.submissions.list(actor_id=actor.id, states=("awaiting_approval",), limit=_MOST_SHOWN)
    found = [one for one in waiting if one.bulk_id is None]
    seen = _seen(services, actor, found)
    for one in found:
        line = OwnLine(one.id, one.form_title, one.ticket, one.asked_at or one.created_at, one.expires_at)
        is_open = one.target_id is None or one.id in seen
        yield replace(line, target=one.target_label, what=in_short(one)) if is_open else line


def _seen(services: Services, actor: Actor, submissions: Sequence[Submission]) -> Set[str]:
    """Return those of some submissions whose target the actor may see now, form by form in one search each."""
    targets: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in submissions:
        if one.target_kind and one.target_id:
            targets.setdefault((one.form_id, one.target_kind), {}).setdefault(one.target_id, []).append(one.id)
    seen: set[str] = set()
    for (form_id, kind), ids in targets.items():
        page = reader_for(services, actor, form_id).find(Question(kind, Ids(frozenset(ids)), limit=len(ids)))
        seen.update(id_ for entry in page.entries for id_ in ids[entry.ref.id])
    return seen


def _bulk_lines(services: Services, actor: Actor, person_id: str) -> Iterator[BulkLine]:
    principals = principals_of(services, actor)
    for asked in services.store.bulk_requests.waiting_for(principals, person_id, _MOST_SHOWN):
        if next(waiting_for(services, actor, asked.bulk_id), None) is not None:
            yield bulk_line(services, asked)


def bulk_line(services: Services, asked: AskedBulk) -> BulkLine:
    """Return the rows of a bulk that wait for somebody as one line."""
    now, bulk = services.now(), services.store.bulks.get(asked.bulk_id)
    reader = Reader(services, Actor("", "", "", None), None, now)
    return BulkLine(
        id=bulk.id,
        title=bulk.form_title,
        requester=_named(reader, bulk.actor_id, bulk.actor_login),
        count=asked.count,
        ticket=bulk.ticket,
        asked_at=asked.asked_at,
        expires_at=asked.expires_at,
        is_late=_is_late(asked.expires_at, now),
    )


def _groups(services: Services, shown: Sequence[Submission]) -> Iterator[LineGroup]:
    reader = Reader(services, Actor("", "", "", None), None, services.now())
    names: dict[str, str] = {}
    first = {one.form_id: place for place, one in reversed(list(enumerate(shown)))}
    ordered = sorted(shown, key=lambda one: first[one.form_id])
    for form_id, several in groupby(ordered, key=lambda one: one.form_id):
        lines = tuple(request_line(reader, one, names) for one in several)
        yield LineGroup(form_id, lines[0].title, lines)


def request_line(reader: Reader, of: Submission, names: dict[str, str]) -> RequestLine:
    """Return a request as lists show it; ``names`` keeps who asks, by account, from one line to the next."""
    if of.actor_id not in names:
        names[of.actor_id] = _named(reader, of.actor_id, of.actor_login)
    expires_at = of.expires_at
    return RequestLine(
        id=of.id,
        digest=bound_digest(of),
        title=of.form_title,
        requester=names[of.actor_id],
        target=of.target_label,
        what=in_short(of),
        ticket=of.ticket,
        asked_at=of.asked_at or of.created_at,
        expires_at=expires_at,
        is_late=_is_late(expires_at, reader.now),
    )


def _is_late(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and (expires_at - now).total_seconds() < _SOON_SECONDS


def _named(reader: Reader, account_id: str, login: str) -> str:
    """Return the name of who asks, else the login."""
    try:
        person_id = reader.services.store.accounts.get(account_id).person_id
    except NotFoundError:
        return login
    person = reader.entry(Ref("user", person_id)) if person_id else None
    return person.label if person else login
