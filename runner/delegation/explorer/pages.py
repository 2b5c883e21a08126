"""What the explorer shows: every page of it as frozen values, ready for a template. Performs no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from runner.delegation.reviews.pages import FindingLevel, FindingView
from runner.pipeline.pages import Chip

LinkKind: TypeAlias = Literal["person", "group", "role", "set", "form", "binding", "everyone", "client", "thing"]


@dataclass(frozen=True, slots=True)
class Link:
    """Something with a page of its own; without an ``id`` it is only named.

    ``missing`` says that the directory has nothing of this name now.
    """

    kind: LinkKind
    id: str
    label: str
    detail: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; with ``more`` there are at least so many."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.more else ''}"


@dataclass(frozen=True, slots=True)
class PermissionView:
    """A permission in words; ``through`` names the included role it comes from, if it is not the role's own."""

    id: str
    words: str
    through: str = ""


@dataclass(frozen=True, slots=True)
class UseView:
    """When a binding was last used, by whom (a login), and how often."""

    at: datetime
    by: str
    count: int


@dataclass(frozen=True, slots=True)
class BindingView:
    """A binding as it is written and resolved.

    ``forms`` None means everywhere.  ``window`` is empty when it always counts, ``state`` is ``""``, ``over``, ``ahead`` or
    ``revoked`` (by a review; it gives nothing).
    """

    id: str
    principals: tuple[Link, ...]
    role: Link
    sets: tuple[Link, ...]
    forms: tuple[Link, ...] | None
    window: str
    state: Literal["", "over", "ahead", "revoked"]
    use: UseView | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """One binding that somebody has a part in: ``via`` is the way there, from the person's own group up; empty when direct."""

    binding: BindingView
    principal: Link
    via: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """How many people, and the first of them."""

    count: Count
    first: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number on the overview; ``page`` names the list it leads to, empty for none."""

    count: Count
    what: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """The first page: figures, findings by level, what names were not found, and which policy is in force.

    ``counts`` has the number of findings by level, ``findings`` the first of them; ``since`` is None when it is not known.
    """

    figures: tuple[Figure, ...]
    counts: tuple[tuple[FindingLevel, int], ...]
    findings: tuple[FindingView, ...]
    findings_more: int
    protected: tuple[Link, ...]
    digest: str
    since: datetime | None
    may_manage: bool


@dataclass(frozen=True, slots=True)
class RightsPage:
    """What one person, group or client holds."""

    who: Link
    initials: str
    subtitle: str
    chips: tuple[Chip, ...]
    holdings: tuple[Holding, ...]
    permissions: tuple[PermissionView, ...]
    protections: tuple[str, ...]
    members: People | None = None
    used_by: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person who holds rights, with the roles."""

    who: Link
    initials: str
    roles: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People who hold rights by more than being everyone, as far as they match the text."""

    text: str
    count: Count
    lines: tuple[PersonLine, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One role, set, form or binding in a list."""

    link: Link
    facts: tuple[str, ...] = ()
    marks: tuple[Chip, ...] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """Roles, sets, forms or bindings in the order of the file; pages count from 1."""

    text: str
    total: int
    lines: tuple[Line, ...]
    page: int = 1
    more: bool = False


@dataclass(frozen=True, slots=True)
class RolePage:
    """A role: what it allows, what it is made of, who holds it.

    Holders of an ``ordinary`` role are helped like anybody else; ``covers`` are roles that count as held with this one when
    the question is who may help whom.
    """

    role: Link
    title: str
    standard: bool
    ordinary: bool
    permissions: tuple[PermissionView, ...]
    includes: tuple[Link, ...]
    included_by: tuple[Link, ...]
    covers: tuple[Link, ...]
    bindings: tuple[BindingView, ...]
    more_bindings: int
    holders: People
    everyone: bool


@dataclass(frozen=True, slots=True)
class KindShare:
    """What a set holds of one kind: how many and the first of them; without a ``count`` there is a reason ``why``."""

    kind: str
    count: Count | None
    first: tuple[Link, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class SetPage:
    """A resource set: what it selects in words, what it leaves out, what is in it now, which bindings are on it."""

    resource_set: Link
    title: str
    standard: bool
    protected: bool
    selectors: tuple[str, ...]
    excluded: tuple[str, ...]
    missing: tuple[str, ...]
    shares: tuple[KindShare, ...]
    bindings: tuple[BindingView, ...]
    more_bindings: int


@dataclass(frozen=True, slots=True)
class NeedView:
    """One need of a form with the bindings that meet it for some things."""

    permission: PermissionView
    on: str
    bindings: tuple[Link, ...]
    more: int


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form: what it needs, who may run it, who or what it may be done to.

    ``people`` are those for whom some binding meets every need, ``everyone`` says that this is everybody who signs in;
    nobody can run a form whose ``status`` is not live.
    """

    form: Link
    title: str
    description: str
    status: str
    needs: tuple[NeedView, ...]
    people: People
    everyone: bool
    target: str
    within: tuple[Link, ...]
    excluded: tuple[Link, ...]
    bindings: tuple[BindingView, ...]
    more_bindings: int


@dataclass(frozen=True, slots=True)
class BindingPage:
    """The bindings of one id, with the people behind them and what they allow; only a standard role has several."""

    id: str
    bindings: tuple[BindingView, ...]
    more_bindings: int
    people: People
    everyone: bool
    permissions: tuple[PermissionView, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One principal; ``cells`` has the links of each column that is not empty, by the column's id."""

    principal: Link
    cells: Mapping[str, tuple[Link, ...]]


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """Principals against sets (or roles); a column is there when a row of this page has something in it."""

    by: Literal["sets", "roles"]
    text: str
    permission: str
    permissions: tuple[PermissionView, ...]
    columns: tuple[Link, ...]
    rows: tuple[MatrixRow, ...]
    total: int
    page: int
    more: bool
    hidden_columns: int = 0


@dataclass(frozen=True, slots=True)
class FoundPage:
    """What the search box found, by kind, each kind cut at some length."""

    text: str
    groups: tuple[tuple[str, tuple[Link, ...]], ...]
