"""Steps 10 to 12 of the way through: the intent, durably; the changes; their outcome; who is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

from connectors.spi import Entry, Operation, Secret
from forms.planning import PlannedOperation
from runner.access.model import Actor
from runner.dispatch import Dispatcher, Performed, RefusedNowError
from runner.errors import NotDurableError, RunnerError
from runner.pipeline.authorising import decide_operation
from runner.pipeline.outcomes import Recorder
from runner.pipeline.planning import Prepared
from runner.pipeline.recording import intents
from runner.pipeline.refusing import has_ended
from runner.pipeline.waiting import with_contents
from runner.pipeline.walking import Walk, reader_for
from runner.store.records import Ceiling, OperationRow, Submission, SubmissionState


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a submission. ``secrets`` are for the one answer that shows them, and are kept nowhere."""

    walk: Walk
    prepared: Prepared
    state: SubmissionState
    performed: tuple[Performed, ...]
    secrets: Mapping[str, Secret]


@dataclass(frozen=True, slots=True)
class Resting:
    """What a run rests on: the caller checks it used, and of those the ids to use up.

    Of what waited, ``waited_with`` is the digest it waited with, and ``shown_once`` what its actor may see once, sealed;
    ``wait_for`` says until when it waits again for a system that did not answer.
    """

    verified: Sequence[Mapping[str, Any]] = ()
    consume: Sequence[str] = ()
    waited_with: str | None = None
    shown_once: bytes | None = None
    wait_for: "WaitFor | None" = None


WaitFor: TypeAlias = Callable[[Sequence[Performed]], datetime | None]
"""Returns when what could not be done is to be tried again; None when it is not."""

NOT_RECORDED = "What was done could not be recorded. The desk takes nothing more until its store keeps records again."


def carry_out(
    prepared: Prepared,
    submission: Submission,
    resting: Resting,
    secrets: Mapping[str, Secret],
    ceilings: Sequence[Ceiling] = (),
) -> Finished:
    """Store the intent, perform the plan, store the outcome.

    Raises `BusyError` while something else is done to the same target, `StaleError` when another request got here first,
    `TooManyError` at one of the ``ceilings``, `NotDurableError` when the intent could not be stored: nothing was done
    then.  An outcome that could not be stored leaves the submission to be found as unknown.
    """
    prepared.walk.services.halt.check()
    with prepared.walk.services.halt.at(submission.id):
        _begin(prepared, submission, resting, ceilings)
        return _performed(prepared, submission, secrets, (), resting.wait_for)


def carry_on(
    prepared: Prepared,
    submission: Submission,
    secrets: Mapping[str, Secret],
    earlier: Sequence[str] = (),
    wait_for: WaitFor | None = None,
) -> Finished:
    """Perform the plan of a submission that has begun, and store the outcome.

    ``earlier`` are the states of operations that ended before and are not in the plan.  Raises `NotDurableError` when the
    outcome could not be stored.
    """
    with prepared.walk.services.halt.at(submission.id):
        return _performed(prepared, submission, secrets, earlier, wait_for)


def _performed(
    prepared: Prepared,
    submission: Submission,
    secrets: Mapping[str, Secret],
    earlier: Sequence[str],
    wait_for: WaitFor | None,
) -> Finished:
    walk = prepared.walk
    recorder = Recorder(prepared, submission)
    dispatcher = Dispatcher(
        connector_for=walk.services.connectors.for_verb,
        authorise=lambda planned: _authorise(walk, planned),
        remember=recorder.remember,
        secrets=secrets,
        with_contents=lambda operation: _with_contents(walk, operation),
        taking_back=recorder.take_back,
        has_moved=recorder.last_words.has_moved,
    )
    try:
        performed = dispatcher.run(prepared.plan.operations)
        due_at = wait_for(performed) if wait_for is not None else None
        state = outcome_state(performed, earlier) if due_at is None else "queued"
        if due_at is None:
            recorder.finish(performed, state)
        else:
            recorder.pause(performed, due_at)
    except NotDurableError as lost:
        walk.services.halt.reason = NOT_RECORDED
        raise NotDurableError(
            "The change was begun, but what became of it could not be recorded. Treat it as unclear, and tell the operator."
        ) from lost
    _refresh_authority(walk, performed)
    delivered = secrets if any(done.state == "done" for done in performed) else {}
    return Finished(walk, prepared, state, performed, delivered)


def _begin(prepared: Prepared, submission: Submission, resting: Resting, ceilings: Sequence[Ceiling]) -> None:
    walk = prepared.walk
    records = intents(
        walk.reader.now,
        walk.actor,
        walk.form,
        submission,
        walk.services.authority.digest,
        list(zip(prepared.plan.operations, prepared.permits, prepared.kept, strict=True)),
        resting.verified,
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
        consume=resting.consume,
        ceilings=ceilings,
        target_id=submission.target_id,
        waited_with=resting.waited_with,
        plan=list(prepared.kept),
        shown_once=resting.shown_once,
    )


def _with_contents(walk: Walk, operation: Operation) -> Operation:
    """Return an operation with the files it takes, for the connector's eyes alone."""
    try:
        return with_contents(walk.services, walk.actor.id, walk.form.id, walk.submission, operation, waited=walk.waited)
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


def outcome_state(performed: Sequence[Performed], earlier: Sequence[str] = ()) -> SubmissionState:
    """Sum the operations up: unknown if one is, else done, failed, or partly done. Pure."""
    return summed_up([*earlier, *(done.state for done in performed)])


def summed_up(all_states: Sequence[str]) -> SubmissionState:
    """Return the state of a submission whose operations have these states. Pure."""
    states = set(all_states)
    if "unknown" in states:
        return "unknown"
    if not states & {"failed", "skipped"}:
        return "done"
    return "partly_done" if states & {"done", "unchanged"} else "failed"


def _refresh_authority(walk: Walk, performed: Sequence[Performed]) -> None:
    """Resolve the names of the policy anew after groups or units changed."""
    if any("group" in done.planned.operation.verb or ".move" in done.planned.operation.verb for done in performed):
        walk.services.authority.expire()
