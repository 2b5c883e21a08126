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
class BulkLine:
    """The rows of a bulk in an inbox: ``count`` of them wait, the first until ``expires_at``."""

    id: str
    title: str
    requester: str
    count: int
    ticket: str
    asked_at: datetime
    expires_at: datetime | None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class RowToDecide:
    """One row of a bulk that needs a yes, with what it would change; it has a page of its own as every request has.

    ``facts`` are what was answered or worked out for it, and when it runs, ``message`` Markdown of the form; both only
    where they are not the same for all rows it stands with.
    """

    id: str
    target: str
    operations: tuple[OperationView, ...]
    facts: tuple[Fact, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class AlikeRows:
    """Rows of a bulk that are decided on together: ``count`` of them that would change ``what``, ``rows`` of this page.

    ``what`` is empty for rows of which each changes something else; all of these are on this page.  ``digest`` is what a
    yes to all of them is bound to, ``facts`` what was answered or worked out for each of those of this page alike, and when
    they run, ``message`` Markdown of the form where it is the same for all of these.
    """

    digest: str
    what: str
    count: int
    rows: tuple[RowToDecide, ...]
    facts: tuple[Fact, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class BulkToDecide:
    """The rows of a bulk that wait for somebody, a page of them, from 1; ``more`` says that there is another page."""

    line: BulkLine
    reason: str
    alike: tuple[AlikeRows, ...]
    page: int
    more: bool


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
class OwnLine:
    """A request of the reader's own that still waits, for whom, ``what`` it would change, and until when a yes counts.

    Both are empty where the target is no longer in the reader's sight.
    """

    id: str
    title: str
    ticket: str
    asked_at: datetime
    expires_at: datetime | None
    target: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class InboxPage:
    """What waits for somebody's yes. ``more`` says that there is more than is shown; ``away`` until when they are away.

    ``sees_all`` is whether they may look at all open requests as well, ``own`` what they asked for themselves.
    """

    groups: tuple[LineGroup, ...]
    decided: tuple[DecidedLine, ...]
    more: bool = False
    away: str = ""
    sees_all: bool = False
    bulks: tuple[BulkLine, ...] = ()
    own: tuple[OwnLine, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open request as whoever sees all of them does: ``who`` can say yes now, and until when that counts.

    ``lack`` is ``nobody`` where nobody can answer, ``few`` where only those of last resort can, and ``unknown`` where a
    system that would have to be asked does not answer; ``why`` says so in a sentence.  With a ``bulk`` it stands for so
    many of its ``rows``, of which each may be somebody else's to answer.
    """

    line: RequestLine
    who: str
    lack: Literal["nobody", "few", "unknown", ""] = ""
    why: str = ""
    bulk: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page, from 1, of all open requests that somebody may see, or of those of one ``bulk``; ``more``: there is another."""

    lines: tuple[OpenLine, ...]
    page: int
    more: bool
    bulk: str = ""


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

    ``may`` says that there are buttons; ``why_not`` why there are none for somebody who is meant.  ``spoken`` is what the
    reader said and what follows from it, ``note`` what is special about it now, ``message`` Markdown of the form.
    ``requester`` and ``target`` are people and things with an id only where the reader may open their page.
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
    spoken: str = ""
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
