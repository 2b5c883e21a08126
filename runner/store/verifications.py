"""Caller checks: rows bound to submission, actor, form, target and method, each used once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store import running
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Verification
from runner.store.rows import Row, as_row, plain
from runner.store.tables import verifications

_OPEN = verifications.c.state.in_(("open", "sent"))


class VerificationStore:
    """Checks that are open, passed or failed. A code is here only as the keyed hash that the caller made of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, verification: Verification, records: Sequence[Record] = ()) -> None:
        """Insert a check."""

        def work(connection: Connection) -> None:
            connection.execute(insert(verifications).values(as_row(verification)))
            append(connection, records)

        self._database.write(work)

    def create_sent(
        self, verification: Verification, records: Sequence[Record] = (), *, most: int, since: datetime
    ) -> None:
        """Insert a check whose code is about to be sent.

        Raises `StaleError` when ``most`` codes, sent at ``since`` or later to this target for this actor by this method,
        still wait for their answer; nothing was stored and nothing may be sent.
        """
        waiting = _tries(verification, since) & (verifications.c.method == verification.method) & _OPEN
        query = select(func.count()).select_from(verifications).where(waiting)

        def work(connection: Connection) -> None:
            connection.execute(insert(verifications).values(as_row(verification)))
            append(connection, records)
            if connection.execute(query).scalar_one() > most:
                raise StaleError("enough codes were sent; none was sent now")

        self._database.write(work)

    def get(self, id: str) -> Verification:
        """Return a check; raises `NotFoundError`."""
        found = self._select(select(verifications).where(verifications.c.id == id))
        if not found:
            raise NotFoundError("there is no such caller check")
        return found[0]

    def for_submission(self, submission_id: str) -> Sequence[Verification]:
        """Return the checks of a submission, oldest first."""
        query = select(verifications).where(verifications.c.submission_id == submission_id)
        return self._select(query.order_by(verifications.c.created_at, verifications.c.id))

    def reusable(self, actor_id: str, target_id: str, policy: str, since: datetime) -> Sequence[Verification]:
        """Return checks this actor passed for this target under ``policy`` at ``since`` or later, newest first.

        Those used up by their own submission are among them: whether a success may serve again is the policy's word.
        """
        query = select(verifications).where(
            verifications.c.actor_id == actor_id,
            verifications.c.target_id == target_id,
            verifications.c.policy == policy,
            verifications.c.state == "passed",
            verifications.c.passed_at >= since,
        )
        return self._select(query.order_by(verifications.c.passed_at.desc(), verifications.c.id))

    def failed_attempts(self, actor_id: str, target_id: str, since: datetime) -> int:
        """Count the tries of this actor for this target at ``since`` or later that did not pass."""
        query = select(func.coalesce(func.sum(verifications.c.attempts), 0)).where(
            verifications.c.actor_id == actor_id,
            verifications.c.target_id == target_id,
            verifications.c.state != "passed",
            verifications.c.created_at >= since,
        )
        return int(self._database.read(lambda connection: connection.execute(query).scalar_one()))

    def sent(self, id: str, *, code_hash: str | None, expires_at: datetime, records: Sequence[Record] = ()) -> None:
        """Note that a code was sent; a new code replaces the one before. Raises `StaleError` when it is not open."""
        self._change(id, _OPEN, {"state": "sent", "code_hash": code_hash, "expires_at": expires_at}, records)

    def record_attempt(
        self,
        id: str,
        *,
        max_attempts: int,
        now: datetime,
        since: datetime | None = None,
        records: Sequence[Record] = (),
    ) -> Verification:
        """Count a try before it is judged, and return the check with it counted.

        With ``since``, tries on all checks of the same actor and target since then are counted together.  Raises
        `StaleError` when it is not open, has expired or has no tries left; then nothing may be judged.
        """
        allowed = _OPEN & (verifications.c.attempts < max_attempts) & (verifications.c.expires_at > now)
        query = update(verifications).where(verifications.c.id == id, allowed)
        of = self.get(id)

        def work(connection: Connection) -> None:
            if since is not None and _tried(connection, of, since) >= max_attempts:
                raise StaleError("there are no tries left for this person")
            if connection.execute(query.values(attempts=verifications.c.attempts + 1)).rowcount != 1:
                raise StaleError("this caller check is over; start a new one")
            append(connection, records)

        self._database.write(work)
        return self.get(id)

    def pass_(self, id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Note that the check was passed; the code is forgotten. Raises `StaleError` when it is not open or expired."""
        values = {"state": "passed", "passed_at": now, "code_hash": None}
        self._change(id, _OPEN & (verifications.c.expires_at > now), values, records)

    def fail(self, id: str, records: Sequence[Record] = ()) -> None:
        """Note that the check failed for good; the code is forgotten. Raises `StaleError` when it is not open."""
        self._change(id, _OPEN, {"state": "failed", "code_hash": None}, records)

    def consume(self, id: str, submission_id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Use up a passed check of this submission; of many callers one succeeds, the others get `StaleError`."""

        def work(connection: Connection) -> None:
            running.consume(connection, id, submission_id, now)
            append(connection, records)

        self._database.write(work)

    def _change(self, id: str, allowed: ColumnElement[bool], values: Row, records: Sequence[Record]) -> None:
        query = update(verifications).where(verifications.c.id == id, allowed).values(values)

        def work(connection: Connection) -> None:
            if connection.execute(query).rowcount != 1:
                raise StaleError("this caller check is over; start a new one")
            append(connection, records)

        self._database.write(work)

    def _select(self, query: Select[Any]) -> list[Verification]:
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Verification, row) for row in found]


def _tries(of: Verification, since: datetime) -> ColumnElement[bool]:
    return (
        (verifications.c.actor_id == of.actor_id)
        & (verifications.c.target_id == of.target_id)
        & (verifications.c.created_at >= since)
    )


def _tried(connection: Connection, of: Verification, since: datetime) -> int:
    """Count the tries that did not pass, and hold their rows, so that of several at once each sees the one before."""
    counted = _tries(of, since) & (verifications.c.state != "passed")
    query = select(verifications.c.attempts).where(counted).order_by(verifications.c.id).with_for_update()
    return sum(connection.execute(query).scalars())
