"""What one actor has been given, indexed by permission and kind of object: built once, asked many times. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from connectors.matching import absent, same
from connectors.spi import Compare, Entry, Filter, Ids, Nothing, Value
from runner.access.filters import all_of, any_of, not_
from runner.access.model import Decision, DecisionCode, applies, is_read
from runner.access.resolving import ResolvedSelector, ResolvedSet, Row
from runner.access.selecting import BoundSelector, Index, bind

NUMBER = "employee_id"
"""The attribute that is the same for all accounts of one person, where a directory has it."""

_NEARNESS: Sequence[DecisionCode] = ("no_binding", "not_in_scope", "unresolved", "other_form", "window", "self")


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a set leaves out. ``closed`` holds the kinds of which nothing is left, as an exclusion is unknown."""

    selectors: tuple[BoundSelector, ...] = ()
    closed: frozenset[str] = frozenset()

    def excludes(self, entry: Entry) -> bool:
        """Say whether the object is left out."""
        return entry.ref.kind in self.closed or any(selector.selects(entry) for selector in self.selectors)

    def filter(self, kind: str) -> Filter:
        """Return the search that finds what is left in among objects of a kind."""
        if kind in self.closed:
            return Nothing()
        return not_(any_of(selector.filter() for selector in self.selectors if selector.kind == kind))


@dataclass(frozen=True, slots=True)
class BoundSet:
    """A resource set with one actor's values filled in."""

    resources: tuple[BoundSelector, ...]
    exclusion: Exclusion

    def holds(self, entry: Entry) -> bool:
        """Say whether the object is in the set."""
        return any(selector.selects(entry) for selector in self.resources) and not self.exclusion.excludes(entry)

    def filter(self, kind: str) -> Filter:
        """Return the search that finds the set's objects of a kind."""
        found = any_of(selector.filter() for selector in self.resources if selector.kind == kind)
        return all_of((found, self.exclusion.filter(kind)))


def bind_set(resolved: ResolvedSet, actor: Mapping[str, Value]) -> BoundSet:
    """Fill in the actor's values; what is unknown is not in the set, an unknown exclusion empties it of its kind."""
    bound = ((selector, bind(selector, actor, widely=True)) for selector in resolved.excluded)
    known, closed = _sort(bound)
    resources = (bind(selector, actor) for selector in resolved.resources)
    return BoundSet(tuple(found for found in resources if found), Exclusion(known, closed))


def bind_set_widely(resolved: ResolvedSet, actor: Mapping[str, Value]) -> BoundSet:
    """Like `bind_set` for a set to be taken away: what is unknown is in it, unknown exclusions leave out nothing."""
    known, unknown = _sort((selector, bind(selector, actor, widely=True)) for selector in resolved.resources)
    excluded = (bind(selector, actor) for selector in resolved.excluded)
    everything = tuple(BoundSelector(kind) for kind in sorted(unknown))
    return BoundSet(known + everything, Exclusion(tuple(found for found in excluded if found)))


def _sort(
    pairs: Iterable[tuple[ResolvedSelector, BoundSelector | None]],
) -> tuple[tuple[BoundSelector, ...], frozenset[str]]:
    known: list[BoundSelector] = []
    unknown: set[str] = set()
    for selector, bound in pairs:
        if bound is None:
            unknown.add(selector.written.kind)
        else:
            known.append(bound)
    return tuple(known), frozenset(unknown)


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission on what one selector selects, from one row; ``order`` is the row's place in the file."""

    order: int
    row: Row
    selector: BoundSelector
    exclusion: Exclusion
    decision: Decision

    def refusal(self, entry: Entry, form: str | None, day: date, *, oneself: bool) -> DecisionCode | None:
        """Say why it does not allow a selected object, or None when it does."""
        if self.exclusion.excludes(entry):
            return "unresolved" if entry.ref.kind in self.exclusion.closed else "not_in_scope"
        if oneself and not self.selector.own:
            return "self"
        if not self.row.counts_on(day):
            return "window"
        return None if self.row.counts_in(form) else "other_form"

    def is_active(self, form: str | None, day: date) -> bool:
        """Say whether it counts on this day in this form, and can select anything."""
        closed = self.selector.kind in self.exclusion.closed
        return not closed and self.row.counts_on(day) and self.row.counts_in(form)

    def filter(self) -> Filter:
        """Return the search that finds what it allows."""
        return all_of((self.selector.filter(), self.exclusion.filter(self.selector.kind)))


