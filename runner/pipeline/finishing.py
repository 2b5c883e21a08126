"""Steps 10 to 12 of the way through: the intent, durably; the changes; their outcome; who is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.spi import Entry, Operation, Secret
from forms.answering.wire import stored
from forms.planning import PlannedOperation
from runner.access.model import Actor
from runner.dispatch import Dispatcher, Performed, RefusedNowError
from runner.errors import NotDurableError, RunnerError
from runner.journal.records import Record
from runner.pipeline.authorising import decide_operation
from runner.pipeline.notifying import telling
from runner.pipeline.planning import Prepared
from runner.pipeline.recording import intents, nobody_told, outcome
from runner.pipeline.refusing import has_ended
from runner.pipeline.telling import Teller, line_json
from runner.pipeline.waiting import with_contents
from runner.pipeline.walking import Walk, reader_for
from runner.store.records import Ceiling, OperationEnd, OperationRow, Submission, SubmissionState
from runner.verification.checks import CheckState


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a submission. ``secrets`` are for the one answer that shows them, and are kept nowhere."""

    walk: Walk
    prepared: Prepared
    state: SubmissionState
    performed: tuple[Performed, ...]
    secrets: Mapping[str, Secret]


def carry_out(
    prepared: Prepared,
    submission: Submission,
    check: CheckState | None,
    secrets: Mapping[str, Secret],
    ceilings: Sequence[Ceiling] = (),
) -> Finished:
    """Store the intent, perform the plan, store the outcome.

    Raises `StaleError` when another request got here first, `TooManyError` at one of the ``ceilings``,
    `NotDurableError` when the intent could not be stored: nothing was done then.  An outcome that could not be stored
    leaves the submission to be found as unknown.
    """
    walk = prepared.walk
    walk.services.halt.check()
    _begin(prepared, submission, check, ceilings)
    recorder = _Recorder(prepared, submission)
    dispatcher = Dispatcher(
        connector_for=walk.services.connectors.for_verb,
        authorise=lambda planned: _authorise(walk, planned),
        remember=recorder.remember,
        secrets=secrets,
        with_contents=lambda operation: _with_contents(walk, operation),
    )
    try:
        performed = dispatcher.run(prepared.plan.operations)
        state = outcome_state(performed)
        recorder.finish(performed, state)
    except NotDurableError as lost:
        walk.services.halt.reason = (
            "What was done could not be recorded. The desk takes nothing more until it restarts."
        )
        raise NotDurableError(
            "The change was begun, but what became of it could not be recorded. Treat it as unclear, and tell the operator."
        ) from lost
    _refresh_authority(walk, performed)
    delivered = secrets if any(done.state == "done" for done in performed) else {}
    return Finished(walk, prepared, state, performed, delivered)


def _begin(prepared: Prepared, submission: Submission, check: CheckState | None, ceilings: Sequence[Ceiling]) -> None:
    walk = prepared.walk
    used = [] if check is None else [{"method": view.id} for view in check.methods if view.state == "passed"]
    if check is None and walk.form.verify is not None and walk.form.verify.because:
        used = [{"method": "none", "because": walk.form.verify.because}]
    records = intents(
        walk.reader.now,
        walk.actor,
        walk.form,
        submission,
        walk.services.authority.digest,
        list(zip(prepared.plan.operations, prepared.permits, prepared.kept, strict=True)),
        used,
    )
    walk.services.store.submissions.begin(
        submission.id,
        plan_digest=prepared.digest,
        operations=[
            OperationRow(submission.id, kept["id"], position, kept["verb"], kept["title"], kept["arguments"])
            for position, kept in enumerate(prepared.kept)
        ],
        node=walk.services.node,
        now=walk.reader.now,
        records=records,
        consume=check.usable if check else (),
        ceilings=ceilings,
    )


def _with_contents(walk: Walk, operation: Operation) -> Operation:
    """Return an operation with the files it takes, for the connector's eyes alone."""
    try:
        return with_contents(walk.services, walk.actor.id, walk.form.id, walk.submission, operation)
    except RunnerError as gone:
        raise RefusedNowError(str(gone)) from gone


