"""The situation a form is answered in, and the names its expressions see. Pure."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from connectors.spi import File, Ref
from forms.answering.languages import in_best_language
from forms.definition import Catalogue, Form, Given, Template, Text
from forms.expressions import Environment, Expression, evaluate, holds, render, to_text
from forms.facts import Facts, TakenCall
from forms.values import Value


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of the request: ticket and reason as typed, the channel (``portal``, ``cli``, ``api``), the time."""

    ticket: str = ""
    reason: str = ""
    channel: str = "portal"
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Who fills in which form for whom, when, and what has been read so far.

    ``now`` is aware, in the organisation's time zone.  ``actor`` is the person at the keyboard; ``target`` is None for a
    form without one.
    ``files`` are those that wait for this submission, by field and token.
    ``claimed`` holds what rows before this one want to keep unique, casefolded.
    """

    form: Form
    catalogue: Catalogue
    actor: Ref
    target: Ref | None
    now: datetime
    language: str
    request: Request = Request()
    facts: Facts = field(default_factory=Facts)
    claimed: Set[TakenCall] = frozenset()
    files: Mapping[tuple[str, str], File] = field(default_factory=dict)

    def with_facts(self, facts: Facts) -> "Situation":
        """Return the same situation, knowing more."""
        return replace(self, facts=facts)

    def environment(self, values: Mapping[str, Value], **extra: Value) -> Environment:
        """Return what expressions see: the answers so far, and the names that are always there."""
        names: dict[str, Value] = {
            **values,
            "target": self.target,
            "actor": self.actor,
            "request": _record(self.request),
            "org": dict(self.catalogue.settings.org),
            **extra,
        }
        return Environment(names, self.facts, self.now)


def _record(request: Request) -> Mapping[str, Value]:
    return {
        "ticket": request.ticket or None,
        "reason": request.reason or None,
        "channel": request.channel,
        "created_at": request.created_at,
    }


def is_true(flag: bool | Expression | None, environment: Environment) -> bool:
    """Work out a key that is true, false or a condition; absent counts as false."""
    return holds(flag, environment) if isinstance(flag, Expression) else bool(flag)


def given(value: Given, environment: Environment) -> Value:
    """Work out the value of a key: literals stay, templates are filled in, lists and maps are walked."""
    if isinstance(value, Template):
        return render(value, environment)
    if isinstance(value, Mapping):
        return {key: given(item, environment) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return tuple(given(item, environment) for item in value)
    return value  # type: ignore[return-value]


_MARKUP = re.compile(r"[\\`*_\[\]<>~|&!#]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")


def in_markdown(text: Text | None, language: str, environment: Environment) -> str:
    """Fill a text of Markdown in: the markup is the author's, what is filled in shows as it is."""
    if text is None:
        return ""
    template = in_best_language(text, language)
    return "".join(
        part if isinstance(part, str) else _inert(to_text(evaluate(part, environment), environment))
        for part in template.parts
    )


def _inert(text: str) -> str:
    return _MARKUP.sub(r"\\\g<0>", " ".join(text.split()))


def in_language(text: Text | None, language: str, environment: Environment) -> str:
    """Fill a text in, in the reader's language or the first one; absent gives an empty text."""
    if text is None:
        return ""
    template = in_best_language(text, language)
    return to_text(render(template, environment), environment)
