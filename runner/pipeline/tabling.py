"""Fill the tables of a form, on the page and in a file. Reads inside the actor's scope; writes nothing.

What a table shows hangs on answers that were not handed in yet: those that do not fit count as not given, so that a
made-up id never makes rows appear.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from connectors.spi import Entry
from connectors.verbs import ATTRIBUTES
from forms.answering.options import Bound, narrowed, picker_search
from forms.answering.situation import Situation
from forms.answering.working_out import Worked, work_out
from forms.compiling.ordering import firm_uses, names_in
from forms.definition import Field, Form
from forms.errors import AnswerProblem
from forms.facts import Rows, Search
from runner.counting import counted
from runner.pipeline.ordering import sort_key
from runner.pipeline.pages import CellView, ColumnView, RowView, SectionView, TableView
from runner.pipeline.reaching import problems_of, without
from runner.pipeline.telling import Teller, attribute_label
from runner.pipeline.walking import Walk

_NOUNS = {
    "user": ("account", "accounts"),
    "ou": ("unit", "units"),
    "mailbox": ("mailbox", "mailboxes"),
    "mail_list": ("distribution list", "distribution lists"),
}
_LONGEST_TEXT = 100
_LONGEST_KEY = 19  # a moment up to its seconds, a number with two decimals


@dataclass(frozen=True, slots=True)
class Found:
    """What a table's search gave; ``waiting`` names the question to answer first, and then nothing was searched."""

    field: Field
    search: Search | None
    entries: tuple[Entry, ...] = ()
    more: bool = False
    waiting: str = ""


def has_tables(form: Form) -> bool:
    """Say whether a form shows tables."""
    return any(field.type == "table" for field in form.fields)


def with_tables(
    walk: Walk,
    shown: Sequence[SectionView],
    answers: Mapping[str, object],
    texts: Mapping[str, str],
    problems: Sequence[AnswerProblem] | None = None,
) -> tuple[SectionView, ...]:
    """Return the sections with the tables that are asked for filled; ``texts`` are what was searched for in them."""
    views = {view.id: view for section in shown for view in section.fields if view.type == "table" and view.asked}
    if not views:
        return tuple(shown)
    wrong = problems_of(walk, answers) if problems is None else problems
    worked, situation = _worked_out(walk, answers, wrong)
    filled = {}
    for id_, view in views.items():
        text = " ".join(texts.get(id_, "").split())[:_LONGEST_TEXT]
        field = walk.form.field(id_)
        waiting = _first_wrong(walk, field, wrong)
        found = Found(field, None, waiting=waiting) if waiting else _found(walk, situation, worked, field, text)
        table = None if found.waiting else _view(walk, found, _chosen(view.value), text)
        filled[id_] = replace(view, waiting=found.waiting, table=table)
    return tuple(
        replace(section, fields=tuple(filled.get(view.id, view) for view in section.fields)) for section in shown
    )


def _first_wrong(walk: Walk, field: Field, problems: Sequence[AnswerProblem]) -> str:
    """Return the label of the first question whose answer is wrong and decides on what a table shows; empty if none."""
    fields = {one.id: one for one in walk.form.fields}
    decisive, new = set[str](), set(names_in(field.arguments, field.when)) & fields.keys()
    while new:
        decisive |= new
        new = {name for id_ in new for name in firm_uses(fields[id_])} & fields.keys() - decisive
    first = next((problem.field for problem in problems if problem.field in decisive), "")
    return walk.text(fields[first].label) if first else ""


def _worked_out(walk: Walk, answers: Mapping[str, object], wrong: Sequence[AnswerProblem]) -> tuple[Worked, Situation]:
    """Work the form out from the answers that fit."""
    return walk.reader.gather(walk.situation, lambda known: work_out(known, without(answers, wrong)))


def _bound(walk: Walk, situation: Situation, worked: Worked, field: Field) -> Bound:
    """Return the search behind a table, bound to the answers."""
    return walk.reader.gather(
        situation, lambda known: picker_search(known, field, known.environment(worked.values), field.row_kind)
    )[0]


def _found(walk: Walk, situation: Situation, worked: Worked, field: Field, text: str) -> Found:
    bound = _bound(walk, situation, worked, field)
    if bound.search is None:
        return Found(field, None, waiting=bound.waiting)
    rows = walk.reader.search(replace(bound.search, text=text))
    return Found(field, bound.search, rows.entries, rows.more)


def rows_of(walk: Walk, answers: Mapping[str, object], field: Field, most: int) -> tuple[Rows, Bound]:
    """Return all rows of a table for these answers, ``most`` at most; none while it waits for an answer."""
    wrong = problems_of(walk, answers)
    waiting = _first_wrong(walk, field, wrong)
    worked, situation = _worked_out(walk, answers, wrong)
    bound = Bound(None, waiting) if waiting else _bound(walk, situation, worked, field)
    if bound.search is None or not worked.answers[field.id].asked:
        return Rows(()), bound
    return walk.reader.every(bound.search, most), bound


def _chosen(value: object) -> frozenset[str]:
    items = value if isinstance(value, list) else [value]
    return frozenset(item for item in items if isinstance(item, str) and item)


def _view(walk: Walk, found: Found, chosen: frozenset[str], text: str) -> TableView:
    """Return a table; what was chosen stands first where the search that is shown does not have it."""
    field = found.field
    absent = chosen - {entry.ref.id for entry in found.entries}
    kept = walk.reader.search(narrowed(found.search, absent)).entries if found.search and absent else ()
    entries = (*kept, *found.entries)
    teller = Teller(walk.reader).knowing(_values(entries, field.columns))
    return TableView(
        columns=tuple(_column(field, name) for name in field.columns),
        rows=tuple(_row(teller, field, entry, chosen) for entry in entries),
        select=field.select,
        count=_count(field.row_kind, len(entries), more=found.more),
        empty=f"No {_nouns(field.row_kind)[0]} matches." if text else f"No {_nouns(field.row_kind)[1]}.",
        more=found.more,
        text=text,
        form=walk.form.id if walk.form.is_view else "",
    )


def _values(entries: Iterable[Entry], columns: Sequence[str]) -> Iterable[Any]:
    return (entry.attributes.get(name) for entry in entries for name in columns)


def column_label(field: Field, name: str) -> str:
    """Return the heading of a column."""
    return attribute_label(field.row_kind, name)


def _column(field: Field, name: str) -> ColumnView:
    known = ATTRIBUTES.get(field.row_kind, {}).get(name)
    return ColumnView(name, column_label(field, name), is_number=known is not None and known.type == "number")


def _row(teller: Teller, field: Field, entry: Entry, chosen: frozenset[str]) -> RowView:
    cells = tuple(_cell(teller, name, entry.attributes.get(name)) for name in field.columns)
    opens = entry.ref.kind == "user" and field.select == "none"
    return RowView(entry.ref.id, cells, entry.ref.id in chosen, entry.ref.id if opens else "")


def _cell(teller: Teller, name: str, value: Any) -> CellView:
    text = teller.attribute(name, value)
    is_said_otherwise = isinstance(value, int | Decimal | date) and not isinstance(value, bool)
    return CellView(text, sort_key(value)[1][:_LONGEST_KEY] if is_said_otherwise else "")


def _nouns(kind: str) -> tuple[str, str]:
    return _NOUNS.get(kind, (kind, f"{kind}s"))


def _count(kind: str, number: int, *, more: bool) -> str:
    one, several = _nouns(kind)
    if more:
        return f"The first {number:,} {several}; there are more"
    return counted(number, one, several)
