"""Make checkpoints of what is new in the journal, and find out whether it still is what was signed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.errors import RunnerError, StaleError
from runner.journal.chain import Head
from runner.journal.checkpoints import Signer, checkpoint_text
from runner.journal.offline.tree import Tree, leaf_hash
from runner.journal.verifying import verify
from runner.store.checkpoints import StoredCheckpoint
from runner.store.store import Store

EVERY = timedelta(seconds=60)
EVERY_RECORDS = 100
MOST_AT_ONCE = 20_000
_PAGE = 2_000


class BrokenJournalError(RunnerError):
    """The journal contradicts its newest checkpoint, or its chain does not hold behind it; nothing was signed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next checkpoint goes on from: its number, its part, the head of the chain and the tree there."""

    number: int
    part: int
    head: Head
    tree: Tree
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Checkpointer:
    """Signs what the journal has come to; reads only what is behind the newest checkpoint."""

    store: Store
    signer: Signer

    def is_due(self, now: datetime) -> bool:
        """Say whether a hundred records wait for a checkpoint, or one waits for a minute.

        Raises `BrokenJournalError` when the journal ends before the newest checkpoint.
        """
        place = _place(self.store)
        waiting = self.store.journal.head().seq - place.head.seq
        if waiting < 0:
            raise BrokenJournalError(f"it ends before record {place.head.seq}, which a checkpoint covers")
        return waiting >= EVERY_RECORDS or (
            waiting > 0 and (place.made_at is None or abs(now - place.made_at) >= EVERY)
        )

    def make(self, now: datetime) -> StoredCheckpoint | None:
        """Sign and store a checkpoint over what is new, at most 20,000 records; None when nothing is.

        None as well when another process was quicker.  Raises `BrokenJournalError`.
        """
        place = _place(self.store)
        _still_there(self.store, place.head)
        head = self.store.journal.head()
        if head.seq == place.head.seq:
            return None
        tree, reached = self._followed(place, head)
        text = checkpoint_text(self.signer.name, place.part, tree, now)
        peaks = tuple(tree.peaks)
        found = StoredCheckpoint(
            place.number + 1, place.part, tree.size, reached, peaks, now, is_break=False, note=self.signer.note(text)
        )
        try:
            self.store.checkpoints.add(found)
        except StaleError:
            return None
        return found

    def _followed(self, place: Place, head: Head) -> tuple[Tree, Head]:
        """Return the tree grown by what is behind ``place``, and the head there; the chain was verified on the way."""
        tree = place.tree
        last = min(head.seq, place.head.seq + MOST_AT_ONCE)

        def grown() -> Iterator[bytes]:
            for line in _lines(self.store, place.head.seq, last):
                tree.add(leaf_hash(line))
                yield line

        known = (head.seq, head.hash) if last == head.seq else None
        result = verify(grown(), start=(place.head.seq, place.head.hash), head=known)
        if result.fault is not None:
            raise BrokenJournalError(result.fault.sentence)
        return tree, Head(*result.head)


def _place(store: Store) -> Place:
    newest = store.checkpoints.newest()
    if newest is None:
        return Place(0, 1, Head(), Tree(), None)
    return Place(newest.number, newest.part, newest.head, newest.tree(), newest.made_at)


def _still_there(store: Store, head: Head) -> None:
    """Raise `BrokenJournalError` when the record that a checkpoint ends with stands there and was edited.

    Behind a break there is nothing to compare, and where it was archived `runner.witnessing.examining` looks.
    """
    lines = store.journal.lines(head.seq - 1, 1) if head.seq else []
    newest = store.checkpoints.newest()
    if not lines or newest is None or newest.is_break:
        return
    if f'"seq":{head.seq},' not in lines[0]:
        return
    result = verify(lines, start=(head.seq - 1, _before(lines[0])))
    if result.fault is not None or result.head[1] != head.hash:
        raise BrokenJournalError(f"record {head.seq}, which a checkpoint covers, is no longer what it was")


def _before(line: str) -> str:
    return str(json.loads(line)["prev"])


def _lines(store: Store, after: int, last: int) -> Iterator[bytes]:
    while after < last and (page := store.journal.lines(after, min(_PAGE, last - after))):
        for line in page:
            yield line.encode()
        after += len(page)
