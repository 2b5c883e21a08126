"""People who were given the same, together: what one of them may do to others, all of them may. Pure.

A policy with thousands of bindings knows few ways of being somebody: whoever is in the same of its groups, and has the
same values where a set compares them, has the same rights over everybody else.  Only things that are one's own, and
those that name one, as a manager's reports, differ from person to person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.bits import bits_of, numbers_in
from runner.access.census import Census
from runner.access.model import Actor, ActorValue
from runner.access.resolving import ResolvedSet, Row
from runner.access.selecting import actor_value
from runner.access.views import NUMBER

STAND_IN = Ref("user", "\0somebody")
"""Who stands for a class: nobody's identity, so that nothing is its own and nobody reports to it."""


@dataclass(frozen=True, slots=True)
class ActorClass:
    """Actors who were given the same. ``people`` is a set of the census; empty for a client and for the unknown.

    ``actor`` stands for each of them.  With ``is_single`` it is the one person itself, since the policy names it.
    """

    people: int
    actor: Actor
    is_single: bool = False

    @property
    def client(self) -> str | None:
        """The API client it is, if it is one."""
        return self.actor.client


def actor_of(entry: Entry) -> Actor:
    """Return the actor that a person of the census is."""
    login = str(entry.attributes.get("login") or entry.ref.id)
    return Actor(f"person-{entry.ref.id}", login, entry.label, entry)


def actor_classes(census: Census, authorities: Sequence[Authority]) -> Iterator[ActorClass]:
    """Yield everybody in the census and every client the policies name, each in exactly one class."""
    rows = [row for authority in authorities for row in authority.resolved.rows]
    groups = frozenset(row.principal_id for row in rows if row.principal == "group")
    named = frozenset(row.principal_id for row in rows if row.principal == "user")
    compared = _Compared(authorities)
    found: dict[tuple[object, ...], list[int]] = {}
    known: dict[frozenset[str], tuple[frozenset[str], tuple[str, ...]]] = {}
    for number, person in enumerate(census.entries("user")):
        if person.groups not in known:
            held = person.groups & groups
            known[person.groups] = held, compared.by(held)
        held, attributes = known[person.groups]
        single = person.ref.id if person.ref.id in named else ""
        values = tuple(actor_value(person, name) for name in attributes)
        found.setdefault((held, single, values), []).append(number)
    for (_, named_one, _), numbers in found.items():
        bits = bits_of(numbers, census.count("user"))
        first = next(census.entries("user", 1 << numbers[0]))
        yield ActorClass(
            bits, actor_of(first if named_one else _standing_for(first, known[first.groups][1])), bool(named_one)
        )
    for client in sorted({row.principal_id for row in rows if row.principal == "client"}):
        yield ActorClass(0, Actor(f"client-{client}", client, client, None, client=client))


def _standing_for(person: Entry, compared: Sequence[str]) -> Entry:
    """Return who stands for a class like a person; without the number that only this one has, unless it is compared."""
    kept = {name: value for name, value in person.attributes.items() if name != NUMBER or name in compared}
    return replace(person, ref=STAND_IN, attributes=kept)


def members(census: Census, people: int) -> Iterator[tuple[int, Actor]]:
    """Yield each person of a set as a set of one, with the actor it is."""
    for number in numbers_in(people):
        yield 1 << number, actor_of(next(census.entries("user", 1 << number)))


class _Compared:
    """Which attributes of the actor decide something, for whoever is in certain groups."""

    def __init__(self, authorities: Sequence[Authority]) -> None:
        self._by_group: dict[str, set[str]] = {}
        self._always: set[str] = set()
        for authority in authorities:
            for row in authority.resolved.rows:
                self._add(row, authority.resolved.sets)

    def by(self, groups: frozenset[str]) -> tuple[str, ...]:
        """Return the attributes, sorted."""
        return tuple(sorted(self._always.union(*(self._by_group.get(group, ()) for group in groups))))

    def _add(self, row: Row, sets: Mapping[str, ResolvedSet]) -> None:
        found = sets.get(row.set)
        selectors = (*found.resources, *found.excluded) if found else ()
        names = {v.attribute for one in selectors for _, v in one.match if isinstance(v, ActorValue)} - {"", "id"}
        if row.principal == "group":
            self._by_group.setdefault(row.principal_id, set()).update(names)
        elif row.principal != "client":
            self._always.update(names)
