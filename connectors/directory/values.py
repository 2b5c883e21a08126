"""Values as LDAP and Active Directory write them: times, bits, SIDs, ids, password hashes. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from uuid import UUID

ACCOUNT_DISABLED = 0x2
_FILETIME_START = datetime(1601, 1, 1, tzinfo=UTC)
_NEVER = frozenset({0, 0x7FFFFFFFFFFFFFFF})
_GENERALIZED = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,]\d+)?(Z|[+-]\d{4})")
_ARGON2 = re.compile(
    r"\$argon2id?\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,172}"
)
_SCHEME = re.compile(r"\{([A-Za-z0-9./_-]{1,20})\}")
_MOST_MEMORY_KIB, _MOST_ROUNDS, _MOST_LANES = 262_144, 20, 16


class FormatError(ValueError):
    """A value is not written as LDAP or Active Directory writes it; the text names the attribute and holds no value."""


def number(octets: bytes, name: str) -> int:
    """Return a whole number; raises `FormatError`."""
    if not re.fullmatch(rb"-?\d{1,20}", octets.strip()):
        raise FormatError(f"{name} is not a whole number")
    return int(octets)


def filetime(octets: bytes, name: str) -> datetime | None:
    """Return the moment of a FILETIME (100 ns since 1601), None for "never" and 0; raises `FormatError`."""
    ticks = number(octets, name)
    if ticks in _NEVER or ticks < 0:
        return None
    try:
        return _FILETIME_START + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return None


def last_day(moment: datetime | None, zone: tzinfo) -> date | None:
    """Return the last day on which an account that ends at ``moment`` works, in the zone; None stays None."""
    if moment is None:
        return None
    try:
        return (moment - timedelta(microseconds=1)).astimezone(zone).date()
    except OverflowError:
        return None


def generalized_time(octets: bytes, name: str) -> datetime:
    """Return the moment of a GeneralizedTime (RFC 4517, 3.3.13), to the second; raises `FormatError`."""
    match = _GENERALIZED.fullmatch(octets.decode("ascii", "replace").strip())
    if match is None:
        raise FormatError(f"{name} is not a time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return moment - _offset(match[7])
    except (ValueError, OverflowError):
        raise FormatError(f"{name} is not a time") from None


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)


def is_true(octets: bytes) -> bool:
    """Return whether an LDAP Boolean is TRUE."""
    return octets.strip().upper() == b"TRUE"


def object_guid(octets: bytes) -> str:
    """Return AD's objectGUID as text: 16 bytes in its mixed order, or its dashed form; raises `FormatError`."""
    if len(octets) == 16:
        return str(UUID(bytes_le=octets))
    return entry_uuid(octets, "objectGUID")


def entry_uuid(octets: bytes, name: str) -> str:
    """Return a UUID in its usual spelling; raises `FormatError`."""
    try:
        return str(UUID(octets.decode("ascii").strip().strip("{}")))
    except ValueError:
        raise FormatError(f"{name} is not a UUID") from None


def relative_id(octets: bytes) -> int | None:
    """Return the last part of an objectSid (MS-DTYP 2.4.2.2), in bytes or as ``S-1-5-…``; None when it is none."""
    if octets[:4].upper() == b"S-1-":
        tail = octets.rsplit(b"-", 1)[1]
        return int(tail) if tail.isdigit() else None
    if len(octets) >= 12 and octets[0] == 1 and len(octets) == 8 + 4 * octets[1]:
        return int.from_bytes(octets[-4:], "little")
    return None


def password(octets: bytes) -> tuple[str | None, str]:
    """Return the Argon2 hash in a userPassword that can be taken over, else None and the scheme that cannot.

    Hashes whose parameters would make a sign-in needlessly dear are not taken over either.
    """
    text = octets.decode("utf-8", "replace")
    match = _SCHEME.match(text)
    scheme = match[1].upper() if match else "clear text"
    if scheme != "ARGON2":
        return None, scheme
    found = _ARGON2.fullmatch(text[8:])
    limits = (_MOST_MEMORY_KIB, _MOST_ROUNDS, _MOST_LANES)
    if found and all(1 <= int(cost) <= limit for cost, limit in zip(found.groups(), limits, strict=True)):
        return text[8:], scheme
    return None, scheme


def argon2_of_nobody(memory_kib: int, rounds: int, lanes: int) -> str:
    """Return an Argon2id hash, at these costs, that is of no password: comparing with it takes as long as with one. Pure."""
    return f"$argon2id$v=19$m={memory_kib},t={rounds},p={lanes}${'A' * 22}${'A' * 43}"
