"""When bindings were last used, counted from the intents of the journal, and when they were first seen in the policy.

An intent names, for every object it touches, the row ``binding/principal/set`` that allowed it.  A row counts once per
intent, that is once per operation that was allowed and about to be done; what was only read leaves no intent.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from runner.errors import StaleError
from runner.journal.records import JSON, subject_id
from runner.store.database import Database
from runner.store.review_tables import binding_uses, binding_uses_place, bindings_seen
from runner.store.rows import as_row, plain
from runner.store.tables import journal, journal_head

STEP = 5_000
"""How many records of the journal one step reads at most."""
_AT_ONCE = 500
_PLACE = select(binding_uses_place.c.seq).where(binding_uses_place.c.id == 1)
_HEAD = select(journal_head.c.seq).where(journal_head.c.id == 1)


@dataclass(frozen=True, slots=True)
class BindingUse:
    """How often a row allowed an operation, and the last time: when, in which record of the journal, and for whom."""

    row_id: str
    count: int
    last_used_at: datetime
    last_seq: int
    last_actor_id: str
    last_actor_login: str

    def then(self, later: "BindingUse") -> "BindingUse":
        """Return both together; ``later`` comes from later records. Pure."""
        return replace(later, count=self.count + later.count)


Uses = dict[str, BindingUse]


class BindingUseStore:
    """Uses by row id. What is stored follows the journal; what is returned is always complete."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, BindingUse]:
        """Return every row that was ever used, by its id, up to the newest record. Reads only."""

        def stored(connection: Connection) -> tuple[int, Uses]:  # the place first: what is counted later is read again
            place = connection.execute(_PLACE).scalar_one()
            rows = connection.execute(select(binding_uses)).mappings().all()
            return place, {row["row_id"]: plain(BindingUse, row) for row in rows}

        while True:
            place, uses = self._database.read(stored)
            for _, found in self._steps(place):
                uses = _together(uses, found)
            if self._place() == place:
                return uses

    def follow(self, steps: int | None = None) -> int:
        """Count and store what the journal says behind the last record counted; return how many records that were.

        At most ``steps`` steps of `STEP` records, each one transaction; without a number up to the newest record.
        Interrupted or run by several at once, every record is counted exactly once.
        """
        read = 0
        start = self._place()
        for number, (place, found) in enumerate(self._steps(start)):
            if number == steps or not self._stored(start, place, found):
                break
            read, start = read + place - start, place
        return read

    def see(self, bindings: Mapping[str, str], now: datetime) -> None:
        """Remember bindings (digest → id) that stand in the policy now; those known keep the time they were seen first."""
        new = sorted(bindings.keys() - self.first_seen().keys())
        rows = [{"digest": digest, "binding_id": bindings[digest], "first_seen_at": now} for digest in new]

        def work(connection: Connection) -> None:
            known = set(connection.execute(select(bindings_seen.c.digest)).scalars())
            left = [row for row in rows if row["digest"] not in known]
            if left:
                connection.execute(insert(bindings_seen), left)

        if rows:
            try:
                self._database.write(work)
            except StaleError:  # another process saw one of them first
                self._database.write(work)

    def first_seen(self) -> Mapping[str, datetime]:
        """Return when each binding was seen first, by its digest."""
        query = select(bindings_seen.c.digest, bindings_seen.c.first_seen_at)
        return {row.digest: row.first_seen_at for row in self._database.read(lambda c: c.execute(query).all())}

    def _place(self) -> int:
        place: int = self._database.read(lambda connection: connection.execute(_PLACE).scalar_one())
        return place

    def _steps(self, start: int) -> Iterator[tuple[int, Uses]]:
        """Yield the place behind each step, and what is used in it; records become visible in their order."""
        head = self._database.read(lambda connection: connection.execute(_HEAD).scalar_one_or_none()) or 0
        while start < head:
            place = min(start + STEP, head)
            yield place, _folded(self._intents(start, place))
            start = place

    def _intents(self, after: int, last: int) -> Sequence[RowMapping]:
        by_number = (journal.c.seq > after) & (journal.c.seq <= last)
        query = select(journal.c.seq, journal.c.time, journal.c.line).where(
            by_number,
            journal.c.kind.concat("") == "intent",  # by number, not by the index over kinds and times
        )
        query = query.order_by(journal.c.seq)
        return self._database.read(lambda connection: connection.execute(query).mappings().all())

    def _stored(self, start: int, place: int, found: Uses) -> bool:
        """Store a step; nothing, when somebody else moved the place meanwhile."""
        moved = update(binding_uses_place).where(binding_uses_place.c.id == 1, binding_uses_place.c.seq == start)

        def work(connection: Connection) -> bool:
            if connection.execute(moved.values(seq=place)).rowcount != 1:
                return False
            _add(connection, found)
            return True

        return self._database.write(work)


def _add(connection: Connection, found: Uses) -> None:
    ids = sorted(found)
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        query = select(binding_uses).where(binding_uses.c.row_id.in_(part))
        known = {row["row_id"]: plain(BindingUse, row) for row in connection.execute(query).mappings().all()}
        for id_, use in known.items():
            same = update(binding_uses).where(binding_uses.c.row_id == id_)
            connection.execute(same.values(as_row(use.then(found[id_]))))
        if new := [as_row(found[id_]) for id_ in part if id_ not in known]:
            connection.execute(insert(binding_uses), new)


def _together(earlier: Uses, later: Uses) -> Uses:
    joined = {id_: earlier[id_].then(use) if id_ in earlier else use for id_, use in later.items()}
    return {**earlier, **joined}


def _folded(intents: Sequence[RowMapping]) -> Uses:
    """Return the uses that some intents tell of, in their order."""
    found: Uses = {}
    for row in intents:
        body: Mapping[str, Any] = json.loads(row["line"])
        actor, login = subject_id(body, "actor") or "", _login(body)
        for id_ in _rows_named(body.get("objects")):
            use = BindingUse(id_, 1, row["time"], row["seq"], actor, login)
            found[id_] = found[id_].then(use) if id_ in found else use
    return found


def _login(body: Mapping[str, Any]) -> str:
    actor = body.get("actor")
    login = actor.get("login") if isinstance(actor, Mapping) else None
    return login if isinstance(login, str) else ""


def _rows_named(objects: JSON) -> set[str]:
    parts = objects if isinstance(objects, list) else []
    names = (part.get("binding") for part in parts if isinstance(part, Mapping))
    return {name for name in names if isinstance(name, str) and name}
