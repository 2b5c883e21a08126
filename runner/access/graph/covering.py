"""Which rows must be held to change an account that holds rights: one of each group of rows. Pure.

`runner.access.holders` decides for one actor.  Here its question is asked row by row and permission by permission, so that a
path may gather what is needed on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from connectors.spi import Value
from runner.access.holders import MANAGING, Holding, barrier, holdings
from runner.access.model import ActorValue, applies
from runner.access.resolving import ResolvedPolicy, ResolvedSelector, Row
from runner.access.views import ActorView, bind_set

Needed = tuple[tuple[str, ...], ...]
"""Ids of rows: of each group at least one must be held."""


@dataclass(slots=True)
class Covering:
    """Says for the group or person of a holding what covers all its rows that count on ``day``."""

    resolved: ResolvedPolicy
    day: date
    _by_principal: dict[str, list[Holding]] = field(init=False)
    _rows: "_Rows" = field(init=False)
    _known: dict[str, Needed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_principal = {}
        for one in holdings(self.resolved):
            if one.row.counts_on(self.day):
                self._by_principal.setdefault(one.row.principal_id, []).append(one)
        self._rows = _Rows.of(self.resolved, self.day)

    def needed(self, principals: Iterable[str]) -> Needed:
        """Return which rows an actor needs who may change an account that holds rights by these groups and people."""
        found: dict[tuple[str, ...], None] = {}
        for principal in sorted(principals):
            if principal not in self._known:
                parts = [group for one in self._by_principal.get(principal, ()) for group in self._covering(one)]
                self._known[principal] = tuple(dict.fromkeys(parts))
            found |= dict.fromkeys(self._known[principal])
        return tuple(found)

    def _covering(self, holding: Holding) -> Iterator[tuple[str, ...]]:
        near = tuple(self._rows.near(holding))
        for part in _parts(holding):
            (permission,) = part.row.permissions
            yield tuple(one.id for one in near if self._covers(one, part, permission))

    def _covers(self, mine: Row, part: Holding, permission: str) -> bool:
        if MANAGING in mine.permissions or part.row.role in mine.covers:
            return True
        if permission not in mine.permissions:
            return False
        form = min(mine.forms) if mine.forms else None
        stopped = barrier(self._view(mine, part), (part,), form, self.day)
        return part.row.principal_id not in stopped.groups | stopped.people

    def _view(self, mine: Row, part: Holding) -> ActorView:
        scope = self.resolved.sets.get(mine.set)
        if scope is None:
            return ActorView([mine], {}, None)
        constants = dict(_constants(part.scope.resources if part.scope else ()))
        values: dict[str, Value] = {
            value.attribute: constants[name]
            for selector in (*scope.resources, *scope.excluded)
            for name, value in selector.match
            if isinstance(value, ActorValue) and name in constants
        }
        return ActorView([mine], {mine.set: bind_set(scope, values)}, None)


def _parts(holding: Holding) -> Iterator[Holding]:
    """Yield a holding permission by permission and selector by selector, as different rows may cover them."""
    scope = holding.scope
    for permission in sorted(holding.row.permissions):
        row = replace(holding.row, permissions=frozenset({permission}))
        if applies(permission, ""):
            yield Holding(row, replace(scope, resources=()) if scope else None)
        for one in scope.resources if scope else ():
            if scope and applies(permission, one.written.kind) and not one.written.own and not one.missing:
                yield Holding(row, replace(scope, resources=(one,)))


def _constants(selectors: Sequence[ResolvedSelector]) -> Iterator[tuple[str, Value]]:
    for selector in selectors:
        yield from ((name, value) for name, value in selector.match if not isinstance(value, ActorValue))


@dataclass(slots=True)
class _Rows:
    """The rows that count, by what their selectors name, so that few have to be compared."""

    wide: list[Row] = field(default_factory=list)
    named: dict[object, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, resolved: ResolvedPolicy, day: date) -> "_Rows":
        found = cls()
        for row in resolved.rows:
            if row.counts_on(day):
                found._add(row, resolved)
        return found

    def _add(self, row: Row, resolved: ResolvedPolicy) -> None:
        self.named.setdefault(("set", row.set), []).append(row)
        for role in row.covers:
            self.named.setdefault(("role", role), []).append(row)
        scope = resolved.sets.get(row.set)
        selectors = scope.resources if scope else ()
        if MANAGING in row.permissions or not selectors or any(not list(_names(one)) for one in selectors):
            self.wide.append(row)
            return
        for name in dict.fromkeys(name for one in selectors for name in _names(one)):
            self.named.setdefault(name, []).append(row)

    def near(self, holding: Holding) -> Mapping[Row, None]:
        """Return the rows that may cover something of a holding."""
        row = holding.row
        found = dict.fromkeys(self.wide)
        keys: list[object] = [("set", row.set), ("role", row.role)]
        for one in holding.scope.resources if holding.scope else ():
            keys += [("id", id_) for id_ in one.ids or ()]
            keys += [("group", one.group)] if one.group is not None else []
            keys += [("place", one.place[:length]) for length in range(1, len(one.place) + 1)] if one.place else []
        for key in keys:
            found |= dict.fromkeys(self.named.get(key, ()))
        return found


def _names(selector: ResolvedSelector) -> Iterator[tuple[str, object]]:
    """Yield what a selector names: nothing, when it may select anything."""
    if selector.ids is not None:
        yield from (("id", id_) for id_ in sorted(selector.ids))
    elif selector.group is not None:
        yield "group", selector.group
    elif selector.place is not None:
        yield "place", selector.place
