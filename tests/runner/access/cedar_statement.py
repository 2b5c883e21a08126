"""The access model said a second time, in Cedar: policies from a `Policy` as written, entities from a raw directory.

Nothing of `runner.access` but the file's own words is used.  Cedar works out nested groups and units by itself; it
refuses loops, so the groups of a loop hang below one entity of the type ``Ring``.  It compares texts exactly, so they are
folded on both sides, and blank ones are left out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from connectors.verbs import PERMISSIONS
from connectors.spi import Ref, Value
from runner.access.model import Actor, ActorValue, Binding, Principal, ResourceSet, Selector
from tests.runner.access.random_desks import IN_GROUPS, OWNED, Desk, Thing, flat

NEVER = "false"
REFERENCES = ("manager", "owner")


class Statement:
    """One desk in Cedar. ``policies`` and ``entities`` are what the engine takes; rows carry their id as ``@id``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._groups = {thing.id: thing.groups for thing in desk.things if thing.kind == "group"}

    # --- policies

    @cached_property
    def policies(self) -> str:
        return "\n".join([*self._protections(), *self._rows()])

    def _rows(self) -> Iterator[str]:
        for binding in self._desk.policy.bindings:
            for principal in binding.principals:
                scope = self._principal(principal)
                for name in binding.on if scope else ():
                    row = f"{binding.id}/{principal}/{name}"
                    yield from self._permits(row, binding, str(scope), self._desk.policy.sets[name])

    def _permits(self, row: str, binding: Binding, scope: str, found: ResourceSet) -> Iterator[str]:
        role = self._desk.policy.roles[binding.role]
        for selector in found.resources:
            actions = sorted(name for name in role.permissions if {selector.kind, ""} & set(PERMISSIONS[name][0]))
            written = ", ".join(f"Action::{quoted(name)}" for name in actions)
            when = " && ".join([*_limits(binding), self._selects(selector), *_not_oneself(selector)])
            unless = " || ".join(self._left_out(found, selector.kind)) or NEVER
            yield (
                f"@id({quoted(row)}) permit({scope}, action in [{written}], resource is {selector.kind}) "
                f"when {{ {when} }} unless {{ {unless} }};"
            )

    def _principal(self, principal: Principal) -> str | None:
        if principal.kind == "everyone":
            return 'principal in Everyone::"all"'
        if principal.kind == "client":
            return f"principal in Client::{quoted(principal.name)}"
        thing = self._desk.find(principal.kind, principal.name)
        if thing is None:
            return None
        return f"principal in {self._group(thing.id) if thing.kind == 'group' else uid(thing.ref)}"

    def _selects(self, selector: Selector) -> str:
        """Say when a selector selects ``resource``; what names something that is not there never does."""
        if self._lost(selector) or self._all_ids_lost(selector):
            return NEVER
        known = [text for text in self._known(selector) if text is not None]
        return " && ".join(["true", *known, *self._conditions(selector, nested=selector.nested)])

    def _left_out(self, found: ResourceSet, kind: str) -> Iterator[str]:
        """Say when a set leaves ``resource`` out: also when it cannot be known whether it should."""
        for selector in found.excluded:
            if selector.kind == kind:
                if self._lost(selector) or self._lost_ids(selector):
                    yield "true"
                else:
                    known = " && ".join(["true", *self._known(selector)])
                    matches = " && ".join(["true", *self._conditions(selector, nested=True)])
                    yield f"!({known}) || ({matches})"

    def _protections(self) -> Iterator[str]:
        for name in self._desk.policy.protected:
            found = self._desk.policy.sets[name]
            kept = [self._selects(selector) for selector in found.excluded]
            excepted = [f"resource is {s.kind} && {text}" for s, text in zip(found.excluded, kept, strict=True)]
            unless = " || ".join(f"({text})" for text in excepted) or NEVER
            for kind, when in (pair for selector in found.resources for pair in self._protects(selector)):
                head = f"forbid(principal, action, resource is {kind})"
                yield f'@id("protected") {head} when {{ {when} }} unless {{ {unless} }};'

    def _protects(self, selector: Selector) -> Iterator[tuple[str, str]]:
        """Yield the kinds and conditions under which something is protected, with the ways into it."""
        if self._lost(selector) or self._all_ids_lost(selector):
            yield selector.kind, "true"
            return
        yield selector.kind, " && ".join(["true", *self._conditions(selector, nested=True)])
        if selector.in_group is not None:
            yield "group", f"resource in {self._group(self._id('group', selector.in_group))}"
        if selector.under is not None:
            yield "ou", f"resource in Place::{quoted(flat(selector.under))}"

    # --- the parts of a selector

    def _conditions(self, selector: Selector, *, nested: bool) -> Iterator[str]:
        if selector.own:
            yield "resource == principal.person"
        if selector.ids is not None and not selector.own:
            yield f"[{', '.join(sorted(self._named(selector)))}].contains(resource)"
        if selector.under is not None:
            yield f"resource in Place::{quoted(flat(selector.under))}"
        if selector.in_group is not None:
            yield self._is_in(selector.kind, self._id("group", selector.in_group), nested=nested)
        for name, value in selector.match:
            wanted = _of_actor(value) if isinstance(value, ActorValue) else self._constant(name, value)
            yield f"resource has {name} && resource.{name} == {wanted}"

    def _is_in(self, kind: str, group: str, *, nested: bool) -> str:
        who = "resource" if kind in IN_GROUPS else "resource.owner"
        there = "true" if who == "resource" else "resource has owner"
        if nested:
            return f"{there} && {who} in {self._group(group)} && resource != group::{quoted(group)}"
        return f"{there} && {who} has groups && {who}.groups.contains(group::{quoted(group)})"

    def _known(self, selector: Selector) -> Iterator[str]:
        values = [value for _, value in selector.match if isinstance(value, ActorValue)]
        if selector.own or values:
            yield "principal has person"
        for value in values:
            if value.attribute:
                yield f"principal.person has {value.attribute}"

    def _lost(self, selector: Selector) -> bool:
        """Say whether a unit, a group or a person that a condition names is not there."""
        if selector.under is not None and "=" not in selector.under:
            return True
        if selector.in_group is not None and self._desk.find("group", selector.in_group) is None:
            return True
        people = [value for name, value in selector.match if name in REFERENCES and isinstance(value, str)]
        return any(self._desk.find("user", name) is None for name in people)

    def _lost_ids(self, selector: Selector) -> list[str]:
        if selector.kind in ("mail_domain", "form"):
            return []
        return [text for text in selector.ids or () if self._desk.find(selector.kind, text) is None]

    def _all_ids_lost(self, selector: Selector) -> bool:
        return bool(selector.ids) and len(self._lost_ids(selector)) == len(selector.ids or ())

    def _named(self, selector: Selector) -> Iterator[str]:
        lost = self._lost_ids(selector)
        for text in selector.ids or ():
            if selector.kind in ("mail_domain", "form"):
                yield uid(Ref(selector.kind, text.lower() if selector.kind == "mail_domain" else text))
            elif text not in lost:
                yield uid(Ref(selector.kind, self._id(selector.kind, text)))

    def _constant(self, name: str, value: Value) -> str:
        if name in REFERENCES and isinstance(value, str):
            return uid(Ref("user", self._id("user", value)))
        return literal(value)

    def _id(self, kind: str, text: str) -> str:
        thing = self._desk.find(kind, text)
        assert thing is not None, text
        return thing.id

    # --- entities

    @cached_property
    def entities(self) -> str:
        found = [self._thing(thing) for thing in self._desk.things]
        found += [self._ring(ring) for ring in {self._ring_of(group) for group in self._groups} if len(ring) > 1]
        found += [_actor(actor) for actor in self._desk.actors]
        found += list(self._places())
        found += [{"uid": node("Action", name), "attrs": {}, "parents": _read(name)} for name in PERMISSIONS]
        return json.dumps(found)

    def _thing(self, thing: Thing) -> dict[str, object]:
        place = thing.dn if thing.kind == "ou" else thing.dn.partition(",")[2]
        parents = [node("Place", flat(place))] if place else []
        ring = self._ring_of(thing.id) if thing.kind == "group" else frozenset()
        if len(ring) > 1:
            parents.append(node("Ring", min(ring)))
        else:
            parents += [node("group", group) for group in sorted(thing.groups)]
        attributes = {name: jsoned(value) for name, value in thing.attributes.items() if not _is_blank(value)}
        attributes["id"] = thing.id.casefold()
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

    def _group(self, group: str) -> str:
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


