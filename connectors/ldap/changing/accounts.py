"""Verbs about the state of accounts, by AD's bits and FILETIMEs, by OpenLDAP's password policy, or by 389's lock."""

from collections.abc import Mapping
from datetime import date, datetime

from connectors.directory.values import ACCOUNT_DISABLED
from connectors.errors import RejectedError
from connectors.ldap.changing.drafting import Draft, Writer, set_to
from connectors.ldap.controls import ask_for_policy
from connectors.ldap.layout import Layout
from connectors.ldap.reading.reader import Found
from connectors.ldap.requests import Modification, Modify, Octets, Row, SetPassword
from connectors.ldap.times import NEVER, day_after, generalized, start_of, ticks
from connectors.spi import Content, Secret

HIDDEN = "[secret]"
NORMAL_ACCOUNT = 0x200  # userAccountControl (MS-ADTS 2.2.16)
_NEVER_EXPIRES = 0x10000
_CLOSED = b"000001010000Z"
_ALREADY_CLOSED = b"00000101"
_EXPIRED_FROM_THE_START = b"19700101000000Z"


def replace(attribute: str, *values: Octets) -> Modification:
    """Return the step that makes these all the values; none clears. Pure."""
    return Modification("replace", attribute, values)


# --- passwords ------------------------------------------------------------------------------------------------------


def encoded_password(layout: Layout, secret: Secret | None) -> tuple[str, Content]:
    """Return the attribute that takes a password and how it is written there; empty while preparing. Pure."""
    text = secret.reveal() if secret is not None else ""
    if layout.dialect.states == "active_directory":
        return "unicodePwd", Content(f'"{text}"'.encode("utf-16-le"))  # MS-ADTS 3.1.1.3.1.5
    return "userPassword", Content(text.encode())


def set_password(draft: Draft) -> None:
    """Set a new password; the account stays disabled, locked and limited as it was."""
    user = draft.found("user")
    must_change = draft.given("must_change") is not False
    if must_change:
        _check_demand(draft, user)
    draft.report("set", user.entry, "password", None, HIDDEN)
    before = user.entry.attributes.get("must_change")
    can_demand = draft.layout.dialect.states != "none"
    if can_demand and bool(before) != must_change:
        draft.report("set", user.entry, "must_change", before, must_change)
    if draft.layout.by_extension:
        _set_by_extension(draft, user, must_change=must_change)
        return
    attribute, value = encoded_password(draft.layout, draft.password)
    steps = [
        replace(attribute, value),
        *demand(draft.layout, must_change=must_change),
        *_lock_kept(draft.layout, user.row),
    ]
    if user.entry.ref.id:
        control = (ask_for_policy(),) if draft.layout.dialect.states == "ppolicy" else ()
        draft.write(Modify(draft.name(user), tuple(steps), control), user)


def _set_by_extension(draft: Draft, user: Found, *, must_change: bool) -> None:
    """Set a password by RFC 3062, and what goes with it behind; a lock would be gone in between, so there must be none."""
    if _lock_kept(draft.layout, user.row):
        raise RejectedError(
            "The account is locked or disabled, and a new password would open it. Unlock or enable it first."
        )
    if user.entry.ref.id:
        draft.write(SetPassword(draft.name(user), draft.password or Secret("")), user)
        steps = demand(draft.layout, must_change=must_change)
        if steps:
            draft.write(Modify(draft.name(user), steps), user)


def _check_demand(draft: Draft, user: Found) -> None:
    """Refuse to demand a new password where Active Directory would ignore that: of an account whose password never expires."""
    bits = user.row.first("userAccountControl") if draft.layout.dialect.states == "active_directory" else None
    if bits is not None and bits.isdigit() and int(bits) & _NEVER_EXPIRES:
        raise RejectedError(
            "The password of this account never expires, so Active Directory would not demand a new one at the next "
            "sign-in. Have “Password never expires” taken off the account first, or use a form that does not demand one "
            "(must_change: false)."
        )


def demand(layout: Layout, *, must_change: bool) -> tuple[Modification, ...]:
    """Return the steps that demand a new password at the next sign-in, or do not, beside a new password."""
    match layout.dialect.states:
        case "active_directory":
            return (replace("pwdLastSet", b"0"),) if must_change else ()
        case "ppolicy":
            return (replace("pwdReset", *((b"TRUE",) if must_change else ())),)
        case "ns_account_lock":
            return (replace("passwordExpirationTime", _EXPIRED_FROM_THE_START),) if must_change else ()
    return ()


def _lock_kept(layout: Layout, row: Row) -> tuple[Modification, ...]:
    """Return the step that keeps a lock: in OpenLDAP a new password opens an account that was closed."""
    if layout.dialect.states != "ppolicy":
        return ()
    locked = row.first("pwdAccountLockedTime")
    return (replace("pwdAccountLockedTime", locked),) if locked is not None else ()


def expire_password(draft: Draft) -> None:
    """Demand a new password at the next sign-in."""
    user = draft.found("user")
    _check_demand(draft, user)
    if user.entry.attributes.get("must_change"):
        return
    draft.report("set", user.entry, "must_change", user.entry.attributes.get("must_change"), True)
    draft.modify(user, *demand(draft.layout, must_change=True))


# --- locks and enabling ---------------------------------------------------------------------------------------------


