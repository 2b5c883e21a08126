"""States and moments of accounts as filters, by the way a directory keeps them. Pure; mostly tables."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from connectors.ldap import filters
from connectors.ldap.filters import EVERYTHING, NOTHING, UNKNOWN, Bounds, exactly
from connectors.ldap.layout import Layout
from connectors.ldap.times import NEVER, generalized, ticks

_SLACK = timedelta(days=2)  # days begin at other moments elsewhere, and servers write some times in their own zone
_BITS = "userAccountControl:1.2.840.113556.1.4.803:"

_WORKED_OUT = frozenset({"is_manager"})
_NO_MOMENT = "000001010000Z"  # pwdAccountLockedTime of an account that an administrator closed
_CLOSED = f"(pwdAccountLockedTime={_NO_MOMENT})"

TIMES: Mapping[str, Mapping[str, tuple[tuple[str, str], ...]]] = {
    "active_directory": {
        "locked_at": (("lockoutTime", "ticks"),),
        "expires_on": (("accountExpires", "ticks"),),
        "password_set_on": (("pwdLastSet", "ticks"),),
        "last_logon": (("lastLogonTimestamp", "ticks"), ("lastLogon", "ticks")),
    },
    "ppolicy": {
        "locked_at": (("pwdAccountLockedTime", "generalized"),),
        "enabled_from": (("pwdStartTime", "generalized"),),
        "expires_on": (("pwdEndTime", "generalized"),),
        "password_set_on": (("pwdChangedTime", "generalized"),),
        "last_logon": (("authTimestamp", "generalized"), ("pwdLastSuccess", "generalized")),
    },
    "ns_account_lock": {"password_set_on": (("passwordChangedTime", "generalized"),)},
    "none": {},
}

_Flag = Callable[[datetime], Bounds]
_FLAGS: Mapping[str, Mapping[tuple[str, str], _Flag]] = {
    "active_directory": {
        ("user", "enabled"): lambda _: exactly(f"(!({_BITS}=2))"),
        ("computer", "enabled"): lambda _: exactly(f"(!({_BITS}=2))"),
        ("user", "locked"): lambda _: Bounds("(lockoutTime>=1)"),
        ("user", "expired"): lambda now: Bounds(f"(&(accountExpires>=1)(accountExpires<={ticks(now + _SLACK)}))"),
        ("user", "must_change"): lambda _: exactly("(pwdLastSet=0)"),
        ("user", "is_service"): lambda _: exactly("(servicePrincipalName=*)"),
        ("user", "privileged"): lambda _: Bounds(filters.ALL, "(adminCount=1)"),
        ("group", "sensitive"): lambda _: Bounds(filters.ALL, "(adminCount=1)"),
    },
    "ppolicy": {
        ("user", "enabled"): lambda _: Bounds(f"(!{_CLOSED})", f"(&(!{_CLOSED})(!(pwdStartTime=*)))"),
        ("user", "locked"): lambda _: Bounds(f"(&(pwdAccountLockedTime=*)(!{_CLOSED}))"),
        ("user", "expired"): lambda _: Bounds("(pwdEndTime=*)"),
        ("user", "must_change"): lambda _: exactly("(pwdReset=TRUE)"),
        ("computer", "enabled"): lambda _: EVERYTHING,
    },
    "ns_account_lock": {
        ("user", "enabled"): lambda _: exactly("(!(nsAccountLock=true))"),
        ("user", "locked"): lambda _: Bounds("(accountUnlockTime=*)"),
        ("user", "must_change"): lambda _: exactly("(passwordExpirationTime=19700101000000Z)"),
        ("computer", "enabled"): lambda _: EVERYTHING,
    },
    "none": {("user", "enabled"): lambda _: EVERYTHING, ("computer", "enabled"): lambda _: EVERYTHING},
}


def flag(layout: Layout, kind: str, attribute: str, now: datetime) -> Bounds:
    """Return the bounds of a yes/no being yes; ``now`` decides what has expired."""
    if attribute == "has_photo":
        return exactly(filters.present(layout.dialect.photo))
    found = _FLAGS[layout.dialect.states].get((kind, attribute))
    return found(now) if found else UNKNOWN if attribute in _WORKED_OUT else NOTHING


def when(layout: Layout, attribute: str, op: str, value: date) -> Bounds:
    """Return the bounds of a day or moment compared with another one, wide enough for days of any zone."""
    moment = value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
    sources = _sources(layout, attribute)
    if not sources:
        return UNKNOWN if attribute == "password_expires_on" else NOTHING
    early, late = _shifted(moment, -_SLACK), _shifted(moment, _SLACK)
    if op in ("<", "<="):
        return Bounds(filters.any_of(_bound(name, "<=", late, form) for name, form in sources))
    if op in (">", ">="):
        return Bounds(filters.any_of(_bound(name, ">=", early, form) for name, form in sources))
    return Bounds(
        filters.any_of(
            filters.all_of((_bound(name, ">=", early, form), _bound(name, "<=", late, form))) for name, form in sources
        )
    )


def when_present(layout: Layout, attribute: str) -> Bounds:
    """Return the bounds of a day or moment in `TIMES` being there."""
    if attribute == "expires_on" and layout.dialect.states == "active_directory":
        return Bounds(f"(&(accountExpires>=1)(!(accountExpires={NEVER})))")
    return Bounds(filters.any_of(filters.present(name) for name, _ in TIMES[layout.dialect.states][attribute]))


def _sources(layout: Layout, attribute: str) -> tuple[tuple[str, str], ...]:
    dialect = layout.dialect
    if attribute in ("created", "changed"):
        name = dialect.created if attribute == "created" else dialect.changed
        return ((name, "fraction" if dialect.states == "active_directory" else "generalized"),)
    return TIMES[dialect.states].get(attribute, ())


def changed_since(layout: Layout, moment: datetime) -> str:
    """Return the filter for entries that were changed at that moment or later."""
    form = "fraction" if layout.dialect.states == "active_directory" else "generalized"
    return _bound(layout.dialect.changed, ">=", moment, form)


def _bound(name: str, op: str, moment: datetime, form: str) -> str:
    text = str(ticks(moment)) if form == "ticks" else generalized(moment, fraction=form == "fraction")
    return f"({name}{op}{text})"


def _shifted(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta() else datetime.min.replace(tzinfo=UTC)