class ActorView:
    """Every row that is the actor's, with the sets bound to this actor.

    ``me`` is the id of the actor's own directory entry, ``number`` the employee number that further accounts of the same
    person share.  Safe for several threads: what is worked out on first use always has the same result.
    """

    def __init__(self, rows: Sequence[Row], sets: Mapping[str, BoundSet], me: str | None, number: Value = None) -> None:
        self.rows, self._sets, self.me, self._number = tuple(rows), sets, me, number
        self._grants: dict[tuple[str, str], tuple[Grant, ...]] = {}
        self._indexes: dict[tuple[str, str], Index[Grant]] = {}

    def decide(self, permission: str, entry: Entry, form: str | None, day: date) -> Decision:
        """Decide on an object that is not protected."""
        kind = entry.ref.kind
        index = self._indexes.get((permission, kind)) or self._index(permission, kind)
        oneself = self.is_own_account(entry) and not is_read(permission)
        allowed: Grant | None = None
        nearest = 1 if self._grants[permission, kind] else 0
        for grant in index.selecting(entry):
            if (refusal := grant.refusal(entry, form, day, oneself=oneself)) is not None:
                nearest = max(nearest, _NEARNESS.index(refusal))
            elif allowed is None or grant.order < allowed.order:
                allowed = grant
        return allowed.decision if allowed else refuse(_NEARNESS[nearest], permission, kind)

    def is_own_account(self, entry: Entry) -> bool:
        """Say whether this is the actor's account, or a further one of the same person."""
        if entry.ref.kind != "user" or self.me is None:
            return False
        return entry.ref.id == self.me or same(entry.attributes.get(NUMBER), self._number)

    def grants(self, permission: str, kind: str) -> tuple[Grant, ...]:
        """Return every grant of a permission on a kind, in the order of the file, whatever the day and the form."""
        if (permission, kind) not in self._grants:
            self._grants[permission, kind] = tuple(self._make_grants(permission, kind))
        return self._grants[permission, kind]

    def scope(self, permission: str, kind: str, form: str | None, day: date) -> Filter:
        """Return the search that finds every object of a kind on which the permission is held, protected ones too."""
        active = [grant for grant in self.grants(permission, kind) if grant.is_active(form, day)]
        if kind != "user" or self.me is None or is_read(permission):
            return any_of(grant.filter() for grant in active)
        others = any_of(grant.filter() for grant in active if not grant.selector.own)
        own = any_of(grant.filter() for grant in active if grant.selector.own)
        mine: Filter = Ids(frozenset({self.me}))
        if not absent(self._number):
            mine = any_of((mine, Compare(NUMBER, "==", self._number)))
        return any_of((all_of((others, not_(mine))), own))

    def _index(self, permission: str, kind: str) -> Index[Grant]:
        index = Index.of((grant.selector, grant) for grant in self.grants(permission, kind))
        self._indexes[permission, kind] = index
        return index

    def _make_grants(self, permission: str, kind: str) -> Iterator[Grant]:
        if not applies(permission, kind):
            return
        for order, row in enumerate(self.rows):
            if permission in row.permissions and row.set in self._sets:
                decision = Decision(True, f'{permission} is given by the binding "{row.id}".', row.id, "allowed")
                bound = self._sets[row.set]
                for selector in bound.resources:
                    if selector.kind == kind:
                        yield Grant(order, row, selector, bound.exclusion, decision)


@lru_cache(maxsize=2_048)
def refuse(code: DecisionCode | Literal["holder"], permission: str, kind: str) -> Decision:
    """Return the refusal with its sentence."""
    what = f"{permission} on this {kind.replace('_', ' ')}"
    reasons: Mapping[str, str] = {
        "protected": "This is protected: nobody reaches it through Deskhand, whatever a binding says.",
        "no_binding": f"No binding gives {permission} on any {kind.replace('_', ' ')}.",
        "not_in_scope": f"Bindings give {permission}, but not on this {kind.replace('_', ' ')}.",
        "unresolved": f"A binding would give {what}, but what its set leaves out cannot be worked out.",
        "other_form": f"A binding gives {what}, but only inside other forms.",
        "window": f"A binding gives {what}, but not today.",
        "self": f"A binding gives {what}, but this is the actor's own account.",
        "holder": "This account holds rights in Deskhand that the actor does not hold; only who holds as much changes it.",
    }
    return Decision(False, reasons[code], None, "protected" if code == "holder" else code)
