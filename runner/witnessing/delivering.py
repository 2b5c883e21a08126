"""Bring checkpoints to witnesses and records to a syslog receiver, in order, and remember how far each has come."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from runner.store.checkpoints import Receiver, StoredCheckpoint
from runner.store.store import Store
from runner.witnessing.witnesses import Witness

AGAIN = timedelta(seconds=60)
MOST_CHECKPOINTS = 200


class Errand(Protocol):
    """Something that brings what is new to one receiver."""

    @property
    def name(self) -> str:
        """The receiver's name."""
        ...

    @property
    def is_witness(self) -> bool:
        """Whether it is checkpoints that are brought."""
        ...

    def is_waiting(self, receiver: Receiver) -> bool:
        """Say whether something is new for it."""
        ...

    def bring(self, receiver: Receiver) -> Iterator[int]:
        """Bring what is new, and yield the place reached each time; raises `OSError` at what did not arrive."""
        ...


@dataclass(frozen=True, slots=True)
class Witnessing:
    """Brings checkpoints to a witness: what it missed in order; to a new one the newest, and the last break."""

    store: Store
    witness: Witness

    @property
    def name(self) -> str:
        """The receiver's name."""
        return self.witness.name

    @property
    def is_witness(self) -> bool:
        """Whether it is checkpoints that are brought."""
        return True

    def is_waiting(self, receiver: Receiver) -> bool:
        """Say whether a checkpoint has not arrived yet."""
        newest = self.store.checkpoints.newest()
        return newest is not None and newest.number > receiver.place

    def bring(self, receiver: Receiver) -> Iterator[int]:
        """Send each checkpoint it has not got."""
        for checkpoint in self._missing(receiver):
            self.witness.send(checkpoint)
            yield checkpoint.number

    def _missing(self, receiver: Receiver) -> Sequence[StoredCheckpoint]:
        if receiver.place:
            return self.store.checkpoints.behind(receiver.place, MOST_CHECKPOINTS)
        broken, newest = self.store.checkpoints.newest_break(), self.store.checkpoints.newest()
        found = {one.number: one for one in (broken, newest) if one is not None}
        return [found[number] for number in sorted(found)]


@dataclass(frozen=True, slots=True)
class Courier:
    """Runs errands; ``tell`` is given a line for the operator when a receiver fails and when it answers again."""

    store: Store
    errands: Sequence[Errand]
    clock: Callable[[], datetime]
    tell: Callable[[str], None]

    def is_waiting(self) -> bool:
        """Say whether an errand has something to bring and is not to be left alone for a while."""
        return any(self._is_due(errand) for errand in self.errands)

    def run(self, *, at_once: bool = False) -> None:
        """Run every errand that has something to bring; ``at_once`` tries those again that failed a moment ago."""
        for errand in self.errands:
            if self._is_due(errand, at_once=at_once):
                self._run(errand, self.store.checkpoints.receiver(errand.name))

    def _is_due(self, errand: Errand, *, at_once: bool = False) -> bool:
        receiver = self.store.checkpoints.receiver(errand.name)
        rests = receiver.tried_at is not None and abs(self.clock() - receiver.tried_at) < AGAIN and receiver.problem
        return (at_once or not rests) and errand.is_waiting(receiver)

    def _run(self, errand: Errand, before: Receiver) -> None:
        receiver = before
        try:
            for place in errand.bring(before):
                receiver = Receiver(before.name, place, reached_at=self.clock())
                self.store.checkpoints.note_receiver(receiver)
        except OSError as error:
            self._failed(receiver, before, error)
            return
        if before.problem:
            self.tell(f"journal: {before.name} answers again")

    def _failed(self, receiver: Receiver, before: Receiver, error: OSError) -> None:
        problem = " ".join(str(error.strerror or error).split())[:300] or type(error).__name__
        now = self.clock()
        since = before.failing_since if before.problem and receiver is before else now
        self.store.checkpoints.note_receiver(replace(receiver, problem=problem, failing_since=since, tried_at=now))
        if before.problem != problem:
            self.tell(f"journal: {before.name} cannot be reached: {problem}. It is tried again each minute.")
