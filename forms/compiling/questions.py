"""Fields as read: their sections, ids and types, before they are compiled. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forms.compiling.types import type_of
from forms.compiling.values import Values
from forms.definition import Section, Text
from forms.documents import ScalarNode
from forms.errors import ExpressionError
from forms.expressions import Expression, Scope
from forms.expressions.templates import compile_template
from forms.records import Record
from forms.values import Type
from forms.vocabulary import RESERVED


@dataclass(frozen=True, slots=True)
class Question:
    """A field as read, with the number of its section and that section's condition."""

    record: Record
    section: int | None = None
    section_when: Expression | None = None

    @property
    def id(self) -> str:
        """The id, or an empty text when it could not be read."""
        return self.record.string("id") or ""


def flattened(records: tuple[Record, ...]) -> Iterator[tuple[int | None, Record]]:
    """Yield every field with the number of its section; sections count from 0."""
    number = -1
    for record in records:
        if record.kind != "SECTION":
            yield None, record
            continue
        number += 1
        for inner in record.records("fields"):
            yield number, inner


def check_ids(values: Values, questions: tuple[Question, ...]) -> None:
    """Note reserved ids, and those used twice."""
    seen: set[str] = set()
    for question in questions:
        node = question.record.node_of("id")
        if question.id in RESERVED:
            values.report.error(
                "E123", node, f'"{question.id}" cannot be the id of a field', "It has a meaning in expressions."
            )
        if question.id and question.id in seen:
            values.report.error(
                "E116", node, f'there are two fields with the id "{question.id}"', "Rename one of them."
            )
        if question.record.kind == "SECTION":
            values.report.error("E113", question.record.node, "a section cannot stand inside a section")
        seen.add(question.id)


_WHOLE = frozenset({"rows", "csv", "password", "membership", "file", "table"})
_NOT_WRITTEN = _WHOLE | {"note"}


def check_columns(values: Values, questions: tuple[Question, ...], around: str = "rows") -> None:
    """Note field types that cannot be a column of ``rows`` or, with ``around``, of ``csv``."""
    for question in questions:
        if question.record.type in (_NOT_WRITTEN if around == "csv" else _WHOLE):
            node = question.record.node_of("type")
            message = f'a {question.record.type} field cannot stand inside "{around}"'
            values.report.error("E122", node, message, "Ask it once, outside.")


def field_types(
    values: Values, questions: tuple[Question, ...], scope: Mapping[str, Type], target: str
) -> dict[str, Type]:
    """Return the type of every field by id, those that are worked out included."""
    types = {q.id: type_of(q.record, values.around, target) for q in questions if q.id and q.record.type != "note"}
    computed = [q for q in questions if q.record.type == "computed" and q.id in types]
    for _ in range(len(computed)):
        changed = False
        for question in computed:
            found = _computed_type(question, Scope({**scope, **types}))
            if found is not None and found != types[question.id]:
                types[question.id], changed = found, True
        if not changed:
            break
    return types


def _computed_type(question: Question, scope: Scope) -> Type | None:
    node = question.record.value("value")
    if not isinstance(node, ScalarNode):
        return None
    try:
        return compile_template(node.text, scope).type
    except ExpressionError:
        return None


def compile_sections(values: Values, records: tuple[Record, ...], scope: Scope) -> tuple[Section, ...]:
    """Compile the headings."""
    found = []
    for record in records:
        if record.kind == "SECTION":
            title = values.text(record.words("section"), scope, "section") or Text({})
            hint = values.text(record.words("help"), scope, "help")
            found.append(Section(title, hint, values.condition(record.scalar("when"), scope)))
    return tuple(found)
