"""Bulks and their rows. Rows that were started are submissions; what became of them is counted, never kept twice."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, func, insert, or_, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.chain import canonical
from runner.journal.records import Record
from runner.store import rows
from runner.store.bulk_records import Bulk, BulkRow, RowLine
from runner.store.bulk_tables import bulk_rows, bulks
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Notification
from runner.store.tables import notifications, operations, submissions

WORKED_ON = ("preparing", "starting", "stopping")
UNFINISHED = ("queued", "awaiting_approval", "running")
_AT_ONCE = 500


class BulkStore:
    """Bulks. Every method that writes is one durable transaction; those that read ask a fixed number of questions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, bulk: Bulk, lines: Sequence[BulkRow], records: Sequence[Record] = ()) -> None:
        """Keep a new bulk with its rows."""
        row = rows.as_row(bulk) | {"columns": canonical(bulk.columns), "answers": canonical(bulk.answers)}

        def work(connection: Connection) -> None:
            connection.execute(insert(bulks), row)
            for part in _parts(lines):
                connection.execute(insert(bulk_rows), [as_line(one) for one in part])
            append(connection, records)

        self._database.write(work)

    def get(self, id: str) -> Bulk:
        """Return a bulk; raises `NotFoundError`."""
        query = select(bulks).where(bulks.c.id == id)
        found = self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        if found is None:
            raise NotFoundError("there is no such bulk")
        return _bulk(found)

    def list(
        self, *, actor_id: str | None = None, states: Sequence[str] | None = None, limit: int = 50
    ) -> Sequence[Bulk]:
        """Return bulks, newest first."""
        query = select(bulks).order_by(bulks.c.created_at.desc(), bulks.c.id).limit(limit)
        if actor_id is not None:
            query = query.where(bulks.c.actor_id == actor_id)
        if states is not None:
            query = query.where(bulks.c.state.in_(tuple(states)))
        return [_bulk(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def done(self, limit: int) -> Sequence[Bulk]:
        """Return running bulks of which nothing is left to do, those that changed first at the head."""
        query = select(bulks).where(bulks.c.state == "running", ~_has_unfinished(bulks.c.id))
        query = query.order_by(bulks.c.updated_at, bulks.c.id).limit(limit)
        return [_bulk(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def move(
        self,
        id: str,
        *,
        before: Sequence[str],
        state: str,
        now: datetime,
        values: Mapping[str, Any] | None = None,
        records: Sequence[Record] = (),
        mails: Sequence[Notification] = (),
        digest: str | None = None,
        is_finished: bool = False,
    ) -> None:
        """Take a bulk from one of the states ``before`` to ``state``, if it has ``digest`` when one is given.

        With ``is_finished`` only while no submission of it is unfinished.  Raises `StaleError` when it is otherwise.
        """
        ready = (bulks.c.id == id) & bulks.c.state.in_(tuple(before))
        if digest is not None:
            ready &= bulks.c.digest == digest
        if is_finished:
            ready &= ~_has_unfinished(id)
        changed = dict(values or {}) | {"state": state, "updated_at": now, "node": "", "leased_until": None}
        if "answers" in changed:
            changed["answers"] = canonical(changed["answers"])

        def work(connection: Connection) -> None:
            if connection.execute(update(bulks).where(ready).values(changed)).rowcount != 1:
                raise StaleError("this is no longer as it was; nothing was changed")
            if mails:
                connection.execute(insert(notifications), [rows.notification_row(mail) for mail in mails])
            append(connection, records)

        self._database.write(work)

    def lease(self, node: str, now: datetime, until: datetime) -> Bulk | None:
        """Give this caller the bulk that was worked on longest ago, until a moment; None when there is none."""
        free = bulks.c.state.in_(WORKED_ON) & or_(bulks.c.leased_until.is_(None), bulks.c.leased_until < now)
        query = select(bulks.c.id).where(free).order_by(bulks.c.updated_at, bulks.c.id).limit(1)

        def work(connection: Connection) -> Bulk | None:
            id_ = connection.execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
            if id_ is None:
                return None
            taken = {"node": node, "leased_until": until, "updated_at": now}
            connection.execute(update(bulks).where(bulks.c.id == id_).values(taken))
            return _bulk(connection.execute(select(bulks).where(bulks.c.id == id_)).mappings().one())

        found = self._database.read(lambda connection: connection.execute(query).first())
        return self._database.write(work) if found is not None else None

    def digests(self, bulk_id: str) -> Iterator[tuple[int, str, str]]:
        """Yield position, state and digest of each row, in their order."""
        place = -1
        while True:
            query = select(bulk_rows.c.position, bulk_rows.c.state, bulk_rows.c.digest)
            query = query.where(bulk_rows.c.bulk_id == bulk_id, bulk_rows.c.position > place)
            query = query.order_by(bulk_rows.c.position).limit(_AT_ONCE)
            found = self._all(query)
            for position, state, digest in found:
                yield int(position), str(state), str(digest)
            if len(found) < _AT_ONCE:
                return
            place = int(found[-1][0])

    def _all(self, query: Select[Any]) -> Sequence[Any]:
        return self._database.read(lambda connection: connection.execute(query).all())

    def counts(self, bulk_id: str) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Return how many rows are in each state, and how many submissions."""

        def read(connection: Connection) -> tuple[Mapping[str, int], Mapping[str, int]]:
            of_rows = select(bulk_rows.c.state, func.count()).where(bulk_rows.c.bulk_id == bulk_id)
            of_all = select(submissions.c.state, func.count()).where(submissions.c.bulk_id == bulk_id)
            lines = connection.execute(of_rows.group_by(bulk_rows.c.state)).all()
            ran = connection.execute(of_all.group_by(submissions.c.state)).all()
            return {str(k): int(n) for k, n in lines}, {str(k): int(n) for k, n in ran}

        return self._database.read(read)

    def count_asking(self, bulk_id: str) -> int:
        """Return how many rows that are ready need a yes of their own."""
        query = select(func.count()).select_from(bulk_rows).where(bulk_rows.c.bulk_id == bulk_id)
        query = query.where(bulk_rows.c.state == "ready", bulk_rows.c.asks)
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def why_refused(self, bulk_id: str, limit: int = 10) -> Sequence[tuple[str, int]]:
        """Return the reasons for which rows are refused, with how many of each, most first."""
        query = select(bulk_rows.c.why, func.count()).where(bulk_rows.c.bulk_id == bulk_id)
        query = query.where(bulk_rows.c.state == "refused").group_by(bulk_rows.c.why)
        query = query.order_by(func.count().desc(), bulk_rows.c.why).limit(limit)
        return [(str(why), int(count)) for why, count in self._database.read(lambda c: c.execute(query).all())]

    def lines(
        self,
        bulk_id: str,
        *,
        rows_in: Sequence[str] | None = None,
        ran_as: Sequence[str] | None = None,
        limit: int,
        offset: int = 0,
        after: int | None = None,
    ) -> Sequence[RowLine]:
        """Return rows with what became of their submissions: those in one of these states, all when none is given."""
        why = select(operations.c.error).where(
            operations.c.submission_id == submissions.c.id, operations.c.error.is_not(None)
        )
        failed = why.order_by(operations.c.position).limit(1).scalar_subquery()
        joined = bulk_rows.outerjoin(submissions, bulk_rows.c.submission_id == submissions.c.id)
        ran = submissions.c.state.label("ran_as"), submissions.c.note.label("ran_note"), failed.label("failed")
        query = select(bulk_rows, *ran).select_from(joined).where(bulk_rows.c.bulk_id == bulk_id)
        wanted: list[ColumnElement[bool]] = []
        if rows_in is not None:
            wanted.append(bulk_rows.c.state.in_(tuple(rows_in)))
        if ran_as is not None:
            wanted.append(and_(bulk_rows.c.state == "started", submissions.c.state.in_(tuple(ran_as))))
        if wanted:
            query = query.where(or_(*wanted))
        if after is not None:
            query = query.where(bulk_rows.c.position > after)
        query = query.order_by(bulk_rows.c.position).limit(limit).offset(offset)
        return [_row_line(row) for row in self._database.read(lambda c: c.execute(query).mappings().all())]

    def expire(self, before: datetime, now: datetime) -> int:
        """End bulks that nobody started since a moment, and forget what they held; return how many."""
        old = bulks.c.state.in_(("draft", "checked", "asked")) & (bulks.c.updated_at < before)

        def work(connection: Connection) -> int:
            ids = connection.execute(select(bulks.c.id).where(old)).scalars().all()
            for id_ in ids:
                gone = {"named": "", "target_label": "", "answers": canonical({}), "why": ""}
                connection.execute(update(bulk_rows).where(bulk_rows.c.bulk_id == id_).values(gone))
            ended = {"state": "expired", "answers": canonical({}), "reason": "", "ended_at": now, "updated_at": now}
            return connection.execute(update(bulks).where(bulks.c.id.in_(ids)).values(ended)).rowcount

        return self._database.write(work)


def _has_unfinished(bulk_id: str | ColumnElement[str]) -> ColumnElement[bool]:
    open_ = submissions.c.state.in_(UNFINISHED)
    return select(submissions.c.id).where(submissions.c.bulk_id == bulk_id, open_).exists()


def _bulk(row: RowMapping) -> Bulk:
    return Bulk(**{**row, "columns": tuple(json.loads(row["columns"])), "answers": json.loads(row["answers"])})


def _row_line(row: RowMapping) -> RowLine:
    values = {**row, "answers": json.loads(row["answers"])}
    state, note, failed = values.pop("ran_as"), values.pop("ran_note"), values.pop("failed")
    return RowLine(BulkRow(**values), state or "", failed or note or "")


def as_line(row: BulkRow) -> rows.Row:
    """Return the columns of a row."""
    return rows.as_row(row) | {"answers": canonical(row.answers)}


def as_bulk_row(row: RowMapping) -> BulkRow:
    """Return the row that columns hold."""
    return BulkRow(**{**row, "answers": json.loads(row["answers"])})


def _parts(lines: Sequence[BulkRow]) -> Iterator[Sequence[BulkRow]]:
    return (lines[start : start + _AT_ONCE] for start in range(0, len(lines), _AT_ONCE))
