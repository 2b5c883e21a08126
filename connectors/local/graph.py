"""The graph of groups in groups, and the tree of units, kept in memory and read again when they have changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from connectors.local.tables import counters, groups, members, units

_VERSIONS = select(counters.c.name, counters.c.value)


@dataclass(frozen=True, slots=True)
class GroupGraph:
    """Which groups stand in which; both mappings map an id to the ids one step away. Loops are allowed."""

    parents: Mapping[str, tuple[str, ...]]
    children: Mapping[str, tuple[str, ...]]
    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def above(self, direct: Iterable[str]) -> frozenset[str]:
        """Return these groups and all groups they are in."""
        return frozenset().union(*(self._reach_above(group) for group in direct))

    def below(self, group: str) -> frozenset[str]:
        """Return this group and all groups in it."""
        return _reach(group, self.children)

    def _reach_above(self, group: str) -> frozenset[str]:
        if group not in self._above:
            self._above[group] = _reach(group, self.parents)
        return self._above[group]


def _reach(start: str, steps: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    found, waiting = {start}, [start]
    while waiting:
        for near in steps.get(waiting.pop(), ()):
            if near not in found:
                found.add(near)
                waiting.append(near)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: printable name and place."""

    dn: str
    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """Groups and units as they were at the counters ``versions``."""

    versions: Mapping[str, int]
    graph: GroupGraph
    units: Mapping[str, Unit]


def current_shape(connection: Connection, kept: Shape | None) -> Shape:
    """Return ``kept`` when nothing has changed since, else read groups and units again."""
    versions: dict[str, int] = dict(connection.execute(_VERSIONS).all())
    if kept is not None and kept.versions == versions:
        return kept
    return Shape(versions, _read_graph(connection), _read_units(connection))


def _read_graph(connection: Connection) -> GroupGraph:
    parents: dict[str, tuple[str, ...]] = {}
    children: dict[str, tuple[str, ...]] = {}
    nested = select(members.c.group_id, members.c.member_id).join(groups, groups.c.id == members.c.member_id)
    for group, member in connection.execute(nested):
        parents[member] = (*parents.get(member, ()), group)
        children[group] = (*children.get(group, ()), member)
    return GroupGraph(parents, children)


def _read_units(connection: Connection) -> Mapping[str, Unit]:
    rows = connection.execute(select(units.c.id, units.c.dn, units.c.place))
    return {id_: Unit(dn, tuple(place.split("\n"))) for id_, dn, place in rows}
