"""Requests that are rows of a bulk: put before people together, and told of once. The index of inboxes says before whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from runner.errors import StaleError
from runner.store.approvals import is_sure_for, put_before
from runner.store.bulk_tables import bulks
from runner.store.database import Database
from runner.store.notifications import put
from runner.store.records import Notification
from runner.store.request_records import Principal
from runner.store.request_tables import asked
from runner.store.tables import accounts, submissions
from runner.store.waiting_tables import approvals

_OF_A_BULK = (submissions.c.state == "awaiting_approval") & submissions.c.bulk_id.is_not(None)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AskedBulk:
    """What of a bulk waits for somebody: ``count`` rows, asked for since ``asked_at``, the first until ``expires_at``."""

    bulk_id: str
    count: int
    asked_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Untold:
    """Rows of a bulk of which nobody was told since a moment.

    ``before`` maps each of whom they are put before to the ids of submissions; ``notes`` maps those ids to what is noted.
    """

    before: Mapping[Principal, Sequence[str]]
    notes: Mapping[str, str]


class BulkRequestStore:
    """Requests of bulks, together. Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting_for(
        self, principals: Collection[Principal], person_id: str, limit: int = 1, *, bulk_id: str | None = None
    ) -> Sequence[AskedBulk]:
        """Return the bulks, or this one, of which rows wait for the yes of one of these; what ends first stands first."""
        of = submissions.c
        first = func.min(of.expires_at, type_=of.expires_at.type)
        query = select(of.bulk_id, func.count(), func.min(of.asked_at, type_=of.asked_at.type), first)
        query = query.where(_OF_A_BULK, *put_before(principals, person_id)).group_by(of.bulk_id)
        if bulk_id is not None:
            query = query.where(of.bulk_id == bulk_id)
        found = self._database.read(lambda one: one.execute(query.order_by(first, of.bulk_id).limit(limit)).all())
        return [AskedBulk(str(id_), int(count), since, until) for id_, count, since, until in found]

    def requester(self, bulk_id: str) -> str | None:
        """Return the person behind the account that asks for a bulk, None without one."""
        query = select(accounts.c.person_id).join(bulks, bulks.c.actor_id == accounts.c.id).where(bulks.c.id == bulk_id)
        return self._database.read(lambda one: one.execute(query).scalar())

    def rows_for(
        self, principals: Collection[Principal], sure_for: Collection[Principal], person_id: str, bulk_id: str
    ) -> Sequence[tuple[str, bool]]:
        """Return the ids of the rows of a bulk that wait for one of these, and whether surely for one of ``sure_for``."""
        is_sure = is_sure_for(sure_for).label("is_sure")
        query = select(submissions.c.id, is_sure).where(_OF_A_BULK, *put_before(principals, person_id))
        query = query.where(submissions.c.bulk_id == bulk_id)
        return [(str(id_), bool(sure)) for id_, sure in self._database.read(lambda one: one.execute(query).all())]

    def untold(self, settled: datetime, form_id: str | None = None, since: datetime | None = None) -> Sequence[str]:
        """Return the bulks with rows of which nobody was told yet, or, of one form, nobody since a moment.

        Left out are bulks of which something changed after ``settled``, and those being handed in or taken back.
        """
        of = submissions.c
        query = select(of.bulk_id).where(_OF_A_BULK, _not_told(since)).group_by(of.bulk_id)
        query = query.having(func.max(of.updated_at, type_=of.updated_at.type) <= settled)
        is_moving = (bulks.c.id == of.bulk_id) & bulks.c.state.in_(("starting", "stopping"))
        query = query.where(~select(bulks.c.id).where(is_moving).exists())
        if form_id is not None:
            query = query.where(of.form_id == form_id)
        return [str(id_) for id_ in self._database.read(lambda one: one.execute(query).scalars().all())]

    def untold_of(self, bulk_id: str, since: datetime | None = None) -> Untold:
        """Return the rows of a bulk of which nobody was told, with before whom they are put."""
        of = submissions.c
        joined = submissions.outerjoin(asked, asked.c.submission_id == of.id)
        query = select(of.id, of.note, asked.c.kind, asked.c.principal_id, asked.c.is_sure).select_from(joined)
        query = query.where(_OF_A_BULK, of.bulk_id == bulk_id, _not_told(since)).order_by(of.created_at, of.id)
        before: dict[Principal, dict[str, None]] = {}
        notes: dict[str, str] = {}
        for id_, note, kind, principal_id, is_sure in self._database.read(lambda one: one.execute(query).all()):
            notes[id_] = note
            if kind is not None:
                before.setdefault(Principal(kind, principal_id, bool(is_sure)), {})[id_] = None
        return Untold({one: tuple(ids) for one, ids in before.items()}, notes)

    def answered(self, bulk_id: str) -> Mapping[str, frozenset[str | None]]:
        """Return who said something to each row of a bulk that still waits; rows to which nobody did are left out."""
        of = submissions.c
        query = select(of.id, approvals.c.person_id).join(approvals, approvals.c.submission_id == of.id)
        query = query.where(_OF_A_BULK, of.bulk_id == bulk_id)
        said: dict[str, set[str | None]] = {}
        for id_, person_id in self._database.read(lambda one: one.execute(query).all()):
            said.setdefault(id_, set()).add(person_id)
        return {id_: frozenset(people) for id_, people in said.items()}

    def note_told(
        self, ids: Sequence[str], since: datetime | None, now: datetime, mails: Sequence[Notification]
    ) -> None:
        """Note that people were told of these rows, with what goes out.

        Raises `StaleError` when another node did it, or one of them waits no longer: nothing was written then.
        """

        def work(connection: Connection) -> None:
            for start in range(0, len(ids), _AT_ONCE):
                part = list(ids[start : start + _AT_ONCE])
                those = submissions.c.id.in_(part) & _OF_A_BULK & _not_told(since)
                if connection.execute(update(submissions).where(those).values(reminded_at=now)).rowcount != len(part):
                    raise StaleError("this was looked after already, or something of it was decided")
            put(connection, mails)

        self._database.write(work)


def _not_told(since: datetime | None) -> ColumnElement[bool]:
    """Say of a row whether nobody was told of it yet, or nobody since a moment."""
    told_at = submissions.c.reminded_at
    return told_at.is_(None) if since is None else told_at <= since
