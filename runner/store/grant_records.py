"""Grants with what they are about, and how those that run follow from an operation, as values. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from runner.journal.records import JSON, Record

GrantState: TypeAlias = Literal["running", "ending", "ended", "failed", "gone"]

OBJECT = "object "
"""What the key of an object begins with; its id follows."""
RUNNING = ("running", "failed")
"""States of a grant that is still to be taken back and is in nobody's hands."""
INTERRUPTED = "It was begun before, and it could not be said whether it was done."


@dataclass(frozen=True, slots=True)
class Grant:
    """What one operation gave until ``ends_at``; ``inverse`` takes back exactly what it changed.

    ``warn_at`` is when people are told that it ends soon.  One that could not be taken back is tried again at
    ``retry_at`` and says why in ``error``.
    """

    id: str
    submission_id: str
    operation_id: str
    form_id: str
    actor_id: str
    actor_login: str
    target_kind: str | None
    target_id: str | None
    target_label: str
    group_id: str | None
    title: str
    inverse: JSON
    state: GrantState
    ends_at: datetime
    warn_at: datetime | None
    retry_at: datetime | None
    attempts: int
    error: str
    node: str
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyedGrant:
    """A grant with its keys: each thing it takes back, and each object, as ``OBJECT`` with the id behind it."""

    grant: Grant
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of grants: those ``changed`` (of the same ids), those ``made``, and what is journalled about both.

    ``before`` are those that changed, as they were.
    """

    changed: tuple[KeyedGrant, ...] = ()
    made: tuple[KeyedGrant, ...] = ()
    records: tuple[Record, ...] = ()
    before: tuple[KeyedGrant, ...] = ()


Settle: TypeAlias = Callable[[Sequence[Grant]], Settled]


@dataclass(frozen=True, slots=True)
class Settling:
    """An operation that had the last word on the things ``keys``: ``settle`` is given the running grants about any of them.

    It is called inside the transaction, and has to be pure.
    """

    keys: frozenset[str]
    settle: Settle
