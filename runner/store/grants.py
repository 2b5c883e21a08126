"""What was given until a day, and is taken back then. The rows are the queue; there is no other."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.grant_records import INTERRUPTED, OBJECT, RUNNING, Grant, Settling
from runner.store.granting import grant_of, running_about, settle
from runner.store.journalling import append, locked_head
from runner.store.records import Notification
from runner.store.rows import notification_row
from runner.store.tables import nodes, notifications, submissions
from runner.store.waiting_tables import grant_keys, grants

_IN_HANDS_FOR = timedelta(minutes=15)
_NOT_HELD = "this grant is no longer in these hands; nothing was stored"


class GrantStore:
    """Grants. Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- reading ------------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Grant:
        """Return a grant; raises `NotFoundError`."""
        found = self._found(grants.c.id == id, limit=1)
        if not found:
            raise NotFoundError("there is no such grant")
        return found[0]

    def due(self, now: datetime, limit: int = 100) -> Sequence[Grant]:
        """Return the grants that are to be taken back at ``now``, those that end first at the head."""
        return self._found(_is_due(now), limit=limit)

    def check_held(self, grant: Grant) -> None:
        """Raise `StaleError` when a grant that was claimed is no longer in these hands."""
        query = select(grants.c.id).where(_is_held(grant))
        if self._database.read(lambda connection: connection.execute(query).first()) is None:
            raise StaleError(_NOT_HELD)

    def has_due(self, now: datetime) -> bool:
        """Say whether something is to be taken back; only reads."""
        query = select(grants.c.id).where(_is_due(now)).limit(1)
        return self._database.read(lambda connection: connection.execute(query).first()) is not None

    def running(
        self,
        *,
        object_id: str | None = None,
        form_id: str | None = None,
        actor_id: str | None = None,
        submission_id: str | None = None,
        states: Sequence[str] = (*RUNNING, "ending"),
        limit: int = 200,
        offset: int = 0,
    ) -> Sequence[Grant]:
        """Return the grants that fit everything given, those that end first at the head.

        ``object_id`` is that of a person, a group or whatever else a grant is about.
        """
        wanted = {"form_id": form_id, "actor_id": actor_id, "submission_id": submission_id}
        conditions = [grants.c[name] == value for name, value in wanted.items() if value is not None]
        if object_id is not None:
            about = select(grant_keys.c.grant_id).where(grant_keys.c.key == OBJECT + object_id)
            conditions.append(grants.c.id.in_(about))
        return self._found(grants.c.state.in_(states), *conditions, limit=limit, offset=offset)

    def about(self, keys: Collection[str]) -> Sequence[Grant]:
        """Return all running grants about any of these things, oldest first, however many there are."""
        return self._database.read(lambda connection: running_about(connection, keys))

    def counts(self, now: datetime) -> Mapping[str, int]:
        """Return how many grants are in each state that is not the end, and as ``overdue`` how many should have ended."""
        query = select(grants.c.state, func.count()).where(grants.c.state.in_((*RUNNING, "ending")))
        late = select(func.count()).select_from(grants).where(grants.c.state.in_(RUNNING), grants.c.ends_at <= now)

        def work(connection: Connection) -> dict[str, int]:
            found = {str(state): int(count) for state, count in connection.execute(query.group_by(grants.c.state))}
            return {**found, "overdue": int(connection.execute(late).scalar_one())}

        return self._database.read(work)

    def to_warn(self, now: datetime, limit: int = 100) -> Sequence[Grant]:
        """Return the running grants of which people are to be told that they end soon, of a few submissions at a time."""
        query = select(grants).where(_is_to_warn(now)).order_by(grants.c.warn_at, grants.c.submission_id, grants.c.id)
        found = self._database.read(lambda connection: connection.execute(query.limit(limit)).mappings().all())
        return [grant_of(row) for row in found]

    def _found(self, *conditions: ColumnElement[bool], limit: int, offset: int = 0) -> Sequence[Grant]:
        query = select(grants).where(*conditions).order_by(grants.c.ends_at, grants.c.id).limit(limit).offset(offset)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [grant_of(row) for row in found]

    # --- changing -----------------------------------------------------------------------------------------------------

    def settle(self, settling: Settling, records: Sequence[Record] = ()) -> None:
        """Bring the running grants up to date with something that was decided about them."""

        def work(connection: Connection) -> None:
            append(connection, [*settle(connection, settling), *records])

        self._database.write(work)

    def claim(self, node: str, now: datetime, record: Callable[[Grant], Record], limit: int = 20) -> Sequence[Grant]:
        """Give this node some of what is due, each with the ``record`` that says it is about to be taken back.

        Left out is what is about an object for which a submission runs; none can begin there while it is in hand.
        """

        def work(connection: Connection) -> list[Grant]:
            locked_head(connection)  # whoever begins a submission holds it too: each sees the other
            query = select(grants).where(_is_due(now), grants.c.id.not_in(_in_use(connection)))
            query = query.order_by(grants.c.ends_at, grants.c.id).limit(limit).with_for_update(skip_locked=True)
            ids = [row["id"] for row in connection.execute(query).mappings()]
            if not ids:
                return []
            taken = update(grants).where(grants.c.id.in_(ids))
            values = {"state": "ending", "node": node, "updated_at": now, "attempts": grants.c.attempts + 1}
            connection.execute(taken.values(values))
            found = connection.execute(
                select(grants).where(grants.c.id.in_(ids)).order_by(grants.c.ends_at, grants.c.id)
            )
            mine = [grant_of(row) for row in found.mappings()]
            append(connection, [record(grant) for grant in mine])
            return mine

        return self._database.write(work) if self.has_due(now) else []

    def finish(
        self,
        grant: Grant,
        *,
        state: str,
        now: datetime,
        error: str = "",
        records: Sequence[Record] = (),
        told: Sequence[Notification] = (),
    ) -> None:
        """End a grant that is in this node's hands; raises `StaleError` when it is not any more.

        ``told`` goes out when it is the last one of its submission that ends at this moment, unless nothing of all that was
        there any more.
        """
        values = {"state": state, "error": error, "node": "", "updated_at": now, "ended_at": now, "retry_at": None}

        def work(connection: Connection) -> None:
            _give_up_hands(connection, grant, values)
            append(connection, records)
            if told and not _has(connection, grant, "running", "ending") and _has(connection, grant, "ended"):
                connection.execute(insert(notifications), [notification_row(one) for one in told])

        self._database.write(work)

    def put_off(
        self,
        grant: Grant,
        *,
        state: str,
        retry_at: datetime,
        error: str,
        now: datetime,
        records: Sequence[Record] = (),
        told: Sequence[Notification] = (),
    ) -> None:
        """Let a grant that could not be taken back wait until ``retry_at``; raises `StaleError` as `finish` does."""
        values = {"state": state, "error": error, "node": "", "updated_at": now, "retry_at": retry_at}

        def work(connection: Connection) -> None:
            _give_up_hands(connection, grant, values)
            if told:
                connection.execute(insert(notifications), [notification_row(one) for one in told])
            append(connection, records)

        self._database.write(work)

    def release(self, now: datetime) -> int:
        """Take from nodes that are gone, or that have been silent about it for long, what they took; return how many."""
        lost = grants.c.node.not_in(select(nodes.c.id)) | (grants.c.updated_at < now - _IN_HANDS_FOR)
        query = update(grants).where(grants.c.state == "ending", lost)
        values = {"state": "running", "node": "", "error": INTERRUPTED, "retry_at": None, "updated_at": now}
        held = select(grants.c.id).where(grants.c.state == "ending", lost).limit(1)
        if self._database.read(lambda connection: connection.execute(held).first()) is None:
            return 0
        return self._database.write(lambda connection: connection.execute(query.values(values)).rowcount)

    def retry(self, id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Let a grant that could not be taken back be tried again now; raises `StaleError` when there is none to try."""
        query = update(grants).where(grants.c.id == id, grants.c.state.in_(RUNNING), grants.c.ends_at <= now)

        def work(connection: Connection) -> None:
            if connection.execute(query.values(retry_at=None, updated_at=now)).rowcount != 1:
                raise StaleError("this does not wait to be taken back; nothing was changed")
            append(connection, records)

        self._database.write(work)

    def warned(
        self, those: Sequence[Grant], now: datetime, told: Sequence[Notification], records: Sequence[Record]
    ) -> None:
        """Note that people were told that these end soon; raises `StaleError` when somebody else did so."""
        ids = [grant.id for grant in those]
        query = update(grants).where(_is_to_warn(now), grants.c.id.in_(ids))

        def work(connection: Connection) -> None:
            if connection.execute(query.values(warn_at=None, updated_at=now)).rowcount != len(ids):
                raise StaleError("somebody else told people of this; nothing was stored")
            if told:
                connection.execute(insert(notifications), [notification_row(one) for one in told])
            append(connection, records)

        self._database.write(work)


def _is_due(now: datetime) -> ColumnElement[bool]:
    may_try = or_(grants.c.retry_at.is_(None), grants.c.retry_at <= now)
    return and_(grants.c.state.in_(RUNNING), grants.c.ends_at <= now, may_try)


def _is_to_warn(now: datetime) -> ColumnElement[bool]:
    return and_(grants.c.state == "running", grants.c.warn_at <= now, grants.c.ends_at > now)


def _in_use(connection: Connection) -> "list[str]":
    """Return the ids of grants about objects for which a submission runs."""
    query = select(submissions.c.target_id).where(
        submissions.c.state == "running", submissions.c.target_id.is_not(None)
    )
    busy = [OBJECT + str(id_) for id_ in connection.execute(query).scalars()]
    held = select(grant_keys.c.grant_id).where(grant_keys.c.key.in_(busy))
    return [str(id_) for id_ in connection.execute(held).scalars()] if busy else []


def _give_up_hands(connection: Connection, grant: Grant, values: Mapping[str, object]) -> None:
    if connection.execute(update(grants).where(_is_held(grant)).values(dict(values))).rowcount != 1:
        raise StaleError(_NOT_HELD)


def _is_held(grant: Grant) -> ColumnElement[bool]:
    mine = and_(grants.c.id == grant.id, grants.c.state == "ending", grants.c.node == grant.node)
    return and_(mine, grants.c.attempts == grant.attempts)


def _has(connection: Connection, grant: Grant, *states: str) -> bool:
    """Say whether something of the same submission that ends at the same moment is in one of these states."""
    same = and_(grants.c.submission_id == grant.submission_id, grants.c.ends_at == grant.ends_at)
    query = select(grants.c.id).where(same, grants.c.state.in_(states)).limit(1)
    return connection.execute(query).first() is not None
