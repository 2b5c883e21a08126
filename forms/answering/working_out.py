"""Work a form out: which questions are asked, what they start with, what they offer, what their answers are. Pure.

The same function serves the page, instant show and hide, and the submission, so the three cannot differ.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.spi import Ref
from forms.answering.csv_cells import read_cell
from forms.answering.naming import claims, free_name
from forms.answering.options import NOTHING, Offer, membership_kind, offer, out_of_reach, picker_search
from forms.answering.situation import Situation, given, is_true
from forms.answering.wire import MOST_ITEMS, PICKS, as_wire, empty, is_id, normalise, typed
from forms.definition import MOST_CSV_ROWS, USUAL_CSV_ROWS, USUAL_ROWS, Field
from forms.expressions import Environment, evaluate, holds
from forms.facts import TakenCall, for_each
from forms.values import Choice, Delta, Value


@dataclass(frozen=True, slots=True)
class Answer:
    """One question as it stands.

    ``wire`` is the answer as JSON, ``value`` what expressions see.  ``is_given`` says that a person answered it;
    ``follows`` that it shows what its default gives.  ``original`` is the target's attribute, as an answer, where the
    question starts with one.  ``beyond`` are the ids among the answer that its search does not find, which expressions
    do not see.  ``rows`` holds, per row, the answers of its columns.
    ``trouble`` says what is wrong with what is written in a cell of a file; its ``wire`` is then the text of the cell.
    """

    field: Field
    asked: bool
    required: bool
    readonly: bool
    wire: Any = dataclasses.field(repr=False)
    value: Value
    is_given: bool
    follows: bool = False
    offer: Offer = NOTHING
    minimum: Value = None
    maximum: Value = None
    rows: tuple[Mapping[str, "Answer"], ...] = ()
    original: Any = None
    trouble: str = ""
    beyond: frozenset[str] = frozenset()

    @property
    def is_unchanged(self) -> bool:
        """Whether the answer is what the target has already."""
        return self.original is not None and self.wire == self.original


@dataclass(frozen=True, slots=True)
class Worked:
    """Every question of a form, by id, and the values of all of them."""

    answers: Mapping[str, Answer]
    values: Mapping[str, Value]


def work_out(situation: Situation, posted: Mapping[str, object]) -> Worked:
    """Work out every question in the order of its dependencies.

    ``posted`` maps field ids to untrusted answers; a question that is missing there starts with its default or with the
    target's attribute, one that is there, even empty, was answered by a person.  Raises `MissingFacts`.
    """
    values: dict[str, Value] = {field.id: empty(field) for field in situation.form.fields}
    answers: dict[str, Answer] = {}
    fields = {field.id: field for field in situation.form.fields}
    for id_ in situation.form.order:
        answer = _work_out_field(situation, fields[id_], posted, situation.environment(values))
        answers[id_] = answer
        values[id_] = answer.value
    return Worked({field.id: answers[field.id] for field in situation.form.fields}, values)


def _work_out_field(
    situation: Situation, field: Field, posted: Mapping[str, object], environment: Environment
) -> Answer:
    if field.when is not None and not holds(field.when, environment):
        return Answer(field, False, False, False, None, empty(field), is_given=False)
    if field.type == "note":
        return Answer(field, True, False, True, None, None, is_given=False)
    if field.type == "table" and field.select == "none":
        shown = _shown(situation, field, environment) if field.is_read else ()
        return Answer(field, True, False, True, None, shown, is_given=False)
    if field.type == "computed":
        value = free_name(situation, field, given(field.value, environment), environment)
        return Answer(field, True, False, True, None, value, is_given=False)
    if field.type == "password" and field.generate is not None:
        return Answer(field, True, False, True, None, typed(field, field.id), is_given=False)
    return _work_out_question(situation, field, posted, environment)


def _shown(situation: Situation, field: Field, environment: Environment) -> Value:
    """Return the objects a table shows; none while its search waits for an answer."""
    bound = picker_search(situation, field, environment, field.row_kind)
    return tuple(entry.ref for entry in situation.facts.rows(bound.search).entries) if bound.search else ()


def _work_out_question(
    situation: Situation, field: Field, posted: Mapping[str, object], environment: Environment
) -> Answer:
    readonly = is_true(field.readonly, environment)
    original = None if field.source is None else evaluate(field.source, environment)
    start = _default(field, environment) if original is None else original
    is_given = field.id in posted and not readonly
    wire = normalise(field, posted[field.id]) if is_given else as_wire(field, start)
    trouble = ""
    if field.is_written and is_given and wire not in (None, []):
        wire, trouble = _read(situation, field, wire, environment)
    rows = _work_out_rows(situation, field, wire, environment)
    offered = offer(situation, field, environment, _chosen(wire)) if field.options and not field.of else NOTHING
    value = _value(situation, field, wire, offered, environment, rows)
    is_found = field.is_written and not trouble  # a name in a file is looked for, and so has been found
    picked = value if is_given and (field.type in PICKS or field.type == "membership") and not is_found else None
    beyond = out_of_reach(situation, field, environment, picked, as_wire(field, original))
    if field.type == "file" and value is None and isinstance(wire, str):
        beyond = frozenset({wire})
    return Answer(
        field,
        asked=True,
        required=is_true(field.required, environment),
        readonly=readonly,
        wire=wire,
        value=_without(value, beyond) if beyond else value,
        is_given=is_given,
        beyond=beyond,
        follows=not is_given and field.default is not None,
        offer=offered,
        minimum=given(field.min, environment),
        maximum=given(field.max, environment),
        rows=rows,
        original=as_wire(field, original),
        trouble=trouble,
    )


def _read(situation: Situation, field: Field, wire: object, environment: Environment) -> tuple[object, str]:
    """Return what is written in a cell as an answer, and what is wrong with it."""
    cell = read_cell(situation, field, wire, environment, lambda chosen: offer(situation, field, environment, chosen))
    return cell.wire, cell.trouble


def as_if_asked(situation: Situation, field: Field, environment: Environment) -> Answer:
    """Return a question as it would start if its condition were met."""
    return _work_out_field(situation, dataclasses.replace(field, when=None), {}, environment)


def _without(value: Value, beyond: frozenset[str]) -> Value:
    """Leave out what is beyond reach: nothing may be worked out of an id that somebody made up."""
    if isinstance(value, Delta):
        sides = (tuple(ref for ref in side if ref.id not in beyond) for side in (value.add, value.remove))
        return Delta(*sides)
    if isinstance(value, tuple):
        return tuple(item for item in value if not (isinstance(item, Ref) and item.id in beyond))
    return None


def _default(field: Field, environment: Environment) -> Value:
    value = given(field.default, environment)
    return empty(field) if value is None else value


def _chosen(wire: Any) -> frozenset[str]:
    if isinstance(wire, str):
        return frozenset({wire} if is_id(wire) else ())
    return frozenset(item for item in wire if is_id(item)) if isinstance(wire, list) else frozenset()


def _value(
    situation: Situation,
    field: Field,
    wire: Any,
    offered: Offer,
    environment: Environment,
    rows: tuple[Mapping[str, Answer], ...],
) -> Value:
    if field.has_rows:
        return tuple({id_: answer.value for id_, answer in row.items()} for row in rows)
    if field.type == "membership":
        delta = typed(field, wire, membership_kind(field, environment))
        return _real_change(situation, field, delta, environment)
    if field.type == "file":
        return situation.files.get((field.id, wire)) if isinstance(wire, str) else None
    value = typed(field, wire)
    if isinstance(value, Choice):
        return _with_row(value, offered)
    if field.type == "choices" and isinstance(value, tuple):
        return tuple(_with_row(item, offered) if isinstance(item, Choice) else item for item in value)
    return value


def _real_change(situation: Situation, field: Field, delta: Value, environment: Environment) -> Delta:
    """Drop what is so already: adding a member, removing somebody who is none."""
    of = given(field.of, environment)
    if not isinstance(delta, Delta) or not isinstance(of, Ref):
        return Delta()
    wanted = (*delta.add, *delta.remove)
    if len(wanted) > MOST_ITEMS:
        return delta
    situation.facts.existing(wanted if of.kind == "group" else (of,))
    return Delta(
        tuple(ref for ref in delta.add if not _is_member(situation, of, ref)),
        tuple(ref for ref in delta.remove if _is_member(situation, of, ref)),
    )


def _is_member(situation: Situation, of: Ref, other: Ref) -> bool:
    """Say whether ``other`` is on the other side of a membership question now, directly."""
    member, group = (other, of) if of.kind == "group" else (of, other)
    entry = situation.facts.entry(member)
    groups = entry.attributes.get("groups") if entry else None
    return isinstance(groups, tuple) and group in groups


def _with_row(choice: Choice, offered: Offer) -> Value:
    option = offered.get(choice.value)
    return option.choice if option is not None and option.choice is not None else choice


def _work_out_rows(
    situation: Situation, field: Field, wire: Any, environment: Environment
) -> tuple[Mapping[str, Answer], ...]:
    """Work out every row; what one wants to keep unique is no longer free for those behind it."""
    if not field.has_rows or not isinstance(wire, list) or (field.type == "csv" and len(wire) > most_rows(field)):
        return ()
    claimed: set[TakenCall] = set()
    inside = dataclasses.replace(situation, claimed=claimed)

    def work(row: Mapping[str, object]) -> Mapping[str, Answer]:
        answers = _work_out_row(inside, field, row, environment)
        claimed.update(_claims(answers, environment))
        return answers

    return tuple(for_each((row for row in wire if isinstance(row, Mapping)), work))


def _claims(row: Mapping[str, Answer], environment: Environment) -> Iterator[TakenCall]:
    names = {id_: answer.value for id_, answer in row.items()}
    inner = Environment({**environment.names, **names}, environment.facts, environment.now)
    for answer in row.values():
        yield from claims(answer.field, answer.value, inner)


def most_rows(field: Field) -> int:
    """Return how many rows a question takes."""
    if field.type == "csv":
        return min(field.max_rows or USUAL_CSV_ROWS, MOST_CSV_ROWS)
    return field.max_rows or USUAL_ROWS


def _work_out_row(
    situation: Situation, field: Field, row: Mapping[str, object], environment: Environment
) -> Mapping[str, Answer]:
    """Work out one row: its columns see the answers outside and the columns before them."""
    names = dict(environment.names) | {column.id: empty(column) for column in field.fields}
    answers: dict[str, Answer] = {}
    for column in field.fields:
        inner = Environment(names, environment.facts, environment.now)
        answers[column.id] = _work_out_field(situation, column, row, inner)
        names[column.id] = answers[column.id].value
    return answers


def new_row(situation: Situation, field: Field) -> Mapping[str, Answer]:
    """Return the answers an empty row starts with."""
    return _work_out_row(situation, field, {}, situation.environment({}))
