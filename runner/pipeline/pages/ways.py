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
    """An operation of which nobody knows whether it was done; without ``id``, a submission of which nobody knows that."""

    id: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ways:
    """What a submission's page offers besides itself.

    ``undone_state`` is the state of the submission that took it back, or takes it back, empty when none does, ``undone_at``
    when that was and ``undone_login`` by whom.  ``is_undo`` says that this took one back.  ``undone_by`` and ``undoes`` are the
    ids of those two, where the actor may open them.  ``unclear`` are the operations that somebody who looked may close.
    """

    can_undo: bool = False
    can_continue: bool = False
    unclear: tuple[UnclearView, ...] = ()
    undone_by: str = ""
    undone_state: str = ""
    undone_login: str = ""
    undone_at: datetime | None = None
    undoes: str = ""
    is_undo: bool = False
