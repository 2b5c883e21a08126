"""What people, groups and API clients hold, and where it comes from. Reads; nobody is asked for whether they may."""

from collections.abc import Iterable, Iterator, Mapping

from connectors.spi import Entry, Ids, InGroup
from runner.access.explanation.lacking import Asked
from runner.access.explanation.protection_reasons import protection
from runner.access.explanation.wording import listed
from runner.access.holders import Holding as HeldRow
from runner.access.holders import holdings
from runner.access.model import Actor, Binding, Principal
from runner.access.selecting import direct_groups
from runner.delegation.explorer.pages import (
    Count,
    Holding,
    Link,
    PeoplePage,
    PermissionView,
    PersonLine,
    RightsPage,
)
from runner.delegation.explorer.surveying import NOBODY, Survey
from runner.pipeline.reading import SEARCHED
from runner.pipeline.telling import chips, initials, subtitle

_MOST_LISTED = 100
_MOST_GROUPS = 1_000


def person_page(survey: Survey, person_id: str) -> RightsPage:
    """Return what a person holds; raises `NotFoundError`."""
    entry = survey.entry("user", person_id)
    if entry is None:
        raise survey.missing()
    groups = _groups_around(survey, entry)
    held = tuple(_holdings(survey, entry, groups, with_everyone=True))
    return RightsPage(
        who=survey.thing(entry),
        initials=initials(entry.label),
        subtitle=subtitle(entry),
        chips=chips(entry, survey.now),
        holdings=held,
        permissions=permissions_of(survey, held),
        protections=tuple(_protections(survey, entry, groups)),
    )


def group_page(survey: Survey, group_id: str) -> RightsPage:
    """Return what membership of a group gives, who is in it, and the sets that are made of its members.

    Raises `NotFoundError`.
    """
    entry = survey.entry("group", group_id)
    if entry is None:
        raise survey.missing()
    groups = _groups_around(survey, entry)
    held = (
        *(Holding(survey.binding(b), link) for b, link in _bindings_for(survey, "group", group_id)),
        *_holdings(survey, entry, groups, with_everyone=False),
    )
    return RightsPage(
        who=survey.thing(entry),
        initials="",
        subtitle=subtitle(entry),
        chips=chips(entry, survey.now),
        holdings=held,
        permissions=permissions_of(survey, held),
        protections=tuple(_protections(survey, entry, groups)),
        members=survey.people(InGroup(group_id)),
        used_by=_sets_made_of(survey, group_id),
    )


def client_page(survey: Survey, name: str) -> RightsPage:
    """Return what an API client holds; raises `NotFoundError` when no binding speaks of it."""
    held = tuple(Holding(survey.binding(b), link) for b, link in _bindings_for(survey, "client", name))
    if not held:
        raise survey.missing()
    who = Link("client", name, name, "API client")
    return RightsPage(who, "", "API client", (), held, permissions_of(survey, held), ())


def everyone_page(survey: Survey) -> RightsPage:
    """Return what everybody holds who signs in."""
    held = tuple(Holding(survey.binding(b), link) for b, link in _bindings_for(survey, "everyone", ""))
    who = Link("everyone", "", "Everyone")
    return RightsPage(who, "", "Everybody who signs in", (), held, permissions_of(survey, held), ())


def people_page(survey: Survey, text: str) -> PeoplePage:
    """Return the people with rights of their own, by more than being everyone, as far as they match a typed text."""
    everybody = survey.behind(survey.policy.bindings)
    found = survey.found("user", text, SEARCHED["user"], everybody, _MOST_LISTED + 1)
    lines = tuple(_person_line(survey, entry) for entry in found[:_MOST_LISTED])
    more = len(found) > _MOST_LISTED
    count = survey.people(everybody).count if not text or more else Count(len(lines))
    return PeoplePage(text, count, lines, more)


def permissions_of(survey: Survey, holdings: Iterable[Holding]) -> tuple[PermissionView, ...]:
    """Return every permission that some of the bindings gives today, in words, by name."""
    roles = {holding.binding.role.id for holding in holdings if not holding.binding.state}
    names = frozenset().union(*(survey.policy.roles[role].permissions for role in roles if role in survey.policy.roles))
    return tuple(survey.permission(name) for name in sorted(names))


