"""The rule about those who hold rights, in Cedar: nobody changes an account that holds more than the actor does.

For each row that gives somebody rights over others there is one ``forbid`` on these people and their personal mailboxes,
``unless`` the actor covers the row.  Which rows of the file would cover which is worked out here from the selectors as
written; whether the actor has such a row, today, with which values, is left to Cedar.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from connectors.verbs import PERMISSIONS
from runner.access.model import ActorValue, Binding, Principal, ResourceSet, Role, Selector

MANAGES = "access.manage"
EVERYDAY = ("user.profile.manage", "user.groups.manage", "group.members.manage")
EVERY_FORM = ResourceSet("", "", (Selector("form"),))
"""What a binding without resource sets reaches."""

Words = Callable[[Selector], "Facts"]


@dataclass(frozen=True, slots=True)
class Facts:
    """A selector with its names looked up; ``match`` maps an attribute to Cedar's word for a constant, or to the actor's.

    ``known`` is when the actor has all the values it speaks of; ``lost`` when it names what is not there, ``unsure``
    also when only one of several ids is not.
    """

    selector: Selector
    place: str | None
    group: str | None
    ids: frozenset[str] | None
    match: tuple[tuple[str, str | ActorValue], ...]
    known: str
    lost: bool
    unsure: bool


@dataclass(frozen=True, slots=True)
class WrittenRow:
    """One combination of a binding, a principal (as a Cedar scope) and a set."""

    binding: Binding
    role: Role
    principal: Principal
    scope: str
    found: ResourceSet
    limits: tuple[str, ...]
    in_form: tuple[str, ...]

    @property
    def id(self) -> str:
        """Its id in the journal."""
        return "/".join(part for part in (self.binding.id, str(self.principal), self.found.id) if part)

    @property
    def is_held(self) -> str:
        """When the actor has this row today, whatever the form."""
        return " && ".join([self.scope, *self.limits])


class Holders:
    """Writes the ``forbid`` policies; ``facts`` looks up the names of a selector."""

    def __init__(self, rows: Sequence[WrittenRow], facts: Words) -> None:
        self._rows, self._facts = rows, facts

    def forbids(self) -> Iterator[tuple[str, str]]:
        """Yield the kind of object and the policy."""
        manages = [" && ".join([row.is_held, *row.in_form]) for row in self._rows if MANAGES in row.role.permissions]
        for row in self._rows:
            if _gives_rights(row):
                unless = " || ".join([*manages, self._covered(row)])
                yield from _on_holders(row, unless)

    def _covered(self, row: WrittenRow) -> str:
        """Say when the actor covers a row: a role that says so, the very same, or as much in other words."""
        ways = [" && ".join([mine.is_held, *mine.in_form]) for mine in self._rows if row.role.id in mine.role.covers]
        selectors = (*row.found.resources, *row.found.excluded)
        if not any(isinstance(value, ActorValue) for one in selectors for _, value in one.match):
            ways += [mine.is_held for mine in self._rows if _is_same(mine, row)]
        ways.append(" && ".join(["true", *self._needs(row)]))
        return " || ".join(f"({way})" for way in ways)

    def _needs(self, row: WrittenRow) -> Iterator[str]:
        for permission in sorted(row.role.permissions):
            kinds = PERMISSIONS[permission][0]
            if "" in kinds:
                yield _one_of(
                    mine.is_held for mine in self._rows if permission in mine.role.permissions and _reaches(mine, row)
                )
            for selector in row.found.resources:
                wanted = self._facts(selector)
                if {selector.kind, ""} & set(kinds) and not selector.own and not wanted.lost:
                    yield _one_of(self._covering(permission, row, wanted))

    def _covering(self, permission: str, row: WrittenRow, wanted: Facts) -> Iterator[str]:
        kind = wanted.selector.kind
        theirs = [self._facts(one) for one in row.found.excluded if one.kind == kind]
        sure = [one for one in theirs if not one.unsure and one.known == "true"]
        for mine in self._rows:
            if permission not in mine.role.permissions or not _reaches(mine, row):
                continue
            taken = [self._facts(one) for one in mine.found.excluded if one.kind == kind]
            for wide in (self._facts(one) for one in mine.found.resources if one.kind == kind):
                if wide.lost or wide.selector.own or any(one.unsure for one in taken):
                    continue
                parts = [mine.is_held, wide.known, within(wanted, wide)]
                parts += [one.known for one in taken]
                parts += [_one_of(within(mine_out, out, widely=True) for out in sure) for mine_out in taken]
                yield " && ".join(f"({part})" for part in parts)


def within(narrow: Facts, wide: Facts, *, widely: bool = False) -> str:
    """Say when all that ``narrow`` selects is surely selected by ``wide``; a value of the actor is put in by Cedar.

    ``widely`` is for selectors that take something away, whose groups count through other groups.
    """
    parts = ["true"]
    if wide.place is not None and not _below(narrow.place, wide.place):
        return "false"
    directly = wide.selector.nested is False and narrow.selector.nested and not widely
    if wide.group is not None and (wide.group != narrow.group or directly):
        return "false"
    if wide.ids is not None:
        if widely and narrow.selector.own:
            parts.append(f"[{', '.join(sorted(wide.ids))}].contains(principal.person)")
        elif narrow.ids is None or not narrow.ids <= wide.ids:
            return "false"
    theirs = dict(narrow.match)
    for name, value in wide.match:
        parts.append(_same(value, theirs.get(name), widely=widely))
    return " && ".join(parts)


def _same(wide: str | ActorValue, narrow: str | ActorValue | None, *, widely: bool) -> str:
    """Say when two values surely agree: as they are written, and for another's values only when they are constants."""
    if narrow is None or (isinstance(narrow, ActorValue) and not widely):
        return "false"
    one, other = (_spelled(value) for value in (wide, narrow))
    return f"{one} == {other}"


