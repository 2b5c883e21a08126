"""What the store keeps of the review of delegations, as values. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from runner.journal.records import JSON

Verdict: TypeAlias = Literal["", "keep", "revoke"]
"""What was decided on a binding; empty as long as nothing was."""


@dataclass(frozen=True, slots=True)
class By:
    """Who did something: the id and the login of an account; ``cli`` twice is the operator at the command line."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A review of bindings. ``reviewers`` are accounts; ``due_on`` is the last day; ``closed_at`` None while it is open.

    ``scope`` says in words which bindings were chosen.  ``items_digest`` is the SHA-256 over all snapshots, which the
    journal holds as well.
    """

    id: str
    title: str
    scope: str
    due_on: date
    policy_digest: str
    items_digest: str
    begun_at: datetime
    begun_by: By
    reviewers: tuple[By, ...]
    closed_at: datetime | None = None
    closed_by: By | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One binding in a campaign: as it stood when the campaign began, and what was decided.

    ``position`` counts from 1.  ``digest`` is that of the binding as written, see `runner.access.revoking`.
    """

    campaign_id: str
    position: int
    binding_id: str
    digest: str
    snapshot: Mapping[str, JSON]
    verdict: Verdict = ""
    reason: str = ""
    decided_at: datetime | None = None
    decided_by: By | None = None


@dataclass(frozen=True, slots=True)
class Revocation:
    """A binding, as it was written, that gives nothing any more."""

    digest: str
    campaign_id: str
    binding_id: str
    reason: str
    revoked_at: datetime
    revoked_by: By


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items of a campaign are kept, revoked, and still open."""

    kept: int = 0
    revoked: int = 0
    left: int = 0

    @property
    def items(self) -> int:
        """How many there are."""
        return self.kept + self.revoked + self.left


@dataclass(frozen=True, slots=True)
class Standing:
    """What reviews say now: the digests of the bindings that give nothing, the ids of the people who decide in open reviews."""

    revoked: frozenset[str] = frozenset()
    reviewers: frozenset[str] = frozenset()
