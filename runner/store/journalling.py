"""Append to the journal inside the transaction of the rows it speaks of."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.errors import NotDurableError
from runner.journal.chain import Head, Hide, Sealed, seal
from runner.journal.records import JSON, Record, subject_id
from runner.journal.sealing_persons import hidden, persons_of
from runner.store.person_keys import Keyring, Keys, keyring_of, keys_for, know
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

    What they say of persons is encrypted before, under a key for each, where the connection carries a `Keyring`.

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
    keys = keys_for(connection, records, known=True)  # nobody erased one, else the head would stand elsewhere
    sealed = _chained(records, last, keyring_of(connection), keys)
    head = sealed[-1].head
    values = {"seq": head.seq, "hash": head.hash, "from_seq": last.seq, "from_hash": last.hash}
    if connection.execute(_MOVE_HEAD_FROM, values).rowcount != 1:
        return []
    connection.info[_LAST] = head
    know(connection, keys)
    return sealed


def _moved(connection: Connection, records: Sequence[Record]) -> list[Sealed]:
    last = locked_head(connection)
    keys = keys_for(connection, records, known=False)
    sealed = _chained(records, last, keyring_of(connection), keys)
    head = sealed[-1].head
    connection.execute(_MOVE_HEAD, {"seq": head.seq, "hash": head.hash})
    if connection.dialect.name == "sqlite":  # elsewhere many connections write, and the guess would mostly be wrong
        connection.info[_LAST] = head
        know(connection, keys)
    return sealed


def _chained(records: Sequence[Record], head: Head, keyring: Keyring | None, keys: Keys) -> list[Sealed]:
    sealed: list[Sealed] = []
    for record in records:
        sealed.append(seal(record, head.seq + 1, head.hash, _hiding(record, keyring, keys)))
        head = sealed[-1].head
    return sealed


def _hiding(record: Record, keyring: Keyring | None, keys: Keys) -> Hide | None:
    """Return what hides what a record says of persons; nothing when it says nothing of any."""
    persons = persons_of(record.body) if keyring is not None else ()
    if keyring is None or not persons or any(person not in keys for person in persons):
        return None
    nonce, needed = keyring.nonce(), [keys[person] for person in persons]
    return lambda body, record_id: hidden(body, record_id, needed, nonce)


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
