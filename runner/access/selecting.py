"""Selectors bound to one actor: the test on an object, the same as a search filter, and an index over many. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from connectors.matching import absent, same
from connectors.spi import Compare, Entry, Everything, Filter, Ids, InGroup, Ref, Under, Value
from runner.access.filters import all_of
from runner.access.model import ActorValue, Selector
from runner.access.resolving import ResolvedSelector

Held = TypeVar("Held")


@dataclass(frozen=True, slots=True)
class BoundSelector:
    """A selector with the actor's values filled in. Each condition that is given must hold.

    ``written`` is the selector as it stands in the file; it does not count in comparisons.
    """

    kind: str
    place: tuple[str, ...] | None = None
    group: str | None = None
    direct: bool = False
    ids: frozenset[str] | None = None
    match: tuple[tuple[str, Value], ...] = ()
    own: bool = False
    written: Selector | None = field(default=None, compare=False)

    def selects(self, entry: Entry) -> bool:
        """Say whether it selects this object."""
        if entry.ref.kind != self.kind or (self.ids is not None and entry.ref.id not in self.ids):
            return False
        if self.place is not None and entry.place[: len(self.place)] != self.place:
            return False
        if self.group is not None and self.group not in (direct_groups(entry) if self.direct else entry.groups):
            return False
        return not self.match or all(same(entry.attributes.get(name), value) for name, value in self.match)

    def filter(self) -> Filter:
        """Return the search that finds what it selects among objects of its kind."""
        parts: list[Filter] = [] if self.ids is None else [Ids(self.ids)]
        if self.place is not None:
            parts.append(Under(self.place))
        if self.group is not None:
            parts.append(InGroup(self.group, nested=not self.direct))
        parts += [Compare(name, "==", value) for name, value in self.match]
        return all_of(parts) if parts else Everything()


def direct_groups(entry: Entry) -> frozenset[str]:
    """Return the ids of the groups an object is in itself, as its attribute ``groups`` lists them."""
    groups = entry.attributes.get("groups")
    return frozenset(ref.id for ref in groups if isinstance(ref, Ref)) if isinstance(groups, tuple) else frozenset()


def actor_value(person: Entry | None, attribute: str) -> Value:
    """Return ``$(actor.<attribute>)``: the person's reference, id or attribute; None when there is none."""
    if person is None:
        return None
    if attribute in ("", "id"):
        return person.ref if not attribute else person.ref.id
    value = person.attributes.get(attribute)
    return value if isinstance(value, (str, int, Decimal, date, Ref)) and not absent(value) else None


def bind(selector: ResolvedSelector, actor: Mapping[str, Value], *, widely: bool = False) -> BoundSelector | None:
    """Fill in the actor's values (attribute → value); None when a name was not found or a value is empty.

    ``widely`` is for selectors whose match takes something away: membership then always counts through other groups.
    """
    if selector.missing:
        return None
    written = selector.written
    match = tuple((n, actor.get(v.attribute) if isinstance(v, ActorValue) else v) for n, v in selector.match)
    own_id = actor.get("id") if written.own else None
    if any(absent(value) for _, value in match) or (written.own and not isinstance(own_id, str)):
        return None
    ids = frozenset({own_id}) if isinstance(own_id, str) else selector.ids
    direct = not written.nested and not widely
    return BoundSelector(written.kind, selector.place, selector.group, direct, ids, match, written.own, written)


@dataclass(slots=True)
class Index(Generic[Held]):
    """Finds what might select an object by its id, its groups and its place; only the rest is tried one by one."""

    by_id: dict[str, list[tuple[BoundSelector, Held]]] = field(default_factory=dict)
    by_group: dict[str, list[tuple[BoundSelector, Held]]] = field(default_factory=dict)
    by_place: dict[tuple[str, ...], list[tuple[BoundSelector, Held]]] = field(default_factory=dict)
    lengths: set[int] = field(default_factory=set)
    others: list[tuple[BoundSelector, Held]] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: Iterable[tuple[BoundSelector, Held]]) -> "Index[Held]":
        """Index pairs of a selector and what it stands for."""
        index = cls()
        for selector, held in pairs:
            index._add(selector, held)
        return index

    def _add(self, selector: BoundSelector, held: Held) -> None:
        pair = (selector, held)
        if selector.ids is not None:
            for id_ in selector.ids:
                self.by_id.setdefault(id_, []).append(pair)
        elif selector.group is not None:
            self.by_group.setdefault(selector.group, []).append(pair)
        elif selector.place is not None:
            self.by_place.setdefault(selector.place, []).append(pair)
            self.lengths.add(len(selector.place))
        else:
            self.others.append(pair)

    def selecting(self, entry: Entry) -> list[Held]:
        """Return what stands for the selectors that select this object."""
        near = self.others
        if self.by_id and (listed := self.by_id.get(entry.ref.id)):
            near = near + listed
        by_group = self.by_group
        if by_group:
            groups = entry.groups
            for group in by_group.keys() & groups if len(groups) < len(by_group) else by_group:
                if group in groups:
                    near = near + by_group[group]
        place = entry.place
        for length in self.lengths:
            if below := self.by_place.get(place[:length]):
                near = near + below
        return [held for selector, held in near if selector.selects(entry)] if near else []
