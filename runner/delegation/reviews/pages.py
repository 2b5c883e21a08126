"""What pages, the command line and exports are given of reviews of delegations: finished, already cut down to the actor.

Nothing here is HTML.  Times are aware; dates are days in the organisation's time zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from runner.store.review_records import Verdict

CampaignState: TypeAlias = Literal["open", "overdue", "closed"]
BindingState: TypeAlias = Literal["in_force", "revoked", "changed"]
"""``changed``: access.yaml no longer has the binding as it stood when the review began."""


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One review in a list. ``kept``, ``revoked`` and ``left`` count its items; ``is_mine``: the actor reviews it."""

    id: str
    title: str
    scope: str
    reviewers: tuple[str, ...]
    due_on: date
    begun_at: datetime
    begun_by: str
    closed_at: datetime | None
    closed_by: str
    state: CampaignState
    kept: int
    revoked: int
    left: int
    is_mine: bool

    @property
    def items(self) -> int:
        """How many bindings it is about."""
        return self.kept + self.revoked + self.left


@dataclass(frozen=True, slots=True)
class CampaignList:
    """The reviews that the actor may see, the newest first; may be empty. ``may_begin``: whether to offer a new one."""

    lines: tuple[CampaignLine, ...]
    may_begin: bool


@dataclass(frozen=True, slots=True)
class PrincipalView:
    """Who a binding is for.

    ``kind`` is user, group, client or everyone; ``people`` how many people stood behind it, None when that is not
    known; ``more`` that there were more than that.
    """

    kind: str
    name: str
    people: int | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class CountView:
    """How many objects of a kind a set held; None when that depends on who asks, or cannot be counted."""

    kind: str
    count: int | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class SetView:
    """A resource set of a binding, and how much was in it."""

    id: str
    title: str
    counts: tuple[CountView, ...]


@dataclass(frozen=True, slots=True)
class BindingView:
    """A binding as it stood, with how many people and things, and when it was used.

    ``forms`` None means everywhere.  ``uses`` counts operations; what was only read is not counted.
    """

    binding: str
    digest: str
    role: str
    role_title: str
    permissions: tuple[str, ...]
    principals: tuple[PrincipalView, ...]
    sets: tuple[SetView, ...]
    forms: tuple[str, ...] | None
    starts: date | None
    ends: date | None
    uses: int
    last_used_at: datetime | None
    last_used_by: str


@dataclass(frozen=True, slots=True)
class ItemView:
    """One binding in a review. ``position`` names it in `Reviewing.decide`.

    ``state`` is how the binding stands now.  ``may_decide`` is whether this actor may decide on it; where a reviewer may
    not, ``why_not`` says why in a sentence.
    """

    position: int
    binding: BindingView
    verdict: Verdict
    reason: str
    decided_at: datetime | None
    decided_by: str
    state: BindingState
    may_decide: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One review with some of its items; ``page`` counts from 1, of ``pages``.

    ``may_decide``: the actor reviews it and it is open.  ``may_close`` and ``may_restore``: the actor decides who may do
    what.
    """

    line: CampaignLine
    items: tuple[ItemView, ...]
    page: int
    pages: int
    may_decide: bool
    may_close: bool
    may_restore: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a new review is to be, as it was typed: everything untrusted.

    ``reviewers`` are logins.  ``bindings`` and ``roles`` are ids; without any of them all bindings are meant, else those
    that are named or give one of the roles.
    """

    title: str
    reviewers: tuple[str, ...]
    due_on: date
    bindings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BindingUseView:
    """How a binding is used now: one row of the list of uses. ``revoked``: it gives nothing, by a review.

    ``reviewed_at`` is when it was last decided on as it is written now.
    """

    binding: str
    digest: str
    role: str
    uses: int
    last_used_at: datetime | None
    last_used_by: str
    reviewed_at: datetime | None
    revoked: bool


FindingLevel: TypeAlias = Literal["error", "warning", "notice"]
FindingCode: TypeAlias = Literal[
    "window_over",
    "window_ends",
    "never_reviewed",
    "review_due",
    "left_open",
    "not_used",
    "revoked_but_written",
    "campaign_overdue",
    "name_not_found",
]


@dataclass(frozen=True, slots=True)
class FindingView:
    """Something about the delegation that somebody should look at; ``binding`` is its id, or empty."""

    level: FindingLevel
    code: FindingCode
    sentence: str
    binding: str
