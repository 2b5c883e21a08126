"""The queue: submissions that wait for a yes, for a moment or for a worker. Their rows are the queue; there is no other."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store import rows
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Notification, Submission
from runner.store.running import consume as use_up
from runner.store.tables import nodes, notifications, submissions, uploads

ENDED = frozenset({"done", "partly_done", "failed", "unknown", "rejected", "expired", "cancelled"})
_JSON_COLUMNS = frozenset({"plan", "verified", "answers"})


class QueueStore:
    """Submissions that wait. Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def move(
        self,
        id: str,
        *,
        before: Sequence[str],
        state: str,
        now: datetime,
        plan_digest: str | None = None,
        values: Mapping[str, Any] | None = None,
        records: Sequence[Record] = (),
        notifications: Sequence[Notification] = (),
        consume: Sequence[str] = (),
        alongside: Callable[[Connection], None] | None = None,
    ) -> None:
        """Take a submission from one of the states ``before`` to ``state``, if it still has ``plan_digest`` when one is given.

        ``values`` are further columns, as `Submission` has them.  What ends drops its secrets and files.  ``alongside`` is
        done in the same transaction, behind the row's lock.  Raises `StaleError` when it is in another state, was begun, or has
        another plan, `NotFoundError` when there is none.
        """
        changed = {**_columns(values or {}), "state": state, "updated_at": now, "node": ""}
        if state in ENDED:
            changed |= {"finished_at": now, "sealed": None}

        def work(connection: Connection) -> None:
            _move(connection, id, before, plan_digest, changed)
            if alongside is not None:
                alongside(connection)
            for verification in consume:
                use_up(connection, verification, id, now)
            if state in ENDED:
                connection.execute(delete(uploads).where(uploads.c.submission_id == id))
            _tell(connection, notifications)
            append(connection, records)

        self._database.write(work)

    def claim(self, node: str, now: datetime, but: Sequence[str] = ()) -> Submission | None:
        """Give this node the submission that is due longest, and return it; None when there is none.

        Left out are those of other nodes, those in ``but`` (which this node is at already), and those whose target has
        another submission running or ahead in the hands of a worker.  Rows of a bulk come behind all others.
        """

        def work(connection: Connection) -> Submission | None:
            free = (_due(now), submissions.c.node.in_(("", node)), submissions.c.id.not_in(but))
            row = _first(connection, *free, submissions.c.bulk_id.is_(None))
            row = row or _first(connection, *free, submissions.c.bulk_id.is_not(None))
            if row is None:
                return None
            taken = update(submissions).where(submissions.c.id == row["id"])
            connection.execute(taken.values(node=node))
            return rows.submission(row)

        return self._database.write(work) if self.has_due(node, now, but) else None

    def has_due(self, node: str, now: datetime, but: Sequence[str] = ()) -> bool:
        """Say whether something is due that this node may take; only reads."""
        query = select(submissions.c.id).where(
            _due(now), submissions.c.node.in_(("", node)), submissions.c.id.not_in(but), ~_HAS_COMPANY
        )
        return self._database.read(lambda connection: connection.execute(query.limit(1)).first()) is not None

    def postpone(self, id: str, node: str, *, due_at: datetime, note: str, now: datetime) -> None:
        """Let a submission that this node took wait longer, and say why; raises `StaleError` when it is not its own."""
        mine = (submissions.c.id == id) & (submissions.c.state == "queued") & (submissions.c.node == node)
        values = {"due_at": due_at, "note": note, "node": "", "updated_at": now}
        query = update(submissions).where(mine).values(**values, attempts=submissions.c.attempts + 1)
        if self._database.write(lambda connection: connection.execute(query).rowcount) != 1:
            raise StaleError("this submission is no longer this worker's; nothing was changed")

    def release(self, lost: Sequence[str]) -> int:
        """Take from nodes that are gone, or have never been, what they took and did not begin; return how many."""
        known = select(nodes.c.id).where(nodes.c.id.not_in(lost))
        held = (submissions.c.state == "queued") & (submissions.c.node != "") & submissions.c.node.not_in(known)
        query = update(submissions).where(held).values(node="")
        return self._database.write(lambda connection: connection.execute(query).rowcount)

    def waiting(self, states: Sequence[str], *, limit: int = 200, **wanted: str | None) -> Sequence[Submission]:
        """Return what is in these states, what is due first at the head; ``wanted`` are further columns and their values."""
        query = select(submissions).where(submissions.c.state.in_(states))
        query = query.where(*(submissions.c[name] == value for name, value in wanted.items() if value is not None))
        query = query.order_by(submissions.c.due_at, submissions.c.asked_at, submissions.c.id).limit(limit)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.submission(row) for row in found]

    def counts(self) -> Mapping[str, int]:
        """Return how many submissions are in each state that is not the end."""
        query = select(submissions.c.state, func.count()).where(submissions.c.state.not_in(tuple(ENDED)))
        found = self._database.read(lambda connection: connection.execute(query.group_by(submissions.c.state)).all())
        return {str(state): int(count) for state, count in found}

    def unclear(self) -> int:
        """Return how many submissions ended without anybody knowing how."""
        query = select(func.count()).where(submissions.c.state == "unknown")
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def late(self, before: datetime) -> int:
        """Return how many submissions were due before a moment, and are in nobody's hands."""
        query = select(func.count()).where(_due(before), submissions.c.node == "")
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def take_shown_once(self, id: str, actor_id: str) -> bytes | None:
        """Return what this actor may see one time, sealed, and forget it; None when there is nothing (any more)."""
        mine = (submissions.c.id == id) & (submissions.c.actor_id == actor_id)

        def work(connection: Connection) -> bytes | None:
            query = select(submissions.c.shown_once).where(mine).with_for_update()
            found = connection.execute(query).scalar_one_or_none()
            if found is not None:
                connection.execute(update(submissions).where(mine).values(shown_once=None))
            return found

        return self._database.write(work)

    def keep_shown_once(self, id: str, sealed: bytes) -> None:
        """Keep what the actor of a submission may see one time."""
        query = update(submissions).where(submissions.c.id == id).values(shown_once=sealed)
        self._database.write(lambda connection: connection.execute(query).rowcount)

    def forget_shown_once(self, before: datetime) -> int:
        """Forget what nobody came to see, of submissions that ended before a moment; return how many."""
        old = submissions.c.shown_once.is_not(None) & (submissions.c.finished_at < before)
        query = update(submissions).where(old).values(shown_once=None)
        return self._database.write(lambda connection: connection.execute(query).rowcount)


