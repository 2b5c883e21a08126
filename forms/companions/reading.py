"""Read one companion file. Pure."""

from collections.abc import Callable
from typing import TypeVar

from forms.compiling.types import named_type
from forms.compiling.values import Values
from forms.documents import Document, read_document
from forms.errors import DefinitionError, Problem
from forms.problems import Report
from forms.reading import Reader
from forms.records import Record
from forms.values import ANY, Type
from forms.vocabulary import ALIASES

T = TypeVar("T")
_TYPES = "Types: text, number, bool, date, datetime, user, group, ou, computer, mailbox, list of … ."

Found = tuple[T, tuple[Problem, ...]]


def read_companion(
    file: str,
    content: bytes,
    kind: str,
    empty: T,
    compile: Callable[[Report, Record], T],
    opened: Callable[[str, bytes], Document] = read_document,
) -> Found[T]:
    """Read a file whose root is a record of ``kind``; ``empty`` stands for one that cannot be read."""
    try:
        report = Report(opened(file, content))
        record = Reader(report).record(kind, report.document.root)
        return (compile(report, record) if record else empty), report.problems
    except DefinitionError as error:
        return empty, error.problems


def note_twice(report: Report, records: tuple[Record, ...]) -> None:
    """Note ids that several of the records have."""
    seen: set[str] = set()
    for record in records:
        name = record.string("id") or ""
        if name in seen:
            report.error("E116", record.node_of("id"), f'the id "{name}" is there twice', "Rename one of them.")
        seen.add(name)


def column_type(values: Values, record: Record) -> Type:
    """Return the type a record names under ``type``; any, and a note, when there is no such type."""
    written = record.string("type")
    found = named_type(written) if written else ANY
    if found is None:
        meant = ALIASES.get((written or "").lower(), "")
        fix = f'Use "{meant}".' if meant and named_type(meant) else _TYPES
        values.report.error("E120", record.node_of("type"), f'there is no type "{written}"', fix)
    return found or ANY
