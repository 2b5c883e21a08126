"""The result of a bulk as a file of separated values. No secret is in it, and no cell reads as a formula. Reads."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from connectors.spi import Ids, Question
from forms.answering.csv_formulas import inert
from runner.access.model import Actor
from runner.pipeline.bulk.choosing import OF_RESULT
from runner.pipeline.bulk.fitness import NAMED_BY
from runner.pipeline.reading import Reader
from runner.pipeline.services import Services
from runner.pipeline.walking import reader_for
from runner.store.bulk_records import Bulk, RowLine

_AT_ONCE = 200
_NOT_BEGUN = ("left_out", "cancelled")


def result_file(services: Services, actor: Actor, bulk: Bulk) -> bytes:
    """Return a line for each row, in UTF-8 with a mark by which spreadsheets see that.

    One column names people as the file of a new bulk does: as the file of this one did, else by what comes first in
    `NAMED_BY`, which stays empty for whom the actor may not see any more.
    """
    form = services.catalogue.forms.get(bulk.form_id)
    kind = form.target.type if form is not None and form.target is not None else "user"
    names_by = bulk.names_by or NAMED_BY[kind][0]
    reader = reader_for(services, actor, bulk.form_id)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow((*OF_RESULT[:2], names_by, *OF_RESULT[2:]))
    for part in _parts(services, bulk):
        names = _names(reader, kind, names_by, part)
        writer.writerows([inert(cell) for cell in _cells(one, names)] for one in part)
    return out.getvalue().encode("utf-8-sig")


def _names(reader: Reader, kind: str, names_by: str, part: Sequence[RowLine]) -> Mapping[str, str]:
    """Return by their ids how those who were chosen are called, as far as the reader's actor may see them."""
    ids = frozenset(one.row.target_id for one in part if one.row.target_id and not one.row.named)
    entries = reader.find(Question(kind, Ids(ids), limit=_AT_ONCE)).entries if ids else ()
    return {entry.ref.id: str(entry.attributes.get(names_by) or "") for entry in entries}


def _cells(one: RowLine, names: Mapping[str, str]) -> tuple[str, ...]:
    row = one.row
    is_started = row.state == "started"
    state = one.submission_state if is_started else row.state
    return (
        str(row.position + 1),
        str(row.line or ""),
        row.named or names.get(row.target_id or "", ""),
        row.target_label,
        "not begun" if state in _NOT_BEGUN else state,
        one.note if is_started else row.why,
        row.submission_id or "" if is_started else "",
    )


def _parts(services: Services, bulk: Bulk) -> Iterator[Sequence[RowLine]]:
    last: int | None = -1
    while last is not None:
        part = services.store.bulks.lines(bulk.id, limit=_AT_ONCE, after=last)
        yield part
        last = part[-1].row.position if len(part) == _AT_ONCE else None
