"""The attack graph as it is held: nodes by number, few edges written out, many kept in bulk. Pure.

A node's number is its place in `AttackGraph.nodes`.  What would be an edge for each person is kept as lists of numbers and
becomes edges when it is asked for, so that a graph of 100,000 people needs little more than their names.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from runner.access.graph.kinds import EDGE_KINDS

Fact: TypeAlias = "str | bool | int | tuple[str, ...]"
"""What is known of a node or an edge, as an export can hold it."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something that can be reached.

    ``kind`` is one of `runner.access.graph.kinds.NODE_KINDS`; ``type`` and ``id`` make its resource name.
    """

    kind: str
    type: str
    id: str
    label: str
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A step from one node to another, by their numbers.

    ``row`` is the id of the binding's row that gives it and ``forms`` the forms that carry it out.  ``keys`` holds what
    else has to be had: of each group of nodes at least one.  ``told`` says in words what the keys are.
    """

    kind: str
    start: int
    end: int
    row: str = ""
    forms: tuple[str, ...] = ()
    keys: tuple[tuple[int, ...], ...] = ()
    told: str = ""


@dataclass(slots=True)
class AttackGraph:
    """Who can reach what.

    ``numbers`` finds a node by type and id.  In bulk: ``contents`` holds what a slice contains, ``groups`` the groups a node
    is in itself, ``values`` the values a person has, ``accounts`` the people who are part of everyone, ``tier`` what is
    protected.
    """

    nodes: list[Node] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    written: dict[int, list[Edge]] = field(default_factory=dict)
    contents: dict[int, "array[int]"] = field(default_factory=dict)
    groups: dict[int, tuple[int, ...]] = field(default_factory=dict)
    values: dict[int, tuple[int, ...]] = field(default_factory=dict)
    accounts: "array[int]" = field(default_factory=lambda: array("L"))
    tier: "array[int]" = field(default_factory=lambda: array("L"))
    everyone: int = -1
    protected: int = -1
    _protected: frozenset[int] = frozenset()

    def add(self, node: Node) -> int:
        """Add a node, unless there is one of its name, and return its number."""
        key = (node.type, node.id)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.nodes)
            self.nodes.append(node)
        return number

    def number(self, type_: str, id_: str) -> int | None:
        """Return the number of a node, None when there is none."""
        return self.numbers.get((type_, id_))

    def write(self, edge: Edge) -> None:
        """Add an edge."""
        self.written.setdefault(edge.start, []).append(edge)

    def leading_from(self, start: int) -> Iterator[Edge]:
        """Yield the edges from a node that a path may follow."""
        yield from (edge for edge in self.written.get(start, ()) if EDGE_KINDS[edge.kind].is_traversable)
        yield from (Edge("DH_Contains", start, end) for end in self.contents.get(start, ()))
        yield from (Edge("DH_MemberOf", start, group) for group in self.groups.get(start, ()))
        yield from (Edge("DH_HasValue", start, value) for value in self.values.get(start, ()))
        if self.nodes[start].kind == "DH_User":
            yield Edge("DH_PartOf", start, self.everyone)
        if start in self.is_protected:
            yield Edge("DH_IsProtected", start, self.protected)

    @property
    def is_protected(self) -> frozenset[int]:
        """The numbers of what is protected."""
        if len(self._protected) != len(self.tier):
            self._protected = frozenset(self.tier)
        return self._protected

    def edges(self) -> Iterator[Edge]:
        """Yield every edge, in an order that is the same for the same graph; each kept in bulk is made on the way."""
        for start in sorted(self.written):
            yield from self.written[start]
        for start, contents in self.contents.items():
            yield from (Edge("DH_Contains", start, end) for end in contents)
        for start, groups in self.groups.items():
            yield from (Edge("DH_MemberOf", start, group) for group in groups)
        for start, values in self.values.items():
            yield from (Edge("DH_HasValue", start, value) for value in values)
        yield from (Edge("DH_PartOf", person, self.everyone) for person in self.accounts)
        for number in self.tier:
            yield Edge("DH_IsProtected", number, self.protected)
            yield Edge("DH_Protects", self.protected, number)

    def counts(self) -> Mapping[str, int]:
        """Return how many edges there are of each kind, without making them."""
        found: dict[str, int] = {}
        for edges in self.written.values():
            for edge in edges:
                found[edge.kind] = found.get(edge.kind, 0) + 1
        bulk = {
            "DH_Contains": sum(map(len, self.contents.values())),
            "DH_MemberOf": sum(map(len, self.groups.values())),
            "DH_HasValue": sum(map(len, self.values.values())),
            "DH_PartOf": len(self.accounts),
            "DH_IsProtected": len(self.tier),
            "DH_Protects": len(self.tier),
        }
        for kind, count in bulk.items():
            found[kind] = found.get(kind, 0) + count
        return {kind: found[kind] for kind in sorted(found) if found[kind]}
