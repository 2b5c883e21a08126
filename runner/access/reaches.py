"""What a class of actors reaches with one permission, as sets of the census: of others, and of what is one's own. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_

from connectors.spi import Ref
from runner.access.actor_classes import STAND_IN, ActorClass
from runner.access.authority import Authority
from runner.access.barriers import is_guarded
from runner.access.census import Census
from runner.access.filters import all_of, not_
from runner.access.model import Actor, is_read
from runner.access.selecting import BoundSelector
from runner.access.views import Exclusion, Grant


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

    def of(self, found: ActorClass, asking: Asking) -> Reach:
        """Return what a class reaches; right for everybody in it but those of `named_in`."""
        others = self.exactly(found.actor, asking)
        unbarred = others
        if is_guarded(asking.permission, asking.kind):
            view = self.authority.view(found.actor)
            scope = view.scope(asking.permission, asking.kind, asking.form, asking.now.date())
            open_ = all_of((scope, not_(self.authority.protected_filter(asking.kind))))
            unbarred = self.census.matching(open_, asking.kind)
        return Reach(others, self._own(found.actor, asking) if asking.kind == "user" else 0, unbarred)

    def exactly(self, actor: Actor, asking: Asking) -> int:
        """Return what one actor reaches, as the search for it finds it."""
        scope = self.authority.scope(actor, [asking.permission], asking.kind, form=asking.form, now=asking.now)
        return self.census.matching(scope, asking.kind)

    def named_in(self, found: ActorClass, asking: Asking) -> int:
        """Return the people of a class whom things may name as theirs, and who therefore reach what others do not."""
        if found.client is not None or not found.people:
            return 0
        named = 0
        for grant in self._grants(found.actor, asking):
            for selector in (grant.selector, *grant.exclusion.selectors):
                for attribute, value in selector.match:
                    if value == STAND_IN:
                        named |= self._values(asking.kind, attribute)
                    elif value == STAND_IN.id:
                        return found.people
        return named & found.people

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

    def _values(self, kind: str, attribute: str) -> int:
        ids = (value.id for value, _ in self.census.values(kind, attribute) if isinstance(value, Ref))
        return self.census.set_of("user", ids)


def _anybody(selector: BoundSelector) -> BoundSelector:
    """Return a selector for oneself as one for everybody it fits: each of them as oneself."""
    return replace(selector, ids=None, own=False) if selector.own else selector


def _on_oneself(exclusion: Exclusion) -> Exclusion:
    return replace(exclusion, selectors=tuple(_anybody(one) for one in exclusion.selectors))
