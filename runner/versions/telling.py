"""Who is told of forms that two people look at: publishers that one waits, its author what became of it. Reads."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Literal

from connectors.errors import ConnectorError
from connectors.spi import Entry
from runner.access.explanation.reversing import candidates
from runner.access.form_rights import form_entry
from runner.access.model import Actor
from runner.errors import RunnerError
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars
from runner.pipeline.finding import known_person
from runner.pipeline.notifying import alarm
from runner.pipeline.own_mails import link_to, mail_of, mail_to
from runner.pipeline.refusing import has_ended
from runner.pipeline.same_person import is_same_person
from runner.pipeline.services import Services
from runner.store.candidates import Candidate
from runner.store.records import Notification

_MOST_TOLD = 200
_PAGE = "/publishing"
_NOT_WRITTEN = "Who is to be told of this could not be worked out."


def to_publishers(services: Services, author: Actor, of: Candidate, now: datetime) -> tuple[Notification, ...]:
    """Return what goes out when a form is handed in: to everybody else who may publish it. Never raises.

    Where nobody else can be told, the operator is called.
    """
    told = Particulars(form=_name(of), by=one_line(author.display_name or author.login), link=link_to(services, _PAGE))
    try:
        found = tuple(islice(_publishers(services, of), _MOST_TOLD))
    except (ConnectorError, RunnerError):
        return (_letter(services, "handed_in", told, now, ""),)
    addresses = dict.fromkeys(address for person in found if (address := mail_of(person)))
    if not addresses:
        sentence = f"{_name(of)} was handed in, and nobody else who may publish it can be told by mail."
        return alarm(services, sentence, now, path=_PAGE)
    return tuple(_letter(services, "handed_in", told, now, address) for address in addresses)


def to_author(
    services: Services,
    by: Actor,
    of: Candidate,
    event: Literal["published", "turned_down"],
    comment: str,
    now: datetime,
) -> tuple[Notification, ...]:
    """Return what goes out when a form was published or turned down: to who handed it in, if that is somebody else.

    Nobody is told who is no longer here.  Never raises.
    """
    if by.id == of.author_id or of.author_person is None:
        return ()
    if by.person is not None and by.person.ref.id == of.author_person:
        return ()
    told = Particulars(form=_name(of), by=one_line(by.display_name or by.login), comment=comment)
    try:
        person = _person(services, of.author_person)
    except ConnectorError:
        return (_letter(services, event, told, now, ""),)
    address = mail_of(person) if person is not None and not has_ended(person, services.now()) else ""
    return (_letter(services, event, told, now, address),) if address else ()


def _publishers(services: Services, of: Candidate) -> Iterator[Entry]:
    """Yield everybody in the directory who may publish a form that they did not hand in, with whatever account."""
    authority, now, form = services.authority.current(), services.now(), form_entry(of.form_id)
    author = _person(services, of.author_person)
    found = candidates(authority, "form.publish", form, form=of.form_id, day=now.date())
    for person in services.connectors.for_kind("user").scan("user", found):
        actor = Actor("", "", person.label, person)
        is_author = person.ref.id == of.author_person or (author is not None and is_same_person(person, author))
        if is_author or has_ended(person, now):
            continue
        if authority.decide(actor, "form.publish", form, form=of.form_id, now=now).allowed:
            yield person


def _person(services: Services, person_id: str | None) -> Entry | None:
    return known_person(services, person_id) if person_id else None


def _name(of: Candidate) -> str:
    return one_line(f"{of.form_id}@{of.version}")


def _letter(services: Services, event: str, told: Particulars, now: datetime, to: str) -> Notification:
    """Return a mail to one reader; without one it stands among those that could not go out."""
    return mail_to(services, event, to, told, now, error="" if to else _NOT_WRITTEN)
