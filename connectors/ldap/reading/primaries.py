"""Groups of Active Directory that are somebody's primary one: their members stand with the people, not in the group.

``member`` of such a group lacks them (MS-ADTS 3.1.1.4.5.2), so how many it has is not known.  Asking for each group would
cost a search each; there are few such groups, so all of them are found, with one search more than there are.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from threading import Lock

from connectors.ldap import filters
from connectors.ldap.layout import Layout
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search
from connectors.spi import Value

_KEPT = timedelta(minutes=1)
_MOST = 200  # searches; who uses more groups as primary ones has them counted as others are
_GREATEST = 2**31 - 1
# Domain Users, Guests, Computers and Controllers (MS-DTYP 2.4.2.4): what new accounts get.
_ALWAYS = frozenset({513, 514, 515, 516})
_OF_A_DOMAIN = 28  # octets of the security id of a group that is not built in


class PrimaryGroups:
    """Remembers for a minute which groups are primary ones. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: frozenset[int] = frozenset()
        self._until: datetime | None = None

    def in_use(self, serving: Serving, layout: Layout, now: datetime) -> frozenset[int]:
        """Return the relative ids of the groups that are somebody's primary one; none outside Active Directory."""
        if layout.dialect.states != "active_directory":
            return frozenset()
        with self._lock:
            if self._until is not None and self._until - _KEPT <= now < self._until:
                return self._found
        found = _ALWAYS.union(_others(serving, layout))
        with self._lock:
            self._found, self._until = found, now + _KEPT
        return found


def counted(attributes: dict[str, Value], row: Row, primaries: frozenset[int]) -> dict[str, Value]:
    """Return what was read of a group, without the number of its members where that is not known. Pure."""
    return {**attributes, "member_count": None} if primaries and _is_one(row, primaries) else attributes


def _is_one(row: Row, primaries: frozenset[int]) -> bool:
    """Say whether a group is a primary one, also where its security id cannot be read; built-in ones never are."""
    sid = row.first("objectSid")
    return sid is None or (len(sid) == _OF_A_DOMAIN and int.from_bytes(sid[-4:], "little") in primaries)


def _others(serving: Serving, layout: Layout) -> Iterator[int]:
    """Yield the relative ids of all primary groups but the usual ones; each search asks for one that is not known yet."""
    known = set(_ALWAYS)
    for _ in range(_MOST):
        asked = Search(layout.domain, filters.any_of(_gaps(known)), ("primaryGroupID",), page=1)
        rid = next((_number(row) for row in serving.rows(asked)), None)
        if rid is None or rid in known:
            return
        known.add(rid)
        yield rid


def _gaps(known: Iterable[int]) -> Iterator[str]:
    """Yield filters for the ranges between numbers: an index answers these, and no ``not``."""
    first = 0
    for rid in sorted(known):
        if first < rid:
            yield f"(&(primaryGroupID>={first})(primaryGroupID<={rid - 1}))"
        first = rid + 1
    yield f"(&(primaryGroupID>={first})(primaryGroupID<={_GREATEST}))"


def _number(row: Row) -> int | None:
    octets = row.first("primaryGroupID")
    return int(octets) if octets is not None and octets.isdigit() else None
