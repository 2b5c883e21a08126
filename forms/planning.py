"""From answers and facts to operations: the plan. Pure; the same input always gives the same plan.

What an operation would change (before → after) is worked out by the connector afterwards; what it needs, and on which
things, stands here, so that every operation can be decided on before anything is shown or done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

from connectors.spi import Argument, Operation, OutputRef, Ref, SecretRef, Verb
from connectors.spi import Value as SpiValue
from forms.answering.situation import Situation, given, in_language
from forms.answering.working_out import Worked
from forms.definition import Form, Given, OnError, Step, Template
from forms.expressions import Environment, holds, to_text
from forms.expressions.syntax import Attribute, Name
from forms.facts import for_each
from forms.values import OBJECT_KINDS, Choice, Delta, Value


class PlanError(Exception):
    """The form cannot be carried out as answered; nothing was planned. The text is a sentence for the agent.

    ``kind`` and ``name`` are those of what the form names and is not there, for its authors; empty otherwise.
    """

    def __init__(self, sentence: str, kind: str = "", name: str = "") -> None:
        super().__init__(sentence)
        self.kind, self.name = kind, name


@dataclass(frozen=True, slots=True)
class Requirement:
    """A permission the actor must hold, and on what: an object, the result of an earlier step, or a mail domain."""

    permission: str
    on: Ref | OutputRef


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """One operation with what it needs. ``until`` is the day on which it is to be taken back, when one was asked for."""

    operation: Operation
    title: str
    requirements: tuple[Requirement, ...]
    on_error: OnError
    undo: bool
    retry: int
    until: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All operations of a submission, in order.

    ``runs_at`` is the day or the moment to come at which they are carried out; None: at once.
    """

    operations: tuple[PlannedOperation, ...]
    approval: bool = False
    runs_at: date | datetime | None = None

    @property
    def ends_by_itself(self) -> bool:
        """Whether something in it is to be taken back on a later day."""
        return any(planned.until is not None for planned in self.operations)


def plan(situation: Situation, worked: Worked) -> Plan:
    """Plan a validated submission; raises `PlanError` or `MissingFacts`.

    Steps whose ``only_if`` does not hold are left out; a ``for_each`` gives one operation for each item.
    """
    outputs: dict[str, Mapping[str, Value]] = {}
    operations: list[PlannedOperation] = []
    for step in situation.form.steps:
        environment = situation.environment(worked.values, steps=dict(outputs))
        if step.only_if is None or _is_per_item(step) or holds(step.only_if, environment):
            operations += _operations_of(situation, worked, step, environment)
        outputs[step.id] = {output: OutputRef(step.id, output, kind) for output, kind in step.verb.gives.items()}
    environment = situation.environment(worked.values)
    _check_amount(situation.form, operations)
    return Plan(
        tuple(operations),
        approval=needs_approval(situation.form, environment),
        runs_at=_moment_to_come(situation, environment),
    )


def _check_amount(form: Form, operations: Sequence[PlannedOperation]) -> None:
    most = form.limits.max_changes
    if most is not None and len(operations) > most:
        raise PlanError(f"This would make {len(operations)} changes; the form allows {most} at a time.")


def needs_approval(form: Form, environment: Environment) -> bool:
    """Say whether somebody must agree: the condition holds, if there is one, and so does that of one of the stages."""
    approval = form.approval
    if approval is None or (approval.when is not None and not holds(approval.when, environment)):
        return False
    return any(stage.when is None or holds(stage.when, environment) for stage in approval.stages)


def _moment_to_come(situation: Situation, environment: Environment) -> date | datetime | None:
    moment = given(situation.form.run_at, environment)
    if isinstance(moment, datetime):
        return moment if moment > situation.now else None
    return moment if isinstance(moment, date) and moment > situation.now.date() else None


def _operations_of(
    situation: Situation, worked: Worked, step: Step, environment: Environment
) -> Iterator[PlannedOperation]:
    unasked = frozenset(id_ for id_, answer in worked.answers.items() if not answer.asked)
    if step.for_each is None:
        yield _operation(situation, unasked, step, environment, step.id)
        return

    def of_item(numbered: tuple[int, Value]) -> tuple[PlannedOperation, ...]:
        number, item = numbered
        names = {**environment.names, "item": item, "steps": _outputs_for(situation.form, step, number, environment)}
        inner = Environment(names, environment.facts, environment.now)
        if step.only_if is not None and _is_per_item(step) and not holds(step.only_if, inner):
            return ()
        columns = _unasked_columns(worked, step, number)
        return (_operation(situation, unasked | columns, step, inner, f"{step.id}/{number}"),)

    yield from chain(*for_each(enumerate(_as_list(given(step.for_each, environment)), 1), of_item))


def _is_per_item(step: Step) -> bool:
    """Say whether a step is left out for some items and not for others."""
    return step.for_each is not None and step.only_if is not None and "item" in step.only_if.names


def _outputs_for(form: Form, step: Step, number: int, environment: Environment) -> Mapping[str, Value]:
    """Return ``steps`` as one item sees it: a step through the same list above gave something for each item."""
    outputs = environment.names["steps"]
    if not isinstance(outputs, Mapping):
        return {}
    through = _source(step)
    alike = {other.id for other in form.steps if through is not None and _source(other) == through}
    return {
        id_: {name: replace(one, step=f"{id_}/{number}") for name, one in given_.items() if isinstance(one, OutputRef)}
        if id_ in alike and isinstance(given_, Mapping)
        else given_
        for id_, given_ in outputs.items()
    }


