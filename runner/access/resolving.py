"""Names in the access file → stable ids, once at start and again whenever the file or the directory's names change.

Afterwards nothing compares a name: groups, people and units are their ids and places.  As long as a policy is not
resolved again, a renamed group keeps its rights and a new one of the same name gets none.  Pure but for the two
functions it is given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from connectors.errors import RejectedError
from connectors.spi import Ref, Value
from connectors.verbs import ATTRIBUTES, PERMISSIONS
from forms.errors import Problem
from runner.access.model import (
    ActorValue,
    Binding,
    Policy,
    Principal,
    PrincipalKind,
    ResourceSet,
    Role,
    Selector,
    applies,
    is_read,
)

Locate: TypeAlias = Callable[[str, str], Ref | None]
"""(kind, text) → the object of that kind an administrator means by ``text``, or None."""

PlaceOf: TypeAlias = Callable[[str], tuple[str, ...]]
"""The DN of a unit → its place; raises `RejectedError` when the text is none."""

MatchValue: TypeAlias = "Value | ActorValue"
"""What an attribute is compared with: a constant, or a value of the actor."""

EVERYDAY = frozenset(name for name in PERMISSIONS if is_read(name)) | {
    "group.members.manage",
    "user.groups.manage",
    "user.profile.manage",
}
"""What key users do for their own department; nothing by which accounts are taken over, closed or made."""

_OPAQUE_KINDS = ("mail_domain", "form")
UNPROTECTABLE = "W322"
"""Code of the warning that a protected name was not found."""


@dataclass(frozen=True, slots=True)
class ResolvedSelector:
    """A `Selector` by stable ids.

    ``missing`` says which name was not found; the selector then matches nothing, but protects everything of its kind.
    ``lost`` says which of several ids were not found: it then matches the others, and protects everything of its kind too.
    """

    written: Selector
    place: tuple[str, ...] | None = None
    group: str | None = None
    ids: frozenset[str] | None = None
    match: tuple[tuple[str, MatchValue], ...] = ()
    missing: str = ""
    lost: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedSet:
    """A `ResourceSet` by stable ids."""

    id: str
    resources: tuple[ResolvedSelector, ...]
    excluded: tuple[ResolvedSelector, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One combination of principal, role and resource set; ``id`` is ``binding/principal/set``, stable for the journal.

    ``principal_id`` is the user's or group's id, the client's name, or empty for everyone.  ``set`` is empty when the
    binding is about the installation only.  ``ordinary`` says that it does not protect those who
    hold it, ``covers`` are the roles whose holders it helps.
    """

    id: str
    binding: str
    principal: PrincipalKind
    principal_id: str
    role: str
    permissions: frozenset[str]
    set: str
    forms: frozenset[str] | None = None
    starts: date | None = None
    ends: date | None = None
    ordinary: bool = False
    covers: frozenset[str] = frozenset()

    def counts_on(self, day: date) -> bool:
        """Say whether ``day`` is inside the binding's window, first and last day included."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def counts_in(self, form: str | None) -> bool:
        """Say whether the permissions count inside this form (None: outside any form)."""
        return self.forms is None or form in self.forms


@dataclass(frozen=True, slots=True)
class ResolvedPolicy:
    """A policy that can be decided by. ``warnings`` names what was not found."""

    policy: Policy
    sets: Mapping[str, ResolvedSet] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    protected: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


def resolve(policy: Policy, locate: Locate, place_of: PlaceOf, *, name: str = "access.yaml") -> ResolvedPolicy:
    """Look up every name in a policy.

    A name that is not found gives a warning and matches nothing: ``W321``; for an exclusion ``W323``, because then its
    set holds nothing of that kind; for a protected set ``W322``, because then its whole kind is protected.  What ``locate`` and
    ``place_of`` raise because a system cannot be reached passes through: a policy half resolved is no policy.
    """
    resolver = _Resolver(policy, locate, place_of, name)
    sets = {resource_set.id: resolver.resource_set(resource_set) for resource_set in policy.sets.values()}
    rows = tuple(row for binding in policy.bindings for row in resolver.rows(binding))
    return ResolvedPolicy(policy, {"": _EVERY_FORM, **sets}, rows, policy.protected, tuple(resolver.warnings))


_EVERY_FORM = ResolvedSet("", (ResolvedSelector(Selector("form")),))
"""What the rows of a binding without resource sets reach: permissions about forms then count on every form."""


class _Resolver:
    """Collects the warnings while names are looked up, each name once."""

    def __init__(self, policy: Policy, locate: Locate, place_of: PlaceOf, name: str) -> None:
        self._policy, self._locate, self._place_of, self._file = policy, locate, place_of, name
        self._found: dict[tuple[str, str], Ref | None] = {}
        self.warnings: list[Problem] = []

    def resource_set(self, written: ResourceSet) -> ResolvedSet:
        resources = tuple(self._selector(selector, written.id, excluded=False) for selector in written.resources)
        excluded = tuple(self._selector(selector, written.id, excluded=True) for selector in written.excluded)
        return ResolvedSet(written.id, resources, excluded)

    def rows(self, binding: Binding) -> Iterable[Row]:
        role = self._policy.roles[binding.role]
        for principal in binding.principals:
            principal_id = self._principal(principal, binding)
            if principal_id is not None:
                for set_id in binding.on or ("",):
                    scope = self._policy.sets.get(set_id)
                    yield _row(binding, role, principal, principal_id, set_id, ordinary=is_ordinary(role, scope))

    def _principal(self, principal: Principal, binding: Binding) -> str | None:
        if principal.kind not in ("user", "group"):
            return principal.name
        ref = self._look_up(principal.kind, principal.name)
        if ref is None:
            message = f'binding "{binding.id}": there is no {principal.kind} "{principal.name}"'
            self._warn("W321", message, f'Once it exists, run: deskhand access rebind "{principal.name}"')
        return ref.id if ref else None

    def _selector(self, written: Selector, set_id: str, *, excluded: bool) -> ResolvedSelector:
        missing: list[str] = []
        lost_ids: list[str] = []
        place = self._place(written.under, missing)
        group = self._one("group", written.in_group, missing)
        ids = self._ids(written, lost_ids)
        match = tuple((name, self._value(written.kind, name, value, missing)) for name, value in written.match)
        for text in (*missing, *lost_ids):
            self._missing(text, set_id, excluded=excluded)
        if lost_ids and (not ids or excluded):
            missing += lost_ids
        if written.in_list is not None and written.ids is None:
            missing.append(f'the list "{written.in_list}"')
            self._missing(missing[-1], set_id, excluded=excluded)
        return ResolvedSelector(written, place, group, ids, match, ", ".join(missing), ", ".join(lost_ids))

    def _place(self, text: str | None, missing: list[str]) -> tuple[str, ...] | None:
        if text is None:
            return None
        try:
            place = self._place_of(text)
        except RejectedError:
            place = ()
        if not place:
            missing.append(f'the unit "{text}"')
            return None
        if text.lstrip().lower().startswith("ou=") and self._look_up("ou", text) is None:
            self._warn("W321", f'there is no unit "{text}"', "Objects below it are meant as soon as there is one.")
        return place

    def _one(self, kind: str, text: str | None, missing: list[str]) -> str | None:
        ref = self._look_up(kind, text) if text is not None else None
        if text is not None and ref is None:
            missing.append(f'the {kind} "{text}"')
        return ref.id if ref else None

    def _ids(self, written: Selector, missing: list[str]) -> frozenset[str] | None:
        if written.ids is None:
            return None
        if written.kind in _OPAQUE_KINDS:
            return frozenset(text.lower() if written.kind == "mail_domain" else text for text in written.ids)
        found = [self._one(written.kind, text, missing) for text in written.ids]
        return frozenset(id_ for id_ in found if id_ is not None)

    def _value(self, kind: str, name: str, value: MatchValue, missing: list[str]) -> MatchValue:
        attribute = ATTRIBUTES.get(kind, {}).get(name)
        if attribute is None or attribute.type not in ATTRIBUTES or not isinstance(value, str):
            return value
        id_ = self._one(attribute.type, value, missing)
        return Ref(attribute.type, id_) if id_ is not None else None

    def _look_up(self, kind: str, text: str) -> Ref | None:
        if (kind, text) not in self._found:
            self._found[kind, text] = self._located(kind, text)
        return self._found[kind, text]

    def _located(self, kind: str, text: str) -> Ref | None:
        try:
            return self._locate(kind, text)
        except RejectedError:
            return None

    def _missing(self, text: str, set_id: str, *, excluded: bool) -> None:
        message = f'resource set "{set_id}": {text} was not found'
        if set_id in self._policy.protected and not excluded:
            message = f"{message}; until it is, everything of its kind is protected"
            self._warn(UNPROTECTABLE, message, "Correct the name, or remove it from the set.")
        elif excluded and set_id not in self._policy.protected:
            fix = "Until it is found, the set holds nothing of this kind, because the exclusion cannot be kept."
            self._warn("W323", message, fix)
        else:
            self._warn(
                "W321", message, "It matches nothing. Once it exists, run: deskhand access rebind, with its name."
            )

    def _warn(self, code: str, message: str, fix: str) -> None:
        problem = Problem(self._file, 0, 0, "warning", code, message, fix)
        if problem not in self.warnings:
            self.warnings.append(problem)


def _row(binding: Binding, role: Role, principal: Principal, principal_id: str, set_id: str, *, ordinary: bool) -> Row:
    id_ = "/".join(part for part in (binding.id, str(principal), set_id) if part)
    window = (binding.forms, binding.starts, binding.ends)
    held = (principal.kind, principal_id, role.id, role.permissions, set_id)
    return Row(id_, binding.id, *held, *window, ordinary, frozenset(role.covers))


def is_ordinary(role: Role, scope: ResourceSet | None) -> bool:
    """Say whether holding a role on a set protects nobody.

    Unless the role says which, it protects nobody where it reaches, for everyone, only their own account; and where it
    gives `EVERYDAY` permissions only on what belongs to themselves, as their department or their reports.
    """
    if role.ordinary is not None:
        return role.ordinary
    if scope is None or any(applies(permission, "") for permission in role.permissions):
        return False
    if all(selector.own for selector in scope.resources):
        return True
    return role.permissions <= EVERYDAY and all(selector.needs_actor for selector in scope.resources)