def _person_line(survey: Survey, entry: Entry) -> PersonLine:
    actor = Actor(entry.ref.id, "", entry.label, entry)
    rows = survey.authority.bindings_of(actor, survey.now)
    roles = dict.fromkeys(row.role for row in rows if row.principal != "everyone")
    return PersonLine(survey.thing(entry), initials(entry.label), tuple(map(survey.role, roles)))


def _bindings_for(survey: Survey, kind: str, id_: str) -> list[tuple[Binding, Link]]:
    return [
        (binding, survey.principal(binding, principal))
        for binding in survey.policy.bindings
        for principal in binding.principals
        if principal.kind == kind and (kind == "everyone" or survey.principal_ids.get((binding.id, principal)) == id_)
    ]


def _holdings(survey: Survey, entry: Entry, groups: Mapping[str, Entry], *, with_everyone: bool) -> Iterable[Holding]:
    """Yield each binding that reaches a person (or what a group is in), with the way there."""
    for binding in survey.policy.bindings:
        for principal in binding.principals:
            id_ = survey.principal_ids.get((binding.id, principal), "")
            if _is_for(principal, id_, entry, with_everyone=with_everyone):
                via = _way(survey, entry, id_, groups) if principal.kind == "group" else ()
                yield Holding(survey.binding(binding), survey.principal(binding, principal), via)


def _is_for(principal: Principal, id_: str, entry: Entry, *, with_everyone: bool) -> bool:
    if principal.kind == "everyone":
        return with_everyone
    if principal.kind == "user":
        return bool(id_) and id_ == entry.ref.id
    return principal.kind == "group" and bool(id_) and id_ in entry.groups


def _groups_around(survey: Survey, entry: Entry) -> Mapping[str, Entry]:
    """Read the groups that somebody is in, to tell the way from one to the next."""
    some = frozenset(sorted(entry.groups)[:_MOST_GROUPS])
    found = survey.found("group", "", (), Ids(some), _MOST_GROUPS) if some else ()
    return {group.ref.id: group for group in found}


def _way(survey: Survey, entry: Entry, goal: str, groups: Mapping[str, Entry]) -> tuple[Link, ...]:
    """Return the shortest chain of groups from one's own up to ``goal``; empty when one is in it directly."""
    ways: dict[str, tuple[str, ...]] = {id_: (id_,) for id_ in sorted(direct_groups(entry))}
    waiting = list(ways)
    for id_ in waiting:
        if id_ == goal:
            break
        for outer in sorted(direct_groups(groups[id_])) if id_ in groups else ():
            if outer not in ways:
                ways[outer] = (*ways[id_], outer)
                waiting.append(outer)
    way = ways.get(goal, ())
    return tuple(survey.thing(groups[id_]) for id_ in way if id_ in groups) if len(way) > 1 else ()


def _protections(survey: Survey, entry: Entry, groups: Mapping[str, Entry]) -> Iterator[str]:
    """Yield what keeps changes away from an object: protected sets, and the rights its holder has."""
    if survey.authority.is_protected(entry):
        why = protection(survey.authority, Asked(NOBODY, "", entry, None, survey.now), groups)
        yield f"No binding reaches it. {why}".strip()
    if entry.ref.kind == "user":
        held = [one.row for one in holdings(survey.authority.resolved) if _is_held(one, entry)]
        bindings = list(dict.fromkeys(row.binding for row in held if row.counts_on(survey.now.date())))
        if bindings:
            through = listed([f"“{binding}”" for binding in bindings])
            yield f"It holds rights by {through}: only who holds as much may change it."


def _is_held(held: HeldRow, entry: Entry) -> bool:
    row = held.row
    return row.principal_id == entry.ref.id if row.principal == "user" else row.principal_id in entry.groups


def _sets_made_of(survey: Survey, group_id: str) -> tuple[Link, ...]:
    resolved = survey.authority.resolved.sets
    return tuple(
        survey.resource_set(id_)
        for id_ in survey.policy.sets
        if id_ in resolved
        and any(selector.group == group_id for selector in (*resolved[id_].resources, *resolved[id_].excluded))
    )
