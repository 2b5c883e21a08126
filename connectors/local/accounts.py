"""Verbs about the state of accounts: passwords, locks, enabling, end dates, sessions, second factor."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Connection, Delete, delete, insert, select

from connectors.errors import RejectedError
from connectors.local.drafting import Draft, NewPassword
from connectors.local.tables import password_history, people
from connectors.spi import Entry

HIDDEN = "[secret]"


def set_password(draft: Draft) -> None:
    """Store a new password; the account stays disabled, locked and limited as it was."""
    user = draft.entry("user")
    must_change = draft.given("must_change") is not False
    draft.report("set", user, "password", None, HIDDEN)
    if bool(user.attributes.get("must_change")) != must_change:
        draft.report("set", user, "must_change", user.attributes.get("must_change"), must_change)
    columns: dict[str, object] = {"must_change": must_change, "password_set_on": draft.view.moment.now}
    if draft.password is not None:
        columns["password_hash"] = draft.password.hash
        keep_password(draft, user.ref.id, draft.password)
    draft.store(user, columns)


def keep_password(draft: Draft, person: str, password: NewPassword) -> None:
    """Add a hash to the history of a person, which is kept as long as the policy compares with it."""
    row = {"person_id": person, "password_hash": password.hash, "set_on": draft.view.moment.now}
    draft.write(insert(password_history).values(**row))
    draft.write(forget_passwords(person, password.history))


def former_passwords(connection: Connection, person: str, count: int) -> tuple[str, ...]:
    """Return the newest hashes of a person, at most ``count``, the present one first."""
    kept = select(password_history.c.password_hash).where(password_history.c.person_id == person)
    newest = connection.scalars(kept.order_by(password_history.c.number.desc()).limit(count))
    present = connection.scalar(select(people.c.password_hash).where(people.c.id == person))
    return tuple(dict.fromkeys(hash_ for hash_ in (present, *newest) if hash_))[:count]


def forget_passwords(person: str, keep: int) -> Delete:
    """Return the statement that removes all but the newest ``keep`` hashes of a person."""
    newest = (
        select(password_history.c.number)
        .where(password_history.c.person_id == person)
        .order_by(password_history.c.number.desc())
        .limit(keep)
    )
    return delete(password_history).where(
        password_history.c.person_id == person, password_history.c.number.not_in(newest)
    )


def expire_password(draft: Draft) -> None:
    """Demand a new password at the next sign-in."""
    _set_flag(draft, draft.entry("user"), "must_change", value=True)


def reset_mfa(draft: Draft) -> None:
    """Forget the second factor."""
    _set_flag(draft, draft.entry("user"), "mfa_enrolled", value=False)


def unlock(draft: Draft) -> None:
    """Lift a lock and forget failed tries."""
    user = draft.entry("user")
    if user.attributes.get("locked") or not user.ref.id:
        draft.report("set", user, "locked", True, False)
        draft.store(user, {"locked_at": None, "failed_tries": 0, "first_failed_at": None})


def activate(draft: Draft) -> None:
    """Activate a pending account; refuses one that was disabled, for which there is another permission."""
    user = draft.entry("user")
    if not user.attributes.get("pending"):
        if not user.attributes.get("enabled"):
            raise RejectedError("The account is not waiting to be activated; it was disabled.")
        return
    draft.report("set", user, "pending", True, False)
    draft.store(user, {"pending": False})
    if not user.attributes.get("enabled"):
        _make_enabled(draft, user)
    draft.undo_by("directory.user.disable", user=user.ref)


def enable(draft: Draft) -> None:
    """Enable an account or computer; a first day that has not come no longer counts."""
    entry = draft.entry(_kind(draft))
    if not entry.attributes.get("enabled"):
        _make_enabled(draft, entry)
        draft.undo_by(f"directory.{entry.ref.kind}.disable", **{entry.ref.kind: entry.ref})


def _make_enabled(draft: Draft, entry: Entry) -> None:
    draft.report("set", entry, "enabled", False, True)
    draft.store(entry, {"enabled": True, "disabled_at": None})
    _forget_first_day(draft, entry)


def disable(draft: Draft) -> None:
    """Disable an account or computer, and forget a first day that has not come."""
    entry = draft.entry(_kind(draft))
    waiting = _is_to_come(draft, entry)
    if not (entry.attributes.get("enabled") or waiting or not entry.ref.id):
        return
    if not waiting:
        draft.report("set", entry, "enabled", True, False)
    draft.store(entry, {"enabled": False, "disabled_at": draft.view.moment.now})
    _forget_first_day(draft, entry)
    draft.undo_by(f"directory.{entry.ref.kind}.enable", **{entry.ref.kind: entry.ref})


def _forget_first_day(draft: Draft, entry: Entry) -> None:
    if _is_to_come(draft, entry):
        draft.report("set", entry, "enabled_from", entry.attributes["enabled_from"], None)
        draft.store(entry, {"enabled_from": None})


def _is_to_come(draft: Draft, entry: Entry) -> bool:
    first = entry.attributes.get("enabled_from")
    return isinstance(first, date) and first > draft.view.moment.now.date()


def _kind(draft: Draft) -> str:
    return draft.operation.verb.split(".")[1]


def clear_sessions(draft: Draft) -> None:
    """End all sessions: those begun before now no longer count."""
    user = draft.entry("user")
    draft.report("action", user, "sessions", None, None)
    draft.store(user, {"sessions_from": draft.view.moment.now})


def set_expiry(draft: Draft) -> None:
    """Set or clear the last day; nothing else about the account changes."""
    user, on = draft.entry("user"), draft.given("on")
    before = user.attributes.get("expires_on")
    if before != on:
        draft.report("set", user, "expires_on", before, on)
        draft.store(user, {"expires_on": on})
        draft.undo_by("directory.user.set_expiry", user=user.ref, on=before)


def _set_flag(draft: Draft, entry: Entry, name: str, *, value: bool) -> None:
    if bool(entry.attributes.get(name)) != value or not entry.ref.id:
        draft.report("set", entry, name, entry.attributes.get(name), value)
        draft.store(entry, {name: value})


VERBS: dict[str, Callable[[Draft], None]] = {
    "directory.user.set_password": set_password,
    "directory.user.expire_password": expire_password,
    "directory.user.reset_mfa": reset_mfa,
    "directory.user.unlock": unlock,
    "directory.user.activate": activate,
    "directory.user.enable": enable,
    "directory.user.disable": disable,
    "directory.user.clear_sessions": clear_sessions,
    "directory.user.set_expiry": set_expiry,
    "directory.computer.enable": enable,
    "directory.computer.disable": disable,
}
