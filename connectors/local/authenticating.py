"""Sign-in against the local directory: verify a password, count wrong ones, lock."""

from datetime import datetime

from sqlalchemy import Connection, RowMapping, or_, select, update

from connectors.folding import key
from connectors.local.passwords import PasswordPolicy
from connectors.local.tables import objects, people
from connectors.spi import AuthenticationState


def find_account(connection: Connection, login: str) -> RowMapping | None:
    """Return the row of the person with this login or sign-in name, or None."""
    wanted = key(login.strip())
    if not wanted or "\x00" in wanted:
        return None
    found = select(people).where(or_(people.c.login_key == wanted, people.c.upn_key == wanted)).limit(1)
    return connection.execute(found).mappings().first()


def state_of(row: RowMapping, now: datetime, policy: PasswordPolicy) -> AuthenticationState:
    """Return what a right password leads to. Pure."""
    if is_locked(row, now, policy):
        return "locked"
    if not row["enabled"] or row["pending"] or (row["enabled_from"] and row["enabled_from"] > now.date()):
        return "disabled"
    if row["expires_on"] and row["expires_on"] < now.date():
        return "expired"
    return "must_change" if row["must_change"] else "ok"


def is_locked(row: RowMapping, now: datetime, policy: PasswordPolicy) -> bool:
    """Say whether the account is locked now. Pure."""
    locked_at = row["locked_at"]
    if locked_at is None:
        return False
    return policy.lock_lasts is None or bool(locked_at + policy.lock_lasts > now)


def record_success(connection: Connection, person: str, now: datetime) -> None:
    """Forget failed tries and note the sign-in; the object's version stays, so that nobody's work is disturbed."""
    kept = {"failed_tries": 0, "first_failed_at": None, "last_logon": now, "locked_at": None}
    connection.execute(update(people).where(people.c.id == person).values(**kept))


def record_failure(connection: Connection, person: str, now: datetime, policy: PasswordPolicy) -> None:
    """Count a wrong password; the last one within the window locks the account."""
    wanted = select(people).where(people.c.id == person).with_for_update()
    row = connection.execute(wanted).mappings().first()
    if row is None or not policy.tries or is_locked(row, now, policy):
        return
    started = row["first_failed_at"]
    is_new = started is None or started + policy.tries_within <= now
    tries = 1 if is_new else row["failed_tries"] + 1
    columns: dict[str, object] = {"failed_tries": tries, "first_failed_at": now if is_new else started}
    if tries >= policy.tries:
        columns |= {"locked_at": now, "failed_tries": 0, "first_failed_at": None}
        grown = {"version": objects.c.version + 1, "changed": now}
        connection.execute(update(objects).where(objects.c.id == person).values(**grown))
    connection.execute(update(people).where(people.c.id == person).values(**columns))
