"""Tables as a page shows them, and as they are written to a file. Immutable."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column; ``is_number`` says that its values are set flush right."""

    name: str
    label: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class CellView:
    """One value as a person reads it; ``key`` is what it is sorted by, empty where that is the text itself."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class RowView:
    """One object; ``person`` is its id when it is somebody whose card can be opened."""

    id: str
    cells: tuple[CellView, ...]
    chosen: bool = False
    person: str = ""


@dataclass(frozen=True, slots=True)
class TableView:
    """The rows that a search gave.

    ``select`` is ``none``, ``one`` or ``many``.  ``count`` says in words how many there are, ``empty`` that there are
    none, ``more`` that the search has more of them than are here; ``text`` is what was searched for among them.  ``form`` is
    the form under which the table can be downloaded; empty where it cannot.
    """

    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    select: str
    count: str
    empty: str
    more: bool = False
    text: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table written out: the name of the file and its bytes, CSV in UTF-8."""

    name: str
    content: bytes
