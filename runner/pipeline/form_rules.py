"""What the rules of a form (``notify:``) say, and to whom: one message for each recipient or webhook. Reads what they name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from connectors.spi import Ref
from forms.answering.situation import Situation, given, in_language, is_true
from forms.answering.working_out import work_out
from forms.definition import Form, Notify
from forms.expressions import Environment
from forms.values import Choice, Value
from runner.letters.cleaning import clean, one_line
from runner.letters.writing import frame
from runner.pipeline.hook_bodies import chat_body, hook_body
from runner.pipeline.reading import Reader
from runner.pipeline.services import Services
from runner.store.records import Notification, NotificationState, Submission

_MOST_RECIPIENTS = 20
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@){_WORD}(?:\.{_WORD})*@{_LABEL}(?:\.{_LABEL})+")
_LONGEST = 254
_NO_ADDRESS = "This is not one mail address, so no mail went there."
_NO_HOOK = "deskhand.toml has no webhook of this name, so nothing went there."
_TOO_MANY = f"More than {_MOST_RECIPIENTS} recipients; this one was left out."
_NOT_WRITTEN = "What this message says, or to whom, could not be worked out."


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the rules of a form are asked about: a submission, an event, and what is known of both.

    ``values`` are the answers where they were worked out already; else they are worked out anew from what is kept.
    """

    services: Services
    submission: Submission
    form: Form
    reader: Reader
    situation: Situation
    event: str
    at: datetime
    values: Mapping[str, Value] | None
    run: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Text:
    """What one rule says, and to whom."""

    to: tuple[str, ...]
    subject: str = ""
    body: str = ""


def messages(occasion: Occasion) -> tuple[tuple[Notification, ...], bool]:
    """Return what the rules send, and whether somebody was to be told and nothing can go out. Never raises.

    A message that cannot go out is among them as failed, with the reason.
    """
    found: list[Notification] = []
    is_due = False
    for rule in occasion.form.notify:
        if occasion.event not in rule.on:
            continue
        try:
            text, _ = occasion.reader.gather(occasion.situation, partial(_text, occasion, rule))
        except Exception:  # what the message is about has happened, whatever becomes of the message
            is_due = True
            found.append(_notification(occasion, rule, _Text(()), "", _NOT_WRITTEN))
            continue
        if text is not None:
            is_due = True
            found += _messages(occasion, rule, text)
    return tuple(found), is_due and not any(one.state == "pending" for one in found)


def is_address(text: str) -> bool:
    """Say whether a text is one bare mail address. Pure."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def _text(occasion: Occasion, rule: Notify, situation: Situation) -> _Text | None:
    values = occasion.values
    if values is None:
        values = work_out(situation, dict(occasion.submission.answers)).values
    environment = situation.environment(values, run=occasion.run)
    if rule.when is not None and not is_true(rule.when, environment):
        return None
    to = [address for one in rule.to for address in _addresses(given(one, environment), environment)]
    return _Text(
        tuple(dict.fromkeys(to)),
        one_line(in_language(rule.subject, situation.language, environment)),
        clean(in_language(rule.body, situation.language, environment)),
    )


def _messages(occasion: Occasion, rule: Notify, text: _Text) -> Iterator[Notification]:
    if rule.by == "mail":
        good, wrong = [address for address in text.to if is_address(address)], _NO_ADDRESS
    else:
        good, wrong = [name for name in text.to if name in occasion.services.channels.hooks], _NO_HOOK
    for address in text.to:
        error = "" if address in good[:_MOST_RECIPIENTS] else _TOO_MANY if address in good else wrong
        yield _notification(occasion, rule, text, one_line(address, _LONGEST), error)


def _notification(occasion: Occasion, rule: Notify, text: _Text, to: str, error: str) -> Notification:
    state: NotificationState = "failed" if error else "pending"
    id_ = occasion.services.new_id()
    body, html = text.body, ""
    if rule.by == "mail":
        html = frame(occasion.situation.language, text.subject, text.body or text.subject) if not error else ""
    elif rule.by == "webhook":
        body = hook_body(occasion.submission, occasion.event, occasion.at, text.subject, text.body)
    else:
        body = chat_body(text.subject, text.body)
    return Notification(
        id=id_,
        submission_id=occasion.submission.id,
        to=(to,) if to else (),
        subject=text.subject,
        body=body,
        created_at=occasion.at,
        state=state,
        error=error,
        event=occasion.event,
        channel=rule.by,
        html=html,
    )


def _addresses(value: Value, environment: Environment) -> list[str]:
    if isinstance(value, Ref):
        entry = environment.facts.entry(value)
        value = entry.attributes.get("mail") if entry else None
    if isinstance(value, list | tuple):
        return [address for item in value for address in _addresses(item, environment)]
    text = value.value if isinstance(value, Choice) else value
    return [text.strip()] if isinstance(text, str) and text.strip() else []
