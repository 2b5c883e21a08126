"""The attack graph of the running desk, and the shortest paths in it. Reads every object of the directory.

The graph is made at the first question and kept as long as the policy was found to be the same: the keeper of the policy
resolves it anew after half a minute, and a graph is at most ten minutes old.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from connectors.errors import UnavailableError
from connectors.spi import Entry, Everything
from runner.access.authority import Authority
from runner.access.graph.building import Built, build
from runner.access.graph.kinds import NODE_KINDS
from runner.access.graph.model import AttackGraph, Edge
from runner.access.graph.paths import MOST_PATHS, search, shortest
from runner.access.graph.telling import Told, tell
from runner.access.model import Actor
from runner.delegation.census import MOST_OBJECTS
from runner.delegation.checking import check_reading
from runner.delegation.graphs.ends import Ends, UnknownEndError
from runner.delegation.graphs.pages import PathNode, PathPicture, PathsPage, PathStep
from runner.pipeline.services import ConnectorSet, Services
from runner.resource_names import ResourceName, printed

LIFETIME_SECONDS = 600.0
USUAL_PATHS = 3
_WHAT = "the paths of access"


def read_graph(services: Services) -> Built:
    """Build the graph of a desk as it is now; raises `connectors.errors.ConnectorError` when the directory cannot be read."""
    scan = scanning(services.connectors)
    return build(services.authority.current(), services.catalogue.forms.values(), scan, services.now().date())


def scanning(connectors: ConnectorSet) -> Callable[[str], Iterable[Entry]]:
    """Return what yields every object of a kind, and nothing for a kind that no connector serves.

    What it returns raises `connectors.errors.UnavailableError` beyond `MOST_OBJECTS` of a kind.
    """

    def scanned(kind: str) -> Iterator[Entry]:
        found = connectors.for_kind(kind).scan(kind, Everything()) if kind in connectors.kinds else ()
        for count, entry in enumerate(found):
            if count == MOST_OBJECTS:
                raise UnavailableError("There are more objects than can be looked at together.")
            yield entry

    return scanned


@dataclass(slots=True)
class Graphing:
    """Keeps the graph, for one set of services. Safe for several threads; the graph is made by one at a time."""

    services: Services
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: tuple[Authority, date, float, Built] | None = None

    def built(self) -> Built:
        """Return the graph of the policy in force."""
        with self._lock:
            authority, day = self.services.authority.current(), self.services.now().date()
            if self._kept is not None and self._is_good(self._kept, authority, day):
                return self._kept[3]
            made = read_graph(self.services)
            self._kept = authority, day, time.monotonic(), made
            return made

    @staticmethod
    def _is_good(kept: tuple[Authority, date, float, Built], authority: Authority, day: date) -> bool:
        resolved, then, made_at, _ = kept
        is_same = resolved is authority or resolved.resolved == authority.resolved
        return is_same and then == day and time.monotonic() - made_at < LIFETIME_SECONDS

    def paths(self, actor: Actor, start: str, goal: str, *, form: str = "", most: int = USUAL_PATHS) -> PathsPage:
        """Return the shortest paths from ``start`` to ``goal``; see `runner.delegation.graphs.ends` for what these may be.

        Raises `NotFoundError`, and records the refusal, for who may not see who may do what.
        """
        check_reading(self.services, actor, _WHAT)
        return paths_in(self.built(), start, goal, form=form, most=most)


def paths_in(built: Built, start: str, goal: str, *, form: str = "", most: int = USUAL_PATHS) -> PathsPage:
    """Return the shortest paths in a graph. Pure."""
    ends = Ends(built)
    try:
        begins, aims = ends.start(start), ends.goal(goal)
    except UnknownEndError as error:
        return PathsPage(start, goal, form, trouble=str(error))
    if form and built.graph.number("form", form) is None:
        return PathsPage(start, goal, form, trouble=f'There is no live form "{form}".')
    reach = search(built.graph, begins.numbers, form=form or None)
    aimed = [number for number in aims.numbers if number not in begins.numbers]
    found, more = shortest(reach, aimed, max(1, min(most, MOST_PATHS)))
    nodes = built.graph.nodes
    people = sum(nodes[number].kind == "DH_User" for number, level in reach.levels.items() if level)
    pictures = tuple(_picture(built.graph, (*path, *aims.last(path))) for path in found)
    return PathsPage(begins.words, aims.words, form, pictures, more, reached=people)


def _picture(graph: AttackGraph, path: tuple[Edge, ...]) -> PathPicture:
    told = tell(graph, path)
    numbers = [told[0].start, *(step.end for step in told)]
    return PathPicture(tuple(_node(graph, number) for number in numbers), tuple(_step(step) for step in told))


def _node(graph: AttackGraph, number: int) -> PathNode:
    node = graph.nodes[number]
    return PathNode(printed(ResourceName(node.type, node.id)), node.kind, NODE_KINDS[node.kind].word, node.label)


def _step(told: Told) -> PathStep:
    return PathStep(told.kind, told.verb, told.sentence, told.row, told.forms, told.also)
