"""Read a file of separated values as a spreadsheet saves it: encoding, separator, headings, cells. Pure.

RFC 4180 is the starting point; what spreadsheets really write is taken as well: a byte order mark, UTF-16, Windows-1252,
semicolons and tabs, a first line ``sep=;``.  Nothing is guessed silently: what was read as Windows-1252 is said.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forms.answering.csv_formulas import restored
from forms.answering.wire import ROW

MOST_CSV_BYTES = 1024 * 1024
"""The largest file that is read."""
_MOST_COLUMNS = 200
_OTHER_FILES = (
    (b"PK\x03\x04", "This is a spreadsheet or another packed file."),
    (b"\xd0\xcf\x11\xe0", "This is a spreadsheet of an old kind."),
    (b"%PDF", "This is a PDF."),
    (b"{\\rtf", "This is a text document."),
    (b"\x1f\x8b", "This is a packed file."),
    (b"\x89PNG", "This is a picture."),
    (b"\xff\xd8\xff", "This is a picture."),
    (b"<", "This is a web page or an XML file."),
)
_SAVE_AS = "Save it as CSV in your spreadsheet (“CSV UTF-8”), and choose that file."
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TOLD_SEPARATOR = re.compile(r"sep=([,;\t])\r?\n?", re.IGNORECASE)


class CsvError(Exception):
    """A file cannot be read; nothing of it was taken over. ``messages`` are sentences for the person who chose it."""

    def __init__(self, *messages: str) -> None:
        super().__init__(" ".join(messages))
        self.messages = messages


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One line with something in it; ``number`` is the row in which a spreadsheet shows it, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file as lines; the first one holds the headings. ``note`` is what a person should know of how it was read."""

    headings: CsvLine
    lines: tuple[CsvLine, ...]
    note: str = ""


def read_table(content: bytes, most_rows: int) -> CsvTable:
    """Read a file, or what was pasted, encoded as UTF-8; raises `CsvError`."""
    if len(content) > MOST_CSV_BYTES:
        raise CsvError("The file is larger than 1 MiB. Split it into smaller ones.")
    text, note = _decoded(content)
    told = _TOLD_SEPARATOR.match(text)
    text = text[told.end() :] if told else text
    lines = _lines(text, told[1] if told else _separator(text))
    if not lines:
        raise CsvError("The file is empty.")
    if len(lines) == 1:
        raise CsvError("The file has headings, but no rows under them.")
    if len(lines) - 1 > most_rows:
        raise CsvError(f"The file has {len(lines) - 1} rows; at most {most_rows} are taken at once. Split it.")
    return CsvTable(lines[0], tuple(lines[1:]), note)


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _checked(_by_mark(content, encoding)), ""
    start = content.lstrip()
    for magic, what in _OTHER_FILES:
        if start.startswith(magic):
            raise CsvError(f"{what} {_SAVE_AS}")
    try:
        return _checked(content.decode("utf-8")), ""
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise CsvError(f"The letters of this file cannot be read. {_SAVE_AS}") from error
    return _checked(text), "The file is not UTF-8 and was read as Windows-1252. Look at letters such as é and ß."


def _by_mark(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CsvError(f"The letters of this file cannot be read. {_SAVE_AS}") from error


def _checked(text: str) -> str:
    if "\0" in text:
        raise CsvError(f"This is not a text file. {_SAVE_AS}")
    return text


def _separator(text: str) -> str:
    """Return what stands most often between the headings, outside quotation marks; a comma when nothing does."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip(" ,;\t")), lines[0] if lines else "")
    outside = "".join(first.split('"')[::2])
    return max((",", "\t", ";"), key=outside.count)


def _lines(text: str, separator: str) -> list[CsvLine]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[CsvLine] = []
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                lines.append(CsvLine(number, tuple(_clean(cell) for cell in _trimmed(cells))))
    except csv.Error as error:
        raise CsvError(_quoting_sentence(number + 1)) from error
    return lines


def _quoting_sentence(number: int) -> str:
    return f"Row {number}: a quotation mark is not closed, or text stands behind a closing one."


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    filled = max(at for at, cell in enumerate(cells, 1) if cell.strip())
    if filled > _MOST_COLUMNS:
        raise CsvError(f"The file has more than {_MOST_COLUMNS} columns. {_SAVE_AS}")
    return cells[:filled]


def _clean(cell: str) -> str:
    """Cut spaces, and the apostrophes by which a spreadsheet is kept from reading a formula in a cell."""
    return restored(cell.strip())


def rows_by_column(table: CsvTable, columns: Mapping[int, str]) -> list[dict[str, object]]:
    """Return the rows as answers: by column id, with the row's number as `ROW`; empty cells are left out.

    ``columns`` says which column each place from 0 holds.  Raises `CsvError` for a cell under no heading.
    """
    rows: list[dict[str, object]] = []
    for line in table.lines:
        row: dict[str, object] = {ROW: line.number}
        for at, cell in enumerate(line.cells):
            if cell and at not in columns:
                raise CsvError(f"Row {line.number}, column {at + 1}: there is something under no heading.")
            if cell:
                row[columns[at]] = cell
        rows.append(row)
    return rows
