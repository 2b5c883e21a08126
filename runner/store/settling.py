"""Settle a store that was put back from a backup: what may have happened since must not happen a second time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, update

from runner.journal.records import JSON, Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Submission
from runner.store.rows import submission as as_submission
from runner.store.running import mark_lost
from runner.store.tables import nodes, notifications, sessions, submissions, throttle, uploads, verifications

_PERHAPS = "This was put back from a backup. It may have been carried out after that backup was made."
_PERHAPS_SENT = "This was put back from a backup. It may have been sent after that backup was made."


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of settling.

    ``interrupted`` were running when the backup was made, ``unsure`` waited and may have been carried out since: all of
    these are unclear now.  ``waiting`` wait for a later moment or, where nothing happened since, for whatever they waited
    for.  ``sessions`` and ``mails`` count what was ended and what is not sent by itself.
    """

    interrupted: tuple[Submission, ...] = ()
    unsure: tuple[Submission, ...] = ()
    waiting: tuple[Submission, ...] = ()
    sessions: int = 0
    mails: int = 0


def settle(database: Database, now: datetime, body: dict[str, JSON], *, is_moved: bool) -> Settled:
    """Settle a restored store in one transaction, and record it with ``body``.

    Everybody is signed out, open caller checks end, no process is known.  What was running becomes unknown.  What waited
    for approval, or to run by now, becomes unknown as well, unless ``is_moved``: then the desk stood still from the backup
    to now, and it goes on waiting.
    """
    return database.write(lambda connection: _settle(connection, now, body, is_moved=is_moved))


def _settle(connection: Connection, now: datetime, body: dict[str, JSON], *, is_moved: bool) -> Settled:
    append(connection, [Record("config", now, body)])
    running = select(submissions.c.node).where(submissions.c.state == "running").distinct()
    interrupted = mark_lost(connection, connection.execute(running).scalars().all(), now)
    unsure = () if is_moved else _unsure(connection, now)
    connection.execute(delete(nodes))
    connection.execute(delete(throttle))
    ended = connection.execute(delete(sessions)).rowcount
    is_open = verifications.c.consumed_at.is_(None) & (verifications.c.expires_at > now)
    connection.execute(update(verifications).where(is_open).values(expires_at=now))
    mails = 0
    if not is_moved:
        pending = update(notifications).where(notifications.c.state == "pending")
        mails = connection.execute(pending.values(state="failed", error=_PERHAPS_SENT, updated_at=now)).rowcount
    waiting = _found(connection, submissions.c.state.in_(("queued", "awaiting_approval")))
    return Settled(tuple(interrupted), tuple(unsure), tuple(waiting), ended, mails)


def _unsure(connection: Connection, now: datetime) -> Sequence[Submission]:
    """Turn what may have been carried out since into unknown ones, each with a record; return them as they are now."""
    is_due = submissions.c.due_at.is_(None) | (submissions.c.due_at <= now)
    perhaps = (submissions.c.state == "awaiting_approval") | ((submissions.c.state == "queued") & is_due)
    ids = [one.id for one in _found(connection, perhaps)]
    these = submissions.c.id.in_(ids)
    connection.execute(
        update(submissions)
        .where(these)
        .values(state="unknown", note=_PERHAPS, updated_at=now, finished_at=now, sealed=None)
    )
    connection.execute(delete(uploads).where(uploads.c.submission_id.in_(ids)))
    marked = _found(connection, these)
    append(connection, [_record(submission, now) for submission in marked])
    return marked


def _found(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Submission]:
    query = select(submissions).where(condition).order_by(submissions.c.created_at, submissions.c.id)
    return [as_submission(row) for row in connection.execute(query).mappings()]


def _record(submission: Submission, now: datetime) -> Record:
    form: dict[str, JSON] = {
        "id": submission.form_id,
        "version": submission.form_version,
        "digest": submission.form_digest,
    }
    body: dict[str, JSON] = {
        "submission": submission.id,
        "actor": {"id": submission.actor_id, "login": submission.actor_login},
        "form": form,
        "target": {"kind": submission.target_kind, "id": submission.target_id},
        "outcome": {"code": "restored", "detail": _PERHAPS},
    }
    return Record("reconcile", now, body)
