"""Grants with what they are about, and how those that run follow from an operation, as values. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from runner.journal.records import Record
from runner.store.records import Grant

OBJECT = "object "
"""What the key of an object begins with; its id follows."""
RUNNING = ("running", "failed")
"""States of a grant that is still to be taken back and is in nobody's hands."""
INTERRUPTED = "It was begun before, and it could not be said whether it was done."


@dataclass(frozen=True, slots=True)
class KeyedGrant:
    """A grant with its keys: each thing it takes back, and each object, as ``OBJECT`` with the id behind it."""

    grant: Grant
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of grants: those ``changed`` (of the same ids), those ``made``, and what is journalled about both."""

    changed: tuple[KeyedGrant, ...] = ()
    made: tuple[KeyedGrant, ...] = ()
    records: tuple[Record, ...] = ()


Settle: TypeAlias = Callable[[Sequence[Grant]], Settled]


@dataclass(frozen=True, slots=True)
class Settling:
    """An operation that had the last word on the things ``keys``: ``settle`` is given the running grants about any of them.

    It is called inside the transaction, and has to be pure.
    """

    keys: frozenset[str]
    settle: Settle
