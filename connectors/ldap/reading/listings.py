"""Members that a group lists and whose own memberOf does not say so: an account made anew under an old name, for one.

OpenLDAP fills memberOf when a group is written and never again, and in any directory an account's memberOf may be closed to
those who can read the group.  So the groups that decide on rights are asked too: these are the ones that somebody named.
"""

from collections.abc import Iterator, Mapping, Sequence
from threading import Lock

from connectors.ldap import filters
from connectors.ldap.ids import id_filter
from connectors.ldap.layout import Layout
from connectors.ldap.reading.decoding import dn_key
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search

_MOST = 1_000
_CHUNK = 100


class NamedGroups:
    """Ids of the groups that were asked for by name, or as a condition: those that policies and forms rest on. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._ids: dict[str, None] = {}

    def add(self, id_: str) -> None:
        """Note a group; of very many the oldest is forgotten."""
        with self._lock:
            if id_ not in self._ids and len(self._ids) >= _MOST:
                del self._ids[next(iter(self._ids))]
            self._ids[id_] = None

    def ids(self) -> tuple[str, ...]:
        """Return all of them."""
        with self._lock:
            return tuple(self._ids)


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
