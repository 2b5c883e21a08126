"""From the rows of operations back to planned operations; secrets become places where one will be handed over. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from connectors.spi import File, Operation, OutputRef, Ref, SecretRef, Value, Verb
from forms.answering.restoring import RestoreError, restored_arguments
from forms.definition import Form, Step, Template
from forms.planning import PlannedOperation, requirements_of
from runner.pipeline.undoing.rules import step_of
from runner.store.records import OperationRow

_SECRET = "[secret]"  # noqa: S105 - how a secret is kept
_NO_STEP = "The form does not know this step any more."
_NO_FILE = "It takes a file, which is no longer kept."


def planned_again(
    row: OperationRow,
    kept: Mapping[str, Any],
    form: Form,
    verbs: Mapping[str, Verb],
    made: Mapping[tuple[str, str], Ref],
) -> PlannedOperation:
    """Return a row as an operation to be planned once more.

    ``kept`` is the operation in the plan that was confirmed, ``made`` what earlier steps gave, by step and output.
    Raises `forms.answering.restoring.RestoreError` when it cannot be done again.
    """
    verb, step = verbs.get(row.verb), step_of(form, row.operation_id)
    if verb is None or step is None:
        raise RestoreError(_NO_STEP)
    arguments = _arguments(row, verb, step, made)
    until = kept.get("until")
    return PlannedOperation(
        Operation(row.operation_id, verb.name, arguments),
        row.title,
        requirements_of(verb, arguments),
        step.on_error or form.on_error,
        undo=step.undo == "auto",
        retry=step.retry,
        until=_day_or_moment(until) if isinstance(until, str) else None,
    )


def _day_or_moment(written: str) -> date:
    moment = datetime.fromisoformat(written)
    return moment if "T" in written else moment.date()


def _arguments(row: OperationRow, verb: Verb, step: Step, made: Mapping[tuple[str, str], Ref]) -> Mapping[str, Value]:
    given: Mapping[str, Any] = row.arguments if isinstance(row.arguments, Mapping) else {}
    secrets = {name: field for name, field in secret_fields(row, verb, step).items() if given.get(name) == _SECRET}
    plain = restored_arguments({name: value for name, value in given.items() if name not in secrets}, verb)
    if any(isinstance(value, File) for value in plain.values()):
        raise RestoreError(_NO_FILE)
    found: dict[str, Value] = {name: _with_made(value, made) for name, value in plain.items()}
    return found | {name: SecretRef(field) for name, field in secrets.items()}


def secret_fields(row: OperationRow, verb: Verb, step: Step) -> Mapping[str, str]:
    """Return which question each secret argument of a row came from, by argument; raises `RestoreError`."""
    given: Mapping[str, Any] = row.arguments if isinstance(row.arguments, Mapping) else {}
    found = {}
    for argument in verb.arguments:
        if argument.type == "secret" and given.get(argument.name) == _SECRET:
            found[argument.name] = _field_of(step, argument.name)
    return found


def _field_of(step: Step, name: str) -> str:
    written = step.arguments.get(name)
    names = written.single.names if isinstance(written, Template) and written.single is not None else frozenset()
    if len(names) != 1:
        raise RestoreError("It takes a password, and the form does not say from which question.")
    return next(iter(names))


def _with_made(value: Value, made: Mapping[tuple[str, str], Ref]) -> Value:
    if isinstance(value, OutputRef):
        return made.get((value.step, value.output), value)
    if isinstance(value, tuple):
        return tuple(_with_made(item, made) for item in value)
    return value
