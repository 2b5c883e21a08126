"""The work on the rows of a bulk, a part at a time, by whoever holds its lease. What was done of it is kept at once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from runner.errors import StaleError
from runner.journal.records import Record
from runner.store import rows
from runner.store.bulk_records import Bulk, BulkRow, RowState
from runner.store.bulk_tables import bulk_rows, bulks
from runner.store.bulks import as_bulk_row, as_line
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Submission
from runner.store.tables import submissions

NOT_BEGUN = ("queued", "awaiting_approval", "draft")
_CHANGE = update(bulk_rows).where(bulk_rows.c.bulk_id == bindparam("of"), bulk_rows.c.position == bindparam("at"))


class BulkWorkStore:
    """Parts of bulks. Every method that writes is one durable transaction and ends the lease.

    Those raise `StaleError` when the bulk is no longer this caller's, and nothing is written then.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, bulk_id: str, states: Sequence[str], limit: int) -> Sequence[BulkRow]:
        """Return the first rows in these states."""
        query = select(bulk_rows).where(bulk_rows.c.bulk_id == bulk_id, bulk_rows.c.state.in_(tuple(states)))
        query = query.order_by(bulk_rows.c.position).limit(limit)
        return [as_bulk_row(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def give_back(self, bulk: Bulk, until: datetime | None) -> None:
        """End the lease of a bulk that nothing could be done about; nobody is given it before a moment."""
        query = update(bulks).where(_held(bulk)).values(node="", leased_until=until)
        self._database.write(lambda connection: connection.execute(query).rowcount)

    def keep_prepared(self, bulk: Bulk, found: Sequence[tuple[BulkRow, Submission | None]]) -> None:
        """Keep what preparing some rows came to, with a draft for each that is ready; the lease ends.

        Raises `StaleError` when the bulk is no longer this caller's.
        """

        def work(connection: Connection) -> None:
            _end_lease(connection, bulk)
            drafts = [rows.submission_row(draft) for _, draft in found if draft is not None]
            if drafts:
                connection.execute(insert(submissions), drafts)
            _change(connection, [row for row, _ in found])

        self._database.write(work)

    def start(self, bulk: Bulk, started: Sequence[tuple[BulkRow, datetime, Record]], now: datetime) -> None:
        """Let the drafts of some rows wait for a worker, each with its record; the lease ends.

        A draft that is not as it was any more is refused.  Raises `StaleError` when the bulk is no longer this caller's.
        """

        def work(connection: Connection) -> None:
            _end_lease(connection, bulk)
            records = list[Record]()
            for row, due_at, record in started:
                mine = (submissions.c.id == row.submission_id) & (submissions.c.state == "draft")
                values = {"state": "queued", "due_at": due_at, "asked_at": now, "updated_at": now, "node": ""}
                ready = mine & (submissions.c.plan_digest == row.digest)
                is_there = connection.execute(update(submissions).where(ready).values(values)).rowcount == 1
                why = {} if is_there else {"why": "It is no longer kept as it was. Nothing was done."}
                state = {"state": "started" if is_there else "refused"}
                connection.execute(update(bulk_rows).where(_is_row(row)).values(state | why))
                records += [record] if is_there else []
            append(connection, records)

        self._database.write(work)

    def keep_started(self, bulk: Bulk, found: Sequence[BulkRow]) -> None:
        """Keep rows as they are now; the lease ends."""

        def work(connection: Connection) -> None:
            _end_lease(connection, bulk)
            _change(connection, found)

        self._database.write(work)

    def is_named_before(self, row: BulkRow, target_id: str) -> bool:
        """Say whether an earlier row of the same bulk is for this target."""
        earlier = (bulk_rows.c.bulk_id == row.bulk_id) & (bulk_rows.c.position < row.position)
        query = select(bulk_rows.c.position).where(bulk_rows.c.target_id == target_id, earlier).limit(1)
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def leave_out(self, bulk_id: str, ready_as: RowState) -> None:
        """Leave out rows that were not prepared, and give those that are ready another state; this ends no lease."""

        def work(connection: Connection) -> None:
            for before, after in (("waiting", "left_out"), ("ready", ready_as)):
                those = (bulk_rows.c.bulk_id == bulk_id) & (bulk_rows.c.state == before)
                connection.execute(update(bulk_rows).where(those).values(state=after))

        self._database.write(work)

    def not_begun(self, bulk_id: str, limit: int) -> Sequence[Submission]:
        """Return submissions of a bulk of which nothing was begun."""
        query = select(submissions).where(submissions.c.bulk_id == bulk_id, submissions.c.state.in_(NOT_BEGUN))
        query = query.where(submissions.c.begun_at.is_(None)).limit(limit)
        return [rows.submission(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def cancel(self, bulk: Bulk, cancelled: Sequence[tuple[Submission, Record]], note: str, now: datetime) -> None:
        """End submissions of which nothing was begun; those that were begun meanwhile are left alone. The lease ends."""
        ended = {"state": "cancelled", "finished_at": now, "updated_at": now, "sealed": None, "note": note, "node": ""}

        def work(connection: Connection) -> None:
            _end_lease(connection, bulk)
            for submission, record in cancelled:
                ready = (submissions.c.id == submission.id) & submissions.c.state.in_(NOT_BEGUN)
                query = update(submissions).where(ready & submissions.c.begun_at.is_(None)).values(ended)
                if connection.execute(query).rowcount == 1:
                    append(connection, [record])

        self._database.write(work)


def _held(bulk: Bulk) -> ColumnElement[bool]:
    mine = (bulks.c.state == bulk.state) & (bulks.c.node == bulk.node)
    return (bulks.c.id == bulk.id) & mine & (bulks.c.leased_until == bulk.leased_until)


def _end_lease(connection: Connection, bulk: Bulk) -> None:
    ended = update(bulks).where(_held(bulk)).values(node="", leased_until=None)
    if connection.execute(ended).rowcount != 1:
        raise StaleError("this bulk is in other hands now; nothing was kept")


def _is_row(row: BulkRow) -> ColumnElement[bool]:
    return (bulk_rows.c.bulk_id == row.bulk_id) & (bulk_rows.c.position == row.position)


def _change(connection: Connection, found: Sequence[BulkRow]) -> None:
    if found:
        connection.execute(_CHANGE, [{**as_line(row), "of": row.bulk_id, "at": row.position} for row in found])
