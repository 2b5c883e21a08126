"""What may stand at the ends of a path, as people write it: everyone, a login, a group, a role, a set, protected, rights. Pure.

A kind before it tells things of the same name apart: ``user:``, ``group:``, ``role:``, ``set:``, ``client:``, ``mailbox:``; a
resource name (``desk:directory:users:4711``) is never ambiguous.  For people and groups a name, a login, an address or an id
will do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from forms.problems import did_you_mean
from runner.access.graph.building import Built
from runner.access.graph.model import Edge, Node
from runner.access.graph.telling import label
from runner.resource_names import ResourceNameError, parsed

EVERYONE, PROTECTED, RIGHTS = "everyone", "protected", "rights"
_START_TYPES = ("user", "group", "client")
_GOAL_TYPES = ("user", "group", "role", "set", "mailbox")
_NAMES = ("login", "name", "address")
_LAST = {"role": "DH_GivesRole", "set": "DH_ReachesSet"}


class UnknownEndError(ValueError):
    """There is nothing of that name, or there are several; the message says so, with what could be meant."""


@dataclass(frozen=True, slots=True)
class End:
    """One end of paths: the nodes it stands for, and what it is called.

    ``following`` maps a node to the edge behind it that shows why it is one, as from a binding to its role.
    """

    numbers: tuple[int, ...]
    words: str
    following: dict[int, Edge]

    def last(self, path: Sequence[Edge]) -> tuple[Edge, ...]:
        """Return the edge that a path to here ends with, if there is one more."""
        found = self.following.get(path[-1].end) if path else None
        return (found,) if found else ()


@dataclass(frozen=True, slots=True)
class Ends:
    """Finds the ends in a graph."""

    built: Built

    def start(self, text: str) -> End:
        """Return where paths begin; ``everyone`` stands for any one person without rights of their own.

        Raises `UnknownEndError`.
        """
        graph = self.built.graph
        if text == EVERYONE:
            values = (number for number, node in enumerate(graph.nodes) if node.kind == "DH_Value")
            return End((graph.everyone, *values), "everyone", {})
        number = self._one(text, _START_TYPES)
        return End((number,), label(graph, number), {})

    def goal(self, text: str) -> End:
        """Return where paths end: ``protected`` is the tier, ``rights`` any binding that not everybody has.

        Raises `UnknownEndError`.
        """
        graph = self.built.graph
        if text == PROTECTED:
            return End((graph.protected,), "the protected tier", {})
        if text == RIGHTS:
            rows = (number for number, row in self.built.rows.items() if row.principal != "everyone")
            return End(tuple(rows), "rights in Deskhand", {})
        number = self._one(text, _GOAL_TYPES)
        node = graph.nodes[number]
        if node.type not in _LAST:
            return End((number,), label(graph, number), {})
        kind = _LAST[node.type]
        edges = (edge for row in self.built.rows for edge in graph.written[row] if edge.kind == kind)
        following = {edge.start: edge for edge in edges if edge.end == number}
        return End(tuple(following), label(graph, number), following)

    def _one(self, text: str, types: Sequence[str]) -> int:
        if text.startswith("desk:"):
            return self._by_resource_name(text, types)
        prefix, _, rest = text.partition(":")
        wanted, name = ((prefix,), rest) if rest and prefix in types else (tuple(types), text)
        found = list(dict.fromkeys(self._called(name.strip().casefold(), wanted)))
        if len(found) == 1:
            return found[0]
        if found:
            said = ", ".join(f"{self.built.graph.nodes[one].type}:{name}" for one in found[:5])
            raise UnknownEndError(f'Several things are called "{name[:80]}". Write one of: {said}; or a resource name.')
        kinds = ", ".join(wanted)
        nodes = (node for node in self.built.graph.nodes if node.type in wanted)
        hint = did_you_mean(
            name[:80], [EVERYONE, PROTECTED, RIGHTS, *(one for node in nodes for one in _names(node))][:20_000]
        )
        raise UnknownEndError(f'There is nothing called "{name[:80]}" among: {kinds}. {hint}'.rstrip())

    def _by_resource_name(self, text: str, types: Sequence[str]) -> int:
        try:
            name = parsed(text)
        except ResourceNameError as error:
            raise UnknownEndError(str(error)) from error
        number = self.built.graph.number(name.kind, name.id)
        if number is None or name.kind not in types:
            raise UnknownEndError(f'"{text[:200]}" is not in the graph, or is nothing that a path begins or ends with.')
        return number

    def _called(self, name: str, types: Sequence[str]) -> Iterator[int]:
        graph = self.built.graph
        for type_ in types:
            number = graph.number(type_, name)
            if number is not None:
                yield number
        for number, node in enumerate(graph.nodes):
            if node.type in types and any(one.casefold() == name for one in _names(node)):
                yield number


def _names(node: Node) -> Iterator[str]:
    """Yield what a node may be called: its names; what people are called only where there is no login."""
    names = [str(value) for key, value in node.facts if key in _NAMES]
    yield from names or [node.label]
    if node.type in ("role", "set", "client"):
        yield node.id
