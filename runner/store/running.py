"""Steps of a submission that runs, each inside a transaction of the caller's.

Rows are locked in one order everywhere: the submission, its operations, the head of the journal.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from runner.errors import BusyError, NotFoundError, StaleError, TooManyError
from runner.journal.records import Record
from runner.store import rows
from runner.store.granting import stay_clear
from runner.store.journalling import append, locked_head
from runner.store.nodes import SILENT_SECONDS
from runner.store.records import Ceiling, OperationRow, Submission
from runner.store.tables import nodes, notifications, operations, submissions, uploads, verifications


@dataclass(frozen=True, slots=True)
class Beginning:
    """What has to hold, and to be noted, when a draft begins to run, or what waited.

    What waited is kept with the plan as it is now, since things may have changed around it.
    """

    id: str
    plan_digest: str
    operations: tuple[OperationRow, ...]
    node: str
    now: datetime
    consume: tuple[str, ...]
    target_id: str | None = None
    waited_with: str | None = None
    plan: str | None = None
    shown_once: bytes | None = None


def begin(connection: Connection, beginning: Beginning, operation_rows: Sequence[rows.Row]) -> None:
    """Turn the draft into a running submission, insert its operations and use up its verifications.

    Raises `StaleError` when the plan is another one, it is no draft, or a verification is used up already, and `BusyError`
    while another submission for the same target runs.
    """
    if beginning.waited_with is None:
        ready = (submissions.c.state == "draft") & (submissions.c.plan_digest == beginning.plan_digest)
    else:
        taken = (submissions.c.state == "queued") & (submissions.c.node == beginning.node)
        ready = taken & (submissions.c.plan_digest == beginning.waited_with)
    values: rows.Row = {
        "state": "running",
        "sealed": None,
        "node": beginning.node,
        "updated_at": beginning.now,
        "begun_at": beginning.now,
        "note": "",
    }
    if beginning.waited_with is not None:
        values |= {"plan_digest": beginning.plan_digest, "plan": beginning.plan}
        values |= {"shown_once": beginning.shown_once}
    query = update(submissions).where(submissions.c.id == beginning.id, ready).values(values)
    if connection.execute(query).rowcount != 1:
        raise _why_not(connection, beginning.id)
    stay_alone(connection, beginning.id, beginning.target_id)
    first = min((operation.position for operation in beginning.operations), default=0)
    for row in operation_rows:
        if row["position"] == first:
            row |= {"state": "running", "started_at": beginning.now}
    if operation_rows:
        connection.execute(insert(operations), list(operation_rows))
    for verification_id in beginning.consume:
        consume(connection, verification_id, beginning.id, beginning.now)


def stay_alone(connection: Connection, id: str, target_id: str | None) -> None:
    """Raise `BusyError` while another submission for the same target runs: two never do at a time.

    The head of the journal is held from here on, so that of several that begin at once each sees those before it.
    """
    if target_id is None:
        return
    locked_head(connection)
    running = (submissions.c.state == "running") & (submissions.c.target_id == target_id) & (submissions.c.id != id)
    if connection.execute(select(submissions.c.id).where(running).limit(1)).first() is not None:
        raise BusyError("Something else is being done here at this moment. Nothing was done; try again.", 5)
    stay_clear(connection, target_id)


def stay_below(connection: Connection, ceilings: Sequence[Ceiling]) -> None:
    """Raise `TooManyError` when what began in this transaction goes over a ceiling.

    The head of the journal is held first, so that of many transactions each sees what those before it began.
    """
    if ceilings:
        locked_head(connection)
    for ceiling in ceilings:
        wanted = {"form_id": ceiling.form_id, "actor_id": ceiling.actor_id, "target_id": ceiling.target_id}
        if count_begun(connection, ceiling.since, wanted) > ceiling.count:
            raise TooManyError("The limit of this form was reached just now. Nothing was done.", ceiling.seconds)


def count_begun(connection: Connection, since: datetime, wanted: Mapping[str, str | None]) -> int:
    """Count the submissions that began to run at ``since`` or later and have these values; None stands for any."""
    query = select(func.count()).select_from(submissions).where(submissions.c.begun_at >= since)
    conditions = [submissions.c[name] == value for name, value in wanted.items() if value is not None]
    return int(connection.execute(query.where(*conditions)).scalar_one())


def _why_not(connection: Connection, id: str) -> NotFoundError | StaleError:
    state = connection.execute(select(submissions.c.state).where(submissions.c.id == id)).scalar_one_or_none()
    if state is None:
        return NotFoundError("there is no such submission")
    if state == "draft":
        return StaleError("what was confirmed is no longer what would happen; nothing was done")
    return StaleError("this was already confirmed; nothing was done again")


def consume(connection: Connection, id: str, submission_id: str, now: datetime) -> None:
    """Use up a passed verification of this submission; raises `StaleError` when there is nothing left to use."""
    usable = (
        (verifications.c.id == id)
        & (verifications.c.submission_id == submission_id)
        & (verifications.c.state == "passed")
        & verifications.c.consumed_at.is_(None)
    )
    if connection.execute(update(verifications).where(usable).values(consumed_at=now)).rowcount != 1:
        raise StaleError("the caller check was used already or was not passed; nothing was done")


def operation_finished(
    connection: Connection, id: str, operation_id: str, values: rows.Row, next_running: str | None
) -> None:
    """Store how an operation of a running submission ended, and mark the next one."""
    _hold_running(connection, id)
    _end_operation(connection, id, operation_id, values)
    query = update(submissions).where(submissions.c.id == id)
    connection.execute(query.values(updated_at=values["finished_at"]))
    if next_running is not None:
        _start_operation(connection, id, next_running, values["finished_at"])


def take_back(connection: Connection, id: str, operation_id: str, now: datetime) -> None:
    """Mark an operation of a running submission that was done as under way again: it is about to be taken back."""
    _hold_running(connection, id)
    done = (
        (operations.c.submission_id == id)
        & (operations.c.operation_id == operation_id)
        & (operations.c.state == "done")
    )
    if connection.execute(update(operations).where(done).values(state="running")).rowcount != 1:
        raise StaleError("this operation is not done any more; nothing was stored")
    connection.execute(update(submissions).where(submissions.c.id == id).values(updated_at=now))


def finish(
    connection: Connection,
    id: str,
    state: str,
    now: datetime,
    ended: tuple[str, rows.Row] | None,
    mails: Sequence[rows.Row],
) -> None:
    """End a running submission, its last operation with it; what never started is skipped."""
    _hold_running(connection, id)
    if ended is not None:
        _end_operation(connection, id, *ended)
    _skip_rest(connection, id)
    query = update(submissions).where(submissions.c.id == id)
    connection.execute(query.values(state=state, updated_at=now, finished_at=now))
    forget_what_was_not_given(connection, [id])
    connection.execute(delete(uploads).where(uploads.c.submission_id == id))
    if mails:
        connection.execute(insert(notifications), list(mails))


def _is_orphan(now: datetime) -> ColumnElement[bool]:
    """Hold for what runs on a node that nobody knows (any more), which had the time to sign on again if it lives."""
    silent_since = now - timedelta(seconds=SILENT_SECONDS)
    return submissions.c.node.not_in(select(nodes.c.id)) & (submissions.c.updated_at < silent_since)


def has_orphans(connection: Connection, now: datetime) -> bool:
    """Say whether something runs on a node that nobody knows, and nothing was heard of it for a while."""
    query = select(submissions.c.id).where(submissions.c.state == "running", _is_orphan(now)).limit(1)
    return connection.execute(query).first() is not None


def mark_lost(
    connection: Connection, dead_nodes: Sequence[str], now: datetime, id: str | None = None
) -> list[Submission]:
    """Turn running submissions of ``dead_nodes`` and of nodes nobody knows, or the one of ``id``, into unknown ones.

    Returns them as they are now.
    """
    those = submissions.c.id == id if id is not None else submissions.c.node.in_(dead_nodes) | _is_orphan(now)
    lost = (submissions.c.state == "running") & those
    query = select(submissions.c.id).where(lost).order_by(submissions.c.id).with_for_update()
    ids = connection.execute(query).scalars().all()
    unclear = {lost_id: _lose_operations(connection, lost_id, now) for lost_id in ids}
    query_end = update(submissions).where(submissions.c.id.in_(ids))
    connection.execute(query_end.values(state="unknown", updated_at=now, finished_at=now))
    forget_what_was_not_given(connection, ids)
    connection.execute(delete(uploads).where(uploads.c.submission_id.in_(ids)))
    found = connection.execute(select(submissions).where(submissions.c.id.in_(ids)).order_by(submissions.c.id))
    marked = [rows.submission(row) for row in found.mappings()]
    append(connection, [_lost_record(submission, unclear[submission.id], now) for submission in marked])
    return marked


def forget_what_was_not_given(connection: Connection, ids: Sequence[str]) -> None:
    """Forget the passwords that wait for their one look, of submissions of which nothing was done."""
    done = select(operations.c.submission_id).where(operations.c.submission_id.in_(ids), operations.c.state == "done")
    those = submissions.c.id.in_(ids) & submissions.c.shown_once.is_not(None) & submissions.c.id.not_in(done)
    connection.execute(update(submissions).where(those).values(shown_once=None))


def _lose_operations(connection: Connection, id: str, now: datetime) -> str | None:
    without_outcome = operations.c.state.in_(("planned", "running"))
    query = select(operations.c.operation_id).where(operations.c.submission_id == id, without_outcome)
    first = connection.execute(query.order_by(operations.c.position).limit(1)).scalar_one_or_none()
    if first is not None:
        error = "the process that ran it ended before it could say what happened"
        _end_operation(connection, id, first, {"state": "unknown", "error": error, "finished_at": now})
    _skip_rest(connection, id)
    return first


def _lost_record(submission: Submission, operation_id: str | None, now: datetime) -> Record:
    return Record(
        "reconcile",
        now,
        {
            "submission": submission.id,
            "actor": {"id": submission.actor_id, "login": submission.actor_login},
            "form": {"id": submission.form_id, "version": submission.form_version, "digest": submission.form_digest},
            "target": {"kind": submission.target_kind, "id": submission.target_id},
            "operation": operation_id,
            "node": submission.node,
            "outcome": {"code": "unknown", "detail": "the node was lost while it ran this"},
        },
    )


def _hold_running(connection: Connection, id: str) -> None:
    query = select(submissions.c.state).where(submissions.c.id == id).with_for_update()
    state = connection.execute(query).scalar_one_or_none()
    if state is None:
        raise NotFoundError("there is no such submission")
    if state != "running":
        raise StaleError("this submission is not running any more; nothing was stored")


def _end_operation(connection: Connection, id: str, operation_id: str, values: rows.Row) -> None:
    is_about_undoing = values["state"] in ("undone", "unknown") or (values["state"] == "done" and values["error"])
    before = ("planned", "running", "done", "unchanged") if is_about_undoing else ("planned", "running")
    open_ = (
        (operations.c.submission_id == id)
        & (operations.c.operation_id == operation_id)
        & operations.c.state.in_(before)
    )
    if connection.execute(update(operations).where(open_).values(values)).rowcount != 1:
        raise StaleError("this operation has ended already or was never planned; nothing was stored")


def _start_operation(connection: Connection, id: str, operation_id: str, now: datetime) -> None:
    planned = (
        (operations.c.submission_id == id)
        & (operations.c.operation_id == operation_id)
        & (operations.c.state == "planned")
    )
    if connection.execute(update(operations).where(planned).values(state="running", started_at=now)).rowcount != 1:
        raise StaleError("the next operation is not planned any more; nothing was stored")


def _skip_rest(connection: Connection, id: str) -> None:
    rest = (operations.c.submission_id == id) & (operations.c.state == "planned")
    connection.execute(update(operations).where(rest).values(state="skipped"))
