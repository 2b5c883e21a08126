"""A raw directory as entities of Cedar, with direct memberships and units one step up: Cedar works out the rest.

Cedar refuses loops, so the groups of a loop hang below one entity of the type ``Ring``.  It compares texts exactly, so
they are folded; blank ones are left out.
"""

import json
from collections.abc import Iterator
from functools import cached_property

from connectors.spi import Ref
from connectors.verbs import PERMISSIONS
from runner.access.model import Actor
from tests.runner.access.cedar_words import entity, is_blank, jsoned, node, quoted
from tests.runner.access.random_desks import IN_GROUPS, Desk, Thing, flat


class DeskEntities:
    """The entities of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._groups = {thing.id: thing.groups for thing in desk.things if thing.kind == "group"}

    @cached_property
    def text(self) -> str:
        """All of them in JSON."""
        found = [self._thing(thing) for thing in self._desk.things]
        found += [self._ring(ring) for ring in {self._ring_of(group) for group in self._groups} if len(ring) > 1]
        found += [_actor(actor) for actor in self._desk.actors]
        found += list(self._places())
        found += [{"uid": node("Action", name), "attrs": {}, "parents": _read(name)} for name in PERMISSIONS]
        return json.dumps(found)

    def _thing(self, thing: Thing) -> dict[str, object]:
        place = thing.dn if thing.kind == "ou" else thing.dn.partition(",")[2]
        parents = []
        ring = self._ring_of(thing.id) if thing.kind == "group" else frozenset()
        if len(ring) > 1:
            parents.append(node("Ring", min(ring)))
        else:
            parents += [node("group", group) for group in sorted(thing.groups)]
        attributes = {name: jsoned(value) for name, value in thing.attributes.items() if not is_blank(value)}
        if thing.kind == "user":
            attributes["written"] = {
                name: value if isinstance(value, str) else attributes[name]
                for name, value in (*thing.attributes.items(), ("id", thing.id))
                if not is_blank(value)
            }
        attributes["id"] = thing.id.casefold()
        if place:
            attributes["place"] = {"__entity": node("Place", flat(place))}
        if thing.kind in IN_GROUPS:
            attributes["groups"] = [entity(Ref("group", group)) for group in sorted(thing.groups)]
        return {"uid": node(thing.kind, thing.id), "attrs": attributes, "parents": parents}

    def _ring(self, ring: frozenset[str]) -> dict[str, object]:
        around = sorted({parent for group in ring for parent in self._groups[group]} - ring)
        return {"uid": node("Ring", min(ring)), "attrs": {}, "parents": [node("group", group) for group in around]}

    def _ring_of(self, group: str) -> frozenset[str]:
        above = self._reach(group)
        return frozenset({group}) | {other for other in above if group in self._reach(other)}

    def _reach(self, group: str) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(self._groups[group])
        while waiting:
            if (near := waiting.pop()) not in found:
                found.add(near)
                waiting += self._groups[near]
        return frozenset(found)

    def group(self, group: str) -> str:
        """Return the entity that all members of a group are in."""
        ring = self._ring_of(group)
        return f"Ring::{quoted(min(ring))}" if len(ring) > 1 else f"group::{quoted(group)}"

    def _places(self) -> Iterator[dict[str, object]]:
        above: dict[str, str] = {}
        for thing in self._desk.things:
            place = flat(thing.dn if thing.kind == "ou" else thing.dn.partition(",")[2])
            while place:
                above[place] = place = place.partition(",")[2]
        for place, parent in above.items():
            yield {"uid": node("Place", place), "attrs": {}, "parents": [node("Place", parent)] if parent else []}


def _actor(actor: Actor) -> dict[str, object]:
    person = actor.person.ref if actor.person else None
    parents = [node("Everyone", "all"), *([node(person.kind, person.id)] if person else [])]
    if actor.client is not None:
        parents = [node("Client", actor.client)]
    return {"uid": node("Actor", actor.id), "attrs": {"person": entity(person)} if person else {}, "parents": parents}


def _read(permission: str) -> list[dict[str, str]]:
    return [node("Action", "reading")] if permission.endswith(".read") else []
