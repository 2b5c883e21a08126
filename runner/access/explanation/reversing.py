"""Who could be allowed something on an object: a search on people, wide enough for everybody who is. Pure.

For each row that reaches the object, its principal becomes a search, narrowed by what its selectors ask of the actor:
``match: { department: $(actor.department) }`` becomes "whose department is the object's".  What cannot be turned round is
left wide, so each person found has to be decided on; nobody else can be allowed.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from connectors.matching import absent
from connectors.spi import Compare, Entry, Everything, Filter, Ids, InGroup, Nothing, Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.filters import all_of, any_of
from runner.access.model import ActorValue
from runner.access.resolving import ResolvedSelector, ResolvedSet, Row
from runner.access.selecting import bind


def candidates(authority: Authority, permission: str, entry: Entry | None, *, form: str | None, day: date) -> Filter:
    """Return the search that finds everybody who may have a permission on an object (None: on the whole installation)."""
    found = _reaching(authority, permission, entry, form=form, day=day)
    return any_of(all_of((_principal(row), within)) for row, within in found)


def clients(
    authority: Authority, permission: str, entry: Entry | None, *, form: str | None, day: date
) -> tuple[str, ...]:
    """Return the API clients that may have it, by name; each has to be decided on."""
    found = _reaching(authority, permission, entry, form=form, day=day)
    return tuple(sorted({row.principal_id for row, _ in found if row.principal == "client"}))


def _reaching(
    authority: Authority, permission: str, entry: Entry | None, *, form: str | None, day: date
) -> Iterator[tuple[Row, Filter]]:
    """Yield the rows that give it today, in this form, where somebody's set may hold the object, and for whom it does."""
    for row in authority.resolved.rows:
        if permission in row.permissions and row.counts_on(day) and row.counts_in(form):
            within = _actors(authority, row, permission, entry)
            if not isinstance(within, Nothing):
                yield row, within


def _is_about_all(permission: str) -> bool:
    return permission in PERMISSIONS and "" in PERMISSIONS[permission][0]


def _principal(row: Row) -> Filter:
    if row.principal == "user":
        return Ids(frozenset({row.principal_id}))
    if row.principal == "group":
        return InGroup(row.principal_id)
    return Everything() if row.principal == "everyone" else Nothing()


def _actors(authority: Authority, row: Row, permission: str, entry: Entry | None) -> Filter:
    """Return the search for those for whom the set of a row may hold the object."""
    if entry is None or _is_about_all(permission):
        return Everything()
    found = authority.resolved.sets.get(row.set)
    if found is None or _is_left_out(found, entry):
        return Nothing()
    return any_of(_asked_of_actor(selector, entry) for selector in found.resources)


def _is_left_out(found: ResolvedSet, entry: Entry) -> bool:
    """Say whether a set leaves the object out whoever asks; an exclusion that hangs on the actor is decided on later."""
    excluded = [one for one in found.excluded if one.written.kind == entry.ref.kind]
    fixed = [one for one in excluded if one.missing or not one.written.needs_actor]
    bound = [bind(selector, {}, widely=True) for selector in fixed]
    return any(one is None or one.selects(entry) for one in bound)


def _asked_of_actor(selector: ResolvedSelector, entry: Entry) -> Filter:
    """Return the search for the actors whose values make a selector select the object."""
    if selector.missing or selector.written.kind != entry.ref.kind:
        return Nothing()
    own = [Ids(frozenset({entry.ref.id}))] if selector.written.own else []
    asked = [*own, *_matching(selector, entry)]
    fixed = bind(_without_actor(selector), {})
    return all_of(asked) if fixed is not None and fixed.selects(entry) else Nothing()


def _without_actor(selector: ResolvedSelector) -> ResolvedSelector:
    written, match = selector.written, selector.match
    return ResolvedSelector(
        type(written)(written.kind, written.under, written.in_group, written.nested),
        selector.place,
        selector.group,
        None if written.own else selector.ids,  # as when it is bound: the actor's id stands for any list
        tuple((name, value) for name, value in match if not isinstance(value, ActorValue)),
    )


def _matching(selector: ResolvedSelector, entry: Entry) -> Iterable[Filter]:
    for name, value in selector.match:
        if isinstance(value, ActorValue):
            yield _whose(value.attribute, entry, name)


def _whose(attribute: str, entry: Entry, name: str) -> Filter:
    """Return the search for people whose attribute, or who themselves, are the object's value; empty is nobody's."""
    found = entry.attributes.get(name)
    if absent(found):
        return Nothing()
    if not attribute:
        return Ids(frozenset({found.id})) if isinstance(found, Ref) and found.kind == "user" else Nothing()
    if attribute == "id":
        return Ids(frozenset({found})) if isinstance(found, str) else Nothing()
    return Compare(attribute, "==", found)
