"""Steps of grants inside a transaction of the caller's.

Rows are locked in one order: submissions, grants, the head of the journal.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from runner.errors import BusyError
from runner.journal.records import Record
from runner.store.grant_records import OBJECT, RUNNING, KeyedGrant, Settling
from runner.store.records import Grant
from runner.store.rows import as_row, decoded, written
from runner.store.waiting_tables import grant_keys, grants

_MOST_AT_ONCE = 500


def settle(connection: Connection, settling: Settling | None) -> Sequence[Record]:
    """Bring the running grants up to date with an operation that had the last word; return what is to be journalled."""
    if settling is None or not settling.keys:
        return ()
    settled = settling.settle(_running_about(connection, settling.keys))
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


def _running_about(connection: Connection, keys: frozenset[str]) -> Sequence[Grant]:
    """Return the running grants about any of these things, oldest first, locked."""
    ids = set[str]()
    wanted = sorted(keys)
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        about = grant_keys.c.key.in_(wanted[start : start + _MOST_AT_ONCE])
        ids |= set(connection.execute(select(grant_keys.c.grant_id).where(about)).scalars())
    if not ids:
        return ()
    query = select(grants).where(grants.c.id.in_(ids), grants.c.state.in_(RUNNING))
    query = query.order_by(grants.c.created_at, grants.c.id).with_for_update()
    return [grant_of(row) for row in connection.execute(query).mappings()]


def _know(connection: Connection, keyed: Sequence[KeyedGrant]) -> None:
    found = [{"grant_id": one.grant.id, "key": key} for one in keyed for key in sorted(one.keys)]
    if found:
        connection.execute(insert(grant_keys), found)
