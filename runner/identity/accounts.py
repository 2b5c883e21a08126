"""Make and change accounts; every change is journalled in the same transaction."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.spi import Secret
from runner.errors import RefusedError
from runner.identity.passwords import Passwords
from runner.journal.records import JSON, Record
from runner.store.records import Account as Account
from runner.store.store import Store


class Accounts:
    """The people who may sign in. ``new_id`` gives a fresh identifier; ``by`` is always the id of who does it."""

    def __init__(self, store: Store, passwords: Passwords, new_id: Callable[[], str]) -> None:
        self._store = store
        self._passwords = passwords
        self._new_id = new_id

    def create(
        self,
        login: str,
        display_name: str,
        *,
        person_id: str | None = None,
        password: Secret | None = None,
        by: str,
        now: datetime,
    ) -> Account:
        """Make an account; it can sign in when it has a password.

        Raises `RefusedError` for a login that is empty, too long or holds invisible characters, `StaleError` when it is
        taken; nothing was stored then.
        """
        account = Account(self._new_id(), _checked(login), display_name.strip(), person_id, disabled=False)
        hashed = None if password is None else self._passwords.hash(password)
        done = ("created",) if password is None else ("created", "password_set")
        records = [account_record(what, account, by, now) for what in done]
        self._store.accounts.create(account, now, records, password_hash=hashed)
        return account

    def rename(self, id: str, login: str, display_name: str, *, by: str, now: datetime) -> Account:
        """Give an account another login and name; raises as `create` does, `NotFoundError`, and for one of the directory."""
        before = self._store.accounts.get(id)
        refuse_directory(before, "Its login and name are")
        after = replace(before, login=_checked(login), display_name=display_name.strip())
        record = account_record("renamed", after, by, now, before={"login": before.login, "name": before.display_name})
        self._store.accounts.rename(id, after.login, after.display_name, now, [record])
        return after

    def set_password(self, id: str, password: Secret, *, by: str, now: datetime) -> None:
        """Set a password and end every session of the account; raises `RefusedError`, `NotFoundError`.

        One that signs in with the directory has no password here, and gets none.
        """
        account = self._store.accounts.get(id)
        refuse_directory(account, "Its password is")
        hashed = self._passwords.hash(password)
        self._store.accounts.set_password_hash(id, hashed, now, [account_record("password_set", account, by, now)])

    def use_directory(self, id: str, *, by: str, now: datetime) -> Account:
        """Drop an account's own password: from now on its person signs in with the directory's. Its sessions end.

        Raises `NotFoundError`, and `RefusedError` for an account without a person.
        """
        before = self._store.accounts.get(id)
        if before.person_id is None:
            raise RefusedError(f"{before.login} has no person in the directory behind it. Nothing was changed.")
        if before.kind == "directory":
            raise RefusedError(f"{before.login} signs in with the directory already. Nothing was changed.")
        after = replace(before, kind="directory")
        self._store.accounts.hand_over(id, now, [account_record("uses_directory", after, by, now)])
        return after

    def has_password(self, login: str, password: Secret) -> bool:
        """Say whether this is the account's password now; an unknown login takes the same work."""
        found = self._store.accounts.by_login(login) if is_storable(login) else None
        return self._passwords.is_right(found[1] if found else None, password)

    def disable(self, id: str, *, by: str, now: datetime) -> None:
        """Shut an account out at once, its open sessions too; raises `NotFoundError`."""
        account = self._store.accounts.get(id)
        self._store.accounts.set_disabled(id, True, now, [account_record("disabled", account, by, now)])

    def enable(self, id: str, *, by: str, now: datetime) -> None:
        """Let a disabled account sign in again; raises `NotFoundError`."""
        account = self._store.accounts.get(id)
        self._store.accounts.set_disabled(id, False, now, [account_record("enabled", account, by, now)])

    def get(self, id: str) -> Account:
        """Return an account; raises `NotFoundError`."""
        return self._store.accounts.get(id)

    def by_login(self, login: str) -> Account | None:
        """Return the account with this login, whatever its case, or None."""
        found = self._store.accounts.by_login(login) if is_storable(login) else None
        return None if found is None else found[0]

    def list(self) -> Sequence[Account]:
        """Return every account by login."""
        return self._store.accounts.list()


def is_storable(login: str) -> bool:
    """Say whether a text could be a login at all: 1 to 200 visible characters. Pure."""
    return 0 < len(login.strip()) <= 200 and not any(unicodedata.category(letter)[0] == "C" for letter in login)


def _checked(login: str) -> str:
    if not is_storable(login):
        raise RefusedError("a login has 1 to 200 visible characters; nothing was stored")
    return login.strip()


def refuse_directory(account: Account, what: str) -> None:
    """Raise `RefusedError` for an account of the directory; ``what`` says what is changed there. Pure."""
    if account.kind == "directory":
        raise RefusedError(
            f"{account.login} signs in with the directory. {what} changed there; nothing was changed here."
        )


def account_record(what: str, account: Account, by: str, now: datetime, *, before: JSON = None) -> Record:
    """Return the record of a change of an account, made by whoever has the id ``by``. Pure."""
    body: dict[str, JSON] = {
        "actor": {"id": by},
        "account": {
            "id": account.id,
            "login": account.login,
            "name": account.display_name,
            "person": account.person_id,
            "kind": account.kind,
        },
        "outcome": {"code": f"account_{what}"},
    }
    return Record("config", now, body if before is None else body | {"before": before})
