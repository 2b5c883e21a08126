"""What the journal remembers: one `Record` per decision, intent, outcome, refusal or sign-in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias, get_args

JSON: TypeAlias = "str | int | bool | Sequence[JSON] | Mapping[str, JSON] | None"

Kind: TypeAlias = Literal[
    "decision",
    "intent",
    "outcome",
    "deny",
    "login",
    "config",
    "approval",
    "verify",
    "export",
    "checkpoint",
    "reconcile",
]
KINDS: tuple[str, ...] = get_args(Kind)

# What the chain itself writes into a line, and where personal values are sealed; a body may not hold them.
RESERVED = frozenset({"v", "seq", "prev", "id", "time", "kind", "personal"})


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened, before it is sealed.

    ``time`` is aware.  ``body`` maps the keys of the record to JSON without floats.  Three keys are indexed for
    searching when they are there: ``submission``, ``actor`` and ``target`` (each a mapping with ``id``, or the id).
    """

    kind: Kind
    time: datetime
    body: Mapping[str, JSON]


def timestamp(moment: datetime) -> str:
    """Write an aware time as UTC with microseconds and ``Z``, which sorts as text. Pure.

    Raises `ValueError` when ``moment`` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a time zone cannot be recorded")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def subject_id(body: Mapping[str, JSON], key: str) -> str | None:
    """Return the id that ``body`` names under ``key``: the text itself, or ``id`` of the mapping there. Pure."""
    value = body.get(key)
    found = value.get("id") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) else None
