"""Find or make the account of a person who signed in with the directory, by the person's id and nothing else."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import Connection, delete, insert, select, update

from runner.errors import StaleError
from runner.journal.records import Record
from runner.store.accounts import login_key
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import Account, DirectoryPerson
from runner.store.rows import as_row, plain
from runner.store.tables import accounts, sessions

Done: TypeAlias = Literal["created", "renamed", "uses_directory"]
Written: TypeAlias = Callable[[Done, Account, Account | None], Record]
"""What was done, the account after it and before it → the record."""
_LONGEST_LOGIN = 180
_TRIES = 10  # each time one of those that race has made its account


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The account, or why this person may have none: it is disabled here, or has a password of Deskhand's own."""

    account: Account | None
    why_not: Literal["", "disabled", "local account"] = ""


class TakingIn:
    """The accounts of people who sign in with the directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_in(self, person: DirectoryPerson, new_id: str, now: datetime, written: Written) -> TakenIn:
        """Return the person's account with its login and name as they are now; made under ``new_id`` when there is none.

        A login that another person of the directory had goes to this one; that of an account of Deskhand's own does not.
        When the password is another than at the last sign-in, the sessions that were opened with the former one end.
        What is done is recorded in the same transaction.
        """

        def work(connection: Connection) -> TakenIn:
            mine = _accounts_of(connection, person.id)
            if any(account.disabled for account, _ in mine):
                return TakenIn(None, "disabled")
            if any(password_hash is not None for _, password_hash in mine):
                return TakenIn(None, "local account")
            before = min((account for account, _ in mine), key=lambda one: one.kind, default=None)
            return TakenIn(_renewed(connection, person, before, new_id, now, written))

        for _ in range(_TRIES):
            with suppress(StaleError):  # another sign-in of the same person, or of that login, was quicker
                return self._database.write(work)
        return self._database.write(work)


def _renewed(
    connection: Connection,
    person: DirectoryPerson,
    before: Account | None,
    new_id: str,
    now: datetime,
    written: Written,
) -> Account:
    id_ = new_id if before is None else before.id
    login, records = _free_login(connection, person.logins, id_, now, written)
    after = Account(id_, login, person.display_name, person.id, False, "directory", person.password_set_on)
    if before is None:
        row = as_row(after) | {"login_key": login_key(login), "created_at": now, "updated_at": now}
        connection.execute(insert(accounts).values(row))
    elif after != before:
        _write(connection, after, now)
        if after.password_set_on != before.password_set_on or after.kind != before.kind:
            connection.execute(delete(sessions).where(sessions.c.account_id == id_))
    append(connection, [*records, *_told(before, after, written)])
    return after


def _told(before: Account | None, after: Account, written: Written) -> Sequence[Record]:
    if before is None:
        return [written("created", after, None)]
    if before.kind != after.kind:
        return [written("uses_directory", after, before)]
    is_renamed = (before.login, before.display_name) != (after.login, after.display_name)
    return [written("renamed", after, before)] if is_renamed else []


def _free_login(
    connection: Connection, logins: Sequence[str], id_: str, now: datetime, written: Written
) -> tuple[str, list[Record]]:
    """Return the login to have, and what is to be recorded of the account that gives it up."""
    for login in logins:
        holder = _holder(connection, login)
        if holder is None or holder.id == id_:
            return login, []
        if holder.kind == "directory":
            former = replace(holder, login=_set_apart(holder.login, holder.id))
            _write(connection, former, now)
            return login, [written("renamed", former, holder)]
    return _set_apart(logins[0] if logins else "person", id_), []


def _set_apart(login: str, id_: str) -> str:
    return f"{login[:_LONGEST_LOGIN].partition('#')[0] or 'person'}#{id_[:12]}"


def _holder(connection: Connection, login: str) -> Account | None:
    row = connection.execute(select(accounts).where(accounts.c.login_key == login_key(login))).mappings().one_or_none()
    return None if row is None else plain(Account, row)


def _accounts_of(connection: Connection, person_id: str) -> list[tuple[Account, str | None]]:
    query = select(accounts).where(accounts.c.person_id == person_id).order_by(accounts.c.id).with_for_update()
    return [(plain(Account, row), row["password_hash"]) for row in connection.execute(query).mappings()]


def _write(connection: Connection, account: Account, now: datetime) -> None:
    row = as_row(account) | {"login_key": login_key(account.login), "updated_at": now}
    connection.execute(update(accounts).where(accounts.c.id == account.id).values(row))
