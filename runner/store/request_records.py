"""What is kept of requests beside the submissions themselves, as values. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

ApprovalDecision: TypeAlias = Literal["yes", "no"]
PrincipalKind: TypeAlias = Literal["user", "group", "everyone"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody, the members of a group, or everyone; ``id`` is the stable id, empty for everyone.

    With ``is_sure`` false not each of them may say yes; who exactly is decided one by one.
    """

    kind: PrincipalKind
    id: str = ""
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away, both days included, and names who decides on requests meanwhile. Ids are those of the directory."""

    id: str
    person_id: str
    deputy_id: str
    starts_on: date
    ends_on: date
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Approval:
    """What one person said to the plan of one submission, named by its digest, in one round.

    ``person_id`` is who that is in the directory; ``instead_of`` the person whose deputy this was.
    """

    id: str
    submission_id: str
    plan_digest: str
    stage: int
    approver_id: str
    approver_login: str
    person_id: str | None
    instead_of: str | None
    decision: ApprovalDecision
    comment: str
    created_at: datetime