def _due(now: datetime) -> ColumnElement[bool]:
    return (submissions.c.state == "queued") & (submissions.c.due_at <= now)


def _first(connection: Connection, *conditions: ColumnElement[bool]) -> RowMapping | None:
    query = select(submissions).where(*conditions, ~_HAS_COMPANY)
    query = query.order_by(submissions.c.due_at, submissions.c.id).limit(1).with_for_update(skip_locked=True)
    return connection.execute(query).mappings().one_or_none()


def _has_company() -> ColumnElement[bool]:
    """Say whether another submission for the same target runs, or is in the hands of a worker."""
    other = submissions.alias()
    busy = (other.c.state == "running") | ((other.c.state == "queued") & (other.c.node != ""))
    same = (other.c.target_id == submissions.c.target_id) & (other.c.id != submissions.c.id)
    return select(other.c.id).where(same, busy).exists()


_HAS_COMPANY = _has_company()


def _move(
    connection: Connection, id: str, before: Sequence[str], plan_digest: str | None, values: Mapping[str, Any]
) -> None:
    ready = (submissions.c.id == id) & submissions.c.state.in_(before) & submissions.c.begun_at.is_(None)
    if plan_digest is not None:
        ready &= submissions.c.plan_digest == plan_digest
    if connection.execute(update(submissions).where(ready).values(dict(values))).rowcount == 1:
        return
    if connection.execute(select(submissions.c.id).where(submissions.c.id == id)).first() is None:
        raise NotFoundError("there is no such submission")
    raise StaleError("this submission is no longer as it was; nothing was changed")


def _columns(values: Mapping[str, Any]) -> rows.Row:
    return {name: rows.written(value) if name in _JSON_COLUMNS else value for name, value in values.items()}


def _tell(connection: Connection, mails: Sequence[Notification]) -> None:
    if mails:
        connection.execute(insert(notifications), [rows.notification_row(mail) for mail in mails])
