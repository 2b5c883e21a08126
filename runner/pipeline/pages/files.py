"""Files as a page shows them: the one that was chosen; rows that were read, and what is wrong in which cell. Immutable."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FileView:
    """The file of a ``file`` question: its name and size in words, empty when none was chosen.

    ``accept`` is what the chooser offers, ``most`` the largest file in bytes, ``limit`` the same in words.
    """

    accept: str
    most: int
    limit: str
    name: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class CsvCellView:
    """One cell: what it means, or as it is written with what is wrong."""

    text: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class CsvRowView:
    """One row; ``number`` is the line in which a spreadsheet shows it, ``error`` what is wrong with it as a whole."""

    number: int
    cells: tuple[CsvCellView, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class CsvView:
    """The rows of a ``csv`` question.

    ``labels`` are id and label of every column, ``headings`` the labels of those shown in ``rows``.
    ``rows`` are the wrong ones, else the first ones; ``count`` counts all, ``wrong`` those with something wrong.
    ``carried`` are all of them as JSON, which travels with the page.  ``pasted`` is a text that could not be read.
    """

    form: str
    headings: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    most: int
    rows: tuple[CsvRowView, ...] = ()
    count: int = 0
    wrong: int = 0
    carried: str = field(default="", repr=False)
    note: str = ""
    pasted: str = ""

    @property
    def mistakes(self) -> tuple[tuple[int, str, str], ...]:
        """What is wrong in the rows that are shown: row, heading of the column (empty for the row as a whole), message."""
        found = []
        for row in self.rows:
            found += [(row.number, "", row.error)] if row.error else []
            found += [
                (row.number, heading, cell.error)
                for heading, cell in zip(self.headings, row.cells, strict=False)
                if cell.error
            ]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class CsvTemplate:
    """The file to fill in for a ``csv`` question, and the Frictionless Table Schema of its columns."""

    name: str
    content: bytes
    schema: dict[str, Any]
