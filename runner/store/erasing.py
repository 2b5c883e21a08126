"""Erase a person: destroy the keys of what the journal says, and blank the rows that say the same."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, or_, select, update

from runner.errors import NotDurableError, StaleError
from runner.journal.chain import canonical
from runner.journal.records import JSON, Record
from runner.journal.sealing_persons import ERASED, MEMBER
from runner.store.bulk_tables import bulk_rows, bulks
from runner.store.database import Database
from runner.store.journalling import append, locked_head
from runner.store.key_tables import person_keys
from runner.store.person_keys import destroy
from runner.store.tables import journal, notifications, operations, submissions, verifications
from runner.store.waiting_tables import approvals, grants

WAITING = ("awaiting_approval", "queued", "running")
_TAKEN_BACK = ("ended", "gone")
_AT_ONCE = 500
_NOTHING, _NO_LIST = canonical({}), canonical([])


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a person: keys, submissions for them or naming them, records that were written without a key."""

    keys: int
    submissions: int
    unsealed: int

    @property
    def is_known(self) -> bool:
        """Whether there is anything."""
        return any((self.keys, self.submissions, self.unsealed))


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure came to: keys that were destroyed and submissions whose rows were blanked."""

    keys: int
    submissions: int


class ErasureStore:
    """Erasing persons. It cannot be undone, and the chain of the journal holds before and after."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self, person_id: str) -> Kept:
        """Count what is kept of a person; reads all submissions, since a form for a group may name a person too."""
        held = select(func.count()).select_from(person_keys).where(person_keys.c.person_id == person_id)
        open_ = ~journal.c.line.contains(f'"{MEMBER}":{{', autoescape=True) & (journal.c.kind != "config")
        old = select(func.count()).select_from(journal).where(journal.c.target_id == person_id, open_)

        def read(connection: Connection) -> Kept:
            about = len(_about(connection, person_id))
            return Kept(connection.execute(held).scalar_one(), about, connection.execute(old).scalar_one())

        return self._database.read(read)

    def erase(self, person_id: str, *, because: str, actor: JSON, now: datetime) -> Erased:
        """Destroy the keys of a person, blank what is kept beside the journal, and record that, in one transaction.

        Raises `StaleError` while something for the person waits or runs, or access that ends by itself was not taken
        back; nothing was erased then.  Drafts end as expired.
        """
        about = self._database.read(lambda connection: _about(connection, person_id))

        def work(connection: Connection) -> Erased:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA secure_delete=ON").close()  # zeros where something stood
            ids = _held(connection, person_id, about)
            for part in _parts(ids):
                _blank(connection, part, now)
            _blank_checks(connection, person_id)
            _blank_bulks(connection, person_id, ids)
            locked_head(connection)
            done = Erased(destroy(connection, person_id), len(ids))
            body: dict[str, JSON] = {
                "actor": actor,
                "operation": "erase person",
                "target": person_id,
                "reason": because,
            }
            append(connection, [Record("config", now, {**body, "erased": asdict(done)})])
            return done

        done = self._database.write(work)
        with suppress(NotDurableError):  # it is erased; the next checkpoint of the write-ahead log does the same
            self._database.read(_empty_log)
        return done


def _about(connection: Connection, person_id: str) -> list[str]:
    """Return the ids of the submissions for a person, and of those that name the person by id."""
    written = canonical(person_id)[1:-1]
    word = re.compile(rf"(?<![\w-]){re.escape(written)}(?![\w-])")
    found = dict.fromkeys(connection.execute(select(submissions.c.id).where(_is_target(person_id))).scalars())
    for table, id_, texts in (
        (submissions, submissions.c.id, (submissions.c.answers, submissions.c.plan)),
        (operations, operations.c.submission_id, (operations.c.arguments, operations.c.changes, operations.c.inverse)),
    ):
        mentions = or_(*(text.contains(written, autoescape=True) for text in texts))
        rows = connection.execute(select(id_, *texts).select_from(table).where(mentions))
        found |= dict.fromkeys(one for one, *held in rows if any(word.search(text or "") for text in held))
    return list(found)


def _is_target(person_id: str) -> ColumnElement[bool]:
    return (submissions.c.target_kind == "user") & (submissions.c.target_id == person_id)


