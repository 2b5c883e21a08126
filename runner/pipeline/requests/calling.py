"""Tell people of the rows of a bulk that need their yes: all of them in one mail, and again while nobody answers.

Safe when several nodes do it at once, and tried again later when a system does not answer.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from connectors.errors import ConnectorError
from connectors.spi import Entry
from runner.errors import NotFoundError, NotReachableError, RefusedError, StaleError
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars
from runner.pipeline.happening import Event
from runner.pipeline.notifying import alarm
from runner.pipeline.own_mails import NO_MAIL, link_to, mail_of, mail_to
from runner.pipeline.requests.asking import NOBODY
from runner.pipeline.requests.meant import may_decide, own_principals, principals_of
from runner.pipeline.requests.naming import as_actor
from runner.pipeline.requests.opened import Opened, open_request
from runner.pipeline.requests.voters import last_moment
from runner.pipeline.services import Services
from runner.store.bulk_records import Bulk
from runner.store.bulk_requests import Untold
from runner.store.records import Notification

SETTLED = timedelta(seconds=15)
"""Nobody is told while rows still come in, or somebody is deciding on them one after the other."""
_MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class _Reader:
    """Somebody to be told, a request on which they may decide, and the rows that were opened to find that out."""

    person: Entry
    request: Opened
    rows: set[str] = field(default_factory=set)


def page_of_rows(bulk_id: str) -> str:
    """Return the path of the page on which the rows of a bulk are decided."""
    return f"/requests/bulk/{bulk_id}"


def call_for_bulks(services: Services) -> int:
    """Tell of rows that nobody was told of, and remind as often as their form says; return of how many bulks."""
    now = services.now()
    told = sum(_call(services, bulk_id, None) for bulk_id in services.store.bulk_requests.untold(now - SETTLED))
    for form in services.catalogue.forms.values():
        seconds = form.approval.remind_seconds if form.approval else None
        if seconds:
            since = now - timedelta(seconds=seconds)
            again = services.store.bulk_requests.untold(now - SETTLED, form.id, since)
            told += sum(_call(services, bulk_id, since) for bulk_id in again)
    return told


def _call(services: Services, bulk_id: str, since: datetime | None) -> bool:
    """Tell of one bulk, and return whether anybody was told; ``since`` is given for a reminder."""
    untold = services.store.bulk_requests.untold_of(bulk_id, since)
    stuck = [id_ for id_, note in untold.notes.items() if note == NOBODY] if since is None else []
    ids = list(dict.fromkeys([id_ for several in untold.before.values() for id_ in several] + stuck))
    if not ids:
        return False
    with suppress(ConnectorError, NotReachableError, NotFoundError, RefusedError, StaleError):
        bulk = services.store.bulks.get(bulk_id)
        mails = [*_mails(services, bulk, untold, since), *_alarm(services, bulk, len(stuck))]
        services.store.bulk_requests.note_told(ids, since, services.now(), mails)
        return True
    return False


def _mails(services: Services, bulk: Bulk, untold: Untold, since: datetime | None) -> Iterator[Notification]:
    """Yield a mail for each who may say yes to a row, with how many there are for them."""
    addresses = set[str]()
    unsure = {id_ for one, ids in untold.before.items() if not one.is_sure for id_ in ids}
    sure = {id_ for ids in untold.before.values() for id_ in ids} - unsure
    for reader in _readers(services, bulk.id, untold, unsure):
        rows = len(reader.rows) + _count(services, bulk.id, reader.person, sure)
        address = mail_of(reader.person)
        if not rows or address.casefold() in addresses:
            continue
        if address:
            addresses.add(address.casefold())
        yield _mail(services, bulk, reader.person, reader.request, rows, since)


def _readers(services: Services, bulk_id: str, untold: Untold, unsure: Collection[str]) -> Iterable[_Reader]:
    """Return whose yes counts: ``unsure`` rows each say it, of the others some examples.

    Raises `RefusedError` when no row can be opened, since their form is gone.
    """
    found: dict[str, _Reader] = {}
    gone: RefusedError | None = None
    for id_ in dict.fromkeys([*_examples(services, bulk_id, untold), *sorted(unsure)]):
        try:
            request = open_request(services, services.store.submissions.get(id_))
        except RefusedError as refused:
            gone = refused
            continue
        for person in islice(request.voters.people() if request.voters else (), _MOST_TOLD):
            reader = found.setdefault(person.ref.id, _Reader(person, request))
            if id_ in unsure:
                reader.rows.add(id_)
    if gone and not found:
        raise gone
    return found.values()


def _examples(services: Services, bulk_id: str, untold: Untold) -> Iterator[str]:
    """Yield the first and the last of rows that are put before the same and were answered by the same."""
    answered = services.store.bulk_requests.answered(bulk_id)
    for one, ids in untold.before.items():
        alike: dict[frozenset[str | None] | None, list[str]] = {}
        for id_ in ids if one.is_sure else ():
            alike.setdefault(answered.get(id_), []).append(id_)
        yield from (id_ for some in alike.values() for id_ in (some[0], some[-1]))


def _count(services: Services, bulk_id: str, person: Entry, sure: Collection[str]) -> int:
    """Count which of some rows, of which it is sure before whom they are put, a person may answer, also as a deputy."""
    actor = as_actor(person)
    whole, own = principals_of(services, actor, bulk_id), own_principals(actor)
    found = services.store.bulk_requests.rows_for(whole, own, person.ref.id, bulk_id)
    get = services.store.submissions.get
    return sum(is_own or may_decide(services, actor, get(id_)) for id_, is_own in found if id_ in sure)


def _mail(
    services: Services, bulk: Bulk, person: Entry, request: Opened, rows: int, since: datetime | None
) -> Notification:
    now, until, requester = services.now(), last_moment(request.pending), request.pending.requester
    event: Event = "asked" if since is None else "reminded"
    told = Particulars(
        form=one_line(bulk.form_title),
        requester=one_line(requester.label if requester else bulk.actor_login),
        rows=rows,
        ticket=one_line(bulk.ticket),
        reason=bulk.reason,
        until=until.astimezone(now.tzinfo) if until else None,
        link=link_to(services, page_of_rows(bulk.id)),
        is_own=False,
    )
    address, id_ = mail_of(person), request.submission.id
    error = "" if address else NO_MAIL
    return mail_to(services, event, address or person.label, told, now, submission_id=id_, error=error)


def _alarm(services: Services, bulk: Bulk, stuck: int) -> Sequence[Notification]:
    if not stuck:
        return ()
    what = f"{stuck} rows of “{bulk.form_title}”, which {bulk.actor_login} asked for"
    sentence = f"Too few people are left who may agree to {what}."
    return alarm(services, sentence, services.now(), path=f"/bulks/{bulk.id}")
