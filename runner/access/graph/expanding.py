"""Powers from person to object, one edge each, exactly as they would be decided now. Pure; on request only, and bounded.

The collapsed graph says at most too much; this says what `Authority` decides for each person who has rights of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.graph.carriers import Carriers
from runner.access.graph.kinds import POWERS, EdgeKind
from runner.access.graph.model import AttackGraph, Edge
from runner.access.holders import MANAGING
from runner.access.model import Actor

MOST_EDGES = 500_000


@dataclass(slots=True)
class Expanding:
    """Makes the edges. ``is_cut`` says, once they were all taken, that there were more than ``most``."""

    authority: Authority
    carriers: Carriers
    census: Census
    graph: AttackGraph
    now: datetime
    most: int = MOST_EDGES
    is_cut: bool = field(default=False, init=False)

    def edges(self, people: Sequence[int]) -> Iterator[Edge]:
        """Yield an edge for each power of each of these people on each object."""
        left = self.most
        for number in people:
            entry = self.census.entry(Ref("user", self.graph.nodes[number].id))
            for edge in self._of(number, entry) if entry else ():
                if not left:
                    self.is_cut = True
                    return
                left -= 1
                yield edge

    def _of(self, number: int, person: Entry) -> Iterator[Edge]:
        actor = Actor(person.ref.id, person.label, person.label, person)
        for power in POWERS.values():
            if power.on:
                yield from self._power(number, actor, power)
        if self.authority.holds(actor, MANAGING, "", form=None, now=self.now):
            desk = self.graph.number("desk", "deskhand")
            if desk is not None:
                yield Edge("DH_CanDecideRights", number, desk)

    def _power(self, number: int, actor: Actor, power: EdgeKind) -> Iterator[Edge]:
        found: dict[int, list[str]] = {}
        bits_in: list[tuple[str, int]] = [
            (form, bits) for form in self._forms(power) if (bits := self._reach(actor, power, form))
        ]
        for form, bits in bits_in:
            for entry in self.census.entries(power.on, bits):
                end = self.graph.number(power.on, entry.ref.id)
                if end is not None and not (power.name == "DH_CanAddMember" and self._is_kept(actor, entry)):
                    found.setdefault(end, []).append(form)
        for end, forms in found.items():
            row = self._row(actor, power, end, forms[0])
            kind = power.name
            if power.is_traversable and not self.carriers.unapproved.intersection(forms):
                kind = "DH_CanWithApproval"
            yield Edge(kind, number, end, row, tuple(forms))

    def _forms(self, power: EdgeKind) -> tuple[str, ...]:
        forms = self.carriers.by_need.get((power.permission, power.on), set())
        if power.name == "DH_CanAddMember":
            forms = forms & self.carriers.by_act.get("add", set())
        return tuple(sorted(forms))

    def _reach(self, actor: Actor, power: EdgeKind, form: str) -> int:
        scope = self.authority.scope(actor, [power.permission], power.on, form=form, now=self.now)
        if power.name == "DH_CanAddMember":
            somebody = self.authority.scope(actor, ["user.groups.manage"], "user", form=form, now=self.now)
            if not self.census.matching(somebody, "user"):
                return 0
        return self.census.matching(scope, power.on)

    def _is_kept(self, actor: Actor, group: Entry) -> bool:
        """Say whether adding to the group is left to those who decide who may do what."""
        gives = self.authority.gives_rights(group)
        return gives and not self.authority.holds(actor, MANAGING, "", form=None, now=self.now)

    def _row(self, actor: Actor, power: EdgeKind, end: int, form: str) -> str:
        entry = self.census.entry(Ref(power.on, self.graph.nodes[end].id))
        if entry is None:
            return ""
        return self.authority.decide(actor, power.permission, entry, form=form, now=self.now).binding or ""
