"""Steps of grants inside a transaction of the caller's.

Rows are locked in one order: submissions, grants, the head of the journal.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from runner.errors import BusyError
from runner.journal.records import Record
from runner.store.grant_records import OBJECT, RUNNING, Grant, KeyedGrant, Settling
from runner.store.rows import as_row, decoded, written
from runner.store.waiting_tables import grant_keys, grants

_MOST_AT_ONCE = 500


def settle(connection: Connection, settling: Settling | None) -> Sequence[Record]:
    """Bring the running grants up to date with an operation that had the last word; return what is to be journalled."""
    if settling is None or not settling.keys:
        return ()
    settled = settling.settle(running_about(connection, settling.keys, is_locked=True))
    for keyed in settled.changed:
        connection.execute(update(grants).where(grants.c.id == keyed.grant.id).values(row_of(keyed.grant)))
        connection.execute(delete(grant_keys).where(grant_keys.c.grant_id == keyed.grant.id))
    for keyed in settled.made:
        connection.execute(insert(grants).values(row_of(keyed.grant)))
    _know(connection, [*settled.changed, *settled.made])
    return settled.records


def stay_clear(connection: Connection, target_id: str) -> None:
    """Raise `BusyError` while something is being taken back from or at this object."""
    query = select(grants.c.id).join(grant_keys, grant_keys.c.grant_id == grants.c.id)
    query = query.where(grants.c.state == "ending", grant_keys.c.key == OBJECT + target_id).limit(1)
    if connection.execute(query).first() is not None:
        raise BusyError(
            "Something that was given until a day is being taken back here. Nothing was done; try again.", 5
        )


def row_of(grant: Grant) -> dict[str, Any]:
    """Return the row of a grant."""
    return as_row(grant) | {"inverse": written(grant.inverse)}


def grant_of(row: RowMapping) -> Grant:
    """Return the grant that a row holds."""
    return Grant(**{**row, "inverse": decoded(row["inverse"])})


def running_about(connection: Connection, keys: Iterable[str], *, is_locked: bool = False) -> Sequence[Grant]:
    """Return all running grants about any of these things, oldest first; locked, when asked for, by their ids in order."""
    ids = set[str]()
    for some in _in_parts(keys):
        about = select(grant_keys.c.grant_id).where(grant_keys.c.key.in_(some))
        ids |= set(connection.execute(about).scalars())
    found = list[Grant]()
    for some in _in_parts(ids):
        query = select(grants).where(grants.c.id.in_(some), grants.c.state.in_(RUNNING)).order_by(grants.c.id)
        query = query.with_for_update() if is_locked else query
        found += [grant_of(row) for row in connection.execute(query).mappings()]
    return sorted(found, key=lambda grant: (grant.created_at, grant.id))


def _in_parts(texts: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield texts in order, as many at a time as one query may name."""
    ordered = sorted(texts)
    yield from (ordered[start : start + _MOST_AT_ONCE] for start in range(0, len(ordered), _MOST_AT_ONCE))


def _know(connection: Connection, keyed: Sequence[KeyedGrant]) -> None:
    found = [{"grant_id": one.grant.id, "key": key} for one in keyed for key in sorted(one.keys)]
    if found:
        connection.execute(insert(grant_keys), found)
