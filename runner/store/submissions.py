"""Submissions that wait: drafts, their plans, and everything that only reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.chain import canonical
from runner.journal.records import JSON, Record
from runner.store import rows
from runner.store.database import Database
from runner.store.grant_records import Settling
from runner.store.granting import settle
from runner.store.journalling import append
from runner.store.records import Ceiling, Notification, OperationEnd, OperationRow, Submission
from runner.store.running import (
    Beginning,
    begin,
    count_begun,
    finish,
    has_orphans,
    mark_lost,
    operation_finished,
    stay_below,
)
from runner.store.tables import operations, submissions, uploads


class SubmissionStore:
    """Submissions and their operations. Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, submission: Submission, records: Sequence[Record] = ()) -> Submission:
        """Insert a draft, or return the one that has this id already.

        Raises `StaleError` when the id belongs to another actor, form or target; nothing was written then.
        """
        row = rows.submission_row(submission)

        def work(connection: Connection) -> Submission:
            existing = _find(connection, submission.id)
            if existing is not None:
                return _same(existing, submission)
            connection.execute(insert(submissions), row)
            append(connection, records)
            return submission

        try:
            return self._database.write(work)
        except StaleError:
            return _same(self.get(submission.id), submission)

    def get(self, id: str) -> Submission:
        """Return a submission; raises `NotFoundError`."""
        found = self._database.read(lambda connection: _find(connection, id))
        if found is None:
            raise NotFoundError("there is no such submission")
        return found

    def save_plan(
        self,
        id: str,
        *,
        answers: Mapping[str, JSON],
        sealed: bytes | None,
        plan: JSON,
        plan_digest: str | None,
        ticket: str,
        reason: str,
        now: datetime,
        records: Sequence[Record] = (),
    ) -> None:
        """Keep what was answered and what it comes to; raises `StaleError` when it is no draft any more."""
        values = {
            "answers": canonical(answers),
            "sealed": sealed,
            "plan": rows.written(plan),
            "plan_digest": plan_digest,
            "ticket": ticket,
            "reason": reason,
            "updated_at": now,
        }

        def work(connection: Connection) -> None:
            _change_draft(connection, id, values)
            append(connection, records)

        self._database.write(work)

    def close(self, id: str, *, state: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """End a draft that never ran as ``cancelled``, ``expired`` or ``rejected``; raises `StaleError` otherwise."""
        values = {"state": state, "sealed": None, "updated_at": now, "finished_at": now}

        def work(connection: Connection) -> None:
            _change_draft(connection, id, values)
            connection.execute(delete(uploads).where(uploads.c.submission_id == id))
            append(connection, records)

        self._database.write(work)

    def expire(self, before: datetime, now: datetime) -> int:
        """End the drafts that nobody touched since ``before`` as ``expired``; return how many.

        What was answered, what was sealed and the plan with both in it go for good; who began what for whom stays.
        A draft that begins to run, or is kept anew, at the same time is left alone.
        """
        old = (
            (submissions.c.state == "draft") & (submissions.c.created_at < before) & (submissions.c.updated_at < before)
        )
        gone = {"answers": canonical({}), "sealed": None, "plan": None, "plan_digest": None, "ticket": "", "reason": ""}
        query = update(submissions).where(old).values(**gone, state="expired", updated_at=now, finished_at=now)
        return self._database.write(lambda connection: connection.execute(query).rowcount)

    def begin(
        self,
        id: str,
        *,
        plan_digest: str,
        operations: Sequence[OperationRow],
        node: str,
        now: datetime,
        records: Sequence[Record],
        consume: Sequence[str] = (),
        ceilings: Sequence[Ceiling] = (),
        target_id: str | None = None,
        waited_with: str | None = None,
        plan: JSON = None,
        shown_once: bytes | None = None,
    ) -> None:
        """Turn a draft into a running submission, if it still has the plan that was confirmed.

        One that waited is begun by the node that took it, ``waited_with`` being the digest it waited with; ``plan`` and
        ``plan_digest`` are kept as they are now.  Raises `BusyError` while another submission for ``target_id`` runs.

        The operations are inserted, the first of them as running; the journal gets ``records``; ``sealed`` is dropped;
        the verifications named in ``consume`` are used up.  All of it is durable when this returns.  Of many callers
        exactly one gets here; the others get `StaleError` and nothing was written.  Whoever would go over one of the
        ``ceilings`` gets `TooManyError`, however many come at once.
        """
        beginning = Beginning(
            id=id,
            plan_digest=plan_digest,
            operations=tuple(operations),
            node=node,
            now=now,
            consume=tuple(consume),
            target_id=target_id,
            waited_with=waited_with,
            plan=rows.written(plan),
            shown_once=shown_once,
        )
        operation_rows = [rows.operation_row(operation) for operation in operations]

        def work(connection: Connection) -> None:
            begin(connection, beginning, operation_rows)
            append(connection, records)
            stay_below(connection, ceilings)

        self._database.write(work)

    def operation_finished(
        self,
        id: str,
        operation_id: str,
        *,
        state: str,
        changes: JSON,
        error: str | None,
        inverse: JSON,
        now: datetime,
        records: Sequence[Record],
        next_running: str | None = None,
        outputs: JSON = None,
        grants: Settling | None = None,
    ) -> None:
        """Store how an operation ended and which one runs next; ``grants`` says what of that ends by itself.

        Raises `StaleError` when the submission is not running or the operation has ended already: then somebody else
        has taken this submission for lost, and the next operation must not be started.
        """
        values = _ending(OperationEnd(operation_id, state, changes, error, inverse, outputs), now)  # type: ignore[arg-type]

        def work(connection: Connection) -> None:
            operation_finished(connection, id, operation_id, values, next_running)
            append(connection, [*records, *settle(connection, grants)])

        self._database.write(work)

    def finish(
        self,
        id: str,
        *,
        state: str,
        now: datetime,
        records: Sequence[Record],
        operation: OperationEnd | None = None,
        notifications: Sequence[Notification] = (),
        grants: Settling | None = None,
    ) -> None:
        """Store the last operation's end and the submission's in one transaction, with the mails that follow from it.

        Operations that never started become skipped; ``grants`` is about the last one.  Raises `StaleError` when it is not
        running.
        """
        ended = None if operation is None else (operation.operation_id, _ending(operation, now))
        mails = [rows.notification_row(notification) for notification in notifications]

        def work(connection: Connection) -> None:
            finish(connection, id, state, now, ended, mails)
            append(connection, [*records, *settle(connection, grants)])

        self._database.write(work)

    def mark_lost(self, dead_nodes: Sequence[str], now: datetime) -> Sequence[Submission]:
        """Turn what dead nodes were running into ``unknown``, each with a ``reconcile`` record, and return it.

        The first operation without an outcome becomes unknown, those behind it skipped.
        """
        if not dead_nodes and not self._database.read(lambda connection: has_orphans(connection, now)):
            return []
        return self._database.write(lambda connection: mark_lost(connection, tuple(dead_nodes), now))

    def mark_unknown(self, id: str, now: datetime) -> Sequence[Submission]:
        """Turn a running submission whose outcome nobody can tell into ``unknown``, as `mark_lost` does."""
        return self._database.write(lambda connection: mark_lost(connection, (), now, id))

    def operations(self, id: str) -> Sequence[OperationRow]:
        """Return the operations of a submission in their order; empty before it began."""
        query = select(operations).where(operations.c.submission_id == id).order_by(operations.c.position)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.operation(row) for row in found]

    def list(
        self,
        *,
        actor_id: str | None = None,
        target_id: str | None = None,
        states: Sequence[str] | None = None,
        confirmed: bool = False,
        limit: int = 50,
        offset: int = 0,
    ) -> Sequence[Submission]:
        """Return submissions that match everything given, newest first; ``confirmed`` leaves out what never was."""
        query = select(submissions).order_by(submissions.c.created_at.desc(), submissions.c.id)
        query = query.where(*_equal(actor_id=actor_id, target_id=target_id))
        if states is not None:
            query = query.where(submissions.c.state.in_(tuple(states)))
        if confirmed:
            query = query.where(submissions.c.asked_at.is_not(None) | submissions.c.begun_at.is_not(None))
        query = query.limit(limit).offset(offset)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.submission(row) for row in found]

    def count_since(
        self, *, form_id: str | None, since: datetime, actor_id: str | None = None, target_id: str | None = None
    ) -> int:
        """Count submissions that began to run at ``since`` or later."""
        wanted = {"form_id": form_id, "actor_id": actor_id, "target_id": target_id}
        return self._database.read(lambda connection: count_begun(connection, since, wanted))


