"""Messages that wait or could not go out, for operators: seen, sent again, given up. Whoever asks holds ``audit.read``."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.journal.records import Record
from runner.pipeline.authorising import NOT_FOUND, may_audit
from runner.pipeline.recording import actor_body
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.store.records import Notification, NotificationChannel

AT_ONCE = 50
Shown: TypeAlias = Literal["failed", "waiting"]
_STATES = {"failed": "failed", "waiting": "pending"}
_TOO_LATE = "This message went out, was given up, or is being sent right now. Nothing was changed."


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message without what it says: to whom, about what, why it did not go out, and when it is tried again."""

    id: str
    to: str
    subject: str
    event: str
    channel: NotificationChannel
    error: str
    attempts: int
    created_at: datetime
    due_at: datetime | None
    submission: str | None


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """One page of those that ``failed`` for good, or that are still ``waiting``; how many there are of both."""

    shown: Shown
    lines: tuple[MessageLine, ...]
    failed: int
    waiting: int
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class MessageQueue:
    """What operators see of the queue, and what they may do with it; all of it is recorded."""

    services: Services

    def is_open_to(self, actor: Actor) -> bool:
        """Say whether somebody may see it."""
        return may_audit(self.services, actor)

    @in_our_errors
    def page(self, actor: Actor, shown: Shown | None, page: int) -> MessagesPage:
        """Return a page, counted from 1; without ``shown`` what failed, where anything did. Raises `NotFoundError`."""
        self._check(actor, "open messages")
        store = self.services.store.notifications
        failed, waiting = store.count("failed"), store.count("pending")
        shown = shown or ("failed" if failed else "waiting")
        found = store.list(state=_STATES[shown], limit=AT_ONCE + 1, offset=(page - 1) * AT_ONCE)
        return MessagesPage(shown, tuple(map(_line, found[:AT_ONCE])), failed, waiting, page, len(found) > AT_ONCE)

    @in_our_errors
    def send_again(self, actor: Actor, id: str) -> None:
        """Make a message due at once; raises `NotFoundError`, and `RefusedError` when there is nothing left to send."""
        message = self._open(actor, "send message again", id)
        record = decided(self.services, actor_body(actor), message, "sent_again")
        try:
            self.services.store.notifications.send_again(id, self.services.now(), [record])
        except StaleError as late:
            raise RefusedError(_TOO_LATE) from late

    @in_our_errors
    def give_up(self, actor: Actor, id: str) -> None:
        """Never send a message; raises as `send_again` does."""
        message = self._open(actor, "give message up", id)
        record = decided(self.services, actor_body(actor), message, "given_up")
        try:
            self.services.store.notifications.give_up(id, self.services.now(), [record])
        except StaleError as late:
            raise RefusedError(_TOO_LATE) from late

    def _check(self, actor: Actor, what: str) -> None:
        if not self.is_open_to(actor):
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND))

    def _open(self, actor: Actor, what: str, id: str) -> Notification:
        self._check(actor, what)
        try:
            return self.services.store.notifications.get(id)
        except NotFoundError:
            raise refuse(self.services, actor, what, NotFoundError(NOT_FOUND)) from None


def decided(
    services: Services, actor: dict[str, object], message: Notification, code: Literal["sent_again", "given_up"]
) -> Record:
    """Return the record of what an operator decided on a message."""
    said = {"sent_again": "A message is sent again.", "given_up": "A message that could not be sent was given up."}
    body = {
        **({"submission": message.submission_id} if message.submission_id else {}),
        "actor": actor,
        "operation": {"id": None, "verb": message.channel},
        "target": None,
        "notification": {"id": message.id, "event": message.event},
        "outcome": {"code": code, "detail": said[code]},
    }
    return Record("outcome", services.now(), body)  # type: ignore[arg-type]


def _line(one: Notification) -> MessageLine:
    return MessageLine(
        id=one.id,
        to=", ".join(one.to),
        subject=one.subject,
        event=one.event,
        channel=one.channel,
        error=one.error,
        attempts=one.attempts,
        created_at=one.created_at,
        due_at=one.due_at,
        submission=one.submission_id,
    )
