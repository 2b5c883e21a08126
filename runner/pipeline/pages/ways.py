"""The way back and the way on: what a submission's page offers. Immutable."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptPart:
    """A part of a submission that stays as it is, and why."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class UnclearView:
    """An operation of which nobody knows whether it was done."""

    id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ways:
    """What a submission's page offers besides itself.

    ``undone_by`` is the id of the submission that took it back, or takes it back, ``undone_state`` its state, ``undone_at``
    when and ``undone_login`` by whom; ``undoes`` is the id of the one that this took back.  ``unclear`` are the operations
    that somebody who looked may close.
    """

    can_undo: bool = False
    can_continue: bool = False
    unclear: tuple[UnclearView, ...] = ()
    undone_by: str = ""
    undone_state: str = ""
    undone_login: str = ""
    undone_at: datetime | None = None
    undoes: str = ""
