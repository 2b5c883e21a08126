"""Workers: threads that take what is due from the queue and carry it out, and take back what was given until now."""

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from runner.errors import NotDurableError, RunnerError
from runner.pipeline.carrying import carry_out_waiting, give_up
from runner.pipeline.grants.ending import end_due
from runner.pipeline.grants.warning import warn_of_ends
from runner.pipeline.services import Services
from runner.store.records import Submission

POLL_SECONDS = 1.0
_AFTER_A_FAULT_SECONDS = 2.0
_DRAIN_SECONDS = 60.0


@dataclass(slots=True)
class Workers:
    """Carry out what is due until told to stop; ``tell`` is given a line when something goes wrong.

    One of the threads looks into the queue every second; the others wait until there is more than one thing to do.
    """

    services: Services
    count: int
    tell: Callable[[str], None]
    poll_seconds: float = POLL_SECONDS
    _more: threading.Condition = field(default_factory=threading.Condition)
    _busy: set[str] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _is_woken: bool = False
    _is_stopping: bool = False
    _is_turn_of_grants: bool = False

    def start(self) -> None:
        """Begin, and hear the bell of this process."""
        if self.count:
            self.services.bell.answer = self.wake
        for number in range(self.count):
            thread = threading.Thread(target=self._run, args=(number == 0,), name=f"worker-{number + 1}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def wake(self) -> None:
        """Look into the queue now, since something may be due."""
        with self._more:
            self._is_woken = True
            self._more.notify_all()

    def stop(self, seconds: float = _DRAIN_SECONDS) -> bool:
        """Take nothing more, and wait for what is under way; return whether all of it ended in time."""
        with self._more:
            self._is_stopping = True
            self._more.notify_all()
        for thread in self._threads:
            thread.join(timeout=seconds)
        return not any(thread.is_alive() for thread in self._threads)

    def step(self) -> bool:
        """Take one submission and carry it out, or take back what was given until now; return whether there was anything.

        By turns, so that neither waits for all of the other.  Raises `NotDurableError`.
        """
        self._is_turn_of_grants = not self._is_turn_of_grants
        if self._is_turn_of_grants and self._look_after_grants():
            return True
        submission = self._taken()
        if submission is None:
            return not self._is_turn_of_grants and self._look_after_grants()
        try:
            self._carry_out(submission)
        finally:
            with self._more:
                self._busy.discard(submission.id)
        return True

    def _look_after_grants(self) -> bool:
        if self._is_stopping or self.services.halt.reason:
            return False
        if not end_due(self.services, tell=self.tell):
            return warn_of_ends(self.services) > 0
        with self._more:
            self._more.notify()
        return True

    def _taken(self) -> Submission | None:
        with self._more:
            if self._is_stopping or self.services.halt.reason:
                return None
            submission = self.services.store.queue.claim(self.services.node, self.services.now(), tuple(self._busy))
            if submission is not None:
                self._busy.add(submission.id)
                self._more.notify()
        return submission

    def _carry_out(self, submission: Submission) -> None:
        try:
            carry_out_waiting(self.services, submission)
        except NotDurableError:
            raise
        except Exception:  # a fault of ours must not end the worker, nor leave the submission in between
            self.tell(f"submission {submission.id} could not be carried out: {traceback.format_exc(limit=-3)}")
            give_up(self.services, submission)

    def _run(self, is_first: bool) -> None:
        while not self._is_stopping:
            pause = self.poll_seconds if is_first else None
            try:
                if self.step():
                    continue
            except (RunnerError, ConnectorError) as error:
                self.tell(f"worker: {error}")
                pause = _AFTER_A_FAULT_SECONDS
            with self._more:
                if not self._is_woken and not self._is_stopping:
                    self._more.wait(pause)
                self._is_woken = False
