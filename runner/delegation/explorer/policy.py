"""Roles, resource sets and bindings: each with what it is made of, what uses it and what is behind it now. Reads."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from connectors.spi import Nothing
from runner.access.explanation.wording import PLURALS, plural, selector_in_words, window_in_words
from runner.access.model import Binding, ResourceSet, Role
from runner.delegation.explorer.pages import (
    BindingPage,
    Count,
    KindShare,
    Line,
    Link,
    ListPage,
    PermissionView,
    RolePage,
    SetPage,
)
from runner.delegation.explorer.surveying import MOST_SHOWN, NOBODY, Survey
from runner.pipeline.pages import Chip

Thing = TypeVar("Thing")
PER_PAGE = 50
_NOT_IN_A_DIRECTORY = ("form", "mail_domain")


def role_page(survey: Survey, role_id: str) -> RolePage:
    """Return a role; raises `NotFoundError`."""
    role = survey.policy.roles.get(role_id)
    if role is None:
        raise survey.missing()
    chosen = [binding for binding in survey.policy.bindings if binding.role == role_id]
    shown, left = survey.bindings(chosen)
    return RolePage(
        role=survey.role(role_id),
        title=role.title,
        standard=role.standard,
        ordinary=_is_ordinary(survey, role_id),
        permissions=tuple(_permissions(survey, role)),
        includes=tuple(map(survey.role, role.includes)),
        included_by=tuple(survey.role(one.id) for one in survey.policy.roles.values() if role_id in one.includes),
        covers=tuple(map(survey.role, role.covers)),
        bindings=shown,
        more_bindings=left,
        holders=survey.people(survey.behind(filter(survey.is_active, chosen))),
        everyone=_is_for_everyone(chosen),
    )


def set_page(survey: Survey, set_id: str) -> SetPage:
    """Return a resource set; raises `NotFoundError`."""
    written = survey.policy.sets.get(set_id)
    if written is None:
        raise survey.missing()
    resolved = survey.authority.resolved.sets[set_id]
    shown, left = survey.bindings([binding for binding in survey.policy.bindings if set_id in binding.on])
    selectors = (*resolved.resources, *resolved.excluded)
    return SetPage(
        resource_set=survey.resource_set(set_id),
        title=written.title,
        standard=written.standard,
        protected=set_id in survey.policy.protected,
        selectors=tuple(map(selector_in_words, written.resources)),
        excluded=tuple(map(selector_in_words, written.excluded)),
        missing=tuple(selector.missing for selector in selectors if selector.missing),
        shares=tuple(_share(survey, written, kind) for kind in PLURALS if kind in written.kinds),
        bindings=shown,
        more_bindings=left,
    )


def binding_page(survey: Survey, binding_id: str) -> BindingPage:
    """Return the bindings of an id: one, or all assignments of a standard role; raises `NotFoundError`."""
    chosen = [binding for binding in survey.written if binding.id == binding_id]
    if not chosen:
        raise survey.missing()
    names = frozenset().union(*(survey.policy.roles[binding.role].permissions for binding in chosen))
    shown, left = survey.bindings(chosen)
    return BindingPage(
        id=binding_id,
        bindings=shown,
        more_bindings=left,
        people=survey.people(survey.behind(one for one in chosen if one not in survey.revoked)),
        everyone=_is_for_everyone(chosen),
        permissions=tuple(survey.permission(name) for name in sorted(names)),
    )


def roles_page(survey: Survey, text: str, page: int) -> ListPage:
    """Return the roles whose id or title has the text, those of the file first."""
    used = Counter(binding.role for binding in survey.policy.bindings)
    roles = sorted(survey.policy.roles.values(), key=lambda role: (role.standard, not used[role.id] and role.standard))

    def line(role: Role) -> Line:
        marks = [Chip("Standard role", "info")] if role.standard else []
        marks += [] if used[role.id] else [Chip("Not used", "" if role.standard else "warn")]
        facts = (_several(len(role.permissions), "permission"), _several(used[role.id], "binding"))
        return Line(survey.role(role.id), facts, tuple(marks))

    return paged(survey, [(f"{role.id} {role.title}", role) for role in roles], line, text, page)


def sets_page(survey: Survey, text: str, page: int) -> ListPage:
    """Return the resource sets whose id or title has the text."""
    used = Counter(name for binding in survey.policy.bindings for name in binding.on)

    def line(one: ResourceSet) -> Line:
        is_protected = one.id in survey.policy.protected
        marks = [Chip("Protected", "bad", "shield-lock")] if is_protected else []
        marks += [] if used[one.id] or is_protected else [Chip("No binding")]
        kinds = ", ".join(plural(kind) for kind in sorted(one.kinds))
        return Line(survey.resource_set(one.id), (kinds, _several(used[one.id], "binding")), tuple(marks))

    return paged(survey, [(f"{one.id} {one.title}", one) for one in survey.policy.sets.values()], line, text, page)


def bindings_page(survey: Survey, text: str, page: int) -> ListPage:
    """Return the bindings in which an id, a principal, the role or a set has the text, in the order of the file."""
    looks = {
        "over": Chip("Over", "warn", "calendar-x"),
        "ahead": Chip("Not yet", "info", "calendar3"),
        "revoked": Chip("Revoked", "bad", "slash-circle"),
    }

    def line(binding: Binding) -> Line:
        shown = survey.binding(binding)
        who = ", ".join(one.label for one in shown.principals[:3])
        window = window_in_words(binding.starts, binding.ends)
        marks = tuple(look for state, look in looks.items() if shown.state == state)
        facts = (who, f"role {binding.role}", f"on {', '.join(binding.on[:3])}" if binding.on else "", window)
        return Line(Link("binding", binding.id, binding.id), tuple(filter(None, facts)), marks)

    words = [(" ".join((one.id, one.role, *one.on, *map(str, one.principals))), one) for one in survey.written]
    return paged(survey, words, line, text, page)


def paged(
    survey: Survey, things: Sequence[tuple[str, Thing]], line: Callable[[Thing], Line], text: str, page: int
) -> ListPage:
    """Return one page of what has every word of the text, ignoring case; each thing comes with its words."""
    wanted = text.casefold().split()
    found = [thing for words, thing in things if all(word in words.casefold() for word in wanted)]
    start = (page - 1) * PER_PAGE
    if start and start >= len(found):
        raise survey.missing()
    shown = tuple(line(thing) for thing in found[start : start + PER_PAGE])
    return ListPage(text, len(found), shown, page, more=start + PER_PAGE < len(found))


def _permissions(survey: Survey, role: Role) -> Iterator[PermissionView]:
    for name in sorted(role.permissions):
        through = next((one for one in role.includes if name in survey.policy.roles[one].permissions), "")
        yield survey.permission(name, through)


def _share(survey: Survey, written: ResourceSet, kind: str) -> KindShare:
    """Say what a set holds of a kind; what hangs on who asks is not counted."""
    if kind in _NOT_IN_A_DIRECTORY:
        return _named_share(survey, written, kind)
    if any(selector.needs_actor for selector in written.resources if selector.kind == kind):
        return KindShare(plural(kind), None, why="depends on who is at the keyboard")
    if kind not in survey.services.connectors.kinds:
        return KindShare(plural(kind), None, why="no system here has such things")
    filter_ = survey.authority.set_filter(written.id, kind, NOBODY)
    found = survey.objects(kind, filter_) if not isinstance(filter_, Nothing) else None
    if found is None:
        empty = isinstance(filter_, Nothing)
        return KindShare(plural(kind), Count(0) if empty else None, why="" if empty else "too many to be counted here")
    return KindShare(plural(kind), found.count, found.first)


def _named_share(survey: Survey, written: ResourceSet, kind: str) -> KindShare:
    """Things that are known by their names alone: forms, mail domains."""
    selectors = [selector for selector in written.resources if selector.kind == kind]
    names = dict.fromkeys(name for selector in selectors for name in selector.ids or ())
    if kind == "form" and any(selector.ids is None for selector in selectors):
        names = dict.fromkeys(survey.services.catalogue.forms)
    elif any(selector.ids is None for selector in selectors):
        return KindShare(plural(kind), None, why="all there are")
    left_out = {name for one in written.excluded if one.kind == kind for name in one.ids or ()}
    kept = [name for name in names if name not in left_out]
    links = tuple(survey.form(name) if kind == "form" else Link("thing", name, name) for name in kept[:MOST_SHOWN])
    return KindShare(plural(kind), Count(len(kept)), links)


def _is_ordinary(survey: Survey, role_id: str) -> bool:
    """Say whether holders of a role are helped like anybody else, wherever it is given."""
    rows = [row for row in survey.authority.resolved.rows if row.role == role_id]
    return bool(rows) and all(row.ordinary for row in rows)


def _is_for_everyone(bindings: Sequence[Binding]) -> bool:
    return any(principal.kind == "everyone" for binding in bindings for principal in binding.principals)


def _several(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
