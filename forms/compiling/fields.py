"""Compile fields and the sections around them. Pure."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from forms.compiling.csv_columns import check_csv
from forms.compiling.file_kinds import compile_file
from forms.compiling.fitting import fits
from forms.compiling.kept import shown
from forms.compiling.options import compile_arguments, compile_options
from forms.compiling.ordering import firm_uses, names_in
from forms.compiling.questions import Question, check_columns, check_ids, field_types
from forms.compiling.tables import compile_table
from forms.compiling.types import PICKERS, row_records, type_of
from forms.compiling.uniqueness import compile_unique
from forms.compiling.values import Values
from forms.definition import ROW_TYPES, Check, Field, Text
from forms.documents import ScalarNode
from forms.expressions import Expression, Scope, called
from forms.expressions.templates import compile_template
from forms.problems import did_you_mean
from forms.records import Record
from forms.values import ANY, NUMBER, Type


def compile_field(values: Values, question: Question, type_: Type, scope: Scope, target: str) -> Field:
    """Compile one field; ``scope`` holds all names it may use, without ``value``."""
    record = question.record
    _check_bounds(values, record)
    when = values.condition(record.scalar("when"), scope)
    keys: dict[str, Any] = {
        "section": question.section,
        "help": values.text(record.words("help"), scope, "help"),
        "placeholder": values.text(record.words("placeholder"), scope, "placeholder"),
        "required": values.flag(record, "required", scope),
        "source": _source(values, record, type_, scope),
        "when": values.both(question.section_when, when, record.node, scope),
        "readonly": values.flag(record, "readonly", scope),
        "validate": _validate(values, record, type_, scope),
        "sensitive": record.flag("sensitive") or record.type == "password",
        "width": record.string("width") or "full",
    }
    if "default" in record and _may_default(values, record):
        keys["default"] = values.given(record.value("default"), type_, scope, "default")
    keys |= _texts(values, record, scope) | _numbers(values, record, scope) | _choices(values, record, scope)
    keys |= (
        _things(values, record, scope)
        | compile_table(values, record, scope)
        | _rows(values, record, scope, target)
        | _worked_out(values, record, type_, scope)
        | compile_file(values, record)
    )
    label = values.text(record.words("label"), scope, "label") or _label(
        values, "" if record.type == "note" else question.id
    )
    return Field(question.id, record.type, type_, label, **keys)


def _label(values: Values, id: str) -> Text:
    """Return the words of an id as a label; a note, which asks nothing, has no heading of its own."""
    words = id.replace("_", " ").capitalize()
    return Text({values.around.language: compile_template(words, Scope({}))})


def _may_default(values: Values, record: Record) -> bool:
    if record.type in ("password", "note", "computed", "membership", "file"):
        node = record.node_of("default")
        values.report.error("E122", node, f'a {record.type} field cannot have a "default"', "Remove it.")
        return False
    return True


def _source(values: Values, record: Record, type_: Type, scope: Scope) -> Expression | None:
    node = record.scalar("from")
    if node is None:
        return None
    if not node.text.startswith("target.") or "target" not in scope.names:
        values.report.error("E122", node, '"from" is an attribute of the target', "Write  from: target.… .")
        return None
    found = values.expression(node, Scope({"target": scope.names["target"]}))
    values.used.discard("target")
    if found is not None and not fits(found.type, type_):
        message = f'"from" needs {called(type_)}, this is {called(found.type)}'
        values.report.error("E214", node, message)
    return found


_BOUNDS = (("min_length", "max_length"), ("min_items", "max_items"), ("min_rows", "max_rows"))


def _check_bounds(values: Values, record: Record) -> None:
    for low, high in _BOUNDS:
        fewest, most = record.integer(low), record.integer(high)
        if fewest is not None and most is not None and fewest > most:
            values.report.error("E115", record.node_of(low), f'"{low}" is more than "{high}"', "Exchange the two.")


def _validate(values: Values, record: Record, type_: Type, scope: Scope) -> tuple[Check, ...]:
    inner = Scope({**scope.names, "value": type_})
    one = record.scalar("validate")
    message = values.text(record.words("message"), inner, "message")
    if one is None:
        if record.has("message"):
            fix = "Write the message beside each check, or one condition under  validate: ."
            values.report.error("E122", record.key("message"), '"message" belongs to a "validate" of one line', fix)
        return values.checks(record.records("validate"), inner)
    check = values.condition(one, inner)
    return (Check(check, message),) if check else ()


def _texts(values: Values, record: Record, scope: Scope) -> dict[str, Any]:
    keys: dict[str, Any] = {
        "min_length": record.integer("min_length"),
        "max_length": record.integer("max_length"),
        "pattern": values.pattern(record, "pattern"),
        "pattern_help": values.text(record.words("pattern_help"), scope, "pattern_help"),
        "domains": record.strings("domains"),
        "region": record.string("region"),
        "text": values.text(record.words("text"), scope, "text"),
        "tone": record.string("tone") or "info",
        "generate": record.string("generate"),
        "policy": record.string("policy"),
        "repeat": record.flag("repeat", default=True),
    }
    if record.integer("rows") is not None:
        keys["rows"] = record.integer("rows")
    if record.type == "password":
        _check_password(values, record)
    return keys


def _check_password(values: Values, record: Record) -> None:
    if record.has("generate") == record.has("policy"):
        fix = "Write  generate: <policy>  (made for the agent), or  policy: <policy>  (typed)."
        values.report.error("E122", record.node, "a password is either made or typed", fix)
    if "settings" in values.around.incomplete:
        return
    for key in ("generate", "policy"):
        name = record.string(key)
        known = values.around.settings.password_policies
        if name is not None and name not in known:
            values.report.error(
                "E126", record.node_of(key), f'there is no password policy "{name}"', did_you_mean(name, known)
            )


def _is_more(low: Any, high: Any) -> bool:
    """Say whether two bounds are written out and the wrong way round."""
    numbers, days = int | Decimal, date
    same = any(isinstance(low, kind) and isinstance(high, kind) for kind in (numbers, days)) and (
        isinstance(low, datetime) == isinstance(high, datetime)
    )
    return same and bool(low > high)


def _numbers(values: Values, record: Record, scope: Scope) -> dict[str, Any]:
    wanted = type_of(record, values.around, "") if record.type in ("number", "date", "datetime") else ANY
    keys: dict[str, Any] = {key: values.given(record.value(key), wanted, scope, key) for key in ("min", "max")}
    if _is_more(keys["min"], keys["max"]):
        values.report.error("E115", record.node_of("min"), '"min" is more than "max"', "Exchange the two.")
    keys["step"] = values.given(record.value("step"), NUMBER, scope, "step")
    return keys | {"integer": record.flag("integer"), "unit": record.string("unit"), "style": record.string("style")}


def _choices(values: Values, record: Record, scope: Scope) -> dict[str, Any]:
    return {
        "options": compile_options(values, record, scope),
        "allow_other": record.flag("allow_other"),
        "min_items": record.integer("min_items"),
        "max_items": record.integer("max_items"),
    }


def _things(values: Values, record: Record, scope: Scope) -> dict[str, Any]:
    if record.type not in PICKERS | {"membership"}:
        return {}
    around = values.around
    return {
        "within": values.known(record.values.get("within"), around.resource_sets, "E124", "resource set"),
        "excluded": values.known(record.values.get("except"), around.resource_sets, "E124", "resource set"),
        "lookup": record.string("lookup"),
        "arguments": compile_arguments(values, record, scope),
        "columns": _columns(values, record),
        "multiple": record.flag("multiple"),
        "of": _of(values, record, scope),
        "keep": record.strings("keep"),
        "max_changes": record.integer("max_changes"),
    }


def _columns(values: Values, record: Record) -> tuple[str, ...]:
    return shown(values, record, "columns", record.type if record.type in PICKERS else None)


def _of(values: Values, record: Record, scope: Scope) -> Any:
    node = record.value("of")
    if not isinstance(node, ScalarNode):
        return None
    found = values.template(node, scope, "of")
    if found is not None and found.type.name not in ("user", "group", "computer", "any"):
        message = f'"of" needs a person or a group, this is {called(found.type)}'
        values.report.error("E214", node, message, "Write  of: $(target) .")
    return found


def _rows(values: Values, record: Record, scope: Scope, target: str) -> dict[str, Any]:
    if record.type not in ROW_TYPES:
        return {}
    questions = tuple(Question(inner) for inner in row_records(record))
    check_ids(values, questions)
    check_columns(values, questions, record.type)
    types = field_types(values, questions, scope.names, target)
    inner = Scope({**scope.names, **types})
    known = frozenset(types)
    columns = tuple(
        compile_field(values, question, types.get(question.id, ANY), inner, target)
        for question in questions
        if question.record.kind == "FIELD"
    )
    _check_order(values, questions, columns)
    if record.type == "csv":
        check_csv(values, record, questions)
        columns = tuple(replace(column, is_written=True) for column in columns)
    return {
        "fields": columns,
        "min_rows": record.integer("min_rows"),
        "max_rows": record.integer("max_rows"),
        "unique_by": values.known(record.values.get("unique_by"), known, "E210", "field"),
    }


def _check_order(values: Values, questions: tuple[Question, ...], columns: tuple[Field, ...]) -> None:
    """Note a column that reads one below it: a row is worked out from left to right."""
    nodes = {question.id: question.record.node_of("id") for question in questions}
    below = {column.id for column in columns}
    for column in columns:
        limits = names_in(column.required, column.min, column.max, column.step)
        late = sorted(below & {*firm_uses(column), *limits})
        if late and column.id in nodes:
            which = "itself" if late[0] == column.id else f'"{late[0]}", which stands below it'
            message = f'the column "{column.id}" reads {which} and has no value yet'
            values.report.error("E220", nodes[column.id], message, f'Move "{late[0]}" above it.')
        below.discard(column.id)


def _worked_out(values: Values, record: Record, type_: Type, scope: Scope) -> dict[str, Any]:
    keys: dict[str, Any] = {"show": record.flag("show"), "unique": compile_unique(values, record, type_, scope)}
    if record.type == "computed":
        keys["value"] = values.given(record.value("value"), ANY, scope, "value", "computed")
    return keys
