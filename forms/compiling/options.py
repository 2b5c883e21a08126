"""Compile what a choice offers and what a picker searches. Pure."""

from collections.abc import Mapping

from connectors.verbs import ATTRIBUTES
from forms.compiling.kept import note_search, note_shown
from forms.compiling.values import Values
from forms.definition import Given, Lookup, Option, Options
from forms.documents import Node
from forms.expressions import Scope
from forms.problems import did_you_mean, nearest_or_all
from forms.records import Entries, Record
from forms.values import ANY, OBJECT_KINDS, Type


def compile_options(values: Values, field: Record, scope: Scope) -> Options | None:
    """Compile ``options`` of a choice or a membership; None when there are none or they are broken."""
    record = field.record("options")
    if record is not None:
        return _from_elsewhere(values, record, scope)
    if not field.has("options"):
        return None
    return Options(fixed=tuple(_fixed(values, field, scope)))


def _fixed(values: Values, field: Record, scope: Scope) -> list[Option]:
    seen: set[str] = set()
    found = []
    for record in field.records("options"):
        value = record.string("value")
        if value is None:
            continue
        if value in seen:
            values.report.error("E116", record.node_of("value"), f'the option "{value}" is there twice', "Remove one.")
        seen.add(value)
        label = values.text(record.words("label"), scope, "label")
        if label is not None:
            when = values.condition(record.scalar("when"), scope)
            found.append(Option(value, label, values.text(record.words("help"), scope, "help"), when))
    return found


def _from_elsewhere(values: Values, record: Record, scope: Scope) -> Options | None:
    if record.has("list") == record.has("lookup"):
        fix = "Write  list: …  or  lookup: … ."
        values.report.error("E122", record.node, "options come from either a list or a search", fix)
        return None
    row, columns = _list_row(values, record) if record.has("list") else _lookup_row(values, record)
    inner = Scope({**scope.names, "row": row})
    arguments = compile_arguments(values, record, scope)
    for word in record.all_words("columns"):
        _check_column(values, word.node, str(word.value), columns)
        note_shown(values, word.node, str(row.name), str(word.value))
    value = record.string("value") or "value"
    if record.has("list") and record.has("value"):
        _check_column(values, record.node_of("value"), value, columns)
    label = values.text(record.words("label"), inner, "label")
    where = values.condition(record.scalar("where"), inner)
    if record.has("lookup") and isinstance(row.name, str):
        _refuse_other_objects(values, inner, row.name)
    return Options(
        list=record.string("list"),
        lookup=record.string("lookup"),
        arguments=arguments,
        value=value,
        label=label,
        columns=record.strings("columns"),
        search=record.flag("search"),
        where=where,
    )


def _refuse_other_objects(values: Values, scope: Scope, kind: str) -> None:
    """Note what is read of objects that hang on the rows found: those the agent may not be allowed to see."""
    related = {name for name, known in ATTRIBUTES.get(kind, {}).items() if _item_name(known.type) in OBJECT_KINDS}
    for written in values.written:
        for path in written.expression.paths if written.scope is scope else ():
            is_text = written.expression.type.name not in ("bool", "list")
            if path[0] == "row" and len(path) > 1 and path[1] in related and (len(path) > 2 or is_text):
                message = f'"{".".join(path)}" tells of another object, which not everybody who sees the row may see'
                fix = f"Show it with  columns: [{path[1]}] , where it is named only to those who may see it."
                values.report.error("E232", written.node, message, fix, max(written.node.text.find("row."), 0))


def _item_name(type_: str) -> str:
    """Return the name of a type, of a list that of its elements."""
    return type_.rpartition(":")[2]


def _check_column(values: Values, node: Node, name: str, columns: frozenset[str]) -> None:
    if columns and name not in columns:
        values.report.error(
            "E126", node, f'there is no column "{name}"', nearest_or_all(name, sorted(columns), "Columns")
        )


def _list_row(values: Values, record: Record) -> tuple[Type, frozenset[str]]:
    name = record.string("list") or ""
    shared = values.around.lists.get(name)
    if shared is not None:
        return Type("row", columns=shared.columns), frozenset(shared.columns)
    if record.string("list") and "lists" not in values.around.incomplete:
        fix = did_you_mean(name, values.around.lists)
        values.report.error("E125", record.node_of("list"), f'there is no list "{name}"', fix)
    return ANY, frozenset()


def _lookup_row(values: Values, record: Record) -> tuple[Type, frozenset[str]]:
    lookup = values.around.lookups.get(record.string("lookup") or "")
    return (Type(lookup.kind), frozenset(ATTRIBUTES[lookup.kind])) if lookup else (ANY, frozenset())


def find_lookup(values: Values, record: Record) -> Lookup | None:
    """Return the search a record names under ``lookup``, noting one that does not exist."""
    name = record.string("lookup")
    if name is None:
        return None
    found = values.around.lookups.get(name)
    if found is not None:
        note_search(values, record.node_of("lookup"), found)
    elif "lookups" not in values.around.incomplete:
        fix = did_you_mean(name, values.around.lookups)
        values.report.error("E125", record.node_of("lookup"), f'there is no search "{name}"', fix)
    return found


def compile_arguments(values: Values, record: Record, scope: Scope) -> Mapping[str, Given]:
    """Compile ``with`` of a search, noting arguments it does not take and those it lacks."""
    lookup = find_lookup(values, record)
    if record.has("with") and not record.has("lookup"):
        values.report.error(
            "E122", record.key("with"), '"with" belongs to a "lookup"', "Add  lookup: … , or remove it."
        )
    if lookup is None:
        return values.given_entries(record, "with", {}, scope)
    takes = {argument.name: argument for argument in lookup.takes}
    entries = record.values.get("with")
    written = entries.keys if isinstance(entries, Entries) else {}
    for name, key in written.items():
        if name not in takes:
            fix = f"It takes: {', '.join(takes)}." if takes else "It takes nothing."
            values.report.error("E125", key, f'the search "{lookup.id}" does not take "{name}"', fix)
    for argument in lookup.takes:
        if argument.required and argument.name not in written:
            fix = f"Write  with: {{ {argument.name}: $(…) }} ."
            values.report.error("E125", record.key("lookup"), f'the search "{lookup.id}" needs "{argument.name}"', fix)
    return values.given_entries(record, "with", {name: argument.type for name, argument in takes.items()}, scope)
