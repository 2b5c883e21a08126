"""The pages of a bulk. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.pipeline.pages import Fact, FillPage, OperationView, Thing


@dataclass(frozen=True, slots=True)
class ManyPage:
    """Choosing whom a form is for: what a text finds, ``most`` at a time.

    ``moments`` are those of ``date`` and ``datetime`` that a file may answer.  ``refused`` says what has to be mended; a form
    that is not ``is_fit`` cannot be used for many at all.
    """

    form: str
    title: str
    text: str
    people: tuple[Thing, ...]
    more: bool
    most: int
    named_by: tuple[str, ...]
    questions: tuple[tuple[str, str], ...]
    moments: frozenset[str] = frozenset()
    refused: str = ""
    is_fit: bool = True


@dataclass(frozen=True, slots=True)
class AnswerPage:
    """The answers for all rows, shown as for the ``example``; ``columns`` are answered by the rows of the file.

    ``offers_more`` says that something can be chosen which is on offer for another of the first people only.
    """

    bulk: str
    total: int
    example: str
    columns: tuple[str, ...]
    fill: FillPage
    offers_more: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """What would change for one row; ``conditions`` say what else belongs to its plan."""

    target: str
    submission: str
    operations: tuple[OperationView, ...]
    conditions: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """One row: who, in which state, why, and its submission where the reader may open it."""

    position: int
    line: int
    who: str
    state: str
    why: str
    submission: str


@dataclass(frozen=True, slots=True)
class Figure:
    """How many rows are as a filter of the page says."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class BulkPage:
    """A bulk at any later moment. ``figures`` count its rows, ``rows`` are those of the filter ``shown``.

    ``reasons`` are those for which rows are refused, with how many.  ``refused`` says why it cannot be started,
    ``asks_second`` that somebody else has to.  ``may_start``, ``may_stop``, ``may_retry`` and ``may_go_on`` say which
    buttons there are.  ``ended`` counts rows that are as they will stay, of all that were to be ``started``; of one that
    is stopped ``not_begun`` were not, and never will be.  ``will_ask`` of those that ``will_change`` something need a yes.
    """

    id: str
    form: str
    title: str
    state: str
    actor: str
    starter: str
    ticket: str
    reason: str
    note: str
    total: int
    created_at: datetime
    ended_at: datetime | None
    figures: tuple[Figure, ...]
    ended: int
    started: int
    shown: str
    page: int
    more: bool
    rows: tuple[RowView, ...]
    reasons: tuple[tuple[str, int], ...] = ()
    samples: tuple[Sample, ...] = ()
    digest: str = ""
    refused: str = ""
    asks_second: bool = False
    gives_secrets: bool = False
    acknowledge: tuple[str, ...] = ()
    type_count: bool = False
    will_change: int = 0
    will_ask: int = 0
    may_start: bool = False
    may_stop: bool = False
    may_retry: bool = False
    may_go_on: bool = False
    done: int = 0
    not_begun: int = 0
    retries: str = ""
    error: str = ""

    @property
    def is_live(self) -> bool:
        """Whether the page changes by itself."""
        return self.state in ("preparing", "starting", "running", "stopping")

    @property
    def percent(self) -> int:
        """How much of it has ended, in whole percent."""
        return 100 * self.ended // self.started if self.started else 100


@dataclass(frozen=True, slots=True)
class BulkLine:
    """A bulk in a list; ``waits`` says that it waits for the reader to start it."""

    id: str
    title: str
    actor: str
    state: str
    total: int
    created_at: datetime
    waits: bool = False


@dataclass(frozen=True, slots=True)
class BulksPage:
    """The reader's own bulks, and before them those that wait for the reader."""

    waiting: tuple[BulkLine, ...]
    own: tuple[BulkLine, ...]


Counts = Mapping[str, int]
