"""The attack graph as BloodHound reads it: OpenGraph JSON, written piece by piece, and the definition of its kinds. Pure.

The format is that of generic data in BloodHound's documentation of OpenGraph: ``metadata`` with a source kind, and a graph of
nodes (an id, one to three kinds, flat properties) and edges (a kind, two ends matched by id, flat properties).  A node's id is
its resource name, the same in every export.  Properties hold names, logins and places, never what is private.
"""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from runner.access.graph.building import Built
from runner.access.graph.kinds import EDGE_KINDS, NODE_KINDS
from runner.access.graph.model import AttackGraph, Edge, Node
from runner.resource_names import ResourceName, printed

SOURCE_KIND = "DH_Base"
"""The kind that BloodHound adds to every node of this source."""
DEFINITION_VERSION = "v1.0.0"
_MOST_KEYS = 50
_PROPERTY_NAMES = {"dn": "distinguishedname", "guid": "objectguid", "sid": "objectsid", "name": "objectname"}


def node_id(node: Node) -> str:
    """Return the resource name of a node."""
    return printed(ResourceName(node.type, node.id))


def pieces(built: Built, kept: Container[int], more: Iterable[Edge] = ()) -> Iterator[bytes]:
    """Yield the file in pieces: the nodes in ``kept`` and the edges between them, then ``more`` edges."""
    graph = built.graph
    yield _dumped({"metadata": {"source_kind": SOURCE_KIND}}).removesuffix(b"}") + b',"graph":{"nodes":['
    yield from _joined(_node(built, number) for number in range(len(graph.nodes)) if number in kept)
    yield b'\n],"edges":['
    yield from _joined(_edge(graph, edge) for edge in _chained(edges_between(graph, kept), more))
    yield b"\n]}}\n"


def edges_between(graph: AttackGraph, kept: Container[int]) -> Iterator[Edge]:
    """Yield the edges both of whose ends are kept."""
    return (edge for edge in graph.edges() if edge.start in kept and edge.end in kept)


def definition() -> Mapping[str, Any]:
    """Return what tells BloodHound of the kinds: their names, icons and colours, and which edges lead on."""
    return {
        "schema": {
            "name": "Deskhand",
            "display_name": "Deskhand",
            "version": DEFINITION_VERSION,
            "namespace": "DH",
        },
        "node_kinds": [
            {
                "name": kind.name,
                "display_name": kind.word[0].upper() + kind.word[1:],
                "description": kind.meaning,
                "is_display_kind": True,
                "icon": kind.icon,
                "color": kind.color,
            }
            for kind in NODE_KINDS.values()
        ],
        "relationship_kinds": [
            {"name": kind.name, "description": kind.meaning, "is_traversable": kind.is_traversable}
            for kind in EDGE_KINDS.values()
        ],
        "environments": [
            {
                "environment_kind": "DH_Desk",
                "source_kind": SOURCE_KIND,
                "principal_kinds": ["DH_User", "DH_Group", "DH_Client"],
            }
        ],
        "relationship_findings": [],
    }


def _chained(*parts: Iterable[Edge]) -> Iterator[Edge]:
    for part in parts:
        yield from part


def _node(built: Built, number: int) -> dict[str, Any]:
    node = built.graph.nodes[number]
    facts = {_PROPERTY_NAMES.get(name, name): _value(value) for name, value in node.facts}
    login = facts.get("login")
    name = f"{node.label} ({login})" if login and login != node.label else node.label
    properties: dict[str, Any] = {"name": name, "displayname": node.label, **facts}
    if number in built.landscape.untouchable:
        properties["protected"] = True
    if number in built.landscape.guarded or number in built.landscape.rights_groups:
        properties["holds_rights"] = True
    if number == built.desk:
        properties["collected"] = True
    return {"id": node_id(node), "kinds": [node.kind], "properties": properties}


def _edge(graph: AttackGraph, edge: Edge) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    if edge.row:
        properties["binding"] = edge.row
    if edge.forms:
        properties["forms"] = list(edge.forms)
    if edge.keys:
        properties["also_needed"] = edge.told or "one of"
        keys = dict.fromkeys(key for group in edge.keys for key in group)
        properties["also_needed_one_of"] = [graph.nodes[key].label for key in keys][:_MOST_KEYS]
    return {
        "kind": edge.kind,
        "start": {"value": node_id(graph.nodes[edge.start]), "match_by": "id"},
        "end": {"value": node_id(graph.nodes[edge.end]), "match_by": "id"},
        "properties": properties,
    }


def _value(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _joined(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    separator = b"\n"
    for row in rows:
        yield separator + _dumped(row)
        separator = b",\n"


def _dumped(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", errors="replace")
