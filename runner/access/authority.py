"""Decides who may do what to whom, from an index over the resolved policy. Pure: no clock, no reads, never raises.

Order of a decision: what is protected is refused to everybody, for reading too; else one binding suffices, provided its
principal, day, form, permission and resource set all fit.  Bindings only add; ``except`` inside a set and protection
are the only subtractions.  On one's own account, and on further ones with the same employee number, only a selector for
oneself counts, unless one merely reads.  An account
that holds more rights than the actor is not changed, see `runner.access.holders`.

Protected are what the policy names, accounts that the directory marks as privileged, and service accounts.  An object
whose groups cannot all be seen may be in any: where groups of its kind protect, or give rights, it is protected.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from weakref import WeakKeyDictionary

from connectors.spi import UNSEEN, Compare, Entry, Everything, Filter, Ids, InGroup, Nothing, Ref, Value
from runner.access.barriers import Barrier, is_guarded
from runner.access.filters import all_of, any_of, not_
from runner.access.holders import Barring, Held, deciding, holdings
from runner.access.model import Actor, ActorValue, Decision
from runner.access.resolving import ResolvedPolicy, Row
from runner.access.rights_groups import resolved_rights_groups
from runner.access.selecting import BoundSelector, Index, actor_value, bind
from runner.access.views import NUMBER, ActorView, BoundSet, Exclusion, bind_set, bind_set_widely, refuse

MARKS = ("privileged", "is_service")
"""Attributes of people by which a directory itself says that they are not to be touched."""

_OWNED = frozenset({"mailbox", "mail_list"})  # their owners' groups count, which no search of theirs can tell
_MOST_VIEWS = 4_096
_MOST_LATEST = 256  # one request asks many times with the same actor object


class Authority:
    """The one who decides, for one resolved policy. Immutable to its callers and safe for several threads.

    ``form`` is the id of the form in which something is asked, None outside any form: then only bindings without
    ``forms`` count.  ``now`` is aware and in the organisation's time zone; its date is the day that windows compare.
    ``own_accounts`` are the ids of the people in the directory by which Deskhand itself signs in to its systems,
    ``reviewers`` those of the people who decide in open reviews.  ``written`` is the policy with what reviews revoked, where
    that is more: it gives nothing, but may be given back, so it goes on protecting its holders and its groups.
    """

    def __init__(
        self,
        resolved: ResolvedPolicy,
        own_accounts: frozenset[str] = frozenset(),
        *,
        written: ResolvedPolicy | None = None,
        reviewers: frozenset[str] = frozenset(),
    ) -> None:
        self.resolved, self._own_accounts = resolved, own_accounts
        self.holdings = (*holdings(written or resolved), *deciding(reviewers))
        self._held = Held.of(self.holdings)
        self._barrings: WeakKeyDictionary[ActorView, dict[tuple[date, str | None], Barring]] = WeakKeyDictionary()
        self._rights_groups = resolved_rights_groups(written or resolved)
        self._attributes = tuple(sorted(set(_actor_attributes(resolved)) - {"", "id"}))
        self._rows = _rows_by_principal(resolved.rows)
        self._views: dict[tuple[object, ...], ActorView] = {}
        self._latest: dict[int, tuple[Actor, ActorView]] = {}
        self._protected = tuple(_protections(resolved))
        self._ruled_by_groups = self._kinds_ruled_by_groups()
        self._lost = dict(_lost_protections(resolved))
        self._protected_by_kind = {
            kind: Index.of(pair for pair in self._protected if pair[0].kind == kind)
            for kind in {selector.kind for selector, _ in self._protected}
        }

    def decide(self, actor: Actor, permission: str, entry: Entry, *, form: str | None, now: datetime) -> Decision:
        """Decide whether ``actor`` may do what ``permission`` allows to this object.

        A verb that creates something is decided on the container: the ``ou``, or for an address an `Entry` whose ref is
        ``Ref("mail_domain", "sample.test")``, in lower case.  Never raises.
        """
        if self.is_protected(entry):
            lost = self._lost.get(entry.ref.kind)
            return Decision(False, lost, None, "protected") if lost else refuse("protected", permission, entry.ref.kind)
        view, day = self.view(actor), now.date()
        decision = view.decide(permission, entry, form, day)
        if decision.allowed and is_guarded(permission, entry.ref.kind) and self._is_barred(view, entry, form, day):
            return refuse("holder", permission, entry.ref.kind)
        return decision

    def holds(self, actor: Actor, permission: str, kind: str, *, form: str | None, now: datetime) -> bool:
        """Say whether some binding could allow it on an object of ``kind``; with kind ``""``, on anything at all."""
        view, day = self.view(actor), now.date()
        if not kind:
            return any(permission in row.permissions for row in view.rows if row.counts_on(day) and row.counts_in(form))
        return any(grant.is_active(form, day) for grant in view.grants(permission, kind))

    def scope(self, actor: Actor, permissions: Sequence[str], kind: str, *, form: str | None, now: datetime) -> Filter:
        """Return the search that finds exactly the objects of ``kind`` on which `decide` allows all ``permissions``.

        No permissions at all find nothing.
        """
        if not permissions:
            return Nothing()
        view, day = self.view(actor), now.date()
        parts = [view.scope(permission, kind, form, day) for permission in permissions]
        if any(is_guarded(permission, kind) for permission in permissions):
            parts.append(not_(self._barred_filter(view, kind, form, day)))
        return all_of((*parts, not_(self.protected_filter(kind))))

    def is_protected(self, entry: Entry) -> bool:
        """Say whether no binding reaches this object.

        With people, the groups that would make somebody protected are protected themselves, and so are the units.
        """
        if entry.ref.kind == "user" and (
            entry.ref.id in self._own_accounts or any(entry.attributes.get(mark) is True for mark in MARKS)
        ):
            return True
        if UNSEEN in entry.groups and entry.ref.kind in self._ruled_by_groups:
            return True
        index = self._protected_by_kind.get(entry.ref.kind)
        found = index.selecting(entry) if index else ()
        return any(not exclusion.excludes(entry) for exclusion in found) if found else False

    def protected_filter(self, kind: str) -> Filter:
        """Return the search that finds what `is_protected` finds among objects of ``kind``."""
        pairs = (pair for pair in self._protected if pair[0].kind == kind)
        named = [all_of((selector.filter(), exclusion.filter(kind))) for selector, exclusion in pairs]
        if kind in self._ruled_by_groups and kind not in _OWNED:
            named.append(InGroup(UNSEEN))
        if kind != "user":
            return any_of(named)
        marked = [Compare(mark, "==", True) for mark in MARKS]
        return any_of((*named, *marked, *([Ids(self._own_accounts)] if self._own_accounts else ())))

    def holders_filter(self, day: date) -> Filter:
        """Return the search that finds the people who hold rights over others on a day."""
        rows = [holding.row for holding in self.holdings if holding.row.counts_on(day)]
        groups = sorted({row.principal_id for row in rows if row.principal == "group"})
        people = frozenset(row.principal_id for row in rows if row.principal == "user")
        return any_of((*(InGroup(group) for group in groups), *([Ids(people)] if people else ())))

    def barrier(self, actor: Actor, *, form: str | None, now: datetime) -> Barrier:
        """Return whom the actor may not change in a form, as they hold more."""
        return self._barring(self.view(actor), form, now.date()).barrier

    def gives_rights(self, entry: Entry) -> bool:
        """Say whether whoever is added to this group is given what some binding gives, nested groups included."""
        return entry.ref.kind == "group" and not self._rights_groups.isdisjoint({entry.ref.id, *entry.groups})

    def in_set(self, set_id: str, entry: Entry, actor: Actor, *, excluding: bool = False) -> bool:
        """Say whether an object is in a resource set, as seen by ``actor``.

        ``excluding`` is for a caller who takes the set away: then what cannot be worked out counts as in it.  An
        unknown set holds nothing, and when excluding everything.
        """
        bound = self._bound_set(set_id, actor, excluding=excluding)
        return bound.holds(entry) if bound else excluding

    def set_filter(self, set_id: str, kind: str, actor: Actor, *, excluding: bool = False) -> Filter:
        """Return the search that finds what `in_set` finds among objects of ``kind``."""
        bound = self._bound_set(set_id, actor, excluding=excluding)
        if bound is None:
            return Everything() if excluding else Nothing()
        return bound.filter(kind)

    def bindings_of(self, actor: Actor, now: datetime) -> tuple[Row, ...]:
        """Return the rows that are the actor's today, in the order of the file."""
        return tuple(row for row in self.view(actor).rows if row.counts_on(now.date()))

    def permissions_of(self, actor: Actor, now: datetime) -> frozenset[str]:
        """Return every permission the actor holds today on something, in some form."""
        return frozenset().union(*(row.permissions for row in self.bindings_of(actor, now)))

    def view(self, actor: Actor) -> ActorView:
        """Return what ``actor`` has been given; kept until the groups or the attributes that matter change."""
        latest = self._latest.get(id(actor))
        if latest is not None and latest[0] is actor:
            return latest[1]
        view = self._known_view(actor)
        if len(self._latest) >= _MOST_LATEST:
            self._latest.clear()
        self._latest[id(actor)] = actor, view
        return view

    def _kinds_ruled_by_groups(self) -> frozenset[str]:
        """Return the kinds of which groups decide what is protected, held or left out."""
        kinds = {selector.kind for selector, _ in self._protected if selector.group is not None}
        for found in self.resolved.sets.values():
            kinds |= {one.written.kind for one in found.excluded if one.written.in_group is not None}
        return frozenset(
            kinds
            | ({"user", "mailbox"} if self._held.by_group else set())
            | ({"group"} if self._rights_groups else set())
        )

    def _known_view(self, actor: Actor) -> ActorView:
        person = actor.person
        key: tuple[object, ...] = (actor.client,)
        if person is not None:
            values = [actor_value(person, name) for name in self._attributes]
            key = (actor.client, person.ref.id, person.groups, actor_value(person, NUMBER), *values)
        view = self._views.get(key)
        if view is None:
            view = self._make_view(actor)
            if len(self._views) >= _MOST_VIEWS:
                self._views.clear()
            self._views[key] = view
        return view

    def _make_view(self, actor: Actor) -> ActorView:
        rows = [row for _, row in sorted(self._rows_of(actor), key=lambda pair: pair[0])]
        values = self._values(actor)
        sets = {row.set: bind_set(self.resolved.sets[row.set], values) for row in rows if row.set in self.resolved.sets}
        me = actor.person.ref.id if actor.person else None
        return ActorView(rows, sets, me, actor_value(actor.person, NUMBER))

    def _rows_of(self, actor: Actor) -> Iterator[tuple[int, Row]]:
        if actor.client is not None:
            yield from self._rows.get(("client", actor.client), ())
            return
        yield from self._rows.get(("everyone", ""), ())
        if actor.person is not None:
            yield from self._rows.get(("user", actor.person.ref.id), ())
            for group in actor.person.groups:
                yield from self._rows.get(("group", group), ())

    def _values(self, actor: Actor) -> dict[str, Value]:
        return {name: actor_value(actor.person, name) for name in ("", "id", *self._attributes)}

    def _bound_set(self, set_id: str, actor: Actor, *, excluding: bool) -> BoundSet | None:
        resolved = self.resolved.sets.get(set_id)
        if resolved is None:
            return None
        return (bind_set_widely if excluding else bind_set)(resolved, self._values(actor))

    def _barring(self, view: ActorView, form: str | None, day: date) -> Barring:
        known = self._barrings.setdefault(view, {})
        if (day, form) not in known:
            known[day, form] = Barring(view, self._held, form, day)
        return known[day, form]

    def _is_barred(self, view: ActorView, entry: Entry, form: str | None, day: date) -> bool:
        return not _is_own(view, entry) and self._barring(view, form, day).stops(entry)

    def _barred_filter(self, view: ActorView, kind: str, form: str | None, day: date) -> Filter:
        barred = self._barring(view, form, day).barrier.filter(kind)
        if view.me is None:
            return barred
        own: Filter = Ids(frozenset({view.me})) if kind == "user" else Compare("owner", "==", Ref("user", view.me))
        return all_of((barred, not_(own)))


