"""Whom a bulk is for: people that were chosen, everybody a search finds, or the rows of a file. Reads; writes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.spi import Entry
from forms.answering.csv_headings import labels
from forms.answering.csv_reading import MOST_CSV_BYTES, CsvError, CsvLine, read_table
from forms.definition import Field, Form
from forms.headings import heading_key
from runner.errors import UnfitError
from runner.pipeline.bulk.fitness import NAMED_BY
from runner.store.bulk_records import BulkRow

MOST_FILE_BYTES = MOST_CSV_BYTES
_ALSO = {
    "login": ("account", "username", "user name", "samaccountname"),
    "upn": ("user principal name",),
    "mail": ("e-mail", "email", "mail address", "e-mail address"),
    "employee_id": ("employee id", "employee number", "personnel number"),
}
FILLED = frozenset({"text", "multiline", "email", "phone", "date", "datetime", "number", "boolean", "choice"})
"""The types of questions that a cell can answer."""
OF_RESULT = ("row", "line", "for", "state", "why", "submission")
"""What the result of a bulk says of its rows beside whom they are for; a file with all of it is one, and may come back."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a file: ``names_by`` names their people, ``columns`` are the questions they answer."""

    names_by: str
    columns: tuple[str, ...]
    rows: tuple[BulkRow, ...]
    note: str


def chosen(bulk_id: str, entries: Sequence[Entry]) -> tuple[BulkRow, ...]:
    """Return a row for each object, once. Pure."""
    once = {entry.ref.id: entry for entry in entries}.values()
    return tuple(BulkRow(bulk_id, at, 0, "", entry.ref.id, entry.label, {}, "waiting") for at, entry in enumerate(once))


def listed(bulk_id: str, form: Form, content: bytes, most: int) -> Listed:
    """Read a file; raises `UnfitError` with everything that has to be mended in it. Pure."""
    try:
        table = read_table(content, most)
    except CsvError as wrong:
        raise UnfitError(str(wrong)) from wrong
    names_by, name_at, columns = _columns(form, table.headings)
    known = {name_at, *columns, *_of_result(table.headings)}
    rows, messages = list[BulkRow](), list[str]()
    for line in table.lines:
        named = line.cells[name_at] if name_at < len(line.cells) else ""
        if not named:
            messages.append(f"Row {line.number} names nobody.")
        answers = {columns[at]: cell for at, cell in enumerate(line.cells) if at in columns and cell}
        extra = [at for at, cell in enumerate(line.cells) if cell and at not in known]
        messages += [f"Row {line.number}, column {at + 1}: there is something under no heading." for at in extra]
        rows.append(BulkRow(bulk_id, len(rows), line.number, named, None, "", answers, "waiting"))
    if messages:
        more = f" And {len(messages) - 5} more." if len(messages) > 5 else ""
        raise UnfitError(" ".join(messages[:5]) + more)
    return Listed(names_by, tuple(dict.fromkeys(columns.values())), tuple(rows), table.note)


def _columns(form: Form, headings: CsvLine) -> tuple[str, int, dict[int, str]]:
    """Return the attribute that names people, where it stands, and which question each other place answers."""
    naming = _naming(form)
    fields = dict(_named_fields(form))
    keys = [heading_key(heading) for heading in headings.cells]
    candidates = [(list(NAMED_BY[_kind(form)]).index(naming[key]), at) for at, key in enumerate(keys) if key in naming]
    if not candidates:
        wanted = ", ".join(NAMED_BY[_kind(form)])
        raise UnfitError(f"No column of the file says whom a row is for. Call one of them: {wanted}.")
    name_at = min(candidates)[1]
    columns, messages, of_result = dict[int, str](), list[str](), _of_result(headings)
    for at, key in enumerate(keys):
        field = fields.get(key)
        if at == name_at or not key or at in of_result:
            continue
        if field is None:
            messages.append(f"The form does not ask for “{headings.cells[at][:60]}”. Remove that column.")
        elif field.type not in FILLED:
            messages.append(
                f"“{field.id}” cannot be answered from a file. Remove the column; it is asked for all rows."
            )
        elif field.id in columns.values():
            messages.append(f"The column “{headings.cells[at][:60]}” is there twice.")
        else:
            columns[at] = field.id
    if messages:
        raise UnfitError(" ".join(messages))
    return naming[keys[name_at]], name_at, columns


def _of_result(headings: CsvLine) -> frozenset[int]:
    """Return where the columns stand that the result of a bulk has; none unless all of them are there."""
    places = {heading_key(heading): at for at, heading in enumerate(headings.cells)}
    return frozenset(places[key] for key in OF_RESULT) if places.keys() >= set(OF_RESULT) else frozenset()


def _kind(form: Form) -> str:
    return form.target.type if form.target else "user"


def _naming(form: Form) -> dict[str, str]:
    found: dict[str, str] = {}
    for attribute in NAMED_BY[_kind(form)]:
        for name in (attribute, *_ALSO.get(attribute, ())):
            found.setdefault(heading_key(name), attribute)
    return found


def _named_fields(form: Form) -> Iterator[tuple[str, Field]]:
    """Yield each question by its labels and, behind them so that it counts, by its id."""
    asked = [field for field in form.fields if field.type not in ("computed", "note")]
    yield from ((heading_key(label), field) for field in asked for label in labels(field))
    yield from ((heading_key(field.id), field) for field in asked)
