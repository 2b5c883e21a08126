"""Write the journal for other programs: JSON lines for the verifier, CSV for spreadsheets. Pure."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping

from forms.answering.csv_formulas import inert, restored
from runner.journal.records import JSON, subject_id

COLUMNS = (
    "seq",
    "id",
    "time",
    "kind",
    "submission",
    "actor",
    "target",
    "form",
    "operation",
    "outcome",
    "detail",
    "ticket",
    "reason",
    "record",
)


def json_lines(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield each canonical line in UTF-8 with a line feed: exactly what was sealed, for `runner.journal.verifying`."""
    return (line.encode() + b"\n" for line in lines)


def csv_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the header and one row per record, every cell quoted, none a formula (RFC 4180; may hold line ends).

    What reads like a formula, with whatever separator, has an apostrophe in front; `cells` takes it off again.
    """
    yield _csv_line(COLUMNS)
    for line in lines:
        yield _csv_line(_summary(line))


def cells(text: str) -> Iterator[dict[str, str]]:
    """Read back what `csv_lines` wrote, a mapping of `COLUMNS` to texts per record."""
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield {name: restored(value) for name, value in row.items()}


def _csv_line(values: Iterable[str]) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([inert(value) for value in values])
    return buffer.getvalue()


def _summary(line: str) -> list[str]:
    body: Mapping[str, JSON] = json.loads(line)
    outcome = body.get("outcome")
    parts = outcome if isinstance(outcome, Mapping) else {"code": outcome}
    found: dict[str, JSON] = {name: body.get(name) for name in COLUMNS}
    found |= {name: subject_id(body, name) for name in ("submission", "actor", "target", "form", "operation")}
    found |= {"outcome": parts.get("code"), "detail": parts.get("detail"), "record": line}
    return [_text(found[name]) for name in COLUMNS]


def _text(value: JSON) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
