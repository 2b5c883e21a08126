"""Accounts as rows. Passwords are here only as the hash that the caller made."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Select, delete, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Account
from runner.store.rows import Row, as_row, plain
from runner.store.tables import accounts, sessions


class AccountStore:
    """Accounts by id and by login; logins are unique without regard to case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self, account: Account, now: datetime, records: Sequence[Record] = (), *, password_hash: str | None = None
    ) -> None:
        """Insert an account, with the hash of its password or without one; raises `StaleError` when it is taken."""
        times = {"created_at": now, "updated_at": now}
        row = as_row(account) | times | {"login_key": login_key(account.login), "password_hash": password_hash}

        def work(connection: Connection) -> None:
            if _is_taken(connection, account):
                raise StaleError("there is an account with this login already")
            connection.execute(insert(accounts).values(row))
            append(connection, records)

        self._database.write(work)

    def get(self, id: str) -> Account:
        """Return an account; raises `NotFoundError`."""
        found = self._database.read(lambda connection: _one(connection, select(accounts).where(accounts.c.id == id)))
        if found is None:
            raise NotFoundError("there is no such account")
        return found[0]

    def by_login(self, login: str) -> tuple[Account, str | None] | None:
        """Return an account and the hash of its password, or None."""
        query = select(accounts).where(accounts.c.login_key == login_key(login))
        return self._database.read(lambda connection: _one(connection, query))

    def of_person(self, person_id: str) -> Account | None:
        """Return an account of a person, the one that signs in with the directory first; None when there is none."""
        query = select(accounts).where(accounts.c.person_id == person_id).order_by(accounts.c.kind, accounts.c.id)
        row = self._database.read(lambda connection: connection.execute(query).mappings().first())
        return None if row is None else plain(Account, row)

    def list(self) -> Sequence[Account]:
        """Return every account by login."""
        query = select(accounts).order_by(accounts.c.login_key)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Account, row) for row in found]

    def rename(self, id: str, login: str, display_name: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Give an account another login and name; raises `StaleError` when the login is taken, `NotFoundError`."""
        values = {"login": login, "login_key": login_key(login), "display_name": display_name}
        self._change(id, values, now, records, ends_sessions=False)

    def set_password_hash(self, id: str, password_hash: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Replace the hash of the password and end every session of the account; raises `NotFoundError`."""
        self._change(id, {"password_hash": password_hash}, now, records, ends_sessions=True)

    def refresh_password_hash(self, id: str, old_hash: str, new_hash: str) -> None:
        """Replace the hash of the same password by a stronger one, unless the password was changed meanwhile."""
        query = update(accounts).where(accounts.c.id == id, accounts.c.password_hash == old_hash)
        self._database.write(lambda connection: connection.execute(query.values(password_hash=new_hash)).rowcount)

    def hand_over(self, id: str, now: datetime, records: Sequence[Record] = ()) -> None:
        """Let an account sign in with the directory's password, drop its own and end its sessions; `NotFoundError`."""
        values = {"kind": "directory", "password_hash": None, "password_set_on": None}
        self._change(id, values, now, records, ends_sessions=True)

    def set_disabled(self, id: str, disabled: bool, now: datetime, records: Sequence[Record] = ()) -> None:
        """Disable or enable an account; disabling ends its sessions at once. Raises `NotFoundError`."""
        self._change(id, {"disabled": disabled}, now, records, ends_sessions=disabled)

    def _change(self, id: str, values: Row, now: datetime, records: Sequence[Record], *, ends_sessions: bool) -> None:
        query = update(accounts).where(accounts.c.id == id).values(values | {"updated_at": now})

        def work(connection: Connection) -> None:
            if connection.execute(query).rowcount != 1:
                raise NotFoundError("there is no such account")
            if ends_sessions:
                connection.execute(delete(sessions).where(sessions.c.account_id == id))
            append(connection, records)

        self._database.write(work)


def login_key(login: str) -> str:
    """Return what a login is compared by. Pure."""
    return login.strip().casefold()


def _is_taken(connection: Connection, account: Account) -> bool:
    same = (accounts.c.id == account.id) | (accounts.c.login_key == login_key(account.login))
    return connection.execute(select(accounts.c.id).where(same)).first() is not None


def _one(connection: Connection, query: "Select[tuple[object, ...]]") -> tuple[Account, str | None] | None:
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else (plain(Account, row), row["password_hash"])
