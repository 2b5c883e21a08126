"""What is kept of requests beside the submissions themselves, as values. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

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
