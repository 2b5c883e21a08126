"""Roles, resource sets and bindings as an administrator wrote them, the actor, and the decision. Pure data.

A binding is principals × role × resource sets.  Names stand here as written; `runner.access.resolving` turns them into
stable ids, `runner.access.authority` decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from connectors.spi import Entry, Scalar
from connectors.verbs import PERMISSIONS

SELECTOR_KINDS: Mapping[str, str] = {
    "users": "user",
    "groups": "group",
    "computers": "computer",
    "contacts": "contact",
    "mailboxes": "mailbox",
    "lists": "mail_list",
    "ous": "ou",
    "mail_domains": "mail_domain",
    "forms": "form",
}
"""The word for a selector in the file → the kind of object it selects."""

PrincipalKind: TypeAlias = Literal["user", "group", "client", "everyone"]
DecisionCode: TypeAlias = Literal[
    "allowed", "protected", "no_binding", "not_in_scope", "window", "other_form", "self", "unresolved"
]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks.

    ``id`` is the account's id, ``person`` the directory entry behind it as read for this request, with all its groups,
    or None when there is none.  ``client`` names an API client that acts in its own right: only bindings of that client
    reach it, never those of users, groups or everyone.  ``simulated_by`` is the login of whoever sees the desk as this one
    does, without being it: nothing is ever done for such an actor, and ``id`` is nobody's.
    """

    id: str
    login: str
    display_name: str
    person: Entry | None
    client: str | None = None
    simulated_by: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is allowed, and why.

    ``reason`` is a sentence for the journal, which may name bindings; ``binding`` the id ``binding/principal/set`` that
    allowed it.  Refusals: ``protected`` (no binding reaches it), ``no_binding`` (nothing gives the permission on this
    kind), ``not_in_scope`` (given, but not on this object), ``window`` and ``other_form`` (given on it, at another time
    or in other forms), ``self`` (given on it, but it is the actor's own account), ``unresolved`` (an exclusion that
    matters could not be worked out).
    """

    allowed: bool
    reason: str
    binding: str | None
    code: DecisionCode


@dataclass(frozen=True, slots=True)
class ActorValue:
    """``$(actor.<attribute>)`` in a selector; an empty attribute stands for the person, ``$(actor)``."""

    attribute: str

    def __str__(self) -> str:
        return f"$(actor.{self.attribute})" if self.attribute else "$(actor)"


@dataclass(frozen=True, slots=True)
class Selector:
    """Objects of one kind. The keys given must all hold; a selector without any matches the whole kind.

    ``under`` is the DN of a unit, ``in_group`` the name or DN of a group whose members are meant (never the group
    itself), ``ids`` names, DNs or addresses, ``match`` attributes with the value they must equal.  ``own`` is the
    person at the keyboard.  ``in_list`` is the id of a shared list whose groups are meant; `runner.access.lists` puts their
    names into ``ids``, and without them the selector matches nothing.
    """

    kind: str
    under: str | None = None
    in_group: str | None = None
    nested: bool = True
    ids: tuple[str, ...] | None = None
    match: tuple[tuple[str, Scalar | ActorValue], ...] = ()
    own: bool = False
    in_list: str | None = None

    @property
    def needs_actor(self) -> bool:
        """Whether what it selects depends on who asks."""
        return self.own or any(isinstance(value, ActorValue) for _, value in self.match)


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions; ``permissions`` already holds those of the roles it ``includes``.

    Whoever holds a role is protected from those who hold less, see `runner.access.holders`.  With ``ordinary`` true its holders
    are helped like anybody else, with None only where it reaches no more than what belongs to themselves, as their own
    department; ``covers`` names roles that count as held, for that, by those who hold this one.
    """

    id: str
    title: str
    permissions: frozenset[str]
    includes: tuple[str, ...] = ()
    standard: bool = False
    ordinary: bool | None = None
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResourceSet:
    """A named set of objects: those that one of ``resources`` selects and none of ``excluded``."""

    id: str
    title: str
    resources: tuple[Selector, ...]
    excluded: tuple[Selector, ...] = ()
    standard: bool = False

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of object it can hold."""
        return frozenset(selector.kind for selector in self.resources)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a binding is for; ``name`` is a login, a group's name or DN, a client's name, or empty for everyone."""

    kind: PrincipalKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


@dataclass(frozen=True, slots=True)
class Binding:
    """Principals × role × resource sets.

    ``on`` may be empty when the role holds only permissions about the installation as a whole.  ``forms`` None means
    everywhere, else the permissions count only inside these forms.  ``starts`` and ``ends`` are inclusive days.
    """

    id: str
    principals: tuple[Principal, ...]
    role: str
    on: tuple[str, ...]
    forms: frozenset[str] | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """What somebody may and may not do, as the file says it must be; `runner.testing` tries it.

    ``who`` is a user, a client or everyone (somebody to whom nothing else was given).  ``kind`` and ``what`` name a
    thing; both are empty for permissions about the installation.  ``form`` None: outside any form; ``day`` None: on the
    day of the fixture.  ``line`` is where it stands, from 1.
    """

    name: str
    who: Principal
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()
    kind: str = ""
    what: str = ""
    form: str | None = None
    day: date | None = None
    fixture: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """The file ``access.yaml``; standard roles have become roles, sets and bindings like all others."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    sets: Mapping[str, ResourceSet] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    protected: tuple[str, ...] = ()
    tests: tuple[PolicyTest, ...] = ()


def applies(permission: str, kind: str) -> bool:
    """Say whether a permission means anything on a kind of object; one about the installation does on every kind."""
    kinds = PERMISSIONS[permission][0] if permission in PERMISSIONS else ()
    return kind in kinds or "" in kinds


def is_read(permission: str) -> bool:
    """Say whether a permission only lets one see."""
    return permission.endswith(".read")
