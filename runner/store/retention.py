"""Take old segments out of the journal, once they are in a file, and remember what was taken out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, inspect, select

from runner.errors import StaleError
from runner.journal.archives import Segment
from runner.journal.records import JSON, Record
from runner.journal.verifying import START, Fault, Place
from runner.store.checkpoint_tables import checkpoints
from runner.store.database import Database
from runner.store.journalling import append, locked_head
from runner.store.key_tables import journal_segments
from runner.store.review_tables import binding_uses_place
from runner.store.tables import journal

_PAGE = 2_000
_ARCHIVED = select(journal_segments.c.last_seq, journal_segments.c.last_hash)
_NEWEST = _ARCHIVED.order_by(journal_segments.c.last_seq.desc()).limit(1)


def journal_start(connection: Connection) -> Place:
    """Return the place behind which the journal begins: the end of what was archived, or the beginning of all."""
    if not inspect(connection).has_table(journal_segments.name):
        return START  # the database of an older release, looked at before it is upgraded
    row = connection.execute(_NEWEST).one_or_none()
    return START if row is None else (row.last_seq, row.last_hash)


def wrong_start(connection: Connection) -> Fault | None:
    """Return what is wrong with where the journal begins: records in front of it, or an archive that no record speaks of."""
    seq, _ = journal_start(connection)
    before = connection.execute(select(func.min(journal.c.seq)).where(journal.c.seq <= seq)).scalar()
    if before is not None:
        return Fault(
            before, 1, "inserted", f"record {before} stands in front of record {seq + 1}, where the journal begins"
        )
    if seq == 0:
        return None
    row = connection.execute(select(journal_segments).where(journal_segments.c.last_seq == seq)).one()
    line = connection.execute(select(journal.c.line).where(journal.c.seq == row.noted_seq)).scalar()
    segment = Segment(row.first_seq, row.before_hash, row.last_seq, row.last_hash)
    noted = json.loads(line).get("archive") if line is not None else None
    if noted == _places(segment, row.sha256):
        return None
    return Fault(seq, 1, "missing", f"records up to {seq} are missing, and no record says that they were archived")


class RetentionStore:
    """Segments of the journal: which one may go, its lines, and taking it out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def oldest(self, before: datetime, reached: int = 2**53) -> Segment | None:
        """Return the oldest records up to a checkpoint, all of them of before ``before``; None when there are none.

        Only a checkpoint can close a segment: what is signed afterwards is proved from there.  What stands behind number
        ``reached``, or was not counted as a use of a binding yet, stays.
        """

        def read(connection: Connection) -> Segment | None:
            seq, hash_ = journal_start(connection)
            younger = select(func.min(journal.c.seq)).where(journal.c.seq > seq, journal.c.time >= before)
            first_kept = connection.execute(younger).scalar() or _end(connection) + 1
            counted = connection.execute(select(binding_uses_place.c.seq)).scalar_one()
            last = min(first_kept - 1, counted, reached)
            closing = select(checkpoints.c.seq, checkpoints.c.hash).where(
                checkpoints.c.seq > seq, checkpoints.c.seq <= last, checkpoints.c.is_break.is_(False)
            )
            row = connection.execute(closing.order_by(checkpoints.c.seq.desc()).limit(1)).one_or_none()
            return None if row is None else Segment(seq + 1, hash_, row.seq, row.hash)

        return self._database.read(read)

    def lines(self, segment: Segment) -> Iterator[str]:
        """Yield the lines of a segment, page by page."""
        after = segment.first - 1
        while after < segment.last:
            query = select(journal.c.seq, journal.c.line).where(journal.c.seq > after, journal.c.seq <= segment.last)
            page = self._database.read(partial(_rows, query=query.order_by(journal.c.seq).limit(_PAGE)))
            if not page:
                return
            yield from (row.line for row in page)
            after = page[-1].seq

    def take_out(self, segment: Segment, *, file: str, sha256: str, actor: JSON, now: datetime) -> None:
        """Remove a segment that is in ``file``, whose SHA-256 is given, and record that, in one transaction.

        Raises `StaleError` when the journal is not as it was when the segment was chosen; nothing was removed then.
        """

        def work(connection: Connection) -> None:
            locked_head(connection)
            if journal_start(connection) != segment.start:
                raise StaleError("this part of the journal was archived already; nothing was removed")
            gone = connection.execute(delete(journal).where(journal.c.seq <= segment.last)).rowcount
            if gone != segment.records:
                raise StaleError("the journal has other records than the file; nothing was removed")
            record = Record("config", now, _note(segment, file, sha256, actor))
            (noted,) = append(connection, [record])
            connection.execute(insert(journal_segments).values(_row(segment, file, sha256, noted.seq, now)))

        self._database.write(work)

    def archived(self) -> Sequence[tuple[Segment, str, str]]:
        """Return what was taken out, the oldest first: the segment, its file and the SHA-256 of that."""
        query = select(journal_segments).order_by(journal_segments.c.last_seq)
        rows = self._database.read(lambda connection: connection.execute(query).all())
        return [
            (Segment(row.first_seq, row.before_hash, row.last_seq, row.last_hash), row.file, row.sha256) for row in rows
        ]


def _note(segment: Segment, file: str, sha256: str, actor: JSON) -> dict[str, JSON]:
    return {"actor": actor, "operation": "archive journal", "file": file, "archive": _places(segment, sha256)}


def _places(segment: Segment, sha256: str) -> dict[str, JSON]:
    return {**asdict(segment), "sha256": sha256}


def _row(segment: Segment, file: str, sha256: str, noted_seq: int, now: datetime) -> dict[str, object]:
    places = {"first_seq": segment.first, "before_hash": segment.before, "last_seq": segment.last}
    named = {"last_hash": segment.hash, "file": file, "sha256": sha256}
    return {**places, **named, "noted_seq": noted_seq, "archived_at": now}


def _rows(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()


def _end(connection: Connection) -> int:
    return connection.execute(select(func.max(journal.c.seq))).scalar() or 0
