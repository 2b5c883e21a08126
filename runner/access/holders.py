"""Accounts that hold rights in Deskhand, and who may change them: only those who hold as much. Pure.

Whoever resets somebody's password can act as that person.  So a change to an account that holds rights is refused unless
the actor *covers* every row that gives it rights: the same permissions on at least the same things, in at least the same
forms and for at least as long, or a role that names the other under ``covers``.  Then taking the account over gains
nothing.  Whoever may decide who has which rights covers everything.  A row protects from when it is written until its last
day, also before its first.  A row for everyone protects nobody, and neither does one that gives everyday permissions only
on what belongs to each who holds it, unless the role says ``holders: protected``; ``holders: ordinary`` says of any role
that it protects nobody.  Who decides in an open review is protected from everybody but those who say who has which rights.

The personal mailbox of such an account is protected with it: codes of caller checks are sent there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias

from connectors.spi import Entry
from runner.access.barriers import Barrier, account_of
from runner.access.model import ActorValue, applies
from runner.access.resolving import ResolvedPolicy, ResolvedSelector, ResolvedSet, Row
from runner.access.selecting import BoundSelector, bind
from runner.access.views import ActorView, Grant

MANAGING = "access.manage"
"""Whoever holds it can give themselves everything, and so covers everything."""

DECIDING = "(deciding in a review)"
"""Stands for the role and the binding of those who decide in an open review; no file can name it."""

_What: TypeAlias = tuple[str, str, frozenset[str] | None, date | None]


@dataclass(frozen=True, slots=True)
class Holding:
    """One row that gives rights over others to the members of a group, or to a person."""

    row: Row
    scope: ResolvedSet | None


def holdings(resolved: ResolvedPolicy) -> tuple[Holding, ...]:
    """Return the rows that make somebody a holder of rights."""
    return tuple(_holdings(resolved))


def deciding(people: Iterable[str]) -> tuple[Holding, ...]:
    """Return what people hold who decide in a review, by id: whoever acts as they do could revoke any binding."""
    held = frozenset({MANAGING})
    rows = (Row(f"{DECIDING}/user:{id_}", DECIDING, "user", id_, DECIDING, held, "") for id_ in sorted(people))
    return tuple(Holding(row, None) for row in rows)


def _holdings(resolved: ResolvedPolicy) -> Iterator[Holding]:
    for row in resolved.rows:
        scope = resolved.sets.get(row.set)
        if row.principal not in ("user", "group") or row.ordinary or not row.permissions:
            continue
        if scope is not None and all(selector.written.own for selector in scope.resources) and not _is_about_all(row):
            continue
        yield Holding(row, scope)


def _is_about_all(row: Row) -> bool:
    return any(applies(permission, "") for permission in row.permissions)


@dataclass(frozen=True, slots=True)
class Held:
    """The holdings by the id of the group, and of the person, that holds them."""

    by_group: Mapping[str, tuple[Holding, ...]]
    by_person: Mapping[str, tuple[Holding, ...]]

    @classmethod
    def of(cls, held: Iterable[Holding]) -> "Held":
        """Sort holdings by who holds them."""
        by_group: dict[str, tuple[Holding, ...]] = {}
        by_person: dict[str, tuple[Holding, ...]] = {}
        for holding in held:
            known = by_group if holding.row.principal == "group" else by_person
            known[holding.row.principal_id] = (*known.get(holding.row.principal_id, ()), holding)
        return cls(by_group, by_person)


def barrier(view: ActorView, held: Sequence[Holding], form: str | None, day: date) -> Barrier:
    """Return whom the actor may not change in a form on that day."""
    return Barring(view, Held.of(held), form, day).barrier


class Barring:
    """Whom one actor may not change in one form on one day; holdings are compared as they come up, each kind once."""

    def __init__(self, view: ActorView, held: Held, form: str | None, day: date) -> None:
        self._held, self._covering = held, _Covering(view, form, day)
        self._is_open = any(
            MANAGING in row.permissions and row.counts_in(form) and row.counts_on(day) for row in view.rows
        )
        self._groups: dict[str, bool] = {}

    def stops(self, entry: Entry) -> bool:
        """Say whether an account holds more, or the account that a personal mailbox belongs to; as `Barrier.stops`."""
        person = None if self._is_open else account_of(entry)
        if person is None:
            return False
        if any(self._is_more(holding) for holding in self._held.by_person.get(person, ())):
            return True
        return any(self._is_group_more(group) for group in self._held.by_group.keys() & entry.groups)

    @cached_property
    def barrier(self) -> Barrier:
        """All whom it stops."""
        if self._is_open:
            return Barrier()
        groups = frozenset(group for group in self._held.by_group if self._is_group_more(group))
        held = self._held.by_person.items()
        return Barrier(groups, frozenset(person for person, own in held if any(map(self._is_more, own))))

    def _is_group_more(self, group: str) -> bool:
        if group not in self._groups:
            self._groups[group] = any(map(self._is_more, self._held.by_group[group]))
        return self._groups[group]

    def _is_more(self, holding: Holding) -> bool:
        return self._covering.is_active(holding.row) and not self._covering.covers(holding)


class _Covering:
    """What one actor's rows cover on one day; rows that give the same are compared once."""

    def __init__(self, view: ActorView, form: str | None, day: date) -> None:
        self._view, self._day = view, day
        self._rows = [row for row in view.rows if row.counts_on(day)]
        self._own = {_what(row) for row in self._rows}
        self._named = frozenset[str]().union(*(row.covers for row in self._rows if row.counts_in(form)))
        self._known: dict[_What, bool] = {}

    def is_active(self, row: Row) -> bool:
        """Say whether a row protects: from when it is written until its last day, also before its first."""
        return row.ends is None or self._day <= row.ends

    def covers(self, holding: Holding) -> bool:
        row = holding.row
        if row.role in self._named:
            return True
        key = _what(row)
        if key not in self._known:
            self._known[key] = self._gives_as_much(holding)
        return self._known[key]

    def _gives_as_much(self, holding: Holding) -> bool:
        row, scope = holding.row, holding.scope
        if _what(row) in self._own and not (
            scope and any(_depends(one) for one in (*scope.resources, *scope.excluded))
        ):
            return True
        return all(self._covers_permission(permission, row, scope) for permission in sorted(row.permissions))

    def _covers_permission(self, permission: str, row: Row, scope: ResolvedSet | None) -> bool:
        if applies(permission, "") and not any(
            permission in mine.permissions and _reaches_forms(mine, row) and _lasts(mine, row) for mine in self._rows
        ):
            return False
        selectors = scope.resources if scope else ()
        return all(
            self._covers_selector(permission, row, selector, scope.excluded if scope else ())
            for selector in selectors
            if applies(permission, selector.written.kind) and not selector.written.own and not selector.missing
        )

    def _covers_selector(
        self, permission: str, row: Row, wanted: ResolvedSelector, excluded: Sequence[ResolvedSelector]
    ) -> bool:
        kind = wanted.written.kind
        left_out = [bound for one in excluded if one.written.kind == kind and (bound := bind(one, {}, widely=True))]
        return any(
            self._day_fits(grant)
            and _reaches_forms(grant.row, row)
            and _lasts(grant.row, row)
            and is_within(wanted, grant.selector)
            and all(any(_holds(wide, own) for wide in left_out) for own in _excluding(grant, kind))
            for grant in self._view.grants(permission, kind)
        )

    def _day_fits(self, grant: Grant) -> bool:
        return grant.row.counts_on(self._day) and grant.selector.kind not in grant.exclusion.closed