def _held(connection: Connection, person_id: str, about: Sequence[str]) -> list[str]:
    """Return the ids of what is to be blanked, and hold their rows; raises `StaleError` when one is not over."""
    wanted = sorted({*about, *connection.execute(select(submissions.c.id).where(_is_target(person_id))).scalars()})
    for part in _parts(wanted):
        query = select(submissions.c.state).where(submissions.c.id.in_(part)).order_by(submissions.c.id)
        if set(connection.execute(query.with_for_update()).scalars()) & set(WAITING):
            raise StaleError("a submission for this person waits or runs; end it first. Nothing was erased")
        running = grants.c.submission_id.in_(part) & grants.c.state.not_in(_TAKEN_BACK)
        if connection.execute(select(grants.c.id).where(running).limit(1)).first() is not None:
            raise StaleError("access that this person has until a day is not taken back yet. Nothing was erased")
    return wanted


def _blank(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    """Blank the rows of submissions: who did what, when, by which form and how it ended stays."""
    mine = submissions.c.id.in_(ids)
    drafts = mine & (submissions.c.state == "draft")
    connection.execute(update(submissions).where(drafts).values(state="expired", updated_at=now, finished_at=now))
    values = {"answers": _NOTHING, "sealed": None, "plan": None, "ticket": "", "reason": "", "note": ""}
    connection.execute(update(submissions).where(mine).values(**values, shown_once=None))
    connection.execute(
        update(submissions).where(mine & (submissions.c.target_kind == "user")).values(target_label=ERASED)
    )
    step = {"title": operations.c.verb, "arguments": _NOTHING, "changes": _NO_LIST, "inverse": None, "outputs": None}
    connection.execute(update(operations).where(operations.c.submission_id.in_(ids)).values(step))
    _where_written(connection, operations, "error", ids)
    _where_written(connection, approvals, "comment", ids)
    _where_written(connection, verifications, "note", ids)
    grant = {"target_label": ERASED, "title": ERASED, "inverse": _NOTHING, "error": ""}
    connection.execute(update(grants).where(grants.c.submission_id.in_(ids)).values(grant))
    _blank_messages(connection, ids, now)


def _blank_messages(connection: Connection, ids: Sequence[str], now: datetime) -> None:
    mine = notifications.c.submission_id.in_(ids)
    waiting = mine & notifications.c.state.in_(("pending", "failed"))
    connection.execute(update(notifications).where(waiting).values(state="given_up", due_at=None, updated_at=now))
    gone = {"to": _NO_LIST, "subject": ERASED, "body": "", "html": "", "error": ""}
    connection.execute(update(notifications).where(mine).values(gone))


def _blank_checks(connection: Connection, person_id: str) -> None:
    of = verifications.c.target_id == person_id
    connection.execute(update(verifications).where(of).values(note="", code_hash=None))


def _blank_bulks(connection: Connection, person_id: str, ids: Sequence[str]) -> None:
    """Blank the rows of bulks for a person, those that were refused too, and answers for all rows that name the person."""
    row = {"named": ERASED, "target_label": ERASED, "answers": _NOTHING, "why": ""}
    connection.execute(update(bulk_rows).where(bulk_rows.c.target_id == person_id).values(row))
    for part in _parts(ids):
        connection.execute(update(bulk_rows).where(bulk_rows.c.submission_id.in_(part)).values(row))
    written = canonical(person_id)[1:-1]
    common = {"answers": _NOTHING, "reason": "", "note": ""}
    connection.execute(update(bulks).where(bulks.c.answers.contains(written, autoescape=True)).values(common))
    others = {"answers": _NOTHING}
    connection.execute(update(bulk_rows).where(bulk_rows.c.answers.contains(written, autoescape=True)).values(others))


def _where_written(connection: Connection, table: Table, column: str, ids: Sequence[str]) -> None:
    written = table.c.submission_id.in_(ids) & table.c[column].is_not(None) & (table.c[column] != "")
    connection.execute(update(table).where(written).values({column: ERASED}))


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))


def _empty_log(connection: Connection) -> Any:
    """Bring what was erased out of SQLite's write-ahead log too, unless somebody reads just now."""
    if connection.dialect.name != "sqlite":
        return None
    return connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