def _spelled(value: str | ActorValue) -> str:
    if not isinstance(value, ActorValue):
        return value
    return f"principal.person.written.{value.attribute}" if value.attribute else "principal.person"


def _below(place: str | None, above: str) -> bool:
    return place is not None and (place == above or place.endswith(f",{above}"))


def _one_of(ways: Iterator[str]) -> str:
    return f"({' || '.join(['false', *(f'({way})' for way in ways)])})"


def _reaches(mine: WrittenRow, theirs: WrittenRow) -> bool:
    forms, wanted = mine.binding.forms, theirs.binding.forms
    last, until = mine.binding.ends, theirs.binding.ends
    lasts = last is None or (until is not None and until <= last)
    return lasts and (forms is None or (wanted is not None and wanted <= forms))


def _is_same(mine: WrittenRow, theirs: WrittenRow) -> bool:
    same_role = mine.binding.role == theirs.binding.role
    same_ends = mine.binding.ends == theirs.binding.ends and mine.binding.forms == theirs.binding.forms
    return same_role and mine.found.id == theirs.found.id and same_ends


def _gives_rights(row: WrittenRow) -> bool:
    if row.principal.kind not in ("user", "group") or row.role.ordinary or not row.role.permissions:
        return False
    about_all = any("" in PERMISSIONS[permission][0] for permission in row.role.permissions)
    relative = not about_all and all(selector.needs_actor for selector in row.found.resources)
    everyday = all(name.endswith(".read") or name in EVERYDAY for name in row.role.permissions)
    if row.role.ordinary is None and relative and everyday:
        return False
    return about_all or not all(selector.own for selector in row.found.resources)


def _on_holders(row: WrittenRow, unless: str) -> Iterator[tuple[str, str]]:
    lasting = [limit for limit in row.limits if "<=" in limit]  # a row protects before its first day too
    limits = " && ".join(['!(action in Action::"reading")', *lasting])
    who = row.scope.removeprefix("principal ")
    mine = "principal has person && {} == principal.person"
    nobodys = 'resource has kind && ["shared", "room"].contains(resource.kind)'
    yield (
        "user",
        (
            f'@id("holder") forbid(principal, action, resource is user) when {{ {limits} && resource {who} }} '
            f"unless {{ ({mine.format('resource')}) || {unless} }};"
        ),
    )
    yield (
        "mailbox",
        (
            f'@id("holder") forbid(principal, action, resource is mailbox) when {{ {limits} && resource has owner && '
            f"resource.owner {who} }} unless {{ ({nobodys}) || ({mine.format('resource.owner')}) || {unless} }};"
        ),
    )
