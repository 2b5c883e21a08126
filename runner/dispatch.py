"""Carry a confirmed plan out, operation by operation: the only caller of a connector's ``perform``.

Each operation is decided on once more, guarded by the objects as they were decided on, and its outcome is stored before
the next one begins.  Dispatch sees only the plan; where it comes from is the pipeline's affair.
"""

import base64
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias
from urllib.parse import quote

from connectors.errors import ConnectorError, StaleObjectError, UnavailableError, UnknownOutcomeError
from connectors.spi import Change, Connector, Entry, Guard, Operation, Outcome, OutputRef, Ref, Secret, Value
from forms.planning import PlannedOperation, Requirement

State: TypeAlias = Literal["done", "unchanged", "failed", "unknown", "skipped", "undone"]
_MOST_TRIES_WHEN_STALE = 20
_LONGEST_PAUSE_SECONDS = 0.02
"""Longer with each try, and by chance, so that rows of a bulk which all change one group do not meet again and again."""

_UNTOLD = "The system gave an answer that may not be shown, since a password stands in it."
_STAYS = "It cannot be taken back, so it stays done."


@dataclass(frozen=True, slots=True)
class Performed:
    """What became of one operation. ``detail`` is a sentence when it was not done, ``outputs`` what it made.

    ``is_unavailable`` says that its system did not answer, so that nothing was done and it may be tried again.
    """

    planned: PlannedOperation
    state: State
    changes: tuple[Change, ...] = ()
    detail: str = ""
    inverse: Operation | None = None
    outputs: Mapping[str, Ref] = field(default_factory=dict)
    is_unavailable: bool = False


class RefusedNowError(Exception):
    """The actor may no longer do this; nothing was done by this operation."""


Authorise: TypeAlias = Callable[[PlannedOperation], Sequence[Entry]]
"""Decides on an operation with its objects as they are now and returns them; raises `RefusedNowError`."""

Remember: TypeAlias = Callable[[Performed, PlannedOperation | None], None]
"""Stores an outcome durably, and that the operation given second begins now, if one does."""


def _as_it_is(operation: Operation) -> Operation:
    return operation


@dataclass(slots=True)
class Dispatcher:
    """Carries out one plan. ``secrets`` maps fields to their values; nothing else keeps them.

    ``with_contents`` returns an operation with the files it takes, for the connector alone; raises `RefusedNowError`.
    ``taking_back`` stores durably that an operation that was done is about to be taken back, by the operation given second.
    ``has_moved`` says whether one that changed nothing left something to take back all the same: an end that it moved.
    """

    connector_for: Callable[[str], Connector]
    authorise: Authorise
    remember: Remember
    secrets: Mapping[str, Secret]
    with_contents: Callable[[Operation], Operation] = _as_it_is
    taking_back: Callable[[Performed, PlannedOperation], None] = lambda *_: None
    has_moved: Callable[[Performed], bool] = lambda _: False

    def run(self, operations: Sequence[PlannedOperation]) -> tuple[Performed, ...]:
        """Perform the operations in order and return what became of each; the last outcome is the caller's to store.

        After a failure the later ones are skipped, unless its rule says ``continue``; with ``undo`` what was done is taken
        back, last first.  An unknown outcome always stops.
        """
        performed: list[Performed] = []
        outputs: dict[tuple[str, str], Ref] = {}
        for position, planned in enumerate(operations):
            result = self._perform(planned, outputs)
            performed.append(result)
            left = operations[position + 1 :]
            if result.state == "unknown" or (result.state == "failed" and planned.on_error != "continue"):
                self._stop(performed, outputs)
                skipped = "Not begun, because an earlier step was not done."
                return (*performed, *(Performed(later, "skipped", detail=skipped) for later in left))
            if left:
                self.remember(result, left[0])
        return tuple(performed)

    def _stop(self, performed: list[Performed], outputs: Mapping[tuple[str, str], Ref]) -> None:
        """Take back what is to be taken back, last first, when the operation that failed asks for it.

        Taking back is decided on like doing it, on the objects as they are now.  What cannot be taken back stays done and
        says why; an unknown outcome ends the taking back.
        """
        failed = performed[-1]
        if failed.state != "failed" or failed.planned.on_error != "undo" or len(performed) == 1:
            return
        self.remember(failed, None)
        for position in reversed(range(len(performed) - 1)):
            undone = self._undo(performed[position], outputs)
            if undone is not performed[position]:
                performed[position] = undone
                self.remember(undone, None)
            if undone.state == "unknown":
                return

    def _perform(self, planned: PlannedOperation, outputs: dict[tuple[str, str], Ref]) -> Performed:
        try:
            resolved = _with_outputs(planned, outputs)
            outcome = self._try(resolved)
        except RefusedNowError as refused:
            return Performed(planned, "failed", detail=str(refused))
        except UnknownOutcomeError as unknown:
            return Performed(planned, "unknown", detail=self._said(unknown))
        except ConnectorError as error:
            is_unavailable = isinstance(error, UnavailableError)
            return Performed(planned, "failed", detail=self._said(error), is_unavailable=is_unavailable)
        for name, ref in outcome.outputs.items():
            outputs[planned.operation.id, name] = ref
        state: State = "done" if outcome.state == "changed" else "unchanged"
        return Performed(planned, state, outcome.changes, inverse=outcome.inverse, outputs=outcome.outputs)

    def _try(self, planned: PlannedOperation) -> Outcome:
        """Perform; when the object changed in between, decide anew; when it was unavailable, as often as the form says."""
        stale, unavailable = _MOST_TRIES_WHEN_STALE, planned.retry
        while True:
            guards = self._guards(planned)
            try:
                return self._call(planned.operation, guards)
            except StaleObjectError:
                stale -= 1
                if stale == 0:
                    raise
                time.sleep(random.random() * _LONGEST_PAUSE_SECONDS * (_MOST_TRIES_WHEN_STALE - stale))  # noqa: S311 - no secret
            except UnavailableError:
                unavailable -= 1
                if unavailable < 0:
                    raise

    def _guards(self, planned: PlannedOperation) -> tuple[Guard, ...]:
        """Decide; whatever goes wrong while deciding is no permit, and nothing was done by this operation."""
        try:
            return tuple(Guard(entry.ref, entry.version, entry.place) for entry in self.authorise(planned))
        except (RefusedNowError, UnavailableError):
            raise
        except Exception as error:
            raise RefusedNowError("It could not be decided whether this is allowed.") from error

    def _call(self, operation: Operation, guards: Sequence[Guard]) -> Outcome:
        """Perform, with the guards of those objects that the connector serves: of others it knows nothing."""
        connector = self.connector_for(operation.verb)
        known = tuple(guard for guard in guards if guard.ref.kind in connector.kinds)
        operation = self.with_contents(operation)
        try:
            return _checked(connector.perform(operation, known, self.secrets))
        except ConnectorError:
            raise
        except Exception as error:  # a connector broke its contract: nobody knows what it did
            raise UnknownOutcomeError("The connector failed in an unexpected way.") from error

    def _said(self, error: Exception) -> str:
        """Return what an error says, unless a system put a secret into it that it was given."""
        text = str(error)
        return _UNTOLD if any(_holds(text, secret) for secret in self.secrets.values()) else text

    def _undo(self, done: Performed, outputs: Mapping[tuple[str, str], Ref]) -> Performed:
        if done.state == "unchanged" and done.planned.undo and self.has_moved(done):
            return replace(done, state="undone")
        if done.state != "done":
            return done
        if done.inverse is None or not done.planned.undo:
            return replace(done, detail=_STAYS)
        planned = replace(done.planned, operation=done.inverse)
        try:
            resolved = _with_outputs(planned, outputs)
            self._guards(resolved)
            self.taking_back(done, resolved)
            outcome = self._try(resolved)
        except UnknownOutcomeError as unknown:
            return replace(done, state="unknown", detail=self._said(unknown))
        except (ConnectorError, RefusedNowError) as error:
            return replace(done, detail=f"It could not be taken back: {self._said(error)}")
        return replace(done, planned=planned, state="undone", changes=outcome.changes)


