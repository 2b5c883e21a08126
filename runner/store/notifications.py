"""Messages that are to go out, in the order they were made: put in, claimed by one node, sent, failed, given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store import rows
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Notification
from runner.store.tables import notifications

LEASE = timedelta(minutes=10)
"""How long one node tries to send one message before another may; longer than every time limit of a channel together."""
_OPEN = ("pending", "failed")


def put(connection: Connection, waiting: Sequence[Notification]) -> None:
    """Put messages into the queue inside a transaction of the caller; raises `SecretLeakError` for one with a secret."""
    if waiting:
        connection.execute(insert(notifications), [rows.notification_row(one) for one in waiting])


class NotificationStore:
    """The queue of messages. Those that speak of an outcome are put in with it, see `put`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, waiting: Sequence[Notification], records: Sequence[Record] = ()) -> None:
        """Put messages into the queue."""

        def work(connection: Connection) -> None:
            put(connection, waiting)
            append(connection, records)

        self._database.write(work)

    def claim(
        self, node: str, now: datetime, *, limit: int = 1, submission_id: str | None = None
    ) -> Sequence[Notification]:
        """Take messages that are due for ``node`` alone, oldest first; nobody else gets them before `LEASE` is over.

        One whose node was lost is given out again then, so it may go out twice, under the same id.
        """
        is_due = or_(notifications.c.due_at.is_(None), notifications.c.due_at <= now)
        is_free = or_(notifications.c.claimed_until.is_(None), notifications.c.claimed_until <= now)
        query = select(notifications.c.id).where(notifications.c.state == "pending", is_due, is_free)
        query = query.where(*_about(submission_id)).order_by(notifications.c.created_at, notifications.c.id)
        query = query.limit(limit)
        if not self._database.read(lambda connection: connection.execute(query).first()):
            return []

        def work(connection: Connection) -> Sequence[Notification]:
            ids = connection.execute(query.with_for_update(skip_locked=True)).scalars().all()
            chosen = notifications.c.id.in_(ids)
            connection.execute(update(notifications).where(chosen).values(claimed_by=node, claimed_until=now + LEASE))
            found = connection.execute(select(notifications).where(chosen).order_by(notifications.c.created_at))
            return [rows.notification(row) for row in found.mappings()]

        return self._database.write(work)

    def mark_sent(self, id: str, now: datetime) -> None:
        """Note that a message was accepted; raises `NotFoundError`."""
        self._tried(id, {"state": "sent", "error": "", "updated_at": now})

    def mark_failed(
        self, id: str, error: str, now: datetime, *, is_final: bool = True, due_at: datetime | None = None
    ) -> None:
        """Note why a message did not go out; unless ``is_final`` it is tried again at ``due_at``. Raises `NotFoundError`."""
        state = "failed" if is_final else "pending"
        self._tried(id, {"state": state, "error": error, "updated_at": now, "due_at": due_at})

    def send_again(self, id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Make a message that waits or failed due at once, with all its tries before it, and record it.

        Raises `NotFoundError`, and `StaleError` for one that went out, was given up or is being sent right now.
        """
        values = {"state": "pending", "attempts": 0, "due_at": None, "updated_at": now}
        self._decide(id, values, now, records)

    def give_up(self, id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Never try a message that waits or failed again, and record it; raises as `send_again` does."""
        self._decide(id, {"state": "given_up", "due_at": None, "updated_at": now}, now, records)

    def get(self, id: str) -> Notification:
        """Return a message; raises `NotFoundError`."""
        query = select(notifications).where(notifications.c.id == id)
        row = self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        if row is None:
            raise NotFoundError("there is no such notification")
        return rows.notification(row)

    def pending(self, limit: int = 100) -> Sequence[Notification]:
        """Return messages that still have to go out, oldest first."""
        return self.list(state="pending", limit=limit)

    def list(
        self,
        *,
        state: str | None = None,
        states: Sequence[str] | None = None,
        submission_id: str | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> Sequence[Notification]:
        """Return messages that match everything given, oldest first."""
        query = select(notifications).order_by(notifications.c.created_at, notifications.c.id)
        wanted = (state,) if state is not None else states
        if wanted is not None:
            query = query.where(notifications.c.state.in_(tuple(wanted)))
        query = query.where(*_about(submission_id)).limit(limit).offset(offset)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.notification(row) for row in found]

    def count(self, state: str) -> int:
        """Return how many messages are in a state."""
        query = select(func.count()).select_from(notifications).where(notifications.c.state == state)
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def _tried(self, id: str, values: rows.Row) -> None:
        counted = values | {"attempts": notifications.c.attempts + 1, "claimed_by": "", "claimed_until": None}
        query = update(notifications).where(notifications.c.id == id).values(counted)
        if self._database.write(lambda connection: connection.execute(query).rowcount) != 1:
            raise NotFoundError("there is no such notification")

    def _decide(self, id: str, values: rows.Row, now: datetime, records: Sequence[Record]) -> None:
        is_free = or_(notifications.c.claimed_until.is_(None), notifications.c.claimed_until <= now)
        open_ = (notifications.c.id == id) & notifications.c.state.in_(_OPEN) & is_free

        def work(connection: Connection) -> None:
            if connection.execute(update(notifications).where(open_).values(values)).rowcount != 1:
                known = select(notifications.c.id).where(notifications.c.id == id)
                if connection.execute(known).first() is None:
                    raise NotFoundError("there is no such notification")
                raise StaleError("this message went out, was given up or is being sent; nothing was changed")
            append(connection, records)

        self._database.write(work)


def _about(submission_id: str | None) -> "list[ColumnElement[bool]]":
    return [] if submission_id is None else [notifications.c.submission_id == submission_id]
