"""Compare two policies over a whole directory: who gains and who loses what on which things. Pure.

Both are resolved against the same directory and asked about everybody in its census, class by class, by the searches
that `runner.access.authority.Authority.scope` gives: so what is said here is what is decided.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from connectors.spi import Compare
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.barriers import Barrier, is_guarded
from runner.access.census import Census
from runner.access.comparison.actor_classes import ActorClass, actor_classes, members
from runner.access.comparison.policy_changes import Comparison, Form, Found, Scope, grouped, over_forms
from runner.access.comparison.reaches import Asking, Reach, Reaching
from runner.access.model import is_read
from runner.access.views import NUMBER, ActorView


def compare(before: Authority, after: Authority, census: Census, now: datetime) -> Comparison:
    """Return what becomes different for everybody in the census and every client, on the day of ``now``."""
    comparing = _Comparing((before, after), census, now)
    found = [change for one in actor_classes(census, (before, after)) for change in comparing.of(one)]
    old, new = (census.matching(side.holders_filter(now.date()), "user") for side in (before, after))
    freed, taken = ({kind: comparing.protects(kind)[side] for kind in census.kinds} for side in (0, 1))
    return Comparison(
        census,
        grouped(found),
        {kind: bits for kind, bits in taken.items() if bits},
        {kind: bits for kind, bits in freed.items() if bits},
        new & ~old,
        old & ~new,
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """What a class reaches before and after, in one form."""

    before: Reach
    after: Reach

    @property
    def others(self) -> tuple[int, int]:
        return self.before.others & ~self.after.others, self.after.others & ~self.before.others

    def own(self, people: int) -> tuple[int, int]:
        return self.before.own & ~self.after.own & people, self.after.own & ~self.before.own & people


class _Comparing:
    def __init__(self, sides: tuple[Authority, Authority], census: Census, now: datetime) -> None:
        self._sides, self._census, self._now = sides, census, now
        self._reaching = [Reaching(side, census) for side in sides]
        self._protects: dict[str, tuple[int, int]] = {}
        self._other_rights: dict[str, int] = {}
        named = {name for side in sides for row in side.resolved.rows for name in row.forms or ()}
        self._forms: tuple[Form, ...] = (None, *sorted(named))
        numbers = [Compare(NUMBER, "==", number) for number, count in census.values("user", NUMBER) if count > 1]
        self._of_one_person = [census.matching(one, "user") for one in numbers]

    def protects(self, kind: str) -> tuple[int, int]:
        """Return what of a kind is not protected any more, and what becomes protected."""
        if kind not in self._protects:
            old, new = (self._census.matching(side.protected_filter(kind), kind) for side in self._sides)
            self._protects[kind] = old & ~new, new & ~old
        return self._protects[kind]

    def of(self, found: ActorClass) -> Iterator[Found]:
        """Yield what changes for a class."""
        views = [side.view(found.actor) for side in self._sides]
        forms: tuple[Form, ...] = (
            None,
            *sorted({name for view in views for row in view.rows for name in row.forms or ()}),
        )
        asked = {pair: None for form in forms for pair in self._asked(found, views, form)}
        for permission, kind in asked:
            if not kind:
                yield from self._on_installation(found, permission, forms)
            else:
                yield from self._on_things(found, [Asking(permission, kind, form, self._now) for form in forms])

    def _asked(self, found: ActorClass, views: Sequence[ActorView], form: Form) -> Iterator[tuple[str, str]]:
        """Yield the permissions and kinds of which the rows of a class do not say at once that nothing changes."""
        old, new = (self._rows(side, view, form) for side, view in zip(self._sides, views, strict=True))
        differing: frozenset[str] = frozenset().union(*(permissions for permissions, _ in old ^ new))
        held: frozenset[str] = frozenset().union(*(permissions for permissions, _ in old | new))
        pairs = [(permission, kind) for permission in sorted(held) for kind in PERMISSIONS[permission][0]]
        for permission, kind in pairs:
            is_touched = permission in differing or (bool(kind) and any(self.protects(kind)))
            asking = Asking(permission, kind, form, self._now)
            if is_touched or (is_guarded(permission, kind) and self._may_be_barred(found, asking)):
                yield permission, kind

    def _may_be_barred(self, found: ActorClass, asking: Asking) -> bool:
        """Say whether the class may reach accounts that are kept from it otherwise than before.

        Its own rows decide on that whatever form they count in; with the same rows only what others hold does.
        """
        old_rows, new_rows = (self._covering(side, found) for side in self._sides)
        if old_rows != new_rows:
            old, new = (side.barrier(found.actor, form=asking.form, now=self._now) for side in self._sides)
            return old != new
        changed = self._with_other_rights(asking.kind)
        if not changed:
            return False
        reaching = self._reaching[0]
        if reaching.unbarred(found.actor, asking) & changed or reaching.named_otherwise(found, asking):
            return True
        named = reaching.of_named(found, asking).keys()
        return any(reaching.named_by(asking.kind, name, changed) & found.people for name in named)

    def _with_other_rights(self, kind: str) -> int:
        """Return the accounts, or their mailboxes, whose holders are given something else than before."""
        if kind not in self._other_rights:
            old, new = (frozenset(_held(side)) for side in self._sides)
            found = [(principal, id_) for principal, id_, *_ in old ^ new]
            groups = frozenset(id_ for principal, id_ in found if principal == "group")
            people = frozenset(id_ for principal, id_ in found if principal == "user")
            self._other_rights[kind] = self._census.matching(Barrier(groups, people).filter(kind), kind)
        return self._other_rights[kind]

    def _covering(self, side: Authority, found: ActorClass) -> frozenset[tuple[object, ...]]:
        """Return what of a class's rows decides whom it covers, in all forms."""
        day, sets = self._now.date(), side.resolved.sets
        rows = (row for row in side.view(found.actor).rows if row.counts_on(day))
        return frozenset((row.role, row.permissions, row.set, sets.get(row.set), row.forms, row.covers) for row in rows)

    def _rows(self, side: Authority, view: ActorView, form: Form) -> frozenset[tuple[frozenset[str], object]]:
        day, sets = self._now.date(), side.resolved.sets
        rows = (row for row in view.rows if row.counts_on(day) and row.counts_in(form))
        return frozenset((row.permissions, sets.get(row.set)) for row in rows)

    def _on_installation(self, found: ActorClass, permission: str, forms: Sequence[Form]) -> Iterator[Found]:
        by_form: dict[Form, tuple[int, int]] = {}
        for form in forms:
            old, new = (side.holds(found.actor, permission, "", form=form, now=self._now) for side in self._sides)
            by_form[form] = int(old and not new), int(new and not old)
        yield from self._over_forms(permission, "", "installation", (found.people, found.client), by_form)

    def _on_things(self, found: ActorClass, askings: Sequence[Asking]) -> Iterator[Found]:
        first = askings[0]
        sides = {one.form: _Sides(*(side.of(found, one) for side in self._reaching)) for one in askings}
        alone = self._alone(found, askings, sides)
        rest = found.people & ~alone
        if rest or found.client is not None:
            yield from self._of_many(first, (rest, found.client), sides)
        for person, actor in members(self._census, alone):
            by_form: dict[Form, tuple[int, int]] = {}
            for one in askings:
                old, new = (side.exactly(actor, one) for side in self._reaching)
                by_form[one.form] = old & ~new, new & ~old
            yield from self._over_forms(first.permission, first.kind, "each", (person, None), by_form)

    def _over_forms(
        self,
        permission: str,
        kind: str,
        scope: Scope,
        who: tuple[int, str | None],
        by_form: Mapping[Form, tuple[int, int]],
    ) -> Iterator[Found]:
        """Yield what changes in all forms; in one that no row of a class names it is as outside any form."""
        everywhere = {form: by_form.get(form, by_form[None]) for form in self._forms}
        yield from over_forms(permission, kind, scope, who, everywhere)

    def _of_many(self, first: Asking, who: tuple[int, str | None], sides: dict[Form, _Sides]) -> Iterator[Found]:
        others = {form: one.others for form, one in sides.items()}
        own = {form: one.own(who[0]) for form, one in sides.items()}
        same = {form: (lost & who[0], gained & who[0]) for form, (lost, gained) in others.items()}
        if first.kind != "user" or (is_read(first.permission) and own == same):
            yield from self._over_forms(first.permission, first.kind, "these", who, others)
            return
        are_others = any(any(pair) for pair in same.values())
        yield from self._over_forms(first.permission, "user", "others" if are_others else "these", who, others)
        yield from self._over_forms(first.permission, "user", "own", who, own)

    def _alone(self, found: ActorClass, askings: Sequence[Asking], sides: Mapping[Form, _Sides]) -> int:
        """Return the people of a class who have to be asked about one by one."""
        if found.is_single or not found.people:
            return found.people
        alone = 0
        for one in askings:
            for side in self._reaching:
                alone |= side.named_otherwise(found, one)
            alone |= self._named(found, one, sides[one.form])
            if one.kind == "user" and not is_read(one.permission):
                changed = reduce(or_, sides[one.form].others)
                alone |= reduce(or_, (accounts for accounts in self._of_one_person if accounts & changed), 0)
        return alone & found.people

    def _named(self, found: ActorClass, asking: Asking, sides: _Sides) -> int:
        """Return the people whom things name that change otherwise for them than for the rest of the class."""
        old, new = (side.of_named(found, asking) for side in self._reaching)
        lost, gained = sides.others
        named = 0
        for attribute in old.keys() | new.keys():
            is_own = attribute == "owner" and asking.kind != "user"
            before = old.get(attribute, 0) | (sides.before.unbarred if is_own else sides.before.others)
            after = new.get(attribute, 0) | (sides.after.unbarred if is_own else sides.after.others)
            unlike = (lost ^ (before & ~after)) | (gained ^ (after & ~before))
            if unlike:
                named |= self._reaching[0].named_by(asking.kind, attribute, unlike)
        return named


def _held(side: Authority) -> Iterator[tuple[str, str, object]]:
    """Yield what rights the members of a group, or a person, hold over others."""
    for row in side.resolved.rows:
        if row.principal in ("user", "group"):
            rights = (
                row.role,
                row.permissions,
                side.resolved.sets.get(row.set),
                row.set,
                row.forms,
                row.starts,
                row.ends,
            )
            yield row.principal, row.principal_id, (*rights, row.ordinary, row.covers)
