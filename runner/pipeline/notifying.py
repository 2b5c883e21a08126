"""Who is told by mail that a form ran: one mail for each recipient, so that a bad address keeps nobody else's back."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from connectors.errors import ConnectorError
from connectors.spi import Message, Ref
from forms.answering.situation import Situation, given, in_language, is_true
from forms.definition import Notify
from forms.expressions import Environment
from forms.values import Choice, Value
from runner.errors import NotDurableError
from runner.pipeline.planning import Prepared
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk
from runner.store.records import Notification, NotificationState, Submission, SubmissionState

_MOST_RECIPIENTS = 20
_MOST_TRIES = 20
_MOST_SUBJECT = 300
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")
_LONGEST = 254
_NO_ADDRESS = "This is not one mail address, so no mail went there."
_TOO_MANY = f"More than {_MOST_RECIPIENTS} recipients; this one was left out."
_NOT_WRITTEN = "What this mail says, or to whom, could not be worked out."
_EVENTS: Mapping[str, Literal["done", "partly_done", "failed"]] = {
    "done": "done",
    "partly_done": "partly_done",
    "failed": "failed",
    "unknown": "failed",
}


@dataclass(frozen=True, slots=True)
class Telling:
    """The mails of a form that ran. ``reached_nobody``: somebody was to be told, but there is no address."""

    mails: tuple[Notification, ...] = ()
    reached_nobody: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    """What one rule says, and to whom."""

    to: tuple[str, ...]
    subject: str = ""
    body: str = ""


def telling(prepared: Prepared, submission: Submission, state: SubmissionState, now: datetime) -> Telling:
    """Return the mails a form sends now that it ended in ``state``; one that cannot go out says why. Never raises."""
    run: dict[str, Value] = {"finished_at": now, "outcome": state.replace("_", " "), "id": submission.id}
    mails: list[Notification] = []
    is_due = False
    for rule in prepared.walk.form.notify:
        if _EVENTS.get(state) in rule.on and rule.by == "mail":
            try:
                letter, _ = prepared.walk.reader.gather(prepared.walk.situation, partial(_letter, prepared, rule, run))
            except Exception:  # the change is done, whatever becomes of the mail
                is_due = True
                mails.append(_notification(prepared, submission, now, _Letter(()), "", _NOT_WRITTEN))
                continue
            is_due = is_due or letter is not None
            mails += _mails(prepared, submission, now, letter) if letter is not None else ()
    return Telling(tuple(mails), is_due and not any(mail.state == "pending" for mail in mails))


def _letter(prepared: Prepared, rule: Notify, run: Mapping[str, Value], situation: Situation) -> _Letter | None:
    environment = situation.environment(prepared.worked.values, run=run)
    if rule.when is not None and not is_true(rule.when, environment):
        return None
    to = [address for one in rule.to for address in _addresses(given(one, environment), environment)]
    return _Letter(
        tuple(dict.fromkeys(to)),
        " ".join(in_language(rule.subject, situation.language, environment).split())[:_MOST_SUBJECT],
        in_language(rule.body, situation.language, environment),
    )


def _mails(prepared: Prepared, submission: Submission, now: datetime, letter: _Letter) -> Iterator[Notification]:
    good = [address for address in letter.to if _is_address(address)]
    for address in letter.to:
        error = "" if address in good[:_MOST_RECIPIENTS] else _TOO_MANY if address in good else _NO_ADDRESS
        yield _notification(prepared, submission, now, letter, address[:_LONGEST], error)


def _notification(
    prepared: Prepared, submission: Submission, now: datetime, letter: _Letter, to: str, error: str
) -> Notification:
    state: NotificationState = "failed" if error else "pending"
    return Notification(
        id=prepared.walk.services.new_id(),
        submission_id=submission.id,
        to=(to,) if to else (),
        subject=letter.subject,
        body=letter.body,
        created_at=now,
        state=state,
        error=error,
    )


def _addresses(value: Value, environment: Environment) -> list[str]:
    if isinstance(value, Ref):
        entry = environment.facts.entry(value)
        value = entry.attributes.get("mail") if entry else None
    if isinstance(value, list | tuple):
        return [address for item in value for address in _addresses(item, environment)]
    text = value.value if isinstance(value, Choice) else value
    return [text.strip()] if isinstance(text, str) and text.strip() else []


def _is_address(text: str) -> bool:
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def send_mails(walk: Walk, submission_id: str) -> None:
    """Send the mails of a submission; one that cannot be sent stays in the queue with its reason.

    Never raises: what the mails are about is done and recorded.
    """
    try:
        for waiting in walk.services.store.notifications.list(submission_id=submission_id, state="pending"):
            deliver(walk.services, waiting)
    except NotDurableError:  # they stay in the queue
        return


def deliver(services: Services, waiting: Notification) -> bool:
    """Send a mail that waits and return whether it went out; one that cannot is tried again, but not for ever."""
    store = services.store.notifications
    try:
        services.postman.send(Message(waiting.to, waiting.subject, waiting.body, waiting.id))
    except ConnectorError as error:
        store.mark_failed(waiting.id, str(error), services.now(), is_final=waiting.attempts >= _MOST_TRIES)
        return False
    store.mark_sent(waiting.id, services.now())
    return True
