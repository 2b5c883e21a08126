"""Members that a group lists and whose own memberOf does not say so: an account made anew under an old name, for one.

OpenLDAP fills memberOf when a group is written and never again, and in any directory an account's memberOf may be closed to
those who can read the group.  So the groups that decide on rights are asked too: these are the ones that somebody named.
What they list beyond memberOf changes as rarely as servers are repaired, so it is kept for moments.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock

from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import dn_key
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search

_MOST = 1_000
_CHUNK = 100
_KEPT_SECONDS, _MOST_KEPT = 30.0, 20_000


class NamedGroups:
    """Ids of the groups that were asked for by name, or as a condition: those that policies and forms rest on. Thread-safe.

    Also keeps for moments whom they list beyond memberOf; one more group, and that is forgotten.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._monotonic = Lock(), monotonic
        self._ids: dict[str, None] = {}
        self._kept: dict[str, tuple[float, tuple[str, ...]]] = {}

    def add(self, id_: str) -> None:
        """Note a group; of very many the oldest is forgotten."""
        with self._lock:
            if id_ not in self._ids and len(self._ids) >= _MOST:
                del self._ids[next(iter(self._ids))]
            if id_ not in self._ids:
                self._kept = {}
            self._ids[id_] = None

    def ids(self) -> tuple[str, ...]:
        """Return all of them."""
        with self._lock:
            return tuple(self._ids)

    def recalled(self, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return what is kept of these entries, by `dn_key`: the DNs of the groups that list them beyond memberOf."""
        kept, oldest = self._kept, self._monotonic() - _KEPT_SECONDS
        return {key: found[1] for key in keys if (found := kept.get(key)) is not None and found[0] > oldest}

    def keep(self, asked: Sequence[str], found: Mapping[str, tuple[str, ...]]) -> None:
        """Keep an answer that was given when these groups were the named ones; of very many all are forgotten."""
        now = self._monotonic()
        with self._lock:
            if tuple(self._ids) != tuple(asked):
                return
            if len(self._kept) + len(found) > _MOST_KEPT:
                self._kept = {}
            self._kept.update((key, (now, groups)) for key, groups in found.items())


def listed(
    serving: Serving, layout: Layout, named: Sequence[str], held: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield (DN of an entry, DN of a named group) where the group lists the entry, which does not say so itself.

    ``held`` gives the DNs of the groups that each entry says it is in, by its DN.
    """
    dialect = layout.dialect
    if not dialect.member_of:
        return
    dns = list(held)
    keys = {dn: {dn_key(group) for group in groups} for dn, groups in held.items()}
    for start in range(0, len(named), _CHUNK):
        groups = filters.any_of(one for id_ in named[start : start + _CHUNK] if (one := id_filter(dialect.id, id_)))
        for first in range(0, len(dns), _CHUNK) if groups != filters.NONE else ():
            part = dns[first : first + _CHUNK]
            asked = filters.all_of((groups, _lists(layout, part)))
            for row in list(serving.rows(Search(layout.base, asked, ("1.1",)))):
                silent = [dn for dn in part if dn_key(row.dn) not in keys[dn]]
                yield from ((dn, row.dn) for dn in _found(serving, layout, row.dn, silent))


def _found(serving: Serving, layout: Layout, group: str, dns: Sequence[str]) -> Iterator[str]:
    """Yield which of these a group lists, by halves: mostly there is none."""
    if not dns or serving.first(Search(group, _lists(layout, dns), ("1.1",), scope="base", page=0)) is None:
        return
    if len(dns) == 1:
        yield dns[0]
        return
    middle = len(dns) // 2
    yield from _found(serving, layout, group, dns[:middle])
    yield from _found(serving, layout, group, dns[middle:])


def _lists(layout: Layout, dns: Sequence[str]) -> str:
    return filters.any_of(filters.equals(layout.dialect.member, dn) for dn in dns)