def take_back_alone(
    connector_for: Callable[[str], Connector], operation: Operation, guards: Sequence[Guard]
) -> Outcome:
    """Perform one operation that takes back what an earlier run did, on the authority of that run; it takes no secrets.

    The caller has stored the intent.  Raises the errors of `connectors.errors`, `StaleObjectError` when an object is no longer
    as the ``guards`` say.
    """
    dispatcher = Dispatcher(connector_for, lambda _: (), lambda *_: None, {})
    return dispatcher._call(operation, guards)  # noqa: SLF001 - of this module


def _holds(text: str, secret: Secret) -> bool:
    """Say whether a secret stands in a text: plain, escaped, in base64 or in hexadecimal."""
    value = secret.reveal()
    forms = {value, json.dumps(value)[1:-1], repr(value)[1:-1], quote(value), quote(value, safe=""), value[::-1]}
    for content in (value.encode(), value.encode("utf-16-le"), f'"{value}"'.encode("utf-16-le")):
        packed = base64.b64encode(content).decode().rstrip("=")
        forms |= {packed, packed.replace("+", "-").replace("/", "_"), content.hex(), content.hex().upper()}
    return bool(value) and any(form in text for form in forms)


def _checked(outcome: object) -> Outcome:
    """Return what a connector gave back when it is an outcome; raises `TypeError` for anything else."""
    if not isinstance(outcome, Outcome) or outcome.state not in ("changed", "unchanged"):
        raise TypeError("this is no outcome")
    return outcome


def _with_outputs(planned: PlannedOperation, outputs: Mapping[tuple[str, str], Ref]) -> PlannedOperation:
    """Put the results of earlier operations where the plan points to them."""
    arguments = {name: _resolved(value, outputs) for name, value in planned.operation.arguments.items()}
    needs = tuple(
        Requirement(need.permission, _output(need.on, outputs)) if isinstance(need.on, OutputRef) else need
        for need in planned.requirements
    )
    return replace(planned, operation=replace(planned.operation, arguments=arguments), requirements=needs)


def _resolved(value: Value, outputs: Mapping[tuple[str, str], Ref]) -> Value:
    if isinstance(value, OutputRef):
        return _output(value, outputs)
    if isinstance(value, tuple):
        return tuple(_resolved(item, outputs) for item in value)
    return value


def _output(placeholder: OutputRef, outputs: Mapping[tuple[str, str], Ref]) -> Ref:
    found = outputs.get((placeholder.step, placeholder.output))
    if found is None:
        raise RefusedNowError("An earlier step did not give what this one needs.")
    return found
