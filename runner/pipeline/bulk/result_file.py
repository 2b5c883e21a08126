"""The result of a bulk as a file of separated values. No secret is in it, and no cell reads as a formula. Reads."""

import csv
import io
from collections.abc import Iterator, Sequence

from forms.answering.csv_formulas import inert
from runner.pipeline.services import Services
from runner.store.bulk_records import Bulk, RowLine

_AT_ONCE = 500
_HEADINGS = ("row", "line", "named", "for", "state", "why", "submission")


def result_file(services: Services, bulk: Bulk) -> bytes:
    """Return a line for each row, in UTF-8 with a mark by which spreadsheets see that."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for part in _parts(services, bulk):
        writer.writerows([inert(cell) for cell in _cells(one)] for one in part)
    return out.getvalue().encode("utf-8-sig")


def _cells(one: RowLine) -> tuple[str, ...]:
    row = one.row
    is_started = row.state == "started"
    return (
        str(row.position + 1),
        str(row.line or ""),
        row.named,
        row.target_label,
        one.submission_state if is_started else row.state.replace("_", " "),
        one.note if is_started else row.why,
        row.submission_id or "" if is_started else "",
    )


def _parts(services: Services, bulk: Bulk) -> Iterator[Sequence[RowLine]]:
    last: int | None = -1
    while last is not None:
        part = services.store.bulks.lines(bulk.id, limit=_AT_ONCE, after=last)
        yield part
        last = part[-1].row.position if len(part) == _AT_ONCE else None