# --- words of Cedar


def _limits(binding: Binding) -> Iterator[str]:
    if binding.starts is not None:
        yield f"context.day >= {number(binding.starts)}"
    if binding.ends is not None:
        yield f"context.day <= {number(binding.ends)}"
    if binding.forms is not None:
        forms = ", ".join(quoted(form) for form in sorted(binding.forms))
        yield f"context has form && [{forms}].contains(context.form)"


def _not_oneself(selector: Selector) -> Iterator[str]:
    if selector.kind == "user" and not selector.own:
        yield '(action in Action::"reading" || !(principal has person) || resource != principal.person)'


def _of_actor(value: ActorValue) -> str:
    return f"principal.person.{value.attribute}" if value.attribute else "principal.person"


def _actor(actor: Actor) -> dict[str, object]:
    person = actor.person.ref if actor.person else None
    parents = [node("Everyone", "all"), *([node(person.kind, person.id)] if person else [])]
    if actor.client is not None:
        parents = [node("Client", actor.client)]
    return {"uid": node("Actor", actor.id), "attrs": {"person": entity(person)} if person else {}, "parents": parents}


def _read(permission: str) -> list[dict[str, str]]:
    return [node("Action", "reading")] if permission.endswith(".read") else []


def _is_blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def node(kind: str, id_: str) -> dict[str, str]:
    return {"type": kind, "id": id_}


def entity(ref: Ref) -> dict[str, object]:
    return {"__entity": node(ref.kind, ref.id)}


def uid(ref: Ref) -> str:
    return f"{ref.kind}::{quoted(ref.id)}"


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def literal(value: Value) -> str:
    """Write a constant of a policy; a day is a record, so that it equals no number."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{{ day: {number(value)} }}"
    return quoted(value.casefold()) if isinstance(value, str) else str(value)


def jsoned(value: Value) -> object:
    """Write an attribute of an entity, as `literal` does."""
    if isinstance(value, Ref):
        return entity(value)
    if isinstance(value, date):
        return {"day": number(value)}
    return value.casefold() if isinstance(value, str) else value


def asked(actor: Actor, permission: str, ref: Ref, form: str | None, day: date) -> Mapping[str, object]:
    """Return the request for the engine."""
    context = {"day": number(day)} | ({"form": form} if form is not None else {})
    return {
        "principal": node("Actor", actor.id),
        "action": node("Action", permission),
        "resource": node(ref.kind, ref.id),
        "context": context,
    }
