"""The stored journal: append, read, search, verify."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, select

from runner.journal.chain import Head, Sealed, link
from runner.journal.records import JSON, Record
from runner.journal.verifying import Fault, Place, Verification, verify
from runner.store.database import Database
from runner.store.journalling import append, indexed
from runner.store.person_keys import Keyring, opened_with
from runner.store.records import JournalEntry
from runner.store.retention import journal_start, wrong_start
from runner.store.tables import journal, journal_head

_PAGE = 2_000
_PLACE = select(journal.c.seq, journal.c.line)
_WHOLE = select(journal)


class JournalStore:
    """Records that can be added and read, never changed."""

    def __init__(self, database: Database, keyring: Keyring | None = None) -> None:
        self._database, self._keyring = database, keyring

    def append(self, records: Sequence[Record]) -> list[Sealed]:
        """Store ``records`` durably, in this order; raises `SecretLeakError`, and nothing is stored."""
        return self._database.write(lambda connection: append(connection, records))

    def head(self) -> Head:
        """Return where the journal stands; note it elsewhere to be able to see a truncation."""
        query = select(journal_head.c.seq, journal_head.c.hash)
        row = self._database.read(lambda connection: connection.execute(query).one_or_none())
        return Head(row.seq, row.hash) if row is not None else Head()

    def lines(self, after: int = 0, limit: int = 1_000) -> list[str]:
        """Return the canonical lines behind record number ``after``, at most ``limit``, without line ends."""
        return [row["line"] for row in self._page(_PLACE, after, limit)]

    def all_lines(self) -> Iterator[str]:
        """Yield every line up to the head as it is now, read page by page."""
        return (row["line"] for row in self._rows(_PLACE, self.head().seq))

    def start(self) -> Place:
        """Return the place behind which the journal begins: the end of what was archived, or the beginning of all."""
        return self._database.read(journal_start)

    def verify(self, *, start: Place | None = None) -> Verification:
        """Verify the chain up to the stored head, and that the columns it is searched by say what the lines say.

        Reads the whole journal that was not archived, or what stands behind ``start``, a (number, hash).  Someone who may
        write the database can move the head along with a truncation: compare `head` with one noted elsewhere.
        """
        begin = self.start()
        found = self._verified(start or begin)
        if start is None and not found.ok and self.start() != begin:
            return self.verify()  # a part was archived meanwhile
        fault = self._database.read(wrong_start) if found.ok else None
        return found if fault is None else Verification(found.records, found.head, fault)

    def _verified(self, start: Place) -> Verification:
        head = self.head()
        lines = (row["line"] for row in self._rows(_PLACE, head.seq, start[0]))
        verification = verify(lines, head=(head.seq, head.hash), start=start)
        surplus = self._page(_PLACE, head.seq, 1) if self.head().seq == head.seq else []
        if verification.ok and surplus:
            seq = surplus[0]["seq"]
            fault = Fault(seq, head.seq + 1, "inserted", f"record {seq} stands behind the head of the journal")
            return Verification(verification.records, verification.head, fault)
        return self._with_columns(verification, start[0])

    def search(
        self,
        *,
        kind: str | None = None,
        submission: str | None = None,
        actor_id: str | None = None,
        target_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> list[JournalEntry]:
        """Return records that match everything given, newest first; ``since`` is included, ``until`` is not."""
        wanted = {"submission_id": submission, "target_id": target_id, "actor_id": actor_id, "kind": kind}
        query = select(journal).where(
            *_conditions({name: value for name, value in wanted.items() if value is not None})
        )
        query = (
            query.where(*_times(since, until))
            .order_by(journal.c.time.desc(), journal.c.seq.desc())
            .limit(limit)
            .offset(offset)
        )

        def read(connection: Connection) -> list[JournalEntry]:
            rows = connection.execute(query).mappings().all()
            bodies = opened_with(connection, self._keyring, [row["line"] for row in rows])
            return [_entry(row, body) for row, body in zip(rows, bodies, strict=True)]

        return self._database.read(read)

    def lines_found(
        self,
        *,
        submission: str | None = None,
        actor_id: str | None = None,
        target_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        containing: str = "",
        limit: int,
    ) -> list[str]:
        """Return the lines that match everything given, also somewhere in their text; see `search`."""
        wanted = {"submission_id": submission, "target_id": target_id, "actor_id": actor_id}
        found = {name: value for name, value in wanted.items() if value is not None}
        query = select(journal.c.line).where(*_conditions(found), *_times(since, until)).limit(limit)
        if containing:
            query = query.where(journal.c.line.contains(containing, autoescape=True))
        return self._database.read(lambda connection: [row.line for row in connection.execute(query)])

    def opened(self, lines: Iterable[str]) -> Iterator[dict[str, JSON]]:
        """Yield the bodies of lines, with what is personal in them as far as its keys are there."""
        waiting = iter(lines)
        while some := list(islice(waiting, _PAGE)):
            yield from self._database.read(partial(opened_with, keyring=self._keyring, lines=some))

    def _page(self, wanted: Select[Any], after: int, limit: int) -> Sequence[RowMapping]:
        query = wanted.where(journal.c.seq > after).order_by(journal.c.seq).limit(limit)

        def read(connection: Connection) -> Sequence[RowMapping]:
            return connection.execute(query).mappings().all()

        return self._database.read(read)

    def _rows(self, wanted: Select[Any], last: int, after: int = 0) -> Iterator[RowMapping]:
        while page := self._page(wanted, after, _PAGE):
            for row in page:
                if row["seq"] > last:
                    return
                yield row
            after = page[-1]["seq"]

    def _with_columns(self, verification: Verification, after: int = 0) -> Verification:
        rows = self._rows(_WHOLE, verification.head[0], after)
        seq = next((row["seq"] for row in rows if not _columns_agree(row)), None)
        if seq is None:
            return verification
        fault = Fault(seq, seq, "edited", f"the columns beside record {seq} no longer say what the record says")
        earlier = verification.fault is not None and verification.fault.seq <= seq
        return verification if earlier else Verification(seq - 1 - after, verification.head, fault)


def _conditions(wanted: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    """Yield a condition per column, written so that only the first, the most selective one, can be looked up."""
    for position, (name, value) in enumerate(wanted.items()):
        column = journal.c[name] if position == 0 else journal.c[name].concat("")
        yield column == value


def _times(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    if since is not None:
        yield journal.c.time >= since
    if until is not None:
        yield journal.c.time < until


def _columns_agree(row: RowMapping) -> bool:
    body = json.loads(row["line"])
    expected = indexed(body["kind"], body) | {
        "seq": body["seq"],
        "hash": link(body["prev"], row["line"].encode()),
        "time": datetime.fromisoformat(body["time"]),
    }
    return all(row[name] == value for name, value in expected.items())


def _entry(row: RowMapping, body: Mapping[str, JSON]) -> JournalEntry:
    return JournalEntry(row["seq"], row["hash"], row["kind"], row["time"], body, row["line"])