def _source(step: Step) -> str | None:
    single = step.for_each.single if isinstance(step.for_each, Template) else None
    return single.source.strip() if single is not None else None


def _unasked_columns(worked: Worked, step: Step, number: int) -> frozenset[str]:
    """Return the columns that were not asked in a row, as ``item.<column>``, where a step goes through the rows."""
    through = step.for_each.single.node if isinstance(step.for_each, Template) and step.for_each.single else None
    lines = worked.answers.get(through.name) if isinstance(through, Name) else None
    if lines is None or not lines.rows:
        return frozenset()
    return frozenset(f"item.{id_}" for id_, answer in lines.rows[number - 1].items() if not answer.asked)


def _as_list(value: Value) -> Sequence[Value]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _operation(
    situation: Situation, unasked: frozenset[str], step: Step, environment: Environment, id_: str
) -> PlannedOperation:
    arguments: dict[str, SpiValue] = {}
    for argument in step.verb.arguments:
        if argument.name in step.arguments:
            value = _argument(situation, unasked, argument, step.arguments[argument.name], environment)
            if value is not None or argument.needed:
                arguments[argument.name] = value
    operation = Operation(id_, step.verb.name, arguments)
    until = given(step.until, environment)
    return PlannedOperation(
        operation,
        in_language(step.title, situation.language, environment) or step.verb.meaning.partition(";")[0],
        requirements_of(step.verb, arguments),
        step.on_error or situation.form.on_error,
        undo=step.undo == "auto",
        retry=step.retry,
        until=until if isinstance(until, date) else None,
        note=in_language(step.note, situation.language, environment),
    )


def _argument(
    situation: Situation, unasked: frozenset[str], argument: Argument, written: Given, environment: Environment
) -> SpiValue:
    if argument.type == "map" and isinstance(written, Mapping):
        values = {key: given(item, environment) for key, item in written.items()}
        return {
            key: _plain(_object(situation, _attribute_kind(argument, key), value))
            for key, value in values.items()
            if not _is_unasked(unasked, written[key], value)
        }
    value = given(written, environment)
    many, _, kind = argument.type.rpartition(":")
    if many == "list":
        items = [_object(situation, kind, item) for item in _as_list(value)]
        return tuple(_plain(item) for item in items if item is not None)
    if argument.type == "choices":
        return tuple(str(_plain(item)) for item in _as_list(value))
    if argument.type in ("text", "address") and value is not None:
        return to_text(value, environment)
    if argument.needed and value is None and argument.type not in ("date", "map"):
        raise PlanError(f"The form leaves {argument.meaning[0].lower()}{argument.meaning[1:]} empty.")
    return _plain(_object(situation, argument.type, value))


def _attribute_kind(_argument: Argument, key: str) -> str:
    return "user" if key in ("manager", "owner") else ""


def _is_unasked(unasked: frozenset[str], written: Given, value: Value) -> bool:
    """Say whether a value comes from questions that were not asked only, and adds nothing to them: it is not sent."""
    if not isinstance(written, Template) or written.single is None:
        return False
    read = {".".join(path[:2]) if path[0] == "item" else path[0] for path in written.single.paths}
    return bool(read) and read <= unasked and (value is None or isinstance(written.single.node, Name | Attribute))


def _object(situation: Situation, kind: str, value: Value) -> Value:
    """Turn what names an object into the object; other values stay."""
    if kind not in OBJECT_KINDS or not isinstance(value, str | Choice):
        return value
    text = value.value if isinstance(value, Choice) else value
    entry = situation.facts.named(kind, text)
    if entry is None:
        sentence = f"The form names a {kind} that does not exist here. Tell the owner of the form."
        raise PlanError(sentence, kind, text)
    return entry.ref


def _plain(value: Value) -> SpiValue:
    """Turn a value of expressions into one a connector takes."""
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, Delta):
        return {"add": value.add, "remove": value.remove}
    if isinstance(value, list | tuple):
        return tuple(_plain(item) for item in value)
    return value  # type: ignore[return-value]


def requirements_of(verb: Verb, arguments: Mapping[str, SpiValue]) -> tuple[Requirement, ...]:
    """Return what the actor must hold, and on what, for a verb to be done with these arguments; each once."""
    return tuple(dict.fromkeys(_requirements(verb, arguments)))


def _requirements(verb: Verb, arguments: Mapping[str, SpiValue]) -> Iterator[Requirement]:
    for need in verb.needs:
        value = arguments.get(need.on)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Ref | OutputRef):
                yield Requirement(need.permission, item)
            elif isinstance(item, str):
                yield Requirement(need.permission, Ref("mail_domain", item.rpartition("@")[2].lower()))


def secret_fields(form_plan: Plan) -> frozenset[str]:
    """Return the fields whose secrets the plan hands over."""
    return frozenset(
        value.field
        for planned in form_plan.operations
        for value in planned.operation.arguments.values()
        if isinstance(value, SecretRef)
    )
