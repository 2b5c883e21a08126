"""Compile tables, and check what a form without operations may say. Pure."""

from collections.abc import Mapping
from typing import Any

from connectors.verbs import READ_PERMISSIONS
from forms.compiling.kept import shown
from forms.compiling.options import compile_arguments
from forms.compiling.questions import Question
from forms.compiling.types import Select, kind_of_rows, selection_of
from forms.compiling.values import Values
from forms.definition import Field, NeedAt, Target
from forms.expressions import Scope
from forms.records import Record

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "user": ("display_name", "login", "department", "title"),
    "group": ("name", "description"),
    "ou": ("name", "description"),
    "computer": ("name", "system", "description"),
    "contact": ("display_name", "mail", "company"),
    "mailbox": ("name", "address", "kind"),
    "mail_list": ("name", "address"),
}
"""The columns of a table that names none, by the kind of its rows."""

_OF_ACTIONS = ("verify", "record", "checks", "run_at", "confirm", "approval", "on_error", "notify", "result", "limits")
_NOT_FOR_ROWS = ("default", "from", "readonly", "placeholder")
_NOT_WITHOUT_SELECTION = ("required", "validate", "message", "min_items", "max_items")


def compile_table(values: Values, record: Record, scope: Scope) -> dict[str, Any]:
    """Compile the own keys of a table; none for a field of another type."""
    if record.type != "table":
        return {}
    source = record.record("source")
    kind, select = kind_of_rows(record, values.around), selection_of(record)
    _check_keys(values, record, select)
    columns = shown(values, record, "columns", kind)
    return {
        "lookup": source.string("lookup") if source else None,
        "arguments": compile_arguments(values, source, scope) if source else {},
        "columns": columns or COLUMNS.get(kind, ()),
        "row_kind": kind,
        "select": select,
        "multiple": select == "many",
    }


def _check_keys(values: Values, record: Record, select: Select) -> None:
    for key in _NOT_FOR_ROWS:
        if record.has(key):
            message = f'a table cannot have "{key}"'
            values.report.error("E122", record.key(key), message, "Remove it: rows are only picked by people.")
    for key in _NOT_WITHOUT_SELECTION:
        if select == "none" and record.has(key):
            fix = "Remove it, or add  select: one  or  select: many ."
            values.report.error("E122", record.key(key), f'nothing is picked in this table, so it has no "{key}"', fix)
        elif select == "one" and record.has(key) and key in ("min_items", "max_items"):
            fix = "Remove it, or write  select: many ."
            values.report.error("E122", record.key(key), f'one row is picked in this table, so it has no "{key}"', fix)


def check_view(values: Values, form: Record, questions: tuple[Question, ...]) -> None:
    """Note a form without operations that shows no table, and keys that only mean something when something is done."""
    if form.has("operations") and form.values.get("operations") != ():
        return
    if not any(question.record.type == "table" for question in questions):
        message = 'a form needs "operations", or a table that it shows'
        fix = "Write what is done under  operations: , or add a field with  type: table ."
        values.report.error("E111", form.key("operations"), message, fix)
        return
    for key in _OF_ACTIONS:
        if form.has(key):
            message = f'this form only shows, so "{key}" never happens: it has no operations'
            values.report.error("E122", form.key(key), message, "Remove it, or write what is done under  operations: .")


def needs_of_view(needs: tuple[NeedAt, ...], target: Target | None, fields: tuple[Field, ...]) -> tuple[NeedAt, ...]:
    """Return what a form that only shows needs: reading each kind it shows, and ``report.read`` where it has no target.

    A report tells of many at once, so it is given by itself; a page about one target by the right to read that one.
    Whose rows stand in a table is decided row by row.
    """
    shown = {field.row_kind: f"{field.id}.rows" for field in reversed(fields) if field.type == "table"}
    found = {NeedAt(READ_PERMISSIONS[kind], kind, on) for kind, on in shown.items() if kind in READ_PERMISSIONS}
    found |= {NeedAt("report.read", "", "")} if target is None else set()
    return tuple(sorted({*needs, *found}, key=lambda need: (need.permission, need.kind, need.on)))
