"""Close what is unclear: a person looked, and says whether it was done. Nothing is done by that."""

from collections.abc import Sequence
from typing import Literal

from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.authorising import NOT_FOUND, reads_journal
from runner.pipeline.finishing import summed_up
from runner.pipeline.planning import kept_plan
from runner.pipeline.recording import actor_body
from runner.pipeline.services import Services
from runner.pipeline.undoing.going_on import settled, told_of_end
from runner.pipeline.undoing.resuming import LASTS
from runner.pipeline.walking import reader_for
from runner.store.records import OperationEnd, OperationRow, Submission

LONGEST_COMMENT = 500
NO_COMMENT = "Say what you saw: the comment is missing."


def may_close(services: Services, actor: Actor, submission: Submission) -> bool:
    """Say whether somebody may close what is unclear of a submission: its actor, and who reads the journal."""
    return submission.actor_id == actor.id or reads_journal(reader_for(services, actor, submission.form_id))


def close_unknown(
    services: Services, actor: Actor, submission: Submission, operation_id: str, comment: str, *, was_done: bool
) -> None:
    """Note that an unclear operation was done, or was not, with what the person saw; it is recorded.

    With an empty ``operation_id`` it is said of all that is left, where the submission is unclear and none of its operations
    is: so it is after a restore.

    Raises `NotFoundError` unless it is the actor's to close, `RefusedError` when it is not unclear, `UnfitError` without
    a comment, and `StaleError` when somebody else was quicker.
    """
    if not may_close(services, actor, submission):
        raise NotFoundError(NOT_FOUND)
    rows = services.store.submissions.operations(submission.id)
    closed = _unclear(rows, operation_id)
    if submission.state != "unknown" or closed is None:
        raise RefusedError("There is nothing unclear here any more.")
    comment = comment.strip()[:LONGEST_COMMENT]
    if not comment:
        raise UnfitError(NO_COMMENT)
    now = services.now()
    said = f"{'It was done' if was_done else 'It was not done'}, says {actor.login}: {comment}"
    if was_done and _was_to_end(submission, operation_id):
        said = f"{said} {LASTS}"
    became: Literal["done", "failed"] = "done" if was_done else "failed"
    ends = tuple(OperationEnd(one.operation_id, became, error=said) for one in closed)
    state = summed_up([became if one in closed else one.state for one in rows]) if rows else became
    told = told_of_end(services, submission, state, now)
    code = "closed_done" if was_done else "closed_not_done"
    verb = closed[0].verb if operation_id else ""
    record = settled(now, actor_body(actor), submission, operation_id, verb, code, said)
    try:
        services.store.continuing.settle(
            submission.id,
            before=("unknown",),
            state=state,
            ends=ends,
            note="" if operation_id else said,
            now=now,
            records=[record, *told.records],
            mails=told.notifications,
            seen=rows,
        )
    except StaleError as error:
        raise StaleError("Somebody else has just closed this, or another step of it. Load the page again.") from error


def _unclear(rows: Sequence[OperationRow], operation_id: str) -> Sequence[OperationRow] | None:
    """Return what is closed: the one operation that is named, or all that is left; None when that is not unclear."""
    unclear = [row for row in rows if row.state == "unknown"]
    if operation_id:
        return [row for row in unclear if row.operation_id == operation_id] or None
    return None if unclear else [row for row in rows if row.state == "planned"]


def _was_to_end(submission: Submission, operation_id: str) -> bool:
    return any(operation_id in ("", one.get("id")) and bool(one.get("until")) for one in kept_plan(submission))