def _excluding(grant: Grant, kind: str) -> Iterable[BoundSelector]:
    return (selector for selector in grant.exclusion.selectors if selector.kind == kind)


def _depends(selector: ResolvedSelector) -> bool:
    return any(isinstance(value, ActorValue) for _, value in selector.match)


def _what(row: Row) -> _What:
    return row.role, row.set, row.forms, row.ends


def _lasts(mine: Row, theirs: Row) -> bool:
    return mine.ends is None or (theirs.ends is not None and theirs.ends <= mine.ends)


def _reaches_forms(mine: Row, theirs: Row) -> bool:
    return mine.forms is None or (theirs.forms is not None and theirs.forms <= mine.forms)


def is_within(inner: ResolvedSelector, outer: BoundSelector) -> bool:
    """Say whether all that ``inner`` can select, whoever the actor is, is surely selected by ``outer``."""
    if outer.own or inner.written.kind != outer.kind:
        return False
    constants = {name: value for name, value in inner.match if not isinstance(value, ActorValue)}
    bare = BoundSelector(
        outer.kind, inner.place, inner.group, not inner.written.nested, inner.ids, tuple(constants.items())
    )
    return _holds(outer, bare)


def _holds(outer: BoundSelector, inner: BoundSelector) -> bool:
    """Say whether all that ``inner`` selects is surely selected by ``outer``: each condition of it is among the other's."""
    if outer.kind != inner.kind or (outer.own and not inner.own):
        return False
    if outer.ids is not None and not (inner.ids is not None and inner.ids <= outer.ids):
        return False
    if outer.place is not None and (inner.place is None or inner.place[: len(outer.place)] != outer.place):
        return False
    if outer.group is not None and (outer.group != inner.group or (outer.direct and not inner.direct)):
        return False
    return set(outer.match) <= set(inner.match)
