"""What people are told of, and what is to be stored for it. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from connectors.spi import Ref
from forms.values import Value
from runner.journal.records import Record
from runner.store.records import Notification

Event: TypeAlias = Literal[
    "submitted",
    "asked",
    "reminded",
    "approved",
    "rejected",
    "expired",
    "cancelled",
    "done",
    "partly_done",
    "failed",
    "ending_soon",
    "ended",
]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a submission, at ``at``.

    ``by`` is the name of who decided, cancelled or ended it, ``comment`` what they wrote.  ``people`` are those asked for a yes
    (``asked``, ``reminded``), those who can give it (``submitted``), or those who had been asked (``cancelled``).  ``due_at``
    is when it runs (``submitted``, ``approved``), or when the access ends; ``expires_at`` until when a yes is possible.
    ``message`` is what the form says to those asked.
    ``path`` is the page to look at, that of the submission where it is empty.  With ``was_waiting`` false its requester sat in
    front of it: the product writes nothing then.  ``run`` holds further names below ``run.`` for the form's own rules.
    """

    event: Event
    at: datetime
    by: str = ""
    comment: str = ""
    message: str = ""
    people: tuple[Ref, ...] = ()
    due_at: datetime | None = None
    expires_at: datetime | None = None
    path: str = ""
    was_waiting: bool = True
    run: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What goes out, and what is recorded of it; both are stored in the transaction of the change they speak of."""

    notifications: tuple[Notification, ...] = ()
    records: tuple[Record, ...] = ()

    def __add__(self, other: "Told") -> "Told":
        """Return both together."""
        return Told((*self.notifications, *other.notifications), (*self.records, *other.records))
