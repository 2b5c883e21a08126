"""In which units the objects stand that can be reached, with one of each on which rights are looked at. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TypeAlias

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.reading.querying import Querying
from connectors.ldap.requests import Search
from connectors.matching import matches
from connectors.spi import Entry, Everything, Filter, Ref

MOST_LOOKED_AT = 20_000
# Those that Active Directory protects itself: their rights are put back every hour (MS-ADTS 3.1.1.6.1.3).
_ORDINARY = "(!(adminCount=1))(!(isCriticalSystemObject=TRUE))"

Place: TypeAlias = tuple[str, ...]
"""Where a unit stands, from the root down, its own name last, as in `Entry.place`."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One object, and the unit it stands in (for a unit, itself)."""

    dn: str
    unit: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Where objects of one kind can be reached.

    ``samples`` holds one of each unit with such objects.  ``empty`` are units without objects of that kind in which a new one
    could be reached; ``barred`` those in which none can be, ``closed`` those of them that hold objects.
    """

    samples: dict[Place, Sample] = field(default_factory=dict)
    empty: frozenset[Place] = frozenset()
    barred: frozenset[Place] = frozenset()
    closed: frozenset[Place] = frozenset()


class Sampling:
    """Looks for objects; what was found once is kept. Raises as `Serving.rows` does."""

    def __init__(self, querying: Querying) -> None:
        self._querying = querying
        self._all: dict[str, dict[Place, str]] = {}
        self._reaches: dict[tuple[str, Filter], Reach] = {}
        self.is_cut = False

    @cached_property
    def units(self) -> dict[Place, str]:
        """The DN of every unit below the base, by place."""
        return {place: dn for dn in self._dns("ou") if (place := _place(dn))}

    def reach(self, kind: str, filter_: Filter) -> Reach:
        """Return where objects of a kind that match can be reached; with ``ou``, the units that match."""
        if (kind, filter_) not in self._reaches:
            self._reaches[kind, filter_] = self._found(kind, filter_)
        return self._reaches[kind, filter_]

    def _found(self, kind: str, filter_: Filter) -> Reach:
        held = self._objects(kind)
        within = {place: dn for place, dn in self._matching(kind, filter_) if place in held}
        found: dict[Place, Sample] = {}
        for place, dn in within.items():
            unit = place if kind == "ou" else place[:-1]
            found.setdefault(unit, Sample(dn, dn if kind == "ou" else _above(dn)))
        if self._querying.layout.dialect.by_guid and any(one in self.units for one in found):
            # No rights are delegated on CN=Users, where Active Directory's own accounts stand, as long as there are units.
            found = {unit: sample for unit, sample in found.items() if unit in self.units}
        if kind == "ou":
            others = frozenset(set(self.units) - set(found))
            return Reach(found, barred=others, closed=others)
        occupied = {place[:-1] for place in held}
        empty = {one for one in set(self.units) - occupied if matches(filter_, Entry(Ref(kind, "-"), "", one, {}))}
        closed = frozenset(occupied - set(found))
        return Reach(found, frozenset(empty), (frozenset(self.units) - set(found) - empty) | closed, closed)

    def _objects(self, kind: str) -> dict[Place, str]:
        if kind == "ou":
            return self.units
        if kind not in self._all:
            self._all[kind] = {place: dn for dn in self._dns(kind) if (place := _place(dn))}
        return self._all[kind]

    def _matching(self, kind: str, filter_: Filter) -> Iterator[tuple[Place, str]]:
        if isinstance(filter_, Everything):
            yield from self._objects(kind).items()
            return
        for number, entry in enumerate(self._querying.scan(kind, filter_)):
            if number == MOST_LOOKED_AT:
                self.is_cut = True
                return
            yield _place(entry.dn), entry.dn

    def _dns(self, kind: str) -> Iterator[str]:
        layout = self._querying.layout
        wanted = layout.kind(kind).filter
        if kind == "ou":
            wanted = filters.all_of((wanted, "(objectClass=organizationalUnit)"))
        if layout.dialect.by_guid:
            wanted = f"(&{wanted}{_ORDINARY})"
        rows = self._querying.reader.serving.some(Search(layout.base, wanted, ("1.1",)))
        for number, row in enumerate(islice(rows, MOST_LOOKED_AT + 1)):
            if row is None or number == MOST_LOOKED_AT:
                self.is_cut = True
                return
            yield row.dn


def _place(dn: str) -> Place:
    try:
        return names.strict_place(names.parse(dn))
    except RejectedError:
        return ()


def _above(dn: str) -> str:
    return names.printed(names.parse(dn)[1:])
