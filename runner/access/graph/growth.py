"""How a power grows: people added to groups, moved into units or given a value fall under sets that select by them. Pure.

Hubs stand for "whatever can be brought in": people whose memberships, places or details somebody may change, and groups whose
details somebody may change.  A slice leads to a hub when somebody may use it as the way in, and a hub to the slices of what may
be brought in by it.  Out of what a set leaves out is a way in as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.access.graph.carriers import Act, Carriers
from runner.access.graph.directory import Landscape, Sought
from runner.access.graph.kinds import POWERS
from runner.access.graph.model import AttackGraph, Edge, Node
from runner.access.graph.slices import Slice, Slices
from runner.access.resolving import Row

_MEMBERSHIPS, _MEMBERS = "user.groups.manage", "group.members.manage"
_HUBS: Mapping[str, str] = {
    "memberships": "people whose memberships can be changed",
    "places": "people whose accounts can be moved",
    "details": "people whose details can be changed",
    "group-details": "groups whose details can be changed",
}


@dataclass(frozen=True, slots=True)
class _Key:
    """A row that is one of two keys: its node, its forms, and the parts of its set that it is about."""

    number: int
    row: Row
    forms: tuple[str, ...]
    parts: tuple[Slice, ...]


@dataclass(slots=True)
class Growth:
    """Collects the rows that change memberships, places and details, and writes what follows from all of them."""

    graph: AttackGraph
    landscape: Landscape
    carriers: Carriers
    slices: Slices
    adding: list[_Key] = field(default_factory=list)
    added: list[_Key] = field(default_factory=list)
    members: list[_Key] = field(default_factory=list)
    memberships: list[_Key] = field(default_factory=list)
    group_details: list[_Key] = field(default_factory=list)
    moving_into: list[_Key] = field(default_factory=list)
    moved: list[_Key] = field(default_factory=list)
    detailing: list[_Key] = field(default_factory=list)
    creating: list[_Key] = field(default_factory=list)

    def add(self, row: Row, number: int, parts: Sequence[Slice]) -> None:
        """Take note of what a row changes."""
        wanted: tuple[tuple[list[_Key], str, str, Act | None], ...] = (
            (self.adding, _MEMBERS, "group", "add"),
            (self.added, _MEMBERSHIPS, "user", "add"),
            (self.members, _MEMBERS, "group", None),
            (self.memberships, _MEMBERSHIPS, "user", None),
            (self.group_details, "group.manage", "group", None),
            (self.moving_into, "user.move", "ou", "move"),
            (self.moved, "user.move", "user", "move"),
            (self.detailing, "user.profile.manage", "user", None),
            (self.creating, "user.create", "ou", "create"),
        )
        for keys, permission, kind, act in wanted:
            about = tuple(part for part in parts if part.template.kind == kind)
            if permission in row.permissions and about:
                forms = self.carriers.carrying(row, permission, kind, act)
                if forms:
                    keys.append(_Key(number, row, forms, about))

    def write(self) -> None:
        """Write the edges."""
        self._write_adding()
        self._write_memberships()
        self._write_places()
        self._write_details()
        self._write_values()

    # --- adding members: the key on the group, and the key on somebody

    def _write_adding(self) -> None:
        known: dict[tuple[str, ...], tuple[int, ...]] = {}
        for key in self.adding:
            if key.forms not in known:
                known[key.forms] = self._with_forms(self.added, key.forms)
            others = known[key.forms]
            if not others:
                continue
            keys = () if key.number in others else (others,)
            told = "" if self._is_held_alike(key, others) else f"{_MEMBERSHIPS} on somebody"
            kind = _kind(POWERS["DH_CanAddMember"].name, key.forms, self.carriers)
            for part in key.parts:
                edge = Edge(kind, key.number, part.number, key.row.id, key.forms, (*keys, *part.keys), told)
                self.graph.write(edge)

    def _is_held_alike(self, key: _Key, others: Iterable[int]) -> bool:
        """Say whether whoever has the one key has the other by the same principal."""
        wanted = (key.row.principal, key.row.principal_id)
        alike = {one.number for one in self.added if (one.row.principal, one.row.principal_id) == wanted}
        return not alike.isdisjoint(others)

    @staticmethod
    def _with_forms(keys: Iterable[_Key], forms: Iterable[str]) -> tuple[int, ...]:
        wanted = frozenset(forms)
        return tuple(key.number for key in keys if wanted.intersection(key.forms))

    # --- the three ways in

    def _write_memberships(self) -> None:
        by_group = self._keys_by_contents(
            self.members, {one for inside in self.landscape.inside.values() for one in inside}
        )
        ways = []
        for part in self._parts("user"):
            groups = {one.fixed.group for one in _selecting(part) if one.fixed.group is not None}
            numbers = [number for group in sorted(groups) for number in self.landscape.inside.get(group, ())]
            ways.append((part.number, {row for number in numbers for row in by_group.get(number, ())}))
        self._write_hub("memberships", ways, self.memberships)

    def _write_places(self) -> None:
        by_unit = self._keys_by_contents(self.moving_into, {number for _, number in self.landscape.units})
        anywhere = {key.number for key in self.moving_into}
        ways = []
        for part in self._parts("user"):
            rows = set(anywhere) if any(one.fixed.place is not None for one in part.template.without) else set()
            places = {one.fixed.place for one in part.template.seeking if one.fixed.place is not None}
            for place, number in self.landscape.units if places else ():
                if number in by_unit and any(place[: len(top)] == top for top in places):
                    rows |= by_unit[number]
            ways.append((part.number, rows))
        self._write_hub("places", ways, self.moved)

    def _write_details(self) -> None:
        ways = []
        for part in self._parts("user"):
            names = _compared(part)
            ways.append((part.number, {key.number for key in self.detailing if self._sets_one(key.row, names)}))
        self._write_hub("details", ways, self.detailing)
        rows = {key.number for key in self.group_details}
        groups = [(part.number, rows) for part in self._parts("group") if _compared(part)]
        self._write_hub("group-details", groups, self.group_details)

    def _sets_one(self, row: Row, names: Iterable[str]) -> bool:
        return any(self.carriers.setting(row, name) for name in names)

    def _write_hub(self, name: str, ways: Iterable[tuple[int, set[int]]], bringing: Sequence[_Key]) -> None:
        """Lead from slices to the hub, by one of their rows each, and from the hub to what the rows of ``bringing`` reach."""
        opened = [(start, tuple(sorted(rows))) for start, rows in ways if rows]
        if not opened or not bringing:
            return
        about = "groups" if name == "group-details" else "people"
        hub = self.graph.add(Node("DH_Slice", "slice", name, _HUBS[name], (("about", about),)))
        for start, rows in opened:
            self.graph.write(Edge("DH_CanGrowBy", start, hub, keys=(rows,), told="the way in"))
        for key in bringing:
            for part in key.parts:
                told = f"by {key.row.id}"
                edge = Edge("DH_CanGrowBy", hub, part.number, key.row.id, key.forms, ((key.number,), *part.keys), told)
                self.graph.write(edge)

    def _parts(self, kind: str) -> Iterator[Slice]:
        return (part for part in tuple(self.slices.all()) if part.template.kind == kind and not part.template.own)

    def _keys_by_contents(self, keys: Iterable[_Key], relevant: set[int]) -> dict[int, set[int]]:
        """Return which rows reach each of the objects that matter."""
        by_part: dict[int, set[int]] = {}
        for key in keys:
            for part in key.parts:
                by_part.setdefault(part.number, set()).add(key.number)
        found: dict[int, set[int]] = {}
        untouchable = self.landscape.untouchable
        for number, rows in by_part.items():
            for one in relevant.intersection(self.graph.contents.get(number, ())) - untouchable:
                found.setdefault(one, set()).update(rows)
        return found

    # --- values of the actor

    def _write_values(self) -> None:
        """Let who may change or make accounts have any value that can be written into one."""
        by_names: dict[tuple[str, ...], list[int]] = {}
        for (names, _), number in self.slices.values.items():
            by_names.setdefault(names, []).append(number)
        for names, numbers in sorted(by_names.items()):
            if set(names) <= {"", "id"}:
                continue
            label = f"any {', '.join(name.replace('_', ' ') for name in names if name)}"
            hub = self.graph.add(Node("DH_Value", "value", f"any-{'-'.join(names)}", label))
            self.graph.values[hub] = tuple(numbers)
            takers = [key for key in self.detailing if self._sets_one(key.row, names)]
            for key in (*takers, *self.creating):
                self.graph.write(Edge("DH_CanTakeValue", key.number, hub, key.row.id, key.forms))


def _selecting(part: Slice) -> tuple[Sought, ...]:
    return (*part.template.seeking, *part.template.without)


def _compared(part: Slice) -> set[str]:
    """Return the attributes by which a part selects or leaves out."""
    return {name for one in _selecting(part) for name, _ in (*one.fixed.match, *one.compared)}


def _kind(power: str, forms: Iterable[str], carriers: Carriers) -> str:
    return power if carriers.unapproved.intersection(forms) else "DH_CanWithApproval"
