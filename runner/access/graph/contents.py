"""What slices contain, who is in which group, what is protected: the part of the graph that comes from the directory. Pure."""

from array import array
from collections.abc import Iterable, Mapping
from datetime import date

from runner.access.graph.covering import Covering
from runner.access.graph.directory import Landscape
from runner.access.graph.kinds import POWERS
from runner.access.graph.model import AttackGraph, Edge
from runner.access.graph.slices import Slices
from runner.access.holders import MANAGING
from runner.access.resolving import ResolvedPolicy, Row

_LEADING = frozenset({*POWERS, "DH_CanGrowBy", "DH_CanWithApproval"})


def fill(
    graph: AttackGraph,
    landscape: Landscape,
    slices: Slices,
    rows: Mapping[int, Row],
    resolved: ResolvedPolicy,
    day: date,
) -> None:
    """Write what comes from the directory. Only slices that some power reaches keep what they contain.

    What is protected is contained nowhere.  Somebody with rights, and a group that gives them, is contained for those only
    who may change them.
    """
    reached = {edge.end for edges in graph.written.values() for edge in edges if edge.kind in _LEADING}
    keys = _Keys(Covering(resolved, day), {row.id: number for number, row in rows.items()}, rows)
    for number in [number for number in graph.contents if number not in reached]:
        del graph.contents[number]
    for number, found in graph.contents.items():
        graph.contents[number] = _ordinary(graph, number, found, landscape, keys)
    graph.groups = dict(_memberships(graph, landscape))
    _add_values(graph, landscape, slices)
    _add_references(graph, landscape)
    graph.accounts = array("L", (number for number, node in enumerate(graph.nodes) if node.kind == "DH_User"))
    graph.tier = array("L", sorted(landscape.untouchable))


class _Keys:
    """What has to be held for an account with rights, and for a group that gives them, as numbers of nodes."""

    def __init__(self, covering: Covering, numbers: Mapping[str, int], rows: Mapping[int, Row]) -> None:
        self._covering, self._numbers = covering, numbers
        self._known: dict[frozenset[str], tuple[tuple[int, ...], ...]] = {}
        managing = tuple(number for number, row in rows.items() if MANAGING in row.permissions)
        self.deciding: tuple[tuple[int, ...], ...] = (managing,)

    def of(self, principals: frozenset[str]) -> tuple[tuple[int, ...], ...]:
        """Return of which groups of rows one each is needed."""
        if principals not in self._known:
            needed = self._covering.needed(principals)
            self._known[principals] = tuple(tuple(self._numbers[id_] for id_ in group) for group in needed)
        return self._known[principals]


def _ordinary(graph: AttackGraph, start: int, found: Iterable[int], landscape: Landscape, keys: _Keys) -> "array[int]":
    """Return what a slice contains for everybody with a power on it; write edges for the rest."""
    ordinary = array("L")
    for number in found:
        if number in landscape.untouchable:
            continue
        if number in landscape.rights_groups:
            needed, told = keys.deciding, f"{MANAGING}, as the group gives rights"
        elif number in landscape.guarded:
            needed, told = keys.of(landscape.guarded[number]), "all the rights that the account holds"
        else:
            ordinary.append(number)
            continue
        if all(needed):
            graph.write(Edge("DH_ContainsHolder", start, number, keys=needed, told=told))
    return ordinary


def _memberships(graph: AttackGraph, landscape: Landscape) -> Iterable[tuple[int, tuple[int, ...]]]:
    for number, ids in landscape.direct.items():
        groups = tuple(sorted(group for id_ in ids if (group := graph.number("group", id_)) is not None))
        if groups:
            yield number, groups


def _add_values(graph: AttackGraph, landscape: Landscape, slices: Slices) -> None:
    for number, kept in landscape.values.items():
        if found := tuple(slices.values[one] for one in kept if one in slices.values):
            graph.values[number] = found


def _add_references(graph: AttackGraph, landscape: Landscape) -> None:
    for kind, person, number in landscape.references:
        start = graph.number("user", person)
        if start is not None:
            graph.write(Edge(kind, start, number))
