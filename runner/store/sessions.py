"""Signed-in browsers as rows, found by the hash of their token."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from runner.errors import NotFoundError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Account, Session
from runner.store.rows import as_row, plain
from runner.store.tables import accounts, sessions

_FIELDS = tuple(one.name for one in fields(Account))
_ACCOUNT = [accounts.c[name].label(f"of_account_{name}") for name in _FIELDS]


class SessionStore:
    """Sessions. None is found for a disabled account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, session: Session, token_hash: str, records: Sequence[Record] = ()) -> None:
        """Insert a session under the hash of its token; raises `NotFoundError` when the account is gone or disabled."""
        row = as_row(session) | {"token_hash": token_hash}
        usable = select(accounts.c.id).where(accounts.c.id == session.account_id, accounts.c.disabled.is_(False))

        def work(connection: Connection) -> None:
            if connection.execute(usable.with_for_update()).first() is None:
                raise NotFoundError("there is no such account")
            connection.execute(insert(sessions).values(row))
            append(connection, records)

        self._database.write(work)

    def find(self, token_hash: str, *, now: datetime, idle_since: datetime) -> tuple[Session, Account] | None:
        """Return a session and its account in one query; None when it is over, idle too long, or its owner disabled.

        Over means ``expires_at`` has come; idle means last seen before ``idle_since``.
        """
        query = (
            select(sessions, *_ACCOUNT)
            .join(accounts, accounts.c.id == sessions.c.account_id)
            .where(
                sessions.c.token_hash == token_hash,
                sessions.c.expires_at > now,
                sessions.c.seen_at >= idle_since,
                accounts.c.disabled.is_(False),
            )
        )
        row = self._database.read(lambda connection: connection.execute(query).mappings().one_or_none())
        if row is None:
            return None
        return plain(Session, row), Account(**{name: row[f"of_account_{name}"] for name in _FIELDS})

    def seen(self, id: str, now: datetime) -> None:
        """Note that the session was used; one that is gone stays gone."""
        query = update(sessions).where(sessions.c.id == id).values(seen_at=now)
        self._database.write(lambda connection: connection.execute(query).rowcount)

    def simulate(
        self, id: str, account_id: str, simulated: str | None, until: datetime | None, records: Sequence[Record] = ()
    ) -> bool:
        """Let a session of this account see the desk as somebody, or as itself again; returns whether there was one.

        Records are kept only then.
        """
        query = update(sessions).where(sessions.c.id == id, sessions.c.account_id == account_id)

        def work(connection: Connection) -> bool:
            found = connection.execute(query.values(simulated=simulated, simulated_until=until)).rowcount == 1
            append(connection, records if found else ())
            return found

        return self._database.write(work)

    def of_account(self, account_id: str, *, now: datetime, idle_since: datetime) -> Sequence[Session]:
        """Return the live sessions of an account, last used first."""
        query = select(sessions).where(
            sessions.c.account_id == account_id, sessions.c.expires_at > now, sessions.c.seen_at >= idle_since
        )
        query = query.order_by(sessions.c.seen_at.desc(), sessions.c.id)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Session, row) for row in found]

    def revoke(self, id: str, account_id: str, records: Sequence[Record] = ()) -> bool:
        """End one session of this account at once; returns whether there was one. Records are kept only then."""
        query = delete(sessions).where(sessions.c.id == id, sessions.c.account_id == account_id)

        def work(connection: Connection) -> bool:
            found = connection.execute(query).rowcount == 1
            append(connection, records if found else ())
            return found

        return self._database.write(work)

    def revoke_all(self, account_id: str, *, keep: str = "", records: Sequence[Record] = ()) -> int:
        """End every session of an account but ``keep``; returns how many there were."""
        query = delete(sessions).where(sessions.c.account_id == account_id, sessions.c.id != keep)

        def work(connection: Connection) -> int:
            count = connection.execute(query).rowcount
            append(connection, records)
            return count

        return self._database.write(work)

    def purge(self, *, now: datetime, idle_since: datetime) -> int:
        """Remove sessions that are over or idle too long; returns how many."""
        query = delete(sessions).where((sessions.c.expires_at <= now) | (sessions.c.seen_at < idle_since))
        return self._database.write(lambda connection: connection.execute(query).rowcount)
