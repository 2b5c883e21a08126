"""Plan what is left of a submission that stopped: what was done is not done again. Reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.errors import RejectedError
from connectors.spi import SecretRef, Verb
from forms.answering.restoring import RestoreError
from forms.answering.situation import in_language
from forms.planning import PlannedOperation, needs_approval
from runner.errors import RefusedError
from runner.pipeline.pages import KeptPart
from runner.pipeline.planning import Prepared, exact, kept_plan, prepare_operation
from runner.pipeline.services import Services
from runner.pipeline.undoing.finding_made import check_all_made, made_by
from runner.pipeline.undoing.opening import CHECK_EXPIRED, assembled, is_still_checked, worked_again
from runner.pipeline.undoing.restoring_rows import planned_again, secret_fields
from runner.pipeline.undoing.reversing import nothing_of, step_back
from runner.pipeline.undoing.rules import NOT_DONE, STOPPED, is_stopped, step_of
from runner.pipeline.undoing.standing import Ready, Standing
from runner.pipeline.walking import Walk
from runner.store.records import OperationRow, Submission

ENDED = ("done", "unchanged")
NOTHING_LEFT = "There is nothing left of this to go on with."
WAS_TAKEN_BACK = "What was done was undone. Fill the form in again."
FOUND = "Found done when it was looked at afterwards."
LASTS = "What it changed is not known, so it does not end by itself: end it by hand."
_TYPED = "takes a password that was typed, which is not kept. Fill the form in again."
_SHARED = "takes the same password as a step that was done, which is not kept. Fill the form in again."
_NEEDS_A_YES = "As things are now, this needs somebody's yes. Fill the form in again."
_OTHERWISE = "What is left would do something else by now than was agreed to. Fill the form in again."
_TO_COME = "None"
_MAY_EXIST = "may have been done: {why} Look at it, and say below whether it was."


@dataclass(frozen=True, slots=True)
class FoundDone:
    """A step that was unclear and turned out to be done, and what is said about it."""

    row: OperationRow
    said: str


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a submission, decided on; ``found`` are steps that were unclear and turned out to be done.

    Of an undo, ``stays`` are the parts that somebody changed since; ``earlier`` are the states of all that does not go on.
    """

    prepared: Prepared
    found: tuple[FoundDone, ...]
    stays: tuple[KeptPart, ...]
    earlier: tuple[str, ...]


def rest(walk: Walk, submission: Submission, *, is_waiting: bool = False) -> Rest:
    """Plan to go on with a submission, as its actor may now.

    Of one that ``is_waiting`` in the queue, only what waits goes on.  Raises `RefusedError` when it cannot go on, or when
    one of the steps is not the actor's to do any more.
    """
    store = walk.services.store.submissions
    check_may_go_on(walk.services, submission, is_waiting=is_waiting)
    undone = store.get(submission.undoes) if submission.undoes is not None else None
    if not is_waiting and not is_still_checked(walk, undone or submission):
        raise RefusedError(CHECK_EXPIRED)
    rows = store.operations(submission.id)
    left = [row for row in rows if row.state in (("planned",) if is_waiting else NOT_DONE)]
    looked_at = _ahead(walk, submission, rows, left) if undone is None else _back(walk, undone, left)
    found = tuple(one for one in looked_at if isinstance(one, FoundDone))
    stays = tuple(one for one in looked_at if isinstance(one, KeptPart))
    ready = [one for one in looked_at if isinstance(one, Ready)]
    if not ready and not found:
        raise nothing_of(NOTHING_LEFT, stays)
    about = {"continues": submission.id, "found": [one.row.operation_id for one in found]}
    worked = worked_again(walk, submission.answers)
    prepared = assembled(walk, worked, ready, about, is_undo=undone is not None)
    if undone is None:
        _check_agreed(walk, submission, prepared)
        _check_nobody_left_out(walk, submission, prepared)
    goes_on = {one.planned.operation.id for one in ready} | {one.row.operation_id for one in found}
    earlier = [row.state for row in rows if row.operation_id not in goes_on]
    return Rest(prepared, found, stays, (*earlier, *("done" for _ in found)))


def check_may_go_on(services: Services, submission: Submission, *, is_waiting: bool = False) -> None:
    """Raise `RefusedError` unless a submission stopped with something left, of which nothing was taken back."""
    rows = services.store.submissions.operations(submission.id)
    if not (is_waiting or submission.state in STOPPED) or not is_stopped(rows):
        raise RefusedError(NOTHING_LEFT)
    if any(row.state == "undone" for row in rows) or services.store.continuing.undos_of([submission.id]):
        raise RefusedError(WAS_TAKEN_BACK)


def _ahead(
    walk: Walk, submission: Submission, rows: Sequence[OperationRow], left: Sequence[OperationRow]
) -> list[Ready | FoundDone]:
    """Look at what is ``left``, restored; raises `RefusedError` for what cannot be done once more."""
    kept = {str(one["id"]): one for one in kept_plan(submission)}
    verbs, made = walk.services.connectors.verbs, made_by(walk, rows)
    used = _secrets_used(walk, rows, verbs)
    found = []
    for row in left:
        try:
            planned = planned_again(row, kept.get(row.operation_id, {}), walk.form, verbs, made)
        except RestoreError as lost:
            raise RefusedError(f"“{row.title}”: {lost} Fill the form in again.") from lost
        check_all_made(planned, left)
        _check_secrets(walk, row, planned, used)
        found.append(_looked_at(walk, row, replace(planned, note=_note(walk, submission, row))))
    return found


