"""Shortest paths in the attack graph, by breadth first. Pure.

An edge with keys opens when one node of each of its groups of keys was reached, wherever on the way.  A path lists the edges
from the start to the goal; what its keys took is not part of it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from runner.access.graph.model import AttackGraph, Edge

MOST_PATHS = 100


@dataclass(slots=True)
class Reach:
    """What can be reached: the level of each node, 0 for the starts, and the edges by which it is reached first."""

    levels: dict[int, int] = field(default_factory=dict)
    ways: dict[int, list[Edge]] = field(default_factory=dict)


@dataclass(slots=True)
class _Search:
    graph: AttackGraph
    form: str | None
    reach: Reach = field(default_factory=Reach)
    _next: dict[int, None] = field(default_factory=dict)
    _waiting: dict[tuple[int, ...], list[Edge]] = field(default_factory=dict)
    _locks: dict[int, list[tuple[int, ...]]] = field(default_factory=dict)

    def run(self, starts: Iterable[int]) -> None:
        frontier = dict.fromkeys(starts)
        level = 0
        self.reach.levels = dict.fromkeys(frontier, 0)
        while frontier:
            self._next = {}
            for node in frontier:
                for edge in self.graph.leading_from(node):
                    self._follow(edge, level + 1)
                for group in self._locks.pop(node, ()):
                    for edge in self._waiting.pop(group, ()):
                        self._follow(edge, level + 1)
            frontier, level = self._next, level + 1

    def _follow(self, edge: Edge, level: int) -> None:
        known = self.reach.levels.get(edge.end)
        if known is not None and known < level:
            return
        if self.form is not None and edge.forms and self.form not in edge.forms:
            return
        locked = next((group for group in edge.keys if not self._is_open(group, level)), None)
        if locked is not None:
            self._wait(edge, locked)
            return
        if known is None:
            self.reach.levels[edge.end] = level
            self._next[edge.end] = None
        self.reach.ways.setdefault(edge.end, []).append(edge)

    def _is_open(self, group: tuple[int, ...], level: int) -> bool:
        return any(self.reach.levels.get(key, level) < level for key in group)

    def _wait(self, edge: Edge, group: tuple[int, ...]) -> None:
        if group not in self._waiting:
            self._waiting[group] = []
            for key in group:
                self._locks.setdefault(key, []).append(group)
        self._waiting[group].append(edge)


def search(graph: AttackGraph, starts: Iterable[int], *, form: str | None = None) -> Reach:
    """Return what can be reached from the starts; with a form, only by what that form carries out."""
    searching = _Search(graph, form)
    searching.run(starts)
    return searching.reach


def nearest(reach: Reach, goals: Collection[int]) -> tuple[int, ...]:
    """Return the goals that are reached first, by number; none when none is reached."""
    found = [(reach.levels[goal], goal) for goal in goals if goal in reach.levels]
    least = min((level for level, _ in found), default=0)
    return tuple(sorted(goal for level, goal in found if level == least))


def shortest(reach: Reach, goals: Collection[int], most: int) -> tuple[tuple[tuple[Edge, ...], ...], bool]:
    """Return at most ``most`` shortest paths to the nearest goals, and whether there are more of the same length."""
    found: list[tuple[Edge, ...]] = []
    for path in _all(reach, nearest(reach, goals)):
        if len(found) == most:
            return tuple(found), True
        found.append(path)
    return tuple(found), False


def _all(reach: Reach, goals: Iterable[int]) -> Iterator[tuple[Edge, ...]]:
    """Yield the paths to each goal, going back from it; a stack instead of recursion, as paths may be long."""
    waiting: list[tuple[int, tuple[Edge, ...]]] = [(goal, ()) for goal in sorted(goals, reverse=True)]
    while waiting:
        node, behind = waiting.pop()
        if reach.levels[node] == 0:
            yield behind
            continue
        waiting += [(edge.start, (edge, *behind)) for edge in reversed(reach.ways[node])]
