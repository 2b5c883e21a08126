"""The way back and the way on: submissions that take others back, that go on where they stopped, that a person closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.chain import canonical
from runner.journal.records import Record
from runner.store import rows
from runner.store.database import Database
from runner.store.grant_records import Settling
from runner.store.granting import settle
from runner.store.journalling import append
from runner.store.records import Notification, OperationEnd, OperationRow, Submission
from runner.store.running import Beginning, begin, forget_what_was_not_given, stay_alone, take_back
from runner.store.tables import notifications, operations, submissions, uploads

_TAKES_BACK = ("queued", "running", "done", "partly_done", "unknown")
_NOT_DONE = ("planned", "failed", "skipped", "unknown")
_AGAIN: rows.Row = {
    "state": "planned",
    "changes": canonical(()),
    "error": None,
    "inverse": None,
    "outputs": None,
    "started_at": None,
    "finished_at": None,
}


@dataclass(frozen=True, slots=True)
class Resumption:
    """What goes on: of which submission, by which node, with which operations, in their order.

    It is in one of the states ``before``; ``found`` are operations that turned out to be done already.  ``shown_once`` is
    what its actor may see one time, sealed; what was there stays when there is nothing new.
    """

    id: str
    before: tuple[str, ...]
    plan_digest: str
    node: str
    now: datetime
    operation_ids: tuple[str, ...]
    found: tuple[OperationEnd, ...] = ()
    target_id: str | None = None
    shown_once: bytes | None = None


class ContinuationStore:
    """Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin_undo(
        self, submission: Submission, of: Sequence[OperationRow], now: datetime, records: Sequence[Record]
    ) -> None:
        """Insert a submission that takes the one it names in ``undoes`` back, running, with its operations.

        That one is ``done`` or ``partly_done``, and nothing takes it back or did so.  Raises `StaleError` otherwise, and
        `BusyError` while something else is done to the same target; nothing was written then.
        """
        original = submission.undoes or ""
        row = rows.submission_row(submission)
        beginning = Beginning(
            id=submission.id,
            plan_digest=submission.plan_digest or "",
            operations=tuple(of),
            node=submission.node,
            now=now,
            consume=(),
            target_id=submission.target_id,
        )
        operation_rows = [rows.operation_row(operation) for operation in of]

        def work(connection: Connection) -> None:
            _hold(connection, original, ("done", "partly_done"))
            _refuse_undone(connection, original)
            connection.execute(insert(submissions), row)
            begin(connection, beginning, operation_rows)
            append(connection, records)

        self._database.write(work)

    def resume(self, what: Resumption, records: Sequence[Record]) -> None:
        """Let a submission go on: the operations are planned again, the first of them runs.

        Raises `StaleError` when it is no longer as it was, goes on already or was taken back, and `BusyError` while something
        else is done to the same target; nothing was written then.
        """
        self._database.write(lambda connection: _resume(connection, what, records))

    def settle(
        self,
        id: str,
        *,
        before: Sequence[str],
        state: str,
        ends: Sequence[OperationEnd],
        now: datetime,
        records: Sequence[Record],
        note: str = "",
        mails: Sequence[Notification] = (),
        seen: Sequence[OperationRow] | None = None,
    ) -> None:
        """End a submission without doing anything more: ``ends`` is what became of operations, the others stay.

        Operations that are still planned become skipped.  ``seen`` are the operations from which ``state`` was summed up.
        Raises `StaleError` when it is no longer as it was, or one of them ended otherwise meanwhile.
        """
        mail_rows = [rows.notification_row(one) for one in mails]

        def work(connection: Connection) -> None:
            _hold(connection, id, before)
            if seen is not None:
                _check_seen(connection, id, seen)
            for end in ends:
                _end(connection, id, end, now)
            rest = (operations.c.submission_id == id) & (operations.c.state == "planned")
            connection.execute(update(operations).where(rest).values(state="skipped"))
            values = {"state": state, "note": note, "node": "", "updated_at": now, "finished_at": now, "sealed": None}
            connection.execute(update(submissions).where(submissions.c.id == id).values(values))
            forget_what_was_not_given(connection, [id])
            connection.execute(uploads.delete().where(uploads.c.submission_id == id))
            if mail_rows:
                connection.execute(insert(notifications), mail_rows)
            append(connection, records)

        self._database.write(work)

    def take_back(
        self, id: str, operation_id: str, now: datetime, intent: Record, grants: Settling | None = None
    ) -> None:
        """Store that an operation is about to be taken back: until it is known what came of that, it is under way.

        Raises `StaleError` when the submission is not running, or the operation is not done any more.
        """

        def work(connection: Connection) -> None:
            take_back(connection, id, operation_id, now)
            append(connection, [*settle(connection, grants), intent])

        self._database.write(work)

    def pause(
        self,
        id: str,
        operation_ids: Sequence[str],
        *,
        due_at: datetime,
        note: str,
        now: datetime,
        records: Sequence[Record],
    ) -> None:
        """Put a running submission back into the queue; these operations, of which nothing was done, are planned again."""

        def work(connection: Connection) -> None:
            _hold(connection, id, ("running",))
            _plan_again(connection, id, operation_ids)
            values = {"state": "queued", "node": "", "due_at": due_at, "note": note, "updated_at": now}
            query = update(submissions).where(submissions.c.id == id)
            connection.execute(query.values(**values, attempts=submissions.c.attempts + 1))
            append(connection, records)

        self._database.write(work)

    def undos_of(self, ids: Sequence[str]) -> Sequence[Submission]:
        """Return the submissions that take one of these back, or did so, wholly or in part."""
        query = select(submissions).where(submissions.c.undoes.in_(tuple(ids)), submissions.c.state.in_(_TAKES_BACK))
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.submission(row) for row in found]

    def ran_lately(self, form_id: str, target_id: str, since: datetime) -> Submission | None:
        """Return the last submission of a form for a target that was handed in or begun at ``since`` or later."""
        moment = submissions.c.updated_at
        query = select(submissions).where(
            submissions.c.form_id == form_id,
            submissions.c.target_id == target_id,
            submissions.c.state.in_(("awaiting_approval", "queued", "running", "done", "partly_done", "unknown")),
            submissions.c.undoes.is_(None),
            (submissions.c.begun_at >= since) | (submissions.c.asked_at >= since),
        )
        query = query.order_by(moment.desc()).limit(1)
        row = self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        return None if row is None else rows.submission(row)