def _back(walk: Walk, undone: Submission, left: Sequence[OperationRow]) -> list[Ready | FoundDone | KeptPart]:
    """Look at what is ``left`` of an undo as the undo itself did: only where nothing was changed since is it put back."""
    standing = Standing(walk, undone)
    done = {row.operation_id: row for row in walk.services.store.submissions.operations(undone.id)}
    found: list[Ready | FoundDone | KeptPart] = []
    for row in left:
        step = step_back(standing, done[row.operation_id])
        if row.state == "unknown" and isinstance(step, KeptPart):
            raise RefusedError(f"“{row.title}” {_MAY_EXIST.format(why=step.why)}")
        is_done = row.state == "unknown" and isinstance(step, Ready) and not step.preparation.changes
        found.append(FoundDone(row, FOUND) if is_done else step)
    return found


def _note(walk: Walk, submission: Submission, row: OperationRow) -> str:
    """Return what the form says about a step for the journal; nothing where that cannot be worked out any more."""
    step = step_of(walk.form, row.operation_id)
    if step is None or step.note is None:
        return ""
    values = worked_again(walk, submission.answers).values
    try:
        return walk.reader.gather(
            walk.situation, lambda known: in_language(step.note, known.language, known.environment(values))
        )[0]
    except RefusedError:
        return ""


def _secrets_used(walk: Walk, rows: Sequence[OperationRow], verbs: Mapping[str, Verb]) -> frozenset[str]:
    """Return the questions whose secrets were handed over."""
    used: set[str] = set()
    for row in rows:
        verb, step = verbs.get(row.verb), step_of(walk.form, row.operation_id)
        if row.state in ENDED and verb is not None and step is not None:
            try:
                used |= set(secret_fields(row, verb, step).values())
            except RestoreError:
                continue
    return frozenset(used)


def _check_secrets(walk: Walk, row: OperationRow, planned: PlannedOperation, used: frozenset[str]) -> None:
    """Raise `RefusedError` for a secret that is not made anew: a typed one, or one that another step has taken."""
    names = [value.field for value in planned.operation.arguments.values() if isinstance(value, SecretRef)]
    generated = {field.id for field in walk.form.fields if field.type == "password" and field.generate is not None}
    for name in names:
        if name not in generated:
            raise RefusedError(f"“{row.title}” {_TYPED}")
        if name in used:
            raise RefusedError(f"“{row.title}” {_SHARED}")


def _looked_at(walk: Walk, row: OperationRow, planned: PlannedOperation) -> Ready | FoundDone:
    """Ask what an operation would change now."""
    try:
        preparation = prepare_operation(walk, planned)
    except RejectedError as refused:
        if row.state == "unknown":
            raise RefusedError(f"“{row.title}” {_MAY_EXIST.format(why=refused)}") from refused
        raise RefusedError(f"“{row.title}”: {refused}") from refused
    if row.state == "unknown" and not preparation.changes:
        return FoundDone(row, f"{FOUND} {LASTS}" if planned.until else FOUND)
    return Ready(planned, preparation)


def _check_agreed(walk: Walk, submission: Submission, prepared: Prepared) -> None:
    """Raise `RefusedError` when people agreed to a plan, and what is left of it would change something else now."""
    if not any(said.decision == "yes" for said in walk.services.store.approvals.of(submission.id)):
        return
    agreed = {one["id"]: one for one in exact(kept_plan(submission))}
    for one in exact(prepared.kept):
        was = agreed.get(one["id"], {})
        same = [was.get(name) == one.get(name) for name in ("verb", "until", "moves")]
        if not all(same) or not _are_alike(was["changes"], one["changes"]):
            raise RefusedError(_OTHERWISE)


def _check_nobody_left_out(walk: Walk, submission: Submission, prepared: Prepared) -> None:
    """Raise `RefusedError` when the form needs a yes as things are now, and nobody gave one, as nobody was asked then."""
    if walk.form.approval is None or any(
        said.decision == "yes" for said in walk.services.store.approvals.of(submission.id)
    ):
        return
    values = prepared.worked.values
    needed, _ = walk.reader.gather(
        walk.situation, lambda known: bool(values) and needs_approval(walk.form, known.environment(values))
    )
    if needed or not values:
        raise RefusedError(_NEEDS_A_YES)


def _are_alike(agreed: Sequence[Sequence[Any]], now: Sequence[Sequence[Any]]) -> bool:
    """Say whether changes are those agreed to; what was still to be made then is there by now. Pure."""
    if len(agreed) != len(now):
        return False
    return all(
        was == is_now or (was[1] == _TO_COME and [was[0], was[2], was[4]] == [is_now[0], is_now[2], is_now[4]])
        for was, is_now in zip(agreed, now, strict=True)
    )
