"""Ways to more: who could, by what the forms let them change, come to reach more than they reach now. Pure.

A resource set says what it holds by groups, attributes and units, and the forms change just these.  Whoever may add people
to the group of a set, set the attribute it compares, or move accounts into its unit, decides what the set holds; and
whoever may reset the password of somebody who holds more can act as that person.  Asked about everybody in a census, class
by class; a form is taken to do all that its operations could do.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Literal, TypeAlias

from connectors.spi import Everything, Filter, Ids, InGroup, Under
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.census import Census
from runner.access.comparison.actor_classes import ActorClass, actor_classes, actor_of
from runner.access.comparison.reaches import Asking, Reaching
from runner.access.filters import all_of, any_of
from runner.access.graph.carriers import Carriers
from runner.access.model import Actor, ActorValue, Selector, is_read
from runner.access.resolving import Row
from runner.access.selecting import BoundSelector
from runner.access.views import Grant

Way: TypeAlias = Literal["group", "attribute", "own attribute", "unit", "password"]
_RESET, _PROFILE, _MOVE = "user.password.reset", "user.profile.manage", "user.move"
_MEMBERS, _MEMBERSHIPS = "group.members.manage", "user.groups.manage"
_NOBODY = Actor("", "", "", None)


@dataclass(frozen=True, slots=True)
class Gain:
    """People who could reach more: ``people`` could bring ``things`` (accounts) into reach, ``by`` the way and its name.

    ``by`` is the name of a group, attribute or unit as written, or for a password the role of those who hold more;
    ``forms`` carry it out.  ``binding`` then gives ``permissions``; for a password it is the binding the others hold.
    """

    way: Way
    by: str
    binding: str
    set: str
    permissions: tuple[str, ...]
    forms: tuple[str, ...]
    people: int
    things: int


def gains(authority: Authority, census: Census, carriers: Carriers, now: datetime) -> tuple[Gain, ...]:
    """Return every way to more that there is on this day, each once with all whom it concerns."""
    asking = _Gaining(authority, census, carriers, now)
    found: dict[tuple[object, ...], Gain] = {}
    for one in actor_classes(census, (authority,)):
        for gain in asking.of(one):
            key = (gain.way, gain.by, gain.binding, gain.set)
            known = found.get(key)
            found[key] = gain if known is None else _joined(known, gain)
    return tuple(found.values())


def _joined(one: Gain, other: Gain) -> Gain:
    return replace(
        one,
        people=one.people | other.people,
        things=one.things | other.things,
        permissions=tuple(sorted({*one.permissions, *other.permissions})),
        forms=tuple(sorted({*one.forms, *other.forms})),
    )


class _Gaining:
    def __init__(self, authority: Authority, census: Census, carriers: Carriers, now: datetime) -> None:
        self._authority, self._census, self._carriers, self._now = authority, census, carriers, now
        self._reaching = Reaching(authority, census)
        self._known: dict[tuple[str, str, str | None], int] = {}
        self._holding: dict[tuple[str, Asking, str], int] = {}

    def of(self, found: ActorClass) -> Iterator[Gain]:
        """Yield the ways of one class; an API client changes nobody by itself."""
        self._known.clear()
        view = self._authority.view(found.actor)
        rows = [row for row in view.rows if row.counts_on(self._now.date())]
        if not rows or not found.people:
            return
        for permission in sorted({name for row in rows for name in row.permissions}):
            if not is_read(permission) and "user" in PERMISSIONS[permission][0]:
                for grant in view.grants(permission, "user"):
                    if not grant.selector.own and grant.row.counts_on(self._now.date()):
                        yield from self._by_changing(found, permission, grant, rows)
        yield from self._by_password(found, rows)

    # --- by what a set holds

    def _by_changing(self, found: ActorClass, permission: str, grant: Grant, rows: list[Row]) -> Iterator[Gain]:
        if not self._carriers.carrying(grant.row, permission, "user"):
            return
        form = min(grant.row.forms) if grant.row.forms else None
        now_reached = self._reach(found, permission, "user", form)
        for way, by, rest, changing, forms in self._levers(found, grant.selector, rows):
            scope = all_of((rest.filter(), grant.exclusion.filter("user")))
            could = self._open(found, self._census.matching(scope, "user"), form) & ~now_reached
            things = could & changing if way != "own attribute" else could
            things &= ~found.people if found.people.bit_count() == 1 else -1
            people = found.people if way != "own attribute" else found.people & changing
            if things and people:
                yield Gain(way, by, grant.row.binding, grant.row.set, (permission,), forms, people, things)

    def _levers(
        self, found: ActorClass, selector: BoundSelector, rows: list[Row]
    ) -> Iterator[tuple[Way, str, BoundSelector, int, tuple[str, ...]]]:
        """Yield what of a selector the class may change: the way, its name, the selector without it, whom it may change."""
        written = selector.written or Selector(selector.kind)
        if selector.group is not None:
            people, forms = self._joining(found, selector.group, rows)
            yield "group", str(written.in_group), replace(selector, group=None), people, forms
        if selector.place is not None:
            people, forms = self._moving(found, selector.place, rows)
            yield "unit", str(written.under), replace(selector, place=None), people, forms
        values = dict(written.match)
        for name, _ in selector.match:
            rest = replace(selector, match=tuple(one for one in selector.match if one[0] != name))
            people, forms = self._setting(found, name, rows, own=False)
            yield "attribute", name, rest, people, forms
            value = values.get(name)
            if isinstance(value, ActorValue) and value.attribute not in ("", "id"):
                people, forms = self._setting(found, value.attribute, rows, own=True)
                yield "own attribute", value.attribute, rest, people, forms

    def _joining(self, found: ActorClass, group: str, rows: list[Row]) -> tuple[int, tuple[str, ...]]:
        ways_in = any_of((Ids(frozenset({group})), InGroup(group)))
        return self._with_key(found, rows, (_MEMBERS, "group", ways_in), (_MEMBERSHIPS, "user"), "add")

    def _moving(self, found: ActorClass, place: tuple[str, ...], rows: list[Row]) -> tuple[int, tuple[str, ...]]:
        return self._with_key(found, rows, (_MOVE, "ou", Under(place)), (_MOVE, "user"), "move")

    def _with_key(
        self,
        found: ActorClass,
        rows: list[Row],
        key: tuple[str, str, Filter],
        changing: tuple[str, str],
        act: Literal["add", "move"],
    ) -> tuple[int, tuple[str, ...]]:
        """Return whom a class may change in the forms in which it also holds a permission on one of certain things."""
        people, forms = 0, set[str]()
        permission, kind, wanted = key
        for form, names in self._contexts(rows, changing, act):
            if self._reach(found, permission, kind, form) & self._census.matching(wanted, kind):
                reached = self._reach(found, *changing, form)
                people |= reached
                forms |= names if reached else set()
        return people, tuple(sorted(forms))

    def _setting(self, found: ActorClass, name: str, rows: list[Row], *, own: bool) -> tuple[int, tuple[str, ...]]:
        people, forms = 0, set[str]()
        setting = self._carriers.by_attribute.get(name, set()) | self._carriers.by_attribute.get("*", set())
        for form, names in self._contexts(rows, (_PROFILE, "user"), None):
            if used := names & setting:
                asking = Asking(_PROFILE, "user", form, self._now)
                reach = self._reaching.of(found, asking)
                reached = reach.own & found.people if own else reach.others
                people |= reached
                forms |= used if reached else set()
        return people, tuple(sorted(forms))

    def _contexts(
        self, rows: list[Row], need: tuple[str, str], act: Literal["add", "move"] | None
    ) -> Iterator[tuple[str | None, set[str]]]:
        """Yield each form that rows name, and None for all others, with the forms there that carry a need out."""
        carrying = self._carriers.by_need.get(need, set())
        carrying = carrying & self._carriers.by_act.get(act, set()) if act else carrying
        named = {name for row in rows for name in row.forms or ()}
        if others := carrying - named:
            yield None, others
        for form in sorted(carrying & named):
            yield form, {form}

    # --- by being somebody else

    def _by_password(self, found: ActorClass, rows: list[Row]) -> Iterator[Gain]:
        mine = {(row.role, row.set, row.forms) for row in rows}
        reached: dict[str | None, tuple[int, set[str]]] = {
            form: (self._reach(found, _RESET, "user", form), names)
            for form, names in self._contexts(rows, (_RESET, "user"), None)
        }
        people = reduce(or_, (bits for bits, _ in reached.values()), 0)
        if not people:
            return
        for row in self._authority.resolved.rows:
            if row.principal not in ("user", "group") or not row.counts_on(self._now.date()):
                continue
            holders = people & self._census.matching(_behind(row), "user")
            if not holders or (row.role, row.set, row.forms) in mine:
                continue
            one = actor_of(next(self._census.entries("user", holders)))
            if missing := tuple(sorted(name for name in row.permissions if self._lacks(found, name, row, rows, one))):
                forms = sorted({name for bits, names in reached.values() if bits & holders for name in names})
                yield Gain("password", row.role, row.binding, row.set, missing, tuple(forms), found.people, holders)

    def _lacks(self, found: ActorClass, permission: str, row: Row, rows: list[Row], holder: Actor) -> bool:
        """Say whether a row lets its holder do something that a class cannot do."""
        if "" in PERMISSIONS[permission][0]:
            return not any(permission in mine.permissions for mine in rows)
        form = min(row.forms) if row.forms else None
        return any(
            self._held(row, Asking(permission, kind, form, self._now), holder)
            & ~self._reach(found, permission, kind, form)
            for kind in PERMISSIONS[permission][0]
        )

    def _held(self, row: Row, asking: Asking, holder: Actor) -> int:
        """Return what a holder reaches by a row's set; what depends on the actor is left out."""
        key = (row.id, asking, holder.id)
        if key not in self._holding:
            scope = self._authority.set_filter(row.set, asking.kind, _NOBODY) if row.set else Everything()
            in_set = self._census.matching(scope, asking.kind)
            self._holding[key] = in_set & self._reaching.exactly(holder, asking) if in_set else 0
        return self._holding[key]

    # --- reach

    def _reach(self, found: ActorClass, permission: str, kind: str, form: str | None) -> int:
        key = (permission, kind, form)
        if key not in self._known:
            self._known[key] = self._reaching.exactly(found.actor, Asking(permission, kind, form, self._now))
        return self._known[key]

    def _open(self, found: ActorClass, things: int, form: str | None) -> int:
        """Take away what is protected, and who holds more than the class."""
        closed = self._authority.protected_filter("user")
        barrier = self._authority.barrier(found.actor, form=form, now=self._now)
        return things & ~self._census.matching(any_of((closed, barrier.filter("user"))), "user")


def _behind(row: Row) -> Filter:
    return InGroup(row.principal_id) if row.principal == "group" else Ids(frozenset({row.principal_id}))
