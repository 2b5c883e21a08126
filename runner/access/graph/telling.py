"""Paths of the attack graph in sentences. Pure.

A person has a power on another by a binding, a part of its set and what that contains: four edges that people read as one
step, "bob can reset the password of carol (binding desk-utrecht, in the form reset-password)".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.access.explanation.wording import listed
from runner.access.graph.kinds import EDGE_KINDS, NODE_KINDS, POWERS
from runner.access.graph.model import AttackGraph, Edge

_CONTAINING = ("DH_Contains", "DH_ContainsHolder")
_MOST_FORMS = 4
_ALONE = frozenset({"DH_Everyone", "DH_Protected", "DH_Desk"})


@dataclass(frozen=True, slots=True)
class Told:
    """One step as people read it, between two nodes by their numbers; ``kind`` is that of the edge that matters."""

    start: int
    end: int
    kind: str
    verb: str
    sentence: str
    row: str = ""
    forms: tuple[str, ...] = ()
    also: str = ""


def tell(graph: AttackGraph, path: Sequence[Edge]) -> tuple[Told, ...]:
    """Return a path in steps; edges that only together mean something are one."""
    steps: list[Told] = []
    place = 0
    while place < len(path):
        last = _end_of_power(path, place)
        if last is None:
            steps.append(_single(graph, path[place]))
            place += 1
        else:
            steps.append(_power(graph, path[place : last + 1]))
            place = last + 1
    return tuple(steps)


def _end_of_power(path: Sequence[Edge], place: int) -> int | None:
    """Return where a power that begins here ends: holder, binding, part of a set, what it contains."""
    if path[place].kind != "DH_HoldsBinding" or place + 2 >= len(path) or path[place + 1].kind not in POWERS:
        return None
    last = place + 2
    while last < len(path) and path[last].kind == "DH_CanGrowBy":
        last += 1
    return last if last < len(path) and path[last].kind in _CONTAINING else None


def _power(graph: AttackGraph, edges: Sequence[Edge]) -> Told:
    power, last = edges[1], edges[-1]
    grown = [edge for edge in edges if edge.kind == "DH_CanGrowBy"]
    also = [edge.told for edge in (power, last) if edge.keys and edge.told]
    if grown:
        part = graph.nodes[power.end].label
        hubs = [graph.nodes[edge.end].label for edge in grown[::2]]
        also.append(f"to bring them under “{part}” first, as {listed(hubs)}")
    verb = EDGE_KINDS[power.kind].verb
    given = _given(power)
    sentence = f"{label(graph, edges[0].start)} {verb} {label(graph, last.end)}{given}"
    return Told(
        edges[0].start, last.end, power.kind, verb, _with(sentence, also), power.row, power.forms, ", ".join(also)
    )


def _single(graph: AttackGraph, edge: Edge) -> Told:
    verb = EDGE_KINDS[edge.kind].verb
    is_said = "DH_Binding" in (graph.nodes[edge.start].kind, graph.nodes[edge.end].kind)
    given = "" if is_said else _given(edge)
    sentence = f"{label(graph, edge.start)} {verb} {label(graph, edge.end)}{given}"
    also = [edge.told] if edge.keys and edge.told else []
    return Told(edge.start, edge.end, edge.kind, verb, _with(sentence, also), edge.row, edge.forms, ", ".join(also))


def _with(sentence: str, also: Sequence[str]) -> str:
    return f"{sentence}; also needed: {', '.join(also)}" if also else sentence


def _given(edge: Edge) -> str:
    """Say which binding gives an edge, and in which forms it counts."""
    words = [f"binding {edge.row}"] if edge.row else []
    if edge.forms:
        word = "form" if len(edge.forms) == 1 else "forms"
        words.append(f"in the {word} {listed(edge.forms, most=_MOST_FORMS)}")
    return f" ({', '.join(words)})" if words else ""


def label(graph: AttackGraph, number: int) -> str:
    """Return what people call a node, with its login in brackets, or its kind where the name alone would mislead."""
    node = graph.nodes[number]
    if node.kind in _ALONE:
        return node.label
    if node.kind == "DH_User":
        login = dict(node.facts).get("login")
        return f"{node.label} ({login})" if login and login != node.label else node.label
    if node.kind in ("DH_Slice", "DH_Value"):
        return f"“{node.label}”"
    return f"the {NODE_KINDS[node.kind].word} {node.label}"