def _is_own(view: ActorView, entry: Entry) -> bool:
    if view.me is None:
        return False
    return (
        entry.ref.id == view.me if entry.ref.kind == "user" else entry.attributes.get("owner") == Ref("user", view.me)
    )


def _rows_by_principal(rows: Sequence[Row]) -> dict[tuple[str, str], list[tuple[int, Row]]]:
    found: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for order, row in enumerate(rows):
        found.setdefault((row.principal, row.principal_id), []).append((order, row))
    return found


def _actor_attributes(resolved: ResolvedPolicy) -> Iterator[str]:
    for resource_set in resolved.sets.values():
        for selector in (*resource_set.resources, *resource_set.excluded):
            yield from (value.attribute for _, value in selector.match if isinstance(value, ActorValue))


def _protections(resolved: ResolvedPolicy) -> Iterator[tuple[BoundSelector, Exclusion]]:
    """Yield what is protected, and what of it is not; a selector that finds nothing protects its kind."""
    for set_id in resolved.protected:
        found = resolved.sets[set_id]
        excepted = (bind(selector, {}) for selector in found.excluded)
        exclusion = Exclusion(tuple(selector for selector in excepted if selector))
        for selector in found.resources:
            bound = None if selector.lost else bind(selector, {}, widely=True)
            if bound is None:
                yield BoundSelector(selector.written.kind), exclusion
            else:
                yield bound, exclusion
                yield from ((way_in, exclusion) for way_in in _ways_in(bound))


def _lost_protections(resolved: ResolvedPolicy) -> Iterator[tuple[str, str]]:
    """Yield the kinds that are protected as a whole because a protected name was not found, with the reason."""
    for set_id in resolved.protected:
        for selector in resolved.sets[set_id].resources:
            if missing := selector.missing or selector.lost:
                kind = selector.written.kind
                yield kind, f'Every {kind} is protected until {missing} of the set "{set_id}" is found.'


def _ways_in(selector: BoundSelector) -> Iterator[BoundSelector]:
    """Yield the groups and units that make something fit a protected selector once it is put into them."""
    if selector.group is not None:
        yield BoundSelector("group", ids=frozenset({selector.group}))
        yield BoundSelector("group", group=selector.group)
    if selector.place is not None:
        yield BoundSelector("ou", place=selector.place)
