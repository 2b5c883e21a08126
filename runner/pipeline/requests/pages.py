"""What the pages of requests are given: finished texts, already cut down to what whoever decides may see. Immutable."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from runner.pipeline.pages import AnswersView, Fact, OperationView, Thing
from runner.pipeline.pages.lists import Chip


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in an inbox, with ``what`` would change in short. ``digest`` is what a yes from the list is bound to."""

    id: str
    digest: str
    title: str
    requester: str
    target: str
    what: str
    ticket: str
    asked_at: datetime
    expires_at: datetime | None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Requests of one form, which may be decided on together."""

    form: str
    title: str
    lines: tuple[RequestLine, ...]


@dataclass(frozen=True, slots=True)
class DecidedLine:
    """What somebody said lately, and how it stands with the request since."""

    id: str
    title: str
    target: str
    decision: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What waits for somebody's yes. ``more`` says that there is more than is shown; ``away`` until when they are away."""

    groups: tuple[LineGroup, ...]
    decided: tuple[DecidedLine, ...]
    more: bool = False
    away: str = ""


@dataclass(frozen=True, slots=True)
class SaidView:
    """What one person said: ``yes`` or ``no``; ``counts`` is false for a word to a plan that is another one by now."""

    name: str
    decision: str
    comment: str
    at: datetime
    instead_of: str = ""
    counts: bool = True


@dataclass(frozen=True, slots=True)
class RoundView:
    """One round: who is meant, how many are needed, what was said. ``state`` is ``done``, ``now`` or empty."""

    title: str
    who: str
    need: int
    state: Literal["done", "now", ""]
    said: tuple[SaidView, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request as whoever decides on it sees it: who asks, for whom, why, and what would change.

    ``may`` says that there are buttons; ``why_not`` why there are none for somebody who is meant.  ``note`` is what is
    special about it now, ``message`` Markdown of the form.  ``requester`` and ``target`` are people and things with an id
    only where the reader may open their page.
    """

    id: str
    digest: str
    title: str
    state: str
    state_text: str
    requester: Thing
    target: Thing | None
    target_chips: tuple[Chip, ...]
    facts: tuple[Fact, ...]
    answers: tuple[AnswersView, ...]
    operations: tuple[OperationView, ...]
    rounds: tuple[RoundView, ...]
    earlier: tuple[SaidView, ...] = ()
    message: str = ""
    note: str = ""
    may: bool = False
    why_not: str = ""
    instead_of: str = ""
    is_own: bool = False
    for_themselves: bool = False
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class AnswerToOne:
    """What became of one request of several that were decided on together; ``error`` says why nothing was said."""

    id: str
    title: str
    target: str
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class AwayLine:
    """One absence: when, and who decides meanwhile."""

    id: str
    deputy: str
    days: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class AwayPage:
    """While I am away: one's own absences, and for whom one decides today. ``error`` says what did not fit."""

    lines: tuple[AwayLine, ...]
    standing_in_for: tuple[str, ...]
    may_set: bool
    today: date
    deputy: str = ""
    starts_on: str = ""
    ends_on: str = ""
    error: str = ""
