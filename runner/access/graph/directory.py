"""What the attack graph has to know of a directory, collected in one pass over its objects. Pure but for the iterables."""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from connectors.matching import absent
from connectors.spi import Entry, Ref, Value
from runner.access.authority import Authority
from runner.access.barriers import Barrier
from runner.access.graph.kinds import OBJECT_KINDS
from runner.access.graph.model import AttackGraph, Fact, Node
from runner.access.holders import holdings
from runner.access.model import ActorValue
from runner.access.resolving import ResolvedSelector
from runner.access.selecting import BoundSelector, Index, actor_value, bind

Plain: TypeAlias = tuple[str, object]
"""A value as it is compared: its type, and a text without regard to case."""


_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


@dataclass(frozen=True, slots=True)
class Sought:
    """A selector without the actor's values: ``fixed`` is the rest, ``compared`` pairs an attribute with the actor's."""

    fixed: BoundSelector
    compared: tuple[tuple[str, str], ...] = ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of the actor it compares with; an empty one stands for the person."""
        return tuple(attribute for _, attribute in self.compared)


def sought(selector: ResolvedSelector, *, widely: bool = False) -> Sought | None:
    """Return what a selector seeks; None when a name of it was not found or it can select nothing."""
    compared = tuple((name, value.attribute) for name, value in selector.match if isinstance(value, ActorValue))
    stand_ins = {attribute: "-" for _, attribute in compared} | {"id": "-"}
    bound = bind(selector, stand_ins, widely=widely)
    if bound is None:
        return None
    names = {name for name, _ in compared}
    match = tuple(pair for pair in bound.match if pair[0] not in names)
    ids = None if bound.own else bound.ids
    return Sought(BoundSelector(bound.kind, bound.place, bound.group, bound.direct, ids, match, bound.own), compared)


def plain(value: Value) -> Plain | None:
    """Return a value as it is compared, None for an empty one."""
    if absent(value):
        return None
    if isinstance(value, Ref):
        return (value.kind, value.id)
    return (type(value).__name__, value.casefold() if isinstance(value, str) else value)


def _plain(values: Iterable[Value]) -> tuple[Plain, ...] | None:
    """Return values as they are compared, None when one is empty."""
    found = tuple(plain(value) for value in values)
    return None if None in found else tuple(one for one in found if one is not None)


@dataclass(slots=True)
class Landscape:
    """The objects of a directory as nodes of ``graph``, and what each selector of a policy finds among them.

    ``found`` maps what is sought, and then the values it is compared with, to numbers of nodes; ``values`` are those that
    people have, with the attributes of the actor they come from, ``had`` all of them.  ``guarded`` maps those who hold
    rights, and their mailboxes, to the ids of the groups and people by which they do.  ``rights_groups`` are groups that give
    rights, ``principals`` the groups and people by whom somebody is a principal of rows, ``inside`` the groups within a group
    that a selector names, ``units`` the places of units.
    """

    authority: Authority
    wanted: Iterable[Sought]
    graph: AttackGraph
    found: dict[Sought, dict[tuple[Plain, ...], "array[int]"]] = field(default_factory=dict)
    guarded: dict[int, frozenset[str]] = field(default_factory=dict)
    rights_groups: set[int] = field(default_factory=set)
    untouchable: set[int] = field(default_factory=set)
    values: dict[int, tuple[tuple[tuple[str, ...], tuple[Plain, ...]], ...]] = field(default_factory=dict)
    had: set[tuple[tuple[str, ...], tuple[Plain, ...]]] = field(default_factory=set)
    references: list[tuple[str, str, int]] = field(default_factory=list)
    direct: dict[int, tuple[str, ...]] = field(default_factory=dict)
    principals: dict[int, frozenset[str]] = field(default_factory=dict)
    inside: dict[str, list[int]] = field(default_factory=dict)
    units: list[tuple[tuple[str, ...], int]] = field(default_factory=list)
    _groups: dict[str, frozenset[str]] = field(default_factory=dict)
    _alike: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)
    _index: Mapping[str, "Index[Sought]"] = field(init=False)
    _holding: frozenset[str] = field(init=False)
    _named: frozenset[str] = field(init=False)
    _held: frozenset[str] = field(init=False)
    _compared: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[tuple[BoundSelector, Sought]]] = {}
        for one in dict.fromkeys(self.wanted):
            kinds.setdefault(one.fixed.kind, []).append((one.fixed, one))
        self._index = {kind: Index.of(pairs) for kind, pairs in kinds.items()}
        self._holding = frozenset(one.row.principal_id for one in holdings(self.authority.resolved))
        self._held = frozenset(row.principal_id for row in self.authority.resolved.rows if row.principal != "client")
        self._named = frozenset(one.fixed.group for pairs in kinds.values() for _, one in pairs if one.fixed.group)
        self._compared = tuple(sorted({one.attributes for pairs in kinds.values() for _, one in pairs if one.compared}))

    def collect(self, entries: Iterable[Entry]) -> None:
        """Add objects of any kinds, people before mailboxes. What `Authority` protects is also in ``untouchable``."""
        for entry in entries:
            self._collect(entry)

    def _with_owner(self, entry: Entry) -> Entry:
        """Return a mailbox with the groups of its owner, as in every decision."""
        owner = entry.attributes.get("owner")
        groups = self._groups.get(owner.id) if isinstance(owner, Ref) else None
        return entry if groups is None else replace(entry, groups=groups)

    def _collect(self, read: Entry) -> None:
        kind = read.ref.kind
        entry = self._with_owner(read) if kind in ("mailbox", "mail_list") else read
        number = self.graph.add(_node(entry))
        if self.authority.is_protected(entry):
            self.untouchable.add(number)
        elif kind in ("user", "mailbox") and (by := self._held_by(entry)):
            self.guarded[number] = by
        if kind == "group":
            self._keep_group(entry, number)
        elif kind == "ou":
            self.units.append((entry.place, number))
        index = self._index.get(kind)
        for one in index.selecting(entry) if index else ():
            values = _plain(entry.attributes.get(name) for name, _ in one.compared)
            if values is not None:
                self.found.setdefault(one, {}).setdefault(values, array("L")).append(number)
        if kind == "user":
            self._groups[entry.ref.id] = self._alike.setdefault(entry.groups, entry.groups)
            self._keep_values(entry, number)
            if by := self._held & (entry.groups | {entry.ref.id}):
                self.principals[number] = by
        self._keep_references(entry, number)

    def _keep_group(self, entry: Entry, number: int) -> None:
        if self.authority.gives_rights(entry):
            self.rights_groups.add(number)
        for group in self._named & (entry.groups | {entry.ref.id}):
            self.inside.setdefault(group, []).append(number)

    def _held_by(self, entry: Entry) -> frozenset[str]:
        owner = entry.attributes.get("owner") if entry.ref.kind == "mailbox" else entry.ref
        own = {owner.id} if isinstance(owner, Ref) else set()
        by = self._holding & (entry.groups | own)
        return by if by and Barrier(by, by).stops(entry) else frozenset()

    def _keep_values(self, entry: Entry, number: int) -> None:
        kept = ((names, _plain(actor_value(entry, name) for name in names)) for names in self._compared)
        if found := tuple((names, values) for names, values in kept if values is not None):
            self.values[number] = found
            self.had.update(found)

    def _keep_references(self, entry: Entry, number: int) -> None:
        groups = entry.attributes.get("groups")
        if isinstance(groups, tuple) and groups:
            self.direct[number] = tuple(ref.id for ref in groups if isinstance(ref, Ref))
        for name, kind in (("owner", "DH_Owns"), ("manager", "DH_Manages")):
            ref = entry.attributes.get(name)
            if isinstance(ref, Ref) and ref.kind == "user":
                self.references.append((kind, ref.id, number))


def _node(entry: Entry) -> Node:
    return Node(OBJECT_KINDS[entry.ref.kind], entry.ref.kind, entry.ref.id, entry.label, tuple(_facts(entry)))


def _facts(entry: Entry) -> Iterator[tuple[str, Fact]]:
    """Yield what joins a node to other graphs: logins, names and identities, never what is private."""
    for name in ("login", "name", "address", "sid"):
        text = entry.attributes.get(name)
        if isinstance(text, str) and text:
            yield name, text
    if entry.dn:
        yield "dn", entry.dn
    if (enabled := entry.attributes.get("enabled")) is not None:
        yield "enabled", enabled is True
    if guid := _guid(entry.ref.id):
        yield "guid", guid


def _guid(text: str) -> str:
    return text.upper() if _GUID.fullmatch(text) else ""
