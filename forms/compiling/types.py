"""The types of fields, before anything in them is compiled. Pure."""

from collections.abc import Mapping
from typing import Literal, cast

from forms.compiling.surroundings import Surroundings
from forms.definition import ROW_TYPES
from forms.documents import ScalarNode
from forms.expressions import type_named
from forms.records import Record
from forms.values import ANY, DATE, DATETIME, FILE, NULL, NUMBER, SECRET, TEXT, Type, list_of
from forms.values import BOOL as YES_NO

_PLAIN: Mapping[str, Type] = {
    "text": TEXT,
    "multiline": TEXT,
    "email": TEXT,
    "phone": TEXT,
    "number": NUMBER,
    "boolean": YES_NO,
    "date": DATE,
    "datetime": DATETIME,
    "password": SECRET,
    "file": FILE,
    "note": NULL,
    "computed": ANY,
}
PICKERS = frozenset({"user", "group", "ou", "computer", "mailbox"})
Select = Literal["none", "one", "many"]


def type_of(record: Record, around: Surroundings, target: str) -> Type:
    """Return the type of a field's value; any where the field is too broken to tell, or still to be worked out.

    ``target`` is the kind of the form's target, or empty.
    """
    if record.type in _PLAIN:
        return _PLAIN[record.type]
    if record.type in PICKERS:
        one = Type(record.type)
        if "multiple" in record.broken:
            return ANY
        return list_of(one) if record.flag("multiple") else one
    if record.type in ("choice", "choices"):
        one = _choice(record, around)
        return list_of(one) if record.type == "choices" else one
    if record.type == "table":
        return _table(record, around)
    if record.type == "membership":
        return Type("delta", item=Type(membership_side(record, target)))
    if record.type in ROW_TYPES:
        return list_of(Type("row", columns=columns_of(row_records(record), around, target)))
    return ANY


def row_records(record: Record) -> tuple[Record, ...]:
    """Return the questions of each row as read: ``fields`` of ``rows``, ``columns`` of ``csv``."""
    return record.records("columns" if record.type == "csv" else "fields")


def columns_of(fields: tuple[Record, ...], around: Surroundings, target: str) -> dict[str, Type]:
    """Return the types of the fields of a row, by id."""
    return {
        name: type_of(field, around, target)
        for field in fields
        if (name := field.string("id")) and field.type != "note"
    }


def membership_side(record: Record, target: str) -> str:
    """Say what a membership question adds and removes: groups for a person or thing, people for a group."""
    of = record.value("of")
    text = of.text.replace(" ", "") if isinstance(of, ScalarNode) else ""
    is_group = (text == "$(target)" and target == "group") or (not text.startswith("$(target") and "group" in text)
    return "user" if is_group else "group"


def _table(record: Record, around: Surroundings) -> Type:
    """Return what a table stands for: the row or the rows that are picked; all that are shown where none can be."""
    kind = kind_of_rows(record, around)
    one = Type(kind) if kind else ANY
    return one if selection_of(record) == "one" else list_of(one)


def selection_of(record: Record) -> Select:
    """Return how many rows of a table may be picked."""
    return cast("Select", record.string("select") or "none")


def kind_of_rows(record: Record, around: Surroundings) -> str:
    """Return the kind of object that a table shows; empty where its search is not known."""
    source = record.record("source")
    lookup = around.lookups.get(source.string("lookup") or "") if source else None
    return lookup.kind if lookup else ""


def _choice(record: Record, around: Surroundings) -> Type:
    options = record.record("options")
    if options is None:
        return Type("choice", columns={"value": TEXT})
    if options.has("list"):
        shared = around.lists.get(options.string("list") or "")
        return Type("choice", columns=shared.columns) if shared else ANY
    lookup = around.lookups.get(options.string("lookup") or "")
    return Type(lookup.kind) if lookup else ANY


def named_type(written: str) -> Type | None:
    """Return the type that companion files write as ``text`` or ``list of group``; None for an unknown one."""
    name = written.strip()
    if name.startswith("list of "):
        item = named_type(name.removeprefix("list of "))
        return list_of(item) if item else None
    if name == "boolean":
        return YES_NO
    found = type_named(name)
    return None if found.name in ("any", "list", "secret") else found