def _resume(connection: Connection, what: Resumption, records: Sequence[Record]) -> None:
    _hold(connection, what.id, what.before, plan_digest=what.plan_digest)
    _refuse_undone(connection, what.id)
    stay_alone(connection, what.id, what.target_id)
    for end in what.found:
        _end(connection, what.id, end, what.now)
    _plan_again(connection, what.id, what.operation_ids)
    first = (operations.c.submission_id == what.id) & (operations.c.operation_id == what.operation_ids[0])
    connection.execute(update(operations).where(first).values(state="running", started_at=what.now))
    values = {"state": "running", "node": what.node, "updated_at": what.now, "finished_at": None, "note": ""}
    if what.shown_once is not None:
        values["shown_once"] = what.shown_once
    connection.execute(update(submissions).where(submissions.c.id == what.id).values(values))
    append(connection, records)


def _hold(connection: Connection, id: str, states: Sequence[str], plan_digest: str | None = None) -> None:
    """Lock the row of a submission; raises `StaleError` unless it is in one of these states."""
    query = select(submissions.c.state, submissions.c.plan_digest).where(submissions.c.id == id).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFoundError("there is no such submission")
    if row.state not in states or (plan_digest is not None and row.plan_digest != plan_digest):
        raise StaleError("This is no longer as it was. Nothing was done; load the page again.")


def _check_seen(connection: Connection, id: str, seen: Sequence[OperationRow]) -> None:
    query = select(operations.c.operation_id, operations.c.state).where(operations.c.submission_id == id)
    if {(row.operation_id, row.state) for row in connection.execute(query)} != {
        (one.operation_id, one.state) for one in seen
    }:
        raise StaleError("One of the steps is no longer as it was. Nothing was done; load the page again.")


def _refuse_undone(connection: Connection, id: str) -> None:
    taken = select(submissions.c.id).where(submissions.c.undoes == id, submissions.c.state.in_(_TAKES_BACK))
    if connection.execute(taken.limit(1)).first() is not None:
        raise StaleError("This was undone already. Nothing was done again.")


def _plan_again(connection: Connection, id: str, operation_ids: Sequence[str]) -> None:
    those = operations.c.operation_id.in_(tuple(operation_ids)) & operations.c.state.in_((*_NOT_DONE, "running"))
    query = update(operations).where(operations.c.submission_id == id, those).values(_AGAIN)
    if connection.execute(query).rowcount != len(set(operation_ids)):
        raise StaleError("One of the steps is no longer as it was. Nothing was done; load the page again.")


def _end(connection: Connection, id: str, end: OperationEnd, now: datetime) -> None:
    values = {
        "state": end.state,
        "changes": canonical(end.changes),
        "error": end.error,
        "inverse": rows.written(end.inverse),
        "outputs": rows.written(end.outputs),
        "finished_at": now,
    }
    those = (operations.c.operation_id == end.operation_id) & operations.c.state.in_(_NOT_DONE)
    query = update(operations).where(operations.c.submission_id == id, those).values(values)
    if connection.execute(query).rowcount != 1:
        raise StaleError("One of the steps is no longer as it was. Nothing was done; load the page again.")
