"""What a class of actors reaches with one permission, as sets of the census: of others, and of what is one's own. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from operator import or_

from connectors.spi import Compare, Filter, Ids, Ref, Value
from runner.access.authority import Authority
from runner.access.barriers import Barrier, is_guarded
from runner.access.census import Census
from runner.access.comparison.actor_classes import STAND_IN, ActorClass
from runner.access.filters import all_of, not_
from runner.access.model import Actor, is_read
from runner.access.selecting import BoundSelector
from runner.access.views import Exclusion, Grant

_MOST_KNOWN = 512


@dataclass(frozen=True, slots=True)
class Asking:
    """One permission on one kind of object, in one form (None: outside any), at one moment."""

    permission: str
    kind: str
    form: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """What is allowed to everybody of a class: ``others`` on things of others, ``own`` on their own account.

    ``unbarred`` is ``others`` without the protection of those who hold more, which never stands before a thing of one's
    own.  ``own`` is a set of people and counts for accounts only.
    """

    others: int = 0
    own: int = 0
    unbarred: int = 0


@dataclass(frozen=True, slots=True)
class Reaching:
    """Answers for one authority and one census."""

    authority: Authority
    census: Census
    _known: dict[tuple[Barrier, str], int] = field(default_factory=dict)

    def of(self, found: ActorClass, asking: Asking) -> Reach:
        """Return what a class reaches; right for everybody in it but those whom things name."""
        unbarred = self.unbarred(found.actor, asking)
        others = unbarred & ~self._barred(found.actor, asking) if unbarred else 0
        return Reach(others, self._own(found.actor, asking) if asking.kind == "user" else 0, unbarred)

    def exactly(self, actor: Actor, asking: Asking) -> int:
        """Return what one actor reaches, as `Authority.scope` finds it."""
        unbarred = self.unbarred(actor, asking)
        barred = unbarred & self._barred(actor, asking) if unbarred else 0
        if barred and actor.person is not None:
            me = actor.person.ref
            own = Ids(frozenset({me.id})) if asking.kind == "user" else Compare("owner", "==", me)
            barred &= ~self.census.matching(own, asking.kind)
        return unbarred & ~barred

    def unbarred(self, actor: Actor, asking: Asking) -> int:
        """Return what an actor would reach if nobody were protected for holding more."""
        scope = self.authority.view(actor).scope(asking.permission, asking.kind, asking.form, asking.now.date())
        return self.census.matching(all_of((scope, self._open_to_all(asking.kind))), asking.kind)

    def _open_to_all(self, kind: str) -> Filter:
        return not_(self.authority.protected_filter(kind))

    def _barred(self, actor: Actor, asking: Asking) -> int:
        """Return what is kept from an actor who holds less; the same for all whom the same accounts are kept from."""
        if not is_guarded(asking.permission, asking.kind):
            return 0
        barrier = self.authority.barrier(actor, form=asking.form, now=asking.now)
        if (barrier, asking.kind) not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[barrier, asking.kind] = self.census.matching(barrier.filter(asking.kind), asking.kind)
        return self._known[barrier, asking.kind]

    def of_named(self, found: ActorClass, asking: Asking) -> Mapping[str, int]:
        """Return what anybody of a class reaches of the things that name this person, by the attribute that does.

        A mailbox names its owner, whom the protection of those who hold more never keeps from it.
        """
        reached: dict[str, int] = {}
        for grant in self._grants(found.actor, asking):
            for attribute in _naming(grant.selector):
                rest = replace(grant.selector, match=tuple(one for one in grant.selector.match if one[0] != attribute))
                scope = all_of((rest.filter(), grant.exclusion.filter(asking.kind)))
                reached[attribute] = reached.get(attribute, 0) | self.census.matching(scope, asking.kind)
        if is_guarded(asking.permission, asking.kind) and asking.kind != "user":
            reached.setdefault("owner", 0)
        return {name: self._open(found, asking, name, bits) for name, bits in reached.items()}

    def named_otherwise(self, found: ActorClass, asking: Asking) -> int:
        """Return the people of a class for whom things that name them count in a way `of_named` does not tell."""
        named = 0
        for grant in self._grants(found.actor, asking):
            named_twice = len(_naming(grant.selector)) + grant.selector.own > 1
            selectors = [grant.selector] if named_twice else []
            for selector in (*selectors, *grant.exclusion.selectors):
                for attribute in _naming(selector):
                    named |= self.named_by(asking.kind, attribute, self.census.everything(asking.kind))
            if any(
                value == STAND_IN.id for one in (grant.selector, *grant.exclusion.selectors) for _, value in one.match
            ):
                return found.people
        return named & found.people

    def named_by(self, kind: str, attribute: str, things: int) -> int:
        """Return the people whom these things name in an attribute."""
        if things == self.census.everything(kind):
            values: Iterable[Value] = (value for value, _ in self.census.values(kind, attribute))
        else:
            found = (entry.attributes.get(attribute) for entry in self.census.entries(kind, things))
            values = (item for value in found for item in (value if isinstance(value, tuple) else (value,)))
        return self.census.set_of("user", (value.id for value in values if isinstance(value, Ref)))

    def _open(self, found: ActorClass, asking: Asking, attribute: str, things: int) -> int:
        """Take away what is protected, and what belongs to those who hold more but for what is one's own."""
        things &= self.census.matching(self._open_to_all(asking.kind), asking.kind)
        if things and (asking.kind == "user" or attribute != "owner"):
            things &= ~self._barred(found.actor, asking)
        return things

    def _own(self, actor: Actor, asking: Asking) -> int:
        grants = self._grants(actor, asking)
        fitting = (grant for grant in grants if grant.selector.own or is_read(asking.permission))
        found = reduce(or_, (self._of_oneself(grant) for grant in fitting), 0)
        return found & ~self.census.matching(self.authority.protected_filter("user"), "user") if found else 0

    def _of_oneself(self, grant: Grant) -> int:
        left_out = _on_oneself(grant.exclusion)
        return self.census.selected(_anybody(grant.selector)) & self.census.matching(left_out.filter("user"), "user")

    def _grants(self, actor: Actor, asking: Asking) -> Iterator[Grant]:
        view = self.authority.view(actor)
        for grant in view.grants(asking.permission, asking.kind):
            if grant.is_active(asking.form, asking.now.date()):
                yield grant


def _naming(selector: BoundSelector) -> tuple[str, ...]:
    """Return the attributes in which a thing has to name the actor."""
    return tuple(dict.fromkeys(name for name, value in selector.match if value == STAND_IN))


def _anybody(selector: BoundSelector) -> BoundSelector:
    """Return a selector for oneself as one for everybody it fits: each of them as oneself."""
    return replace(selector, ids=None, own=False) if selector.own else selector


def _on_oneself(exclusion: Exclusion) -> Exclusion:
    return replace(exclusion, selectors=tuple(_anybody(one) for one in exclusion.selectors))
