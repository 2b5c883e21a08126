"""What the pages and the command line are given: plain, finished data, already cut down to what this actor may see.

A view hands these to one template.  Texts are in the reader's language, dates still dates, nothing here is HTML except
`Markdown`, which the web renders with a safe renderer.  Ids are opaque.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from connectors.spi import Secret


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact of state at a glance: ``tone`` is ``ok``, ``warn``, ``bad``, ``info`` or empty; ``icon`` a Bootstrap icon."""

    text: str
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A form that may be offered. ``why_not`` is empty when it is; else the sentence why it is not."""

    form: str
    title: str
    description: str
    icon: str
    category: str
    asks: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A person, group, mailbox … in a list or a picker."""

    id: str
    kind: str
    label: str
    detail: str
    initials: str
    chips: tuple[Chip, ...] = ()
    cells: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value on a card; ``person`` is the id of the person it names, when the actor may open that one."""

    label: str
    text: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One submission in a list; ``id`` is empty when its record is not open to the actor."""

    id: str
    form: str
    title: str
    actor: str
    target: str
    target_id: str
    ticket: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeskPage:
    """The first page: tiles by category, people helped lately, own unfinished or unclear work."""

    categories: tuple[tuple[str, tuple[Tile, ...]], ...]
    recent_people: tuple[Thing, ...]
    attention: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class FindPage:
    """What one typed text finds."""

    text: str
    people: tuple[Thing, ...]
    tiles: tuple[Tile, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person's card."""

    person: Thing
    subtitle: str
    facts: tuple[Fact, ...]
    tiles: tuple[Tile, ...]
    lately: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class OptionView:
    """One option of a choice, a picker's current answer, or one side of a dual list."""

    value: str
    label: str
    help: str = ""
    cells: tuple[str, ...] = ()
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question as it stands now.

    ``asked`` is false while its condition is not met: the page keeps a place for it.  ``value`` is the answer as text, a
    list of texts, a bool, a list of rows (``rows``: each a mapping of column to value) or a delta
    ``{"add": […], "remove": […]}``.  ``options`` are the choices, or for a picker the objects already chosen;
    ``current`` the present members of a dual list.  ``why`` says why a conditional question is asked, when that is known.
    ``name`` is what the input is called in the page; a column of a row has the name of its column.  ``live`` says that
    other questions depend on this one.  ``follows`` says that it shows its default, which follows other answers: the
    page remembers that default beside the input and leaves the answer out of `Posted.answers` while it is unchanged.
    For a target that is a group, ``current`` holds its members.
    """

    id: str
    name: str
    type: str
    label: str
    asked: bool
    required: bool
    readonly: bool
    value: object
    help: str = ""
    placeholder: str = ""
    error: str = ""
    why: str = ""
    width: str = "full"
    style: str = ""
    tone: str = ""
    text: str = ""
    unit: str = ""
    rows: int = 3
    min: str = ""
    max: str = ""
    step: str = ""
    max_length: int | None = None
    generated: str = ""
    multiple: bool = False
    search: bool = False
    live: bool = False
    follows: bool = False
    columns: tuple[str, ...] = ()
    options: tuple[OptionView, ...] = ()
    current: tuple[OptionView, ...] = ()
    waiting: str = ""
    fields: tuple["FieldView", ...] = ()
    row_errors: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    min_rows: int = 0
    max_rows: int | None = None
    show: bool = True


@dataclass(frozen=True, slots=True)
class SectionView:
    """Some questions under a heading; an empty title means none."""

    title: str
    help: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of a form: (label, state), state ``done``, ``now`` or empty."""

    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands on every page of a form's journey.

    ``submission`` is the id under which everything of this journey is kept.  ``say`` is what to tell the caller.
    """

    form: str
    title: str
    description: str
    journey: Journey
    submission: str
    target: Thing | None
    target_chips: tuple[Chip, ...] = ()
    target_facts: tuple[Fact, ...] = ()
    say: str = ""


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The form needs a target first: what the typed text finds, refused ones behind and greyed with the reason."""

    head: Head
    label: str
    help: str
    text: str
    things: tuple[Thing, ...]
    columns: tuple[str, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class MethodView:
    """One way to check the caller. ``state`` is ``open``, ``sent``, ``passed``, ``failed`` or ``unavailable``."""

    id: str
    kind: str
    title: str
    state: str
    detail: str = ""
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VerifyPage:
    """The caller check: which methods, how many are still needed, how many tries are left of ``attempts``."""

    head: Head
    policy: str
    need: int
    passed: int
    attempts_left: int
    methods: tuple[MethodView, ...]
    error: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class FillPage:
    """The form to fill in. ``errors`` lists (anchor, label, message), the first gets the focus."""

    head: Head
    sections: tuple[SectionView, ...]
    ticket: FieldView | None
    reason: FieldView | None
    errors: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of a plan or a result.

    ``kind`` is ``set``, ``add``, ``remove``, ``create``, ``delete``, ``action`` or ``none`` (nothing to do).
    """

    kind: str
    what: str
    attribute: str
    before: str
    after: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation with its changes; ``state`` is empty in a plan, else planned, done, unchanged, failed, unknown."""

    id: str
    title: str
    lines: tuple[ChangeLine, ...]
    can_undo: bool
    state: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What will change. ``refused`` says why it cannot be confirmed, in a sentence; then there is no button."""

    head: Head
    digest: str
    operations: tuple[OperationView, ...]
    message: str = ""
    can_undo: bool = False
    nothing_to_do: bool = False
    type_to_confirm: str = ""
    acknowledge: tuple[str, ...] = ()
    refused: str = ""
    errors: tuple[tuple[str, str, str], ...] = ()
    changed_meanwhile: bool = False


@dataclass(frozen=True, slots=True)
class ShowView:
    """One value on the last page. A secret is there only in the one answer that made it."""

    label: str
    text: str
    copy: bool = False
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """A submission: what was asked, what was done, when, by whom. Also the last page of the journey.

    ``message`` is Markdown.  ``shows`` carries secrets only right after the run.  ``just_done`` is true then; later,
    ``notice`` says where a secret was.
    """

    head: Head
    state: str
    state_text: str
    message: str
    operations: tuple[OperationView, ...]
    shows: tuple[ShowView, ...]
    facts: tuple[Fact, ...]
    journal: tuple[tuple[datetime, str], ...]
    next: tuple[tuple[str, str], ...] = ()
    just_done: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Submissions, newest first."""

    lines: tuple[HistoryLine, ...]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class PickPage:
    """What a picker found; ``error`` when the list could not be loaded."""

    things: tuple[Thing, ...]
    more: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """What the browser sent for a form: untrusted. ``answers`` maps field ids to text, lists, rows or deltas."""

    answers: Mapping[str, object]
    ticket: str = ""
    reason: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)  # picker texts without a chosen id, for pages without script