def _equal(**wanted: str | None) -> "list[ColumnElement[bool]]":
    return [submissions.c[name] == value for name, value in wanted.items() if value is not None]


def _ending(end: OperationEnd, now: datetime) -> rows.Row:
    return {
        "state": end.state,
        "changes": canonical(end.changes),
        "error": end.error,
        "inverse": rows.written(end.inverse),
        "outputs": rows.written(end.outputs),
        "finished_at": now,
    }


def _find(connection: Connection, id: str) -> Submission | None:
    row = connection.execute(select(submissions).where(submissions.c.id == id)).mappings().one_or_none()
    return None if row is None else rows.submission(row)


def _same(existing: Submission, wanted: Submission) -> Submission:
    names = ("actor_id", "form_id", "target_kind", "target_id")
    if any(getattr(existing, name) != getattr(wanted, name) for name in names):
        raise StaleError("this submission was started for something else; nothing was done")
    return existing


def _change_draft(connection: Connection, id: str, values: rows.Row) -> None:
    draft = (submissions.c.id == id) & (submissions.c.state == "draft")
    if connection.execute(update(submissions).where(draft).values(values)).rowcount != 1:
        if _find(connection, id) is None:
            raise NotFoundError("there is no such submission")
        raise StaleError("this submission is no draft any more; nothing was changed")
