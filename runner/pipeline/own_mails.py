"""What Deskhand itself tells people about a submission: who asks, who agreed, what became of it. Reads addresses only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import Entry, Ref
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars, write
from runner.pipeline.form_rules import is_address
from runner.pipeline.happening import Happening
from runner.pipeline.reading import Reader
from runner.pipeline.requests.in_short import in_short
from runner.pipeline.services import Services
from runner.store.records import Notification, Submission

_MOST_PEOPLE = 200
_MOST_NAMED = 10
_MOST_IN_SHORT = 120
_TO_ASKED = frozenset({"asked", "reminded"})
_TO_TARGET = frozenset({"ending_soon", "ended"})
_ENDS = frozenset({"done", "partly_done", "failed"})
NO_MAIL = "This person has no mail address, so no mail went there."


@dataclass(frozen=True, slots=True)
class OwnMails:
    """Writes the mails of one happening. ``requester`` is the person behind the account, where there is one."""

    services: Services
    submission: Submission
    happening: Happening
    reader: Reader
    requester: Entry | None

    def all(self) -> Iterator[Notification]:
        """Yield one mail for each reader; one who has no address is among them, as failed, where an answer is needed.

        Of a row of a bulk neither who asks nor who is asked is told here: they are told of the bulk, once.
        """
        event, told = self.happening.event, set[str]()
        if self.submission.bulk_id is None:
            if event in _TO_ASKED:
                yield from self._to_people(event, is_needed=True)
                return
            if self._concerns_requester() and self.requester is not None:
                language = self.submission.language or self._usual
                yield from self._to(self.requester, event, language, told, is_own=True)
            if event == "cancelled":
                yield from self._to_people(event, is_needed=False)
        if event in _TO_TARGET and self.submission.target_kind == "user" and self.submission.target_id:
            target = self.reader.entry(Ref("user", self.submission.target_id))
            if target is not None:
                yield from self._to(target, event, self._usual, told, with_link=False)

    def _concerns_requester(self) -> bool:
        event = self.happening.event
        if event == "submitted":
            return bool(self.happening.people) or self.happening.due_at is not None
        return event not in _ENDS or self.happening.was_waiting

    def _to_people(self, event: str, *, is_needed: bool) -> Iterator[Notification]:
        told = set[str]()
        for ref in dict.fromkeys(self.happening.people[:_MOST_PEOPLE]):
            person = self.reader.entry(ref)
            if person is not None:
                yield from self._to(person, event, self._usual, told, is_needed=is_needed)

    def _to(
        self,
        person: Entry,
        event: str,
        language: str,
        told: set[str],
        *,
        is_own: bool = False,
        is_needed: bool = False,
        with_link: bool = True,
    ) -> Iterator[Notification]:
        address = mail_of(person)
        if address.casefold() in told or not (address or is_needed):
            return
        told.add(address.casefold())
        yield mail_to(
            self.services,
            event,
            address or person.label,
            self._particulars(is_own=is_own, with_link=with_link),
            self.happening.at,
            language=language,
            submission_id=self.submission.id,
            error="" if address else NO_MAIL,
        )

    def _particulars(self, *, is_own: bool, with_link: bool) -> Particulars:
        of, now = self.submission, self.happening
        zone = self.services.now().tzinfo
        people = tuple(self._name(ref) for ref in now.people[:_MOST_NAMED]) if now.event == "submitted" else ()
        return Particulars(
            form=one_line(of.form_title),
            what=one_line(in_short(of, values=False), _MOST_IN_SHORT) if is_own else "",
            requester=one_line(self.requester.label if self.requester else of.actor_login),
            target=one_line(of.target_label),
            ticket=one_line(of.ticket),
            reason=of.reason if now.event in _TO_ASKED or is_own else "",
            by=one_line(now.by),
            comment=now.comment,
            message=now.message,
            people=tuple(name for name in people if name),
            when=now.due_at.astimezone(zone) if now.due_at else None,
            until=now.expires_at.astimezone(zone) if now.expires_at else None,
            link=link_to(self.services, now.path or f"/submissions/{of.id}") if with_link else "",
            is_own=is_own,
        )

    def _name(self, ref: Ref) -> str:
        person = self.reader.entry(ref)
        return one_line(person.label) if person else ""

    @property
    def _usual(self) -> str:
        return self.services.catalogue.settings.languages[0]


def mail_of(person: Entry) -> str:
    """Return somebody's mail address when it is one; else nothing. Pure."""
    address = person.attributes.get("mail")
    return address if isinstance(address, str) and is_address(address) else ""


def link_to(services: Services, path: str) -> str:
    """Return the whole address of a page; nothing where deskhand.toml does not say where the desk is. Pure."""
    return services.channels.web_address + path if services.channels.web_address else ""


def mail_to(
    services: Services,
    event: str,
    to: str,
    told: Particulars,
    at: datetime,
    *,
    language: str = "",
    submission_id: str | None = None,
    error: str = "",
) -> Notification:
    """Write one of our own mails to one reader, to be stored; in the desk's first language without one.

    With an ``error`` it stands among those that could not go out, and says why.
    """
    letter = write(event, language or services.catalogue.settings.languages[0], told)
    return Notification(
        id=services.new_id(),
        submission_id=submission_id,
        to=(to,) if to else (),
        subject=letter.subject,
        body=letter.text,
        created_at=at,
        state="failed" if error else "pending",
        error=error,
        event=event,
        html="" if error else letter.html,
    )