def unlock(draft: Draft) -> None:
    """Lift a lock; an account that was disabled stays disabled."""
    user = draft.found("user")
    if not user.entry.attributes.get("locked"):
        return
    draft.report("set", user.entry, "locked", True, False)
    match draft.layout.dialect.states:
        case "active_directory":
            draft.modify(user, replace("lockoutTime", b"0"))
        case "ppolicy":
            draft.modify(user, Modification("delete", "pwdAccountLockedTime", _held(user, "pwdAccountLockedTime")))
        case "ns_account_lock":
            draft.modify(user, replace("accountUnlockTime"), replace("passwordRetryCount", b"0"))


def _held(found: Found, attribute: str) -> tuple[bytes, ...]:
    return found.row.values.get(attribute.lower(), ())


def enable(draft: Draft) -> None:
    """Enable an account or computer; a first day that has not come no longer counts."""
    found = draft.found(draft.kind)
    if found.entry.attributes.get("enabled"):
        return
    draft.report("set", found.entry, "enabled", False, True)
    match draft.layout.dialect.states:
        case "active_directory":
            draft.modify(found, *_control(found.row, disabled=False))
        case "ppolicy":
            _open(draft, found)
        case "ns_account_lock":
            draft.modify(found, replace("nsAccountLock"))
    draft.undo_by(f"directory.{draft.kind}.disable", **{draft.kind: found.entry.ref})


def _open(draft: Draft, found: Found) -> None:
    steps = []
    if any(value.startswith(_ALREADY_CLOSED) for value in _held(found, "pwdAccountLockedTime")):
        steps.append(Modification("delete", "pwdAccountLockedTime", _held(found, "pwdAccountLockedTime")))
    if _is_to_come(draft, found):
        draft.report("set", found.entry, "enabled_from", found.entry.attributes.get("enabled_from"), None)
        steps.append(replace("pwdStartTime"))
    draft.modify(found, *steps)


def disable(draft: Draft) -> None:
    """Disable an account or computer, and forget a first day that has not come."""
    found = draft.found(draft.kind)
    waiting = _is_to_come(draft, found)
    if not (found.entry.attributes.get("enabled") or waiting or not found.entry.ref.id):
        return
    if not waiting:
        draft.report("set", found.entry, "enabled", True, False)
    match draft.layout.dialect.states:
        case "active_directory":
            draft.modify(found, *_control(found.row, disabled=True))
        case "ppolicy":
            _close(draft, found, waiting=waiting)
        case "ns_account_lock":
            draft.modify(found, replace("nsAccountLock", b"true"))
    draft.undo_by(f"directory.{draft.kind}.enable", **{draft.kind: found.entry.ref})


def _close(draft: Draft, found: Found, *, waiting: bool) -> None:
    steps = [replace("pwdAccountLockedTime", _CLOSED)]
    if waiting:
        draft.report("set", found.entry, "enabled_from", found.entry.attributes.get("enabled_from"), None)
        steps.append(replace("pwdStartTime"))
    draft.modify(found, *steps)


def _is_to_come(draft: Draft, found: Found) -> bool:
    first = found.entry.attributes.get("enabled_from")
    return isinstance(first, date) and start_of(first, draft.layout.zone) > draft.reader.now


def _control(row: Row, *, disabled: bool) -> tuple[Modification, ...]:
    """Return the steps that set or clear one bit of userAccountControl and leave all others as they were read."""
    old = row.first("userAccountControl")
    if old is None or not old.isdigit():
        raise RejectedError("Deskhand's account may not read whether this account is enabled (userAccountControl).")
    bits = int(old)
    new = bits | ACCOUNT_DISABLED if disabled else bits & ~ACCOUNT_DISABLED
    return (replace("userAccountControl", str(new).encode()),)


# --- the last day ---------------------------------------------------------------------------------------------------


def set_expiry(draft: Draft) -> None:
    """Set or clear the last day; nothing else about the account changes."""
    user, on = draft.found("user"), draft.given("on")
    before = user.entry.attributes.get("expires_on")
    if before == on:
        return
    draft.report("set", user.entry, "expires_on", before, on)
    name, value = expiry(draft.layout, on)
    draft.modify(user, *set_to(user.row, name, value))
    draft.undo_by("directory.user.set_expiry", user=user.entry.ref, on=before)


def expiry(layout: Layout, on: date | None) -> tuple[str, bytes | None]:
    """Return the attribute that holds the end of an account and its value, None to clear it. Pure."""
    end = day_after(on, layout.zone) if on is not None and not isinstance(on, datetime) else None
    match layout.dialect.states:
        case "active_directory":
            return "accountExpires", str(ticks(end) if end is not None else NEVER).encode()
        case "ppolicy":
            return "pwdEndTime", generalized(end).encode() if end is not None else None
    raise RejectedError(f"{layout.dialect.title} keeps no last day of an account.")


def first_day(layout: Layout, on: date) -> tuple[str, bytes]:
    """Return the attribute that holds the beginning of an account and its value. Pure."""
    if layout.dialect.states != "ppolicy":
        raise RejectedError(
            f"{layout.dialect.title} keeps no first day of an account. Leave it empty, and disable the account until then."
        )
    return "pwdStartTime", generalized(start_of(on, layout.zone)).encode()


VERBS: Mapping[str, Writer] = {
    "directory.user.set_password": set_password,
    "directory.user.expire_password": expire_password,
    "directory.user.unlock": unlock,
    "directory.user.enable": enable,
    "directory.user.disable": disable,
    "directory.user.set_expiry": set_expiry,
    "directory.computer.enable": enable,
    "directory.computer.disable": disable,
}
