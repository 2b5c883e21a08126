"""Mails that are to go out, in the order they were made."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from runner.errors import NotFoundError
from runner.journal.records import Record
from runner.store import rows
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Notification
from runner.store.tables import notifications


class NotificationStore:
    """The queue of mails. `SubmissionStore.finish` puts mails in with the outcome they speak of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, waiting: Sequence[Notification], records: Sequence[Record] = ()) -> None:
        """Put mails into the queue."""
        mails = [rows.notification_row(notification) for notification in waiting]

        def work(connection: Connection) -> None:
            if mails:
                connection.execute(insert(notifications), mails)
            append(connection, records)

        self._database.write(work)

    def pending(self, limit: int = 100) -> Sequence[Notification]:
        """Return mails that still have to go out, oldest first."""
        return self.list(state="pending", limit=limit)

    def mark_sent(self, id: str, now: datetime) -> None:
        """Note that a mail was accepted; raises `NotFoundError`."""
        self._mark(id, {"state": "sent", "error": "", "updated_at": now})

    def mark_failed(self, id: str, error: str, now: datetime, *, is_final: bool = True) -> None:
        """Note why a mail did not go out; it stays pending unless ``is_final``. Raises `NotFoundError`."""
        self._mark(id, {"state": "failed" if is_final else "pending", "error": error, "updated_at": now})

    def list(
        self, *, state: str | None = None, submission_id: str | None = None, limit: int = 100, offset: int = 0
    ) -> Sequence[Notification]:
        """Return mails that match everything given, oldest first."""
        query = select(notifications).order_by(notifications.c.created_at, notifications.c.id)
        if state is not None:
            query = query.where(notifications.c.state == state)
        if submission_id is not None:
            query = query.where(notifications.c.submission_id == submission_id)
        query = query.limit(limit).offset(offset)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.notification(row) for row in found]

    def _mark(self, id: str, values: rows.Row) -> None:
        counted = values | {"attempts": notifications.c.attempts + 1}
        query = update(notifications).where(notifications.c.id == id).values(counted)
        if self._database.write(lambda connection: connection.execute(query).rowcount) != 1:
            raise NotFoundError("there is no such notification")
