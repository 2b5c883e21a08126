"""Compile the tests that stand in a form: their answers as they travel, their expectations as plain values. Pure."""

from collections.abc import Mapping
from decimal import Decimal

from connectors.verbs import ATTRIBUTES
from forms.compiling.fitting import literal
from forms.compiling.values import Values
from forms.definition import Example, Field, Form
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.problems import did_you_mean
from forms.records import Record
from forms.scalars import ScalarError
from forms.values import ANY, BOOL, NUMBER, TEXT, Type

_AS = frozenset({"user", "role", "channel"})
_OF_FILE = ("name", "size", "type")
_WHO = ("target", "ticket", "reason", "")


def compile_example(values: Values, record: Record, form: Form, operations: frozenset[str]) -> Example:
    """Compile one test, noting fields and operations that do not exist (E210).

    ``operations`` holds the ids of all that are written, of those with errors too.
    """
    fields = {field.id: field for field in form.fields}
    expect = record.record("expect")
    return Example(
        record.string("name") or "",
        _actor(values, record),
        record.string("target"),
        _answers(values, record, "fill", fields),
        _expected(values, expect, form, fields, operations) if expect else {},
        record.string("fixture"),
    )


def _actor(values: Values, record: Record) -> Mapping[str, str]:
    found = {}
    for name, raw in record.entries("as"):
        if name not in _AS:
            node = record.map_key("as", name)
            values.report.error("E110", node, f'"as" has no "{name}"', "Keys: user, role, channel.")
        found[name] = str(getattr(raw, "value", ""))
    return found


def _answers(values: Values, record: Record, key: str, fields: Mapping[str, Field]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name, raw in record.entries(key):
        field = fields.get(name)
        if field is None:
            verb = "fills" if key == "fill" else "expects"
            message = f'the test {verb} a field "{name}" that does not exist'
            values.report.error("E210", record.map_key(key, name), message, did_you_mean(name, fields))
        elif isinstance(raw, ScalarNode | ListNode | MapNode):
            found[name] = _wire(values, field, raw)
    return found


def _wire(values: Values, field: Field, node: Node) -> object:
    """Return an answer as it travels in JSON; texts stay as written."""
    if field.has_rows and isinstance(node, ListNode):
        return [_row(values, field, item) for item in node.items]
    if isinstance(node, MapNode):
        if field.type == "file":
            _check_file(values, node)
        return {key.text: _wire(values, field, value) for key, value in node.pairs}
    if isinstance(node, ListNode):
        return [_wire(values, field, item) for item in node.items]
    wanted = {"number": NUMBER, "boolean": BOOL, "computed": ANY}.get(field.type, TEXT)
    return _scalar(node, wanted)


def _check_file(values: Values, node: MapNode) -> None:
    """Note what does not describe a file: a test gives one by its name, its size in bytes and its media type."""
    for key, value in node.pairs:
        if key.text not in _OF_FILE:
            message = f'a file in a test has no "{key.text}"'
            values.report.error("E110", key, message, did_you_mean(key.text, _OF_FILE) or "Keys: name, size, type.")
        elif key.text == "size" and not (
            isinstance(value, ScalarNode) and value.text.isascii() and value.text.isdigit()
        ):
            values.report.error("E114", key, '"size" must be a number of bytes', "Write  size: 20000 .")


def _row(values: Values, field: Field, node: Node) -> object:
    if not isinstance(node, MapNode):
        return _wire(values, field, node)
    columns = {column.id: column for column in field.fields}
    found = {}
    for key, value in node.pairs:
        if key.text not in columns:
            message = f'the test fills a field "{key.text}" that does not exist'
            values.report.error("E210", key, message, did_you_mean(key.text, columns))
        else:
            found[key.text] = _wire(values, columns[key.text], value)
    return found


def _scalar(node: Node, wanted: Type) -> object:
    if isinstance(node, ListNode):
        return [_scalar(item, wanted) for item in node.items]
    if isinstance(node, MapNode):
        return {key.text: _scalar(value, wanted) for key, value in node.pairs}
    try:
        value = literal(node, "", wanted)
    except ScalarError:
        return node.text
    return float(value) if isinstance(value, Decimal) else value


def _expected(
    values: Values, record: Record, form: Form, fields: Mapping[str, Field], operations: frozenset[str]
) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for key in ("visible", "hidden"):
        if key in record:
            found[key] = list(values.known(record.values[key], frozenset(fields), "E210", "field"))
    if "operations" in record:
        found["operations"] = list(values.known(record.values["operations"], operations, "E210", "operation"))
    if "values" in record:
        found["values"] = _answers(values, record, "values", fields)
    if "errors" in record:
        found["errors"] = _errors(values, record, fields)
    if "changes" in record:
        found["changes"] = _changes(record, form)
    if "rows" in record:
        found["rows"] = _rows(values, record, fields)
    found |= {key: record.string(key) for key in ("approval", "refused") if key in record}
    return found


def _rows(values: Values, record: Record, fields: Mapping[str, Field]) -> Mapping[str, object]:
    """Return how many rows each table has, or the names in it."""
    found: dict[str, object] = {}
    tables = {id_ for id_, field in fields.items() if field.type == "table"}
    for name, raw in record.entries("rows"):
        if name not in tables:
            message = f'the test expects rows of a table "{name}" that does not exist'
            values.report.error("E210", record.map_key("rows", name), message, did_you_mean(name, tables))
        elif isinstance(raw, ListNode) and all(isinstance(item, ScalarNode) for item in raw.items):
            found[name] = [item.text for item in raw.items if isinstance(item, ScalarNode)]
        elif isinstance(raw, ScalarNode) and raw.text.isascii() and raw.text.isdigit():
            found[name] = int(raw.text)
        else:
            fix = "Write  [a.name, b.name]  or  3 ."
            node = raw if isinstance(raw, ScalarNode | ListNode | MapNode) else record.map_key("rows", name)
            values.report.error("E113", node, f'the rows of "{name}" are a list of logins or names, or a number', fix)
    return found


def _errors(values: Values, record: Record, fields: Mapping[str, Field]) -> Mapping[str, str]:
    found = {}
    for name, raw in record.entries("errors"):
        if name.split(".")[0] not in fields and name not in _WHO:
            message = f'the test expects a message at a field "{name}" that does not exist'
            values.report.error("E210", record.map_key("errors", name), message, did_you_mean(name, fields))
        found[name] = str(getattr(raw, "value", ""))
    return found


def _changes(record: Record, form: Form) -> Mapping[str, object]:
    attributes = ATTRIBUTES.get(form.target.type, {}) if form.target else {}
    found = {}
    for name, raw in record.entries("changes"):
        wanted = TEXT if name in attributes and attributes[name].type in ("text", "user") else ANY
        if isinstance(raw, ScalarNode | ListNode | MapNode):
            found[name] = _scalar(raw, wanted)
    return found
