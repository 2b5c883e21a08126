"""What pages show of access that ends by itself. Immutable."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

GrantsShown: TypeAlias = Literal["own", "failed", "running", "ended"]


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One grant: what it is about, until when, by whom.

    ``what`` names the objects besides the target that the reader may see.  ``person`` is the id of the target when that is a
    person, ``submission`` is empty where it is not open to the reader, and so are ``error`` and ``retry_at``.
    """

    id: str
    title: str
    what: str
    target: str
    person: str
    form: str
    by: str
    last_day: date
    state: str
    is_late: bool = False
    error: str = ""
    retry_at: datetime | None = None
    submission: str = ""


@dataclass(frozen=True, slots=True)
class GrantsPage:
    """One page of grants, those that end first at the head; ``about`` names the object or form it is cut down to."""

    shown: GrantsShown
    lines: tuple[GrantLine, ...]
    is_operator: bool
    running: int
    failed: int
    page: int
    more: bool
    form: str = ""
    about: str = ""
    about_name: str = ""
