"""Read shared lists, ``<id>.list.yaml`` or ``<id>.list.csv``. Pure."""

from collections.abc import Mapping
from typing import Any, cast

from forms.companions.list_tables import SUFFIX, read_list_table
from forms.companions.reading import Found, column_type, read_companion
from forms.compiling.fitting import literal
from forms.compiling.surroundings import Surroundings
from forms.compiling.values import Values
from forms.definition import (
    SharedList,
)
from forms.documents import ListNode, MapNode, Node, ScalarNode, read_document
from forms.problems import Report, nearest_or_all
from forms.records import Record
from forms.scalars import ScalarError
from forms.values import TEXT, Type


def read_list(file: str, content: bytes) -> Found[SharedList | None]:
    """Read a shared list, as YAML, JSON or CSV; None when it cannot be used."""
    opened = read_list_table if file.endswith(SUFFIX) else read_document
    found, problems = read_companion(file, content, "LIST", None, _list, opened)
    return (None if any(problem.level == "error" for problem in problems) else found), problems


def _list(report: Report, record: Record) -> SharedList | None:
    values = Values(report, Surroundings({}))
    list_id, name = record.string("id") or "", report.document.file.rsplit("/", 1)[-1]
    if list_id and name.split(".list.")[0] != list_id:
        fix = f"Rename the file to  {list_id}.list.yaml  or change the id."
        report.error("E130", record.node_of("id"), f'the id "{list_id}" and the file name "{name}" differ', fix)
    if not _has_columns(record):
        return None
    columns = {column.string("id") or "": column_type(values, column) for column in record.records("columns")}
    if "value" not in columns and "columns" not in record.broken:
        report.error("E111", record.key("columns"), 'a list needs a column "value"', "Add it as the first column.")
    unique = frozenset(c.string("id") or "" for c in record.records("columns") if c.flag("unique")) | {"value"}
    rows = _rows(report, record, columns, unique)
    return SharedList(list_id, record.string("title") or "", columns, rows)


def _has_columns(record: Record) -> bool:
    """Say whether every column could be read; else the rows cannot be judged."""
    node = record.node.get("columns") if isinstance(record.node, MapNode) else None
    return isinstance(node, ListNode) and len(node.items) == len(record.records("columns"))


def _rows(
    report: Report, record: Record, columns: Mapping[str, Type], unique: frozenset[str]
) -> tuple[Mapping[str, Any], ...]:
    rows, seen = [], set()
    for raw in cast("tuple[Any, ...]", record.values.get("rows", ())):
        row = {}
        for name, node in raw.entries.items():
            if name not in columns:
                report.error(
                    "E126", raw.keys[name], f'there is no column "{name}"', nearest_or_all(name, columns, "Columns")
                )
                continue
            row[name] = _cell(report, node, name, columns[name])
            if name in unique and (name, row[name]) in seen:
                report.error("E116", node, f'"{name}" is the same as in a row above', "Change one of them.")
            seen.add((name, row[name]))
        if "value" not in row and "value" in columns:
            node = raw.keys[next(iter(raw.keys))] if raw.keys else record.node
            report.error("E111", node, 'a row needs "value"', "Add  value: … , by which the row is chosen.")
        rows.append(row)
    return tuple(rows)


def _cell(report: Report, node: Node, name: str, type_: Type) -> Any:
    try:
        if isinstance(node, ListNode):
            items = [item for item in node.items if isinstance(item, ScalarNode)]
            return tuple(literal(item, name, type_.item or TEXT) for item in items)
        if isinstance(node, ScalarNode):
            value = literal(node, name, type_)
            return (value,) if type_.name == "list" and value is not None else value
    except ScalarError as error:
        report.error(error.code, node, error.message, error.fix)
        return None
    report.error("E113", node, f'"{name}" must be a single value or a list')
    return None
