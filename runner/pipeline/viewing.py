"""Forms that only show: their page, and their tables as files. Reads; a file that leaves is recorded before it does."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.spi import Entry, Ref
from forms.answering.csv_formulas import inert
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.row_rules import WORKED_OUT
from forms.answering.wire import stored
from forms.definition import Field
from forms.errors import AnswerProblem
from forms.facts import Search
from runner.errors import NotFoundError, RefusedError, UnfitError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.braking import brake_exports
from runner.pipeline.filling import fill_page
from runner.pipeline.pages import FillPage, Posted, TableFile
from runner.pipeline.reaching import problems_of
from runner.pipeline.recording import denial, exported
from runner.pipeline.tabling import column_label, rows_of
from runner.pipeline.telling import Teller
from runner.pipeline.walking import Walk, refused_on, target_ref

MOST_ROWS = 10_000
_ONLY_SHOWS = "This page only shows; there is nothing to hand in. Nothing was done."
_BYTE_ORDER_MARK = "\ufeff"


def refuse_to_do(walk: Walk, what: str) -> None:
    """Raise `RefusedError`, recorded, for a form that only shows: there is nothing to check, plan or do with it."""
    if walk.form.is_view:
        raise refused_on(walk, what, RefusedError(_ONLY_SHOWS))


def shown_page(walk: Walk, posted: Posted, *, checks: bool) -> FillPage:
    """Return a form worked out for the answers so far; one that only shows says what is wrong with them, if ``checks``.

    Nobody hands such a form in, so an answer that names what is out of reach is recorded here.
    """
    if not walk.form.is_view:
        return fill_page(walk, posted)
    problems = _checked(walk, posted.answers)
    page = fill_page(walk, posted, problems)
    return page if checks or not problems else fill_page(walk, posted)


def _checked(walk: Walk, answers: Mapping[str, object]) -> tuple[AnswerProblem, ...]:
    problems = problems_of(walk, answers)
    beyond = dict.fromkeys(problem.field for problem in problems if problem.is_out_of_reach)
    if beyond:
        _deny(walk, "show", f"An answer names what is not offered: {', '.join(beyond)}.")
    return problems


def _record_crafted(walk: Walk, problems: Sequence[AnswerProblem]) -> None:
    """Record answers to what is no question: no page of this form sends them."""
    found = next((one for one in problems if not one.field or one.message == WORKED_OUT), None)
    if found is not None:
        _deny(walk, "export", found.message)


def _deny(walk: Walk, what: str, reason: str) -> None:
    ref = target_ref(walk)
    target = {"kind": ref.kind, "id": ref.id} if ref else None
    record = denial(walk.reader.now, walk.actor, what, reason, form=walk.form.id, target=target)
    walk.services.store.journal.append([record])


def export(walk: Walk, table: str, posted: Posted) -> TableFile:
    """Return a table of a form that only shows as CSV, with what it would show for these answers; recorded first.

    Raises `NotFoundError` when there is no such table, `UnfitError` when the answers do not fit or are not complete,
    `TooManyError` when too many files left lately.
    """
    field = _table(walk, table)
    brake_exports(walk)
    problems = _checked(walk, posted.answers)
    if problems:
        _record_crafted(walk, problems)
        raise UnfitError("Some answers do not fit. Go back, mend what is marked on the page, then download again.")
    rows, bound = rows_of(walk, posted.answers, field, MOST_ROWS)
    if bound.search is None:
        raise UnfitError(f"First answer “{bound.waiting}”, then download again.")
    content = _content(walk, field, rows.entries, is_cut=rows.more)
    record = exported(
        walk.reader.now,
        walk.actor,
        walk.form,
        target_ref(walk),
        {"table": field.id, "arguments": _arguments(bound.search), "rows": len(rows.entries), "cut": rows.more},
    )
    walk.services.store.journal.append([record])
    return TableFile(_file_name(walk, field), content)


def _table(walk: Walk, id_: str) -> Field:
    found = [field for field in walk.form.fields if field.id == id_ and field.type == "table"]
    if not walk.form.is_view or not found:
        raise refused_on(walk, "export", NotFoundError(NOT_FOUND))
    return found[0]


def _arguments(search: Search) -> dict[str, Any]:
    return {name: stored(value) for name, value in search.arguments}  # type: ignore[arg-type]


def _file_name(walk: Walk, field: Field) -> str:
    several = sum(one.type == "table" for one in walk.form.fields) > 1
    name = f"{walk.form.id}-{field.id}" if several else walk.form.id
    return f"{name}-{walk.reader.now.date().isoformat()}.csv"


def _content(walk: Walk, field: Field, entries: Sequence[Entry], *, is_cut: bool) -> bytes:
    """Return the rows as CSV (RFC 4180) in UTF-8 with a byte order mark, every cell quoted, none a formula."""
    file = io.StringIO(newline="")
    file.write(_BYTE_ORDER_MARK)
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    values = (entry.attributes.get(name) for entry in entries for name in field.columns)
    teller = Teller(walk.reader).knowing(values)
    writer.writerow([inert(column_label(field, name)) for name in field.columns])
    for entry in entries:
        writer.writerow([inert(_cell(teller, entry.attributes.get(name))) for name in field.columns])
    if is_cut:
        writer.writerow([f"There are more than {MOST_ROWS:,} rows; the rest is not in this file."])
    return file.getvalue().encode()


def _cell(teller: Teller, value: Any) -> str:
    """Write a value as programs read it: days and moments by ISO 8601, in the organisation's time."""
    if isinstance(value, datetime):
        return value.astimezone(teller.reader.now.tzinfo).isoformat(" ", "minutes")[:16]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return teller.text(value)
    if isinstance(value, tuple | list):
        return "; ".join(_listed(teller, value))
    return teller.text(value)


def _listed(teller: Teller, values: Iterable[Any]) -> list[str]:
    texts = [teller.label(value) if isinstance(value, Ref) else _cell(teller, value) for value in values]
    hidden = texts.count(NOT_IN_SCOPE)
    named = [text for text in texts if text != NOT_IN_SCOPE]
    return [*named, f"{hidden} outside your scope"] if hidden else named