def _authorise(walk: Walk, planned: PlannedOperation) -> Sequence[Entry]:
    """Decide once more, with a policy, an actor and objects as they are at this moment."""
    walk.services.authority.refresh()
    reader = reader_for(walk.services, fresh_actor(walk), walk.form.id)
    permit = decide_operation(reader, walk.form, planned)
    if permit.refused is not None:
        raise RefusedNowError("This is no longer allowed.")
    return permit.entries


def fresh_actor(walk: Walk) -> Actor:
    """Return the actor with the person behind the account as it is now."""
    if walk.actor.person is None:
        return walk.actor
    person = walk.reader.entry(walk.actor.person.ref)
    if person is None:
        raise RefusedNowError("Your own account is no longer in the directory.")
    if has_ended(person, walk.services.now()):
        raise RefusedNowError("Your own account is disabled in the directory, or has ended.")
    return replace(walk.actor, person=person)


def outcome_state(performed: Sequence[Performed]) -> SubmissionState:
    """Sum the operations up: unknown if one is, else done, failed, or partly done."""
    states = {done.state for done in performed}
    if "unknown" in states:
        return "unknown"
    if not states & {"failed", "skipped"}:
        return "done"
    return "partly_done" if states & {"done", "unchanged"} else "failed"


@dataclass(slots=True)
class _Recorder:
    """Stores the outcome of each operation and, with the last one, of the submission."""

    prepared: Prepared
    submission: Submission

    def remember(self, performed: Performed, following: PlannedOperation | None) -> None:
        end, record = self._told(performed)
        self._store.operation_finished(
            self.submission.id,
            end.operation_id,
            state=end.state,
            changes=end.changes,
            error=end.error,
            inverse=end.inverse,
            now=self._now(),
            records=[record],
            next_running=following.operation.id if following else None,
        )

    def finish(self, performed: Sequence[Performed], state: SubmissionState) -> None:
        """Store the end; what was remembered already is left as it is."""
        known = {row.operation_id for row in self._store.operations(self.submission.id) if row.finished_at is not None}
        left = [done for done in performed if done.planned.operation.id not in known and done.state != "skipped"]
        for done in left[:-1]:
            self.remember(done, None)
        last, records = None, list[Record]()
        if left:
            last, record = self._told(left[-1])
            records.append(record)
        records += [self._told(one)[1] for one in performed if one.state == "skipped"]
        told = telling(self.prepared, self.submission, state, self._now())
        if told.reached_nobody:
            walk = self.prepared.walk
            records.append(nobody_told(self._now(), walk.actor, walk.form, self.submission))
        self._store.finish(
            self.submission.id,
            state=state,
            now=self._now(),
            records=records,
            operation=last,
            notifications=told.mails,
        )

    @property
    def _store(self) -> Any:
        return self.prepared.walk.services.store.submissions

    def _now(self) -> Any:
        return self.prepared.walk.services.now()

    def _lines(self, performed: Performed) -> list[dict[str, str]]:
        """Return the changes for keeping; names that cannot be read now are left out, the outcome is stored anyway."""
        teller = Teller(self.prepared.walk.reader)
        try:
            return [line_json(line) for line in teller.lines(performed.changes)]
        except Exception:  # the change is done: nothing may keep its outcome from being stored
            return [line_json(line) for line in teller.without_names().lines(performed.changes)]

    def _told(self, performed: Performed) -> tuple[OperationEnd, Record]:
        """Return an outcome for keeping and for the journal; what changed is read and written once for both."""
        walk = self.prepared.walk
        kept = performed.state in ("done", "undone")
        lines = self._lines(performed) if kept or performed.changes else []
        end = OperationEnd(
            performed.planned.operation.id,
            performed.state,
            lines if kept else [],
            performed.detail or None,
            inverse_json(performed.inverse),
        )
        told = lines if performed.changes else []
        return end, outcome(self._now(), walk.actor, walk.form, self.submission, performed, told)


def inverse_json(inverse: Operation | None) -> Any:
    """Return what takes a change back, for keeping."""
    if inverse is None:
        return None
    arguments = {name: stored(value) for name, value in inverse.arguments.items()}
    return {"verb": inverse.verb, "arguments": arguments}


def _refresh_authority(walk: Walk, performed: Sequence[Performed]) -> None:
    """Resolve the names of the policy anew after groups or units changed."""
    if any("group" in done.planned.operation.verb or ".move" in done.planned.operation.verb for done in performed):
        walk.services.authority.expire()
