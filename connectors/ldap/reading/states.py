"""What servers keep as the state of an account → the neutral attributes: closed, locked, expired, its password. Pure.

An unknown state reads as the cautious one, and every moment is one that all time zones can express.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from connectors.directory import values as ad
from connectors.ldap.layout import Layout
from connectors.ldap.requests import Row
from connectors.spi import Value

_EARLIEST, _LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)
_LOCKED_NOW = 0x10  # of msDS-User-Account-Control-Computed (MS-ADTS 3.1.1.4.5.17)
_FOR_EVER = datetime(1970, 1, 2, tzinfo=UTC)  # 389 writes the first moment of 1970 for "until somebody unlocks it"
_CLOSED = b"00000101"  # pwdAccountLockedTime of an account that an administrator closed begins so
STATES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "active_directory": {
        "user": (
            "userAccountControl", "lockoutTime", "msDS-User-Account-Control-Computed", "accountExpires", "pwdLastSet",
            "msDS-UserPasswordExpiryTimeComputed", "lastLogonTimestamp", "lastLogon", "adminCount",
            "servicePrincipalName", "primaryGroupID", "objectSid",
        ),
        "computer": ("userAccountControl", "lastLogonTimestamp", "lastLogon", "primaryGroupID", "objectSid"),
        "group": ("adminCount", "objectSid"),
    },
    "ppolicy": {
        "user": (
            "pwdAccountLockedTime", "pwdReset", "pwdChangedTime", "pwdStartTime", "pwdEndTime", "authTimestamp",
            "pwdLastSuccess",
        ),
    },
    "ns_account_lock": {
        "user": ("nsAccountLock", "accountUnlockTime", "passwordExpirationTime", "passwordChangedTime"),
    },
    "none": {},
}  # fmt: skip


def states_of(layout: Layout, kind: str, row: Row, now: datetime) -> dict[str, Value]:
    """Return the attributes that the dialect keeps as a state of the account; they are the same for every entry."""
    return _READERS[layout.dialect.states](layout, kind, row, now)


def _number(row: Row, name: str) -> int | None:
    octets = row.first(name)
    try:
        return ad.number(octets, name) if octets is not None else None
    except ad.FormatError:
        return None


def _filetime(row: Row, name: str) -> datetime | None:
    octets = row.first(name)
    try:
        return ad.filetime(octets, name) if octets is not None else None
    except ad.FormatError:
        return None


def time_of(row: Row, name: str) -> datetime | None:
    """Return the moment that a GeneralizedTime stands for, None where there is none."""
    octets = row.first(name)
    try:
        return ad.generalized_time(octets, name) if octets is not None else None
    except ad.FormatError:
        return None


def _is_odd(row: Row, name: str) -> bool:
    """Say whether a GeneralizedTime stands there that cannot be read; the server may know what it means."""
    return row.first(name) is not None and time_of(row, name) is None


def shown(moment: datetime | None) -> datetime | None:
    """Return a moment that every time zone can express."""
    return None if moment is None else min(max(moment, _EARLIEST), _LATEST)


def _later(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return _LATEST


def _day(moment: datetime, zone: tzinfo) -> date:
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def _latest(*moments: datetime | None) -> datetime | None:
    return shown(max((moment for moment in moments if moment is not None), default=None))


def _active_directory(layout: Layout, kind: str, row: Row, now: datetime) -> dict[str, Value]:
    if kind == "group":
        return {"sensitive": _number(row, "adminCount") == 1}
    if kind not in ("user", "computer"):
        return {}
    control = _number(row, "userAccountControl")
    last_logon = _latest(_filetime(row, "lastLogonTimestamp"), _filetime(row, "lastLogon"))
    found: dict[str, Value] = {
        "enabled": control is not None and not control & ad.ACCOUNT_DISABLED,
        "last_logon": last_logon,
    }
    if kind == "computer":
        return found
    expires, set_on = _filetime(row, "accountExpires"), _filetime(row, "pwdLastSet")
    computed = _number(row, "msDS-User-Account-Control-Computed")
    locked_at = _filetime(row, "lockoutTime")
    is_locked = bool(computed & _LOCKED_NOW) if computed is not None else locked_at is not None
    return found | {
        "locked": is_locked,
        "locked_at": shown(locked_at) if is_locked else None,
        "expires_on": ad.last_day(expires, layout.zone),
        "expired": expires is not None and expires <= now,
        "password_set_on": shown(set_on),
        "must_change": set_on is None,
        "password_expires_on": shown(_filetime(row, "msDS-UserPasswordExpiryTimeComputed")),
        "is_service": bool(row.values.get("serviceprincipalname")),
        "privileged": _number(row, "adminCount") == 1,
        "is_manager": bool(row.values.get("directreports")),
    }


def _ppolicy(layout: Layout, kind: str, row: Row, now: datetime) -> dict[str, Value]:
    if kind != "user":
        return {}
    lock = row.first("pwdAccountLockedTime")
    closed = lock is not None and lock.startswith(_CLOSED)
    locked_at = None if closed else time_of(row, "pwdAccountLockedTime")
    lasts = layout.rules.lock_lasts
    is_locked = locked_at is not None and (lasts is None or _later(locked_at, lasts) > now)
    is_locked = is_locked or (not closed and _is_odd(row, "pwdAccountLockedTime"))
    starts, ends, set_on = time_of(row, "pwdStartTime"), time_of(row, "pwdEndTime"), time_of(row, "pwdChangedTime")
    days = layout.rules.password_days
    return {
        "enabled": not closed and not _is_odd(row, "pwdStartTime") and (starts is None or starts <= now),
        "enabled_from": _day(starts, layout.zone) if starts else None,
        "locked": is_locked,
        "locked_at": shown(locked_at) if is_locked else None,
        "expires_on": ad.last_day(ends, layout.zone),
        "expired": _is_odd(row, "pwdEndTime") or (ends is not None and ends <= now),
        "must_change": (row.first("pwdReset") or b"").upper() == b"TRUE",
        "password_set_on": shown(set_on),
        "password_expires_on": shown(_later(set_on, timedelta(days=days))) if set_on and days else None,
        "last_logon": _latest(time_of(row, "authTimestamp"), time_of(row, "pwdLastSuccess")),
    }


def _ns_account_lock(_layout: Layout, kind: str, row: Row, now: datetime) -> dict[str, Value]:
    if kind != "user":
        return {}
    unlock, expires = time_of(row, "accountUnlockTime"), time_of(row, "passwordExpirationTime")
    must_change = expires is not None and expires <= datetime(1970, 1, 2, tzinfo=UTC)
    return {
        "enabled": (row.first("nsAccountLock") or b"").lower() != b"true",
        "locked": _is_odd(row, "accountUnlockTime") or (unlock is not None and (unlock > now or unlock < _FOR_EVER)),
        "must_change": must_change,
        "password_expires_on": None if must_change else shown(expires),
        "password_set_on": shown(time_of(row, "passwordChangedTime")),
    }


_READERS: Mapping[str, Callable[[Layout, str, Row, datetime], dict[str, Value]]] = {
    "active_directory": _active_directory,
    "ppolicy": _ppolicy,
    "ns_account_lock": _ns_account_lock,
    "none": lambda *_: {},
}
