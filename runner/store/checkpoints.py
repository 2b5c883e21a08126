"""Stored checkpoints of the journal, how far their receivers have come, and what was found wrong with the journal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from runner.errors import StaleError
from runner.journal.chain import Head
from runner.journal.offline.tree import Tree
from runner.journal.records import Record
from runner.store.checkpoint_tables import checkpoints, journal_faults, journal_receivers
from runner.store.database import Database
from runner.store.journalling import append, locked_head
from runner.store.key_tables import journal_segments
from runner.store.tables import journal, journal_head

_PAGE = 2_000


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it was made. ``number`` counts from 1; ``head`` is where the chain goes on behind it.

    ``peaks`` are the roots of the full subtrees over the first ``size`` records.  ``is_break`` marks the first of a part:
    the hash of its ``head`` is that of its own text.
    """

    number: int
    part: int
    size: int
    head: Head
    peaks: tuple[bytes, ...]
    made_at: datetime
    is_break: bool
    note: str

    def tree(self) -> Tree:
        """Return the tree over what it covers, to go on from."""
        return Tree(self.size, list(self.peaks))


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is sent checkpoints or records: ``place`` is the number of the last one that arrived.

    ``problem`` says why nothing arrived at ``tried_at``, and is empty as long as the receiver answers.
    """

    name: str
    place: int = 0
    problem: str = ""
    failing_since: datetime | None = None
    reached_at: datetime | None = None
    tried_at: datetime | None = None


class CheckpointStore:
    """Checkpoints, in the order they were made, and what belongs to them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, checkpoint: StoredCheckpoint) -> None:
        """Store a checkpoint; raises `StaleError` when another process stored one with this number first."""
        self._database.write(lambda connection: _insert(connection, checkpoint))

    def newest(self) -> StoredCheckpoint | None:
        """Return the checkpoint made last, if there is any."""
        query = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
        return next(iter(self._checkpoints(query)), None)

    def newest_break(self) -> StoredCheckpoint | None:
        """Return the checkpoint that declared the last break, if there is any."""
        query = (
            select(checkpoints).where(checkpoints.c.is_break.is_(True)).order_by(checkpoints.c.number.desc()).limit(1)
        )
        return next(iter(self._checkpoints(query)), None)

    def behind(self, number: int = 0, limit: int = 1_000) -> Sequence[StoredCheckpoint]:
        """Return checkpoints behind number ``number``, at most ``limit``, in their order."""
        query = select(checkpoints).where(checkpoints.c.number > number).order_by(checkpoints.c.number).limit(limit)
        return self._checkpoints(query)

    def notes(self) -> Sequence[str]:
        """Return the note of every checkpoint, in their order."""
        query = select(checkpoints.c.note).order_by(checkpoints.c.number)
        return self._database.read(lambda connection: connection.execute(query).scalars().all())

    def up_to(self, seq: int) -> StoredCheckpoint | None:
        """Return the newest checkpoint that covers nothing behind record number ``seq``, if there is any."""
        query = select(checkpoints).where(checkpoints.c.seq <= seq).order_by(checkpoints.c.number.desc()).limit(1)
        return next(iter(self._checkpoints(query)), None)

    def records_as_found(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the line of every row of the journal, whatever stands there, page by page."""
        wanted, after = select(journal.c.seq, journal.c.line).order_by(journal.c.seq).limit(_PAGE), -(2**31)
        while page := self._rows(wanted.where(journal.c.seq > after)):
            yield from ((row.seq, row.line) for row in page)
            after = page[-1].seq

    def records_behind(self, seq: int, limit: int) -> Sequence[tuple[int, str]]:
        """Return the number and the line of records behind number ``seq``, at most ``limit``."""
        query = select(journal.c.seq, journal.c.line).where(journal.c.seq > seq).order_by(journal.c.seq).limit(limit)
        return [(row.seq, row.line) for row in self._rows(query)]

    def archived(self) -> tuple[int, str] | None:
        """Return the number and the hash of the last record that was taken out into an archive."""
        last = select(journal_segments.c.last_seq, journal_segments.c.last_hash)
        rows = self._rows(last.order_by(journal_segments.c.last_seq.desc()).limit(1))
        return (rows[0].last_seq, rows[0].last_hash) if rows else None

    def _checkpoints(self, query: Select[Any]) -> Sequence[StoredCheckpoint]:
        return [_checkpoint(row) for row in self._rows(query)]

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        return self._database.read(lambda connection: connection.execute(query).all())

    def last_seq(self) -> int:
        """Return the largest number that a record or the head of the journal has."""

        def work(connection: Connection) -> int:
            return max(
                connection.execute(select(func.max(table.c.seq))).scalar() or 0 for table in (journal, journal_head)
            )

        return self._database.read(work)

    def declare_break(self, checkpoint: StoredCheckpoint, records: Sequence[Record]) -> None:
        """Store the checkpoint that declares a break, let the chain go on behind it, and take records again.

        Raises `StaleError` when the journal has moved since it was read; nothing was stored then.
        """

        def work(connection: Connection) -> None:
            last = connection.execute(select(func.max(journal.c.seq))).scalar() or 0
            if max(last, locked_head(connection).seq) != checkpoint.head.seq:
                raise StaleError("the journal has moved meanwhile; run the command again")
            _insert(connection, checkpoint)
            moved = {"seq": checkpoint.head.seq, "hash": checkpoint.head.hash}
            connection.execute(update(journal_head).where(journal_head.c.id == 1).values(moved))
            connection.execute(delete(journal_faults))
            append(connection, records)

        self._database.write(work)

    # --- what was found wrong

    def fault(self) -> str:
        """Return what is wrong with the journal, in a sentence; empty when nothing is known."""
        query = select(journal_faults.c.sentence).where(journal_faults.c.id == 1)
        return self._database.read(lambda connection: connection.execute(query).scalar_one_or_none()) or ""

    def note_fault(self, sentence: str, now: datetime) -> None:
        """Remember what is wrong, unless something is known already."""

        def work(connection: Connection) -> None:
            if connection.execute(select(journal_faults.c.id)).first() is None:
                connection.execute(insert(journal_faults).values(id=1, sentence=sentence, found_at=now))

        self._database.write(work)

    # --- receivers

    def receiver(self, name: str) -> Receiver:
        """Return how far a receiver has come; one that was never reached stands at 0."""
        query = select(journal_receivers).where(journal_receivers.c.name == name)
        row = self._database.read(lambda connection: connection.execute(query).one_or_none())
        return Receiver(name) if row is None else Receiver(*row)

    def note_receiver(self, receiver: Receiver) -> None:
        """Remember how far a receiver has come; it never goes back."""
        values = {
            "place": receiver.place,
            "problem": receiver.problem,
            "failing_since": receiver.failing_since,
            "reached_at": receiver.reached_at,
            "tried_at": receiver.tried_at,
        }
        mine = journal_receivers.c.name == receiver.name

        def work(connection: Connection) -> None:
            if connection.execute(select(journal_receivers.c.name).where(mine)).first() is None:
                connection.execute(insert(journal_receivers).values(name=receiver.name, **values))
            else:
                ahead = journal_receivers.c.place <= receiver.place
                connection.execute(update(journal_receivers).where(mine, ahead).values(values))

        self._database.write(work)


def _insert(connection: Connection, checkpoint: StoredCheckpoint) -> None:
    connection.execute(
        insert(checkpoints).values(
            number=checkpoint.number,
            part=checkpoint.part,
            size=checkpoint.size,
            seq=checkpoint.head.seq,
            hash=checkpoint.head.hash,
            peaks=" ".join(peak.hex() for peak in checkpoint.peaks),
            made_at=checkpoint.made_at,
            is_break=checkpoint.is_break,
            note=checkpoint.note,
        )
    )


def _checkpoint(row: Row[Any]) -> StoredCheckpoint:
    return StoredCheckpoint(
        row.number,
        row.part,
        row.size,
        Head(row.seq, row.hash),
        tuple(bytes.fromhex(peak) for peak in row.peaks.split()),
        row.made_at,
        row.is_break,
        row.note,
    )
