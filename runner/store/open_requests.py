"""All requests that wait for a yes, for who looks after them: the rows of a bulk as one, or one by one. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select

from runner.store import rows
from runner.store.database import Database
from runner.store.records import Submission
from runner.store.tables import submissions

_OPEN = submissions.c.state == "awaiting_approval"


@dataclass(frozen=True, slots=True)
class OpenRows:
    """Of a bulk ``count`` rows wait, and on ``noted`` of them a certain note stands."""

    count: int
    noted: int


class OpenRequestStore:
    """Requests that wait, whoever is asked."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def forms(self) -> frozenset[str]:
        """Return the forms of which something waits."""
        query = select(submissions.c.form_id).where(_OPEN).distinct()
        return frozenset(self._database.read(lambda connection: connection.execute(query).scalars().all()))

    def page(self, forms: Collection[str], bulk_id: str, *, behind: int, limit: int) -> Sequence[Submission]:
        """Return what waits of these forms, what ends first at the head, without so many before it.

        Without a bulk one row stands for all of each; with one, its rows are returned.
        """
        of, known = submissions.c, _OPEN & submissions.c.form_id.in_(sorted(forms))
        query = select(submissions).where(known)
        if bulk_id:
            query = query.where(of.bulk_id == bulk_id)
        else:
            first = select(func.min(of.id)).where(known, of.bulk_id.is_not(None)).group_by(of.bulk_id)
            query = query.where(or_(of.bulk_id.is_(None), of.id.in_(first)))
        return self._submissions(query.order_by(of.expires_at, of.id).offset(behind).limit(limit))

    def rows_of(self, bulk_ids: Collection[str], note: str) -> Mapping[str, OpenRows]:
        """Return by the ids of bulks how many rows wait, and how many of these have a note."""
        of = submissions.c
        noted = func.sum(case((of.note == note, 1), else_=0))
        query = select(of.bulk_id, func.count(), noted).where(_OPEN, of.bulk_id.in_(sorted(bulk_ids)))
        found = self._database.read(lambda connection: connection.execute(query.group_by(of.bulk_id)).all())
        return {str(id_): OpenRows(int(count), int(several)) for id_, count, several in found}

    def waiting(self, *, bulk_id: str = "", note: str = "", limit: int) -> Sequence[Submission]:
        """Return what waits, what ends first at the head: of one bulk, or with a certain note, where these are given."""
        of, query = submissions.c, select(submissions).where(_OPEN)
        query = query.where(of.bulk_id == bulk_id) if bulk_id else query
        query = query.where(of.note == note) if note else query
        return self._submissions(query.order_by(of.expires_at, of.id).limit(limit))

    def bulks_beginning_with(self, start: str, limit: int) -> Mapping[str, str]:
        """Return the forms of bulks by their ids that begin so; rows were handed in, whatever became of them since."""
        of = submissions.c
        is_named = of.bulk_id.startswith(start, autoescape=True) & of.asked_at.is_not(None)
        query = select(of.bulk_id, of.form_id).distinct().where(is_named).order_by(of.bulk_id).limit(limit)
        found = self._database.read(lambda connection: connection.execute(query).all())
        return {str(id_): str(form) for id_, form in found}

    def beginning_with(self, start: str, limit: int) -> Sequence[Submission]:
        """Return what was handed in, whatever became of it since, and has an id that begins so."""
        of = submissions.c
        is_named = of.id.startswith(start, autoescape=True) & of.asked_at.is_not(None)
        return self._submissions(select(submissions).where(is_named).order_by(of.id).limit(limit))

    def _submissions(self, query: Select[Any]) -> Sequence[Submission]:
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [rows.submission(row) for row in found]
