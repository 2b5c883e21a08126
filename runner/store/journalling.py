"""Append to the journal inside the transaction of the rows it speaks of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.errors import NotDurableError
from runner.journal.chain import Head, Sealed, seal
from runner.journal.records import JSON, Record, subject_id
from runner.store.tables import journal, journal_head

_LOCKED_HEAD = select(journal_head.c.seq, journal_head.c.hash).where(journal_head.c.id == 1).with_for_update()
_MOVE_HEAD = update(journal_head).where(journal_head.c.id == 1)
_MOVE_HEAD_FROM = _MOVE_HEAD.where(
    journal_head.c.seq == bindparam("from_seq"), journal_head.c.hash == bindparam("from_hash")
)
_INSERT = insert(journal)
_LAST = "last head of the journal"


def append(connection: Connection, records: Iterable[Record]) -> list[Sealed]:
    """Seal ``records`` behind the head and store them with the transaction; an empty sequence touches nothing.

    The head's row is locked until the transaction ends, so do this last.  Raises `SecretLeakError` when a secret stands
    in a body; then the whole transaction is rolled back.
    """
    waiting = tuple(records)
    if not waiting:
        return []
    sealed = _moved_from_last(connection, waiting) or _moved(connection, waiting)
    connection.execute(_INSERT, [_row(record, one) for record, one in zip(waiting, sealed, strict=True)])
    return sealed


def _moved_from_last(connection: Connection, records: Sequence[Record]) -> list[Sealed]:
    """Move the head from where this connection left it, without reading it first; nothing when it stands elsewhere.

    It may: another process may have written, and what was left may have been rolled back.
    """
    last = connection.info.get(_LAST)
    if last is None:
        return []
    sealed = _chained(records, last)
    head = sealed[-1].head
    values = {"seq": head.seq, "hash": head.hash, "from_seq": last.seq, "from_hash": last.hash}
    if connection.execute(_MOVE_HEAD_FROM, values).rowcount != 1:
        return []
    connection.info[_LAST] = head
    return sealed


def _moved(connection: Connection, records: Sequence[Record]) -> list[Sealed]:
    sealed = _chained(records, locked_head(connection))
    head = sealed[-1].head
    connection.execute(_MOVE_HEAD, {"seq": head.seq, "hash": head.hash})
    if connection.dialect.name == "sqlite":  # elsewhere many connections write, and the guess would mostly be wrong
        connection.info[_LAST] = head
    return sealed


def _chained(records: Sequence[Record], head: Head) -> list[Sealed]:
    sealed: list[Sealed] = []
    for record in records:
        sealed.append(seal(record, head.seq + 1, head.hash))
        head = sealed[-1].head
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
