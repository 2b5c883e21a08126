"""Questions as a page shows them, and what comes back. Immutable."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.pipeline.pages.files import CsvView, FileView
from runner.pipeline.pages.tables import TableView


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
    For a target that is a group, ``current`` holds its members.  ``select`` says how many rows of a ``table`` are picked.
    ``ahead`` is how a question that is not asked would start, where the page may show it by itself; ``may_turn`` says
    that the page itself turns required on and off.
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
    ahead: "FieldView | None" = None
    may_turn: bool = False
    select: str = ""
    table: TableView | None = None
    csv: CsvView | None = None
    file: FileView | None = None


@dataclass(frozen=True, slots=True)
class SectionView:
    """Some questions under a heading; an empty title means none."""

    title: str
    help: str
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """What the browser sent for a form: untrusted. ``answers`` maps field ids to text, lists, rows or deltas.

    ``uploads`` maps field ids of type ``csv`` and ``file`` to the files that were chosen, or pasted; ``names`` to what
    files are called, ``pasted`` to what was pasted.  ``refused`` says why a file was not taken.
    ``page`` is the number of the section that was shown, of a form of several pages.
    """

    answers: Mapping[str, object]
    ticket: str = ""
    reason: str = ""
    page: int | None = None
    typed: Mapping[str, str] = field(default_factory=dict)  # picker texts without a chosen id, for pages without script
    uploads: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    pasted: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
