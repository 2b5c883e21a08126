"""What the attack graph has to know of a directory, collected in one pass over its objects. Pure but for the iterables."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from connectors.spi import Entry, Ref, Value
from runner.access.authority import Authority
from runner.access.graph_kinds import OBJECT_KINDS
from runner.access.graph_model import AttackGraph, Fact, Node
from runner.access.holders import GUARDED_KINDS, holdings
from runner.access.model import ActorValue
from runner.access.resolving import ResolvedSelector
from runner.access.selecting import BoundSelector, Index, actor_value, bind, is_empty

Plain: TypeAlias = "tuple[str, object]"
"""A value as it is compared: its type, and a text without regard to case."""


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
    if is_empty(value):
        return None
    if isinstance(value, Ref):
        return (value.kind, value.id)
    return (type(value).__name__, value.casefold() if isinstance(value, str) else value)


@dataclass(slots=True)
class Landscape:
    """The objects of a directory as nodes of ``graph``, and what each selector of a policy finds among them.

    ``found`` maps what is sought, and the values it is compared with, to numbers of nodes.  ``guarded`` maps those who hold
    rights, and their mailboxes, to the ids of the groups and people by which they do.  ``rights_groups`` are groups that give
    rights.  ``people_of`` maps a value of the actor to whether somebody has it.
    """

    authority: Authority
    wanted: Iterable[Sought]
    graph: AttackGraph
    found: dict[tuple[Sought, tuple[Plain, ...]], "array[int]"] = field(default_factory=dict)
    guarded: dict[int, frozenset[str]] = field(default_factory=dict)
    rights_groups: set[int] = field(default_factory=set)
    untouchable: set[int] = field(default_factory=set)
    values: dict[int, tuple[tuple[tuple[str, ...], tuple[Plain, ...]], ...]] = field(default_factory=dict)
    references: list[tuple[str, str, int]] = field(default_factory=list)
    direct: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _index: Mapping[str, "Index[Sought]"] = field(init=False)
    _holding: frozenset[str] = field(init=False)
    _compared: tuple[tuple[str, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        kinds: dict[str, list[tuple[BoundSelector, Sought]]] = {}
        for one in dict.fromkeys(self.wanted):
            kinds.setdefault(one.fixed.kind, []).append((one.fixed, one))
        self._index = {kind: Index.of(pairs) for kind, pairs in kinds.items()}
        self._holding = frozenset(one.row.principal_id for one in holdings(self.authority.resolved))
        self._compared = tuple(sorted({one.attributes for pairs in kinds.values() for _, one in pairs if one.compared}))

    def collect(self, entries: Iterable[Entry]) -> None:
        """Add objects of any kinds. What `Authority` protects is kept apart in ``untouchable``."""
        for entry in entries:
            self._collect(entry)

    def _collect(self, entry: Entry) -> None:
        kind = entry.ref.kind
        number = self.graph.add(_node(entry))
        if self.authority.is_protected(entry):
            self.untouchable.add(number)
        elif kind in GUARDED_KINDS and (by := self._held_by(entry)):
            self.guarded[number] = by
        if kind == "group" and self.authority.gives_rights(entry):
            self.rights_groups.add(number)
        index = self._index.get(kind)
        for one in index.selecting(entry) if index else ():
            values = tuple(plain(entry.attributes.get(name)) for name, _ in one.compared)
            if None not in values:
                self.found.setdefault((one, values), array("L")).append(number)  # type: ignore[arg-type]
        if kind == "user":
            self._keep_values(entry, number)
        self._keep_references(entry, number)

    def _held_by(self, entry: Entry) -> frozenset[str]:
        owner = entry.attributes.get("owner") if entry.ref.kind == "mailbox" else entry.ref
        own = {owner.id} if isinstance(owner, Ref) else set()
        return self._holding & (entry.groups | own)

    def _keep_values(self, entry: Entry, number: int) -> None:
        kept = []
        for attributes in self._compared:
            values = tuple(plain(actor_value(entry, attribute)) for attribute in attributes)
            if None not in values:
                kept.append((attributes, values))
        if kept:
            self.values[number] = tuple(kept)  # type: ignore[assignment]

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
    try:
        return str(UUID(text)).upper() if len(text) in (32, 36) else ""
    except ValueError:
        return ""
