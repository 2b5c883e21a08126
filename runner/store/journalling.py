"""Append to the journal inside the transaction of the rows it speaks of."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from runner.errors import NotDurableError
from runner.journal.chain import Head, Sealed, seal
from runner.journal.records import JSON, Record, subject_id
from runner.store.tables import journal, journal_head

_LOCKED_HEAD = select(journal_head.c.seq, journal_head.c.hash).where(journal_head.c.id == 1).with_for_update()
_MOVE_HEAD = update(journal_head).where(journal_head.c.id == 1)


def append(connection: Connection, records: Iterable[Record]) -> list[Sealed]:
    """Seal ``records`` behind the head and store them with the transaction; an empty sequence touches nothing.

    The head's row is locked until the transaction ends, so do this last.  Raises `SecretLeakError` when a secret stands
    in a body; then the whole transaction is rolled back.
    """
    waiting = tuple(records)
    if not waiting:
        return []
    head = locked_head(connection)
    sealed: list[Sealed] = []
    rows: list[Mapping[str, Any]] = []
    for record in waiting:
        sealed.append(seal(record, head.seq + 1, head.hash))
        head = sealed[-1].head
        rows.append(_row(record, sealed[-1]))
    connection.execute(insert(journal), rows)
    connection.execute(_MOVE_HEAD, {"seq": head.seq, "hash": head.hash})
    return sealed


def locked_head(connection: Connection) -> Head:
    """Read the head and hold it until the transaction ends; raises `NotDurableError` when there is none."""
    row = connection.execute(_LOCKED_HEAD).one_or_none()
    if row is None:
        raise NotDurableError("the journal has lost its head, so nothing was done")
    return Head(row.seq, row.hash)


def indexed(kind: str, body: Mapping[str, JSON]) -> dict[str, str | None]:
    """Return the columns a record is searched by. Pure."""
    return {
        "kind": kind,
        "submission_id": subject_id(body, "submission"),
        "actor_id": subject_id(body, "actor"),
        "target_id": subject_id(body, "target"),
    }


def _row(record: Record, sealed: Sealed) -> dict[str, Any]:
    columns = {"seq": sealed.seq, "hash": sealed.hash, "time": record.time, "line": sealed.line}
    return columns | indexed(record.kind, record.body)
