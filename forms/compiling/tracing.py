"""Trace what a person types into the arguments that stand for objects, and refuse it there (E147). Pure.

A text that names an object is looked up anywhere in the directory, so only the author may write one: what a person
chooses is found by a search inside that person's scope.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from connectors.spi import Argument
from forms.compiling.questions import flattened
from forms.compiling.types import PICKERS, row_records
from forms.compiling.values import Values
from forms.definition import Field, Given, Step, Template
from forms.documents import ListNode, MapNode, Node, ScalarNode
from forms.expressions import FUNCTIONS, Expression
from forms.expressions.syntax import Attribute, Binary, Call, Literal, Logic, Name, Unary, children
from forms.expressions.syntax import Node as Syntax
from forms.records import Entries, Record
from forms.values import OBJECT_KINDS

Trace: TypeAlias = Mapping[str, str]
"""Where in a value something typed stands, and the field it was typed into; ``""`` is the value as a whole."""

_TYPED = frozenset({"text", "multiline", "email", "phone", "number", "date", "datetime"})
_CHOSEN = frozenset({"choice", "choices"})
_OBJECTS = frozenset(OBJECT_KINDS)
_OWNERS = frozenset({"manager", "owner"})
_NONE: Trace = {}
_REQUEST: Trace = {"ticket": "ticket", "reason": "reason"}
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "contains", "matches"})


def refuse_typed_objects(values: Values, record: Record, steps: tuple[Step, ...], fields: tuple[Field, ...]) -> None:
    """Note every argument that takes an object and gets what somebody types, or what is worked out of it.

    A picker may not start with such a text either, and neither ``in_group`` nor ``under`` is asked about one: the answer
    would tell of groups and units the person at the keyboard cannot see.
    """
    traces = _traces(fields)
    kinds = {field.id: field.type for field in fields}
    questions = tuple(question for _, question in flattened(record.records("fields")))
    _refuse_defaults(values, questions, fields, traces)
    _refuse_named_places(values, fields, traces)
    by_id = {step.id: step for step in steps}
    for operation in record.records("operations"):
        step = by_id.get(operation.string("id") or "")
        written = operation.values.get("with")
        if step is None or not isinstance(written, Entries):
            continue
        known = {**traces, "item": _of_given(step.for_each, traces)}
        for name, kind, node, given in _objects(step, written):
            for place, expression, field in _typed_parts(node, given, known):
                _refuse(values, place, expression, field, name, kind, kinds.get(field, ""))


def _refuse_named_places(values: Values, fields: tuple[Field, ...], traces: Mapping[str, Trace]) -> None:
    columns = {
        column.id: trace
        for field in fields
        if field.has_rows
        for column, trace in zip(field.fields, _column_traces(field, traces), strict=True)
    }
    is_open = any(field.type in _CHOSEN and field.allow_other for field in fields)
    typed = ("text", "choice") if is_open else ("text",)
    for written in values.written:
        own = written.scope.names.get("value")
        known = {**columns, **traces, "value": {"": "value"} if own is not None and own.name in typed else _NONE}
        for call in _calls(written.expression.node):
            trace = _of(call.arguments[1], known)
            if trace:
                kind = "group" if call.function == "in_group" else "ou"
                field = next(iter(trace.values()))
                message = f'"{call.function}" looks anywhere in the directory, so not about what is typed in "{field}"'
                fix = f"Use a picker  (type: {kind}) , or write the name here."
                values.report.error("E147", written.node, message, fix, max(call.offset, 0))


def _column_traces(field: Field, outer: Mapping[str, Trace]) -> list[Trace]:
    inner = _traces(field.fields, outer, f"{field.id}.")
    return [inner[column.id] for column in field.fields]


def _calls(node: Syntax) -> Iterator[Call]:
    if isinstance(node, Call) and node.function in ("in_group", "under") and len(node.arguments) > 1:
        yield node
    for below in children(node):
        yield from _calls(below)


def _refuse_defaults(
    values: Values, questions: tuple[Record, ...], fields: tuple[Field, ...], traces: Mapping[str, Trace]
) -> None:
    by_id = {question.string("id"): question for question in questions}
    kinds = {field.id: field.type for field in fields}
    for field in fields:
        question = by_id.get(field.id)
        if question is not None and field.has_rows:
            inner = _traces(field.fields, traces, f"{field.id}.")
            _refuse_defaults(values, row_records(question), field.fields, inner)
        node = question.value("default") if question is not None and field.type in PICKERS else None
        for place, expression, source in _typed_parts(node, field.default, traces):
            _refuse(values, place, expression, source, "default", field.type, kinds.get(source, ""))


def _refuse(
    values: Values, node: ScalarNode, expression: Expression, field: str, name: str, kind: str, type_: str
) -> None:
    message = f'"{name}" takes an object, but what is typed in "{field}" could name any in the directory'
    fix = 'Remove "allow_other".' if type_ in _CHOSEN else f"Use a picker  (type: {kind}) ."
    if kind not in PICKERS and type_ not in _CHOSEN:
        fix = "Use a choice with  options: { lookup: … } ."
    values.report.error("E147", node, message, fix, max(node.text.find(expression.source), 0))


def _objects(step: Step, written: Entries) -> Iterator[tuple[str, str, Node, Given]]:
    """Yield name, kind of object, node and value of everything in ``with`` that stands for objects."""
    for name, node in written.entries.items():
        argument = step.verb.argument(name)
        given = step.arguments.get(name)
        if argument is None or not isinstance(node, ScalarNode | ListNode | MapNode):
            continue
        if argument.type == "map" and isinstance(node, MapNode) and isinstance(given, Mapping):
            for key, value in node.pairs:
                if key.text in _OWNERS:
                    yield key.text, "user", value, given.get(key.text)
        elif (kind := _kind(argument)) in _OBJECTS:
            yield name, kind, node, given


def _kind(argument: Argument) -> str:
    return argument.type.removeprefix("list:")


def _typed_parts(
    node: object, given: Given, traces: Mapping[str, Trace]
) -> Iterator[tuple[ScalarNode, Expression, str]]:
    """Yield each expression in a value that is made of something typed, with the field it was typed into."""
    if isinstance(node, ListNode) and isinstance(given, tuple):
        for each, value in zip(node.items, given, strict=False):
            yield from _typed_parts(each, value, traces)
    elif isinstance(node, ScalarNode) and isinstance(given, Template):
        for part in given.parts:
            trace = _of(part.node, traces) if isinstance(part, Expression) else _NONE
            if isinstance(part, Expression) and trace:
                yield node, part, next(iter(trace.values()))


def _traces(fields: Sequence[Field], outer: Mapping[str, Trace] | None = None, path: str = "") -> dict[str, Trace]:
    """Return the trace of every field; what is worked out is followed until nothing new is found."""
    traces: dict[str, Trace] = dict(outer or {"request": _REQUEST})
    for _ in range(len(fields) + 1):
        before = dict(traces)
        for field in fields:
            traces[field.id] = _of_field(field, traces, path)
        if traces == before:
            break
    return traces


def _of_field(field: Field, traces: Mapping[str, Trace], path: str) -> Trace:
    if field.has_rows:
        columns = _traces(field.fields, traces, f"{path}{field.id}.")
        inner = {column.id: next(iter(columns[column.id].values()), "") for column in field.fields}
        return {id_: source for id_, source in inner.items() if source}
    if field.type == "computed":
        return _joined([_of_given(field.value, traces), *_of_alternatives(field, traces)])
    is_open = field.readonly is not True
    if is_open and (field.type in _TYPED or (field.type in _CHOSEN and field.allow_other)):
        return {"": f"{path}{field.id}"}
    if field.type in PICKERS or (field.type in _CHOSEN and field.readonly is False):
        return _NONE
    return _of_given(field.default, traces)


def _of_alternatives(field: Field, traces: Mapping[str, Trace]) -> list[Trace]:
    return [_of_given(other, traces) for other in field.unique.alternatives] if field.unique else []


def _of_given(given: Given, traces: Mapping[str, Trace]) -> Trace:
    if isinstance(given, Template):
        found = _joined([_of(part.node, traces) for part in given.parts if isinstance(part, Expression)])
        return found if given.single is not None else _as_text(found)
    if isinstance(given, Mapping):
        return _joined([_of_given(item, traces) for item in given.values()])
    return _joined([_of_given(item, traces) for item in given]) if isinstance(given, tuple | list) else _NONE


def _of(node: Syntax, traces: Mapping[str, Trace]) -> Trace:
    """Return the trace of a value; yes/no values name nothing, and a condition only chooses among its branches."""
    match node:
        case Literal() | Logic() | Unary(operator="not"):
            return _NONE
        case Binary(operator=operator) if operator in _COMPARISONS:
            return _NONE
        case Name(name=name):
            return traces.get(name, _NONE)
        case Attribute(subject=subject, name=name):
            trace = _of(subject, traces)
            source = trace.get("") or trace.get(name)
            return {"": source} if source else _NONE
        case Call(function=function, arguments=arguments):
            if FUNCTIONS[function].gives == "yes/no":
                return _NONE
            return _joined([_of(each, traces) for each in (arguments[1:] if function == "if" else arguments)])
    return _joined([_of(each, traces) for each in children(node)])


def _joined(traces: Sequence[Trace]) -> Trace:
    return {place: source for trace in reversed(traces) for place, source in trace.items()}


def _as_text(trace: Trace) -> Trace:
    return {"": next(iter(trace.values()))} if trace else _NONE
