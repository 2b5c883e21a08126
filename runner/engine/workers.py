"""Workers: threads that take what is due from the queue and carry it out, and take back what was given until now."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from runner.errors import NotDurableError, RunnerError, untold
from runner.pipeline.bulk.working import work_on_bulks
from runner.pipeline.carrying import carry_out_waiting, give_up
from runner.pipeline.grants.ending import end_due
from runner.pipeline.grants.warning import warn_of_ends
from runner.pipeline.services import Services
from runner.store.records import Submission

POLL_SECONDS = 1.0
_AFTER_A_FAULT_SECONDS = 2.0
_DRAIN_SECONDS = 60.0
_LESS_OFTEN = 10


@dataclass(slots=True)
class Workers:
    """Carry out what is due until told to stop; ``tell`` is given a line when something goes wrong.

    One of the threads that have nothing to do looks into the queue every second; the others do so less often, unless there
    is more than one thing to do.
    """

    services: Services
    count: int
    tell: Callable[[str], None]
    poll_seconds: float = POLL_SECONDS
    _more: threading.Condition = field(default_factory=threading.Condition)
    _taking: threading.Lock = field(default_factory=threading.Lock)
    _busy: set[str] = field(default_factory=set)
    _threads: list[threading.Thread] = field(default_factory=list)
    _is_woken: bool = False
    _is_watched: bool = False
    _is_stopping: bool = False
    _turn: int = 0

    def start(self) -> None:
        """Begin, and hear the bell of this process."""
        if self.count:
            self.services.bell.answer = self.wake
        for number in range(self.count):
            thread = threading.Thread(target=self._run, name=f"worker-{number + 1}", daemon=True)
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
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(timeout=max(end - time.monotonic(), 0))
        return not any(thread.is_alive() for thread in self._threads)

    def step(self) -> bool:
        """Take one submission and carry it out, or look after grants or bulks; return whether there was anything.

        By turns, so that none waits for all of the others.  Raises `NotDurableError`.
        """
        self._turn = (self._turn + 1) % 3
        others = (self._look_after_grants, self._look_after_bulks)
        if self._turn < len(others) and others[self._turn]():
            return True
        submission = self._taken()
        if submission is None:
            return any(look() for turn, look in enumerate(others) if turn != self._turn)
        try:
            self._carry_out(submission)
        finally:
            with self._taking:
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

    def _look_after_bulks(self) -> bool:
        if self._is_stopping or self.services.halt.reason or not work_on_bulks(self.services):
            return False
        with self._more:
            self._more.notify()
        return True

    def _taken(self) -> Submission | None:
        with self._taking:  # not held by whoever wakes or stops the workers: the store may be long about it
            if self._is_stopping or self.services.halt.reason:
                return None
            submission = self.services.store.queue.claim(self.services.node, self.services.now(), tuple(self._busy))
            if submission is not None:
                self._busy.add(submission.id)
        if submission is not None:
            with self._more:
                self._more.notify()
        return submission

    def _carry_out(self, submission: Submission) -> None:
        try:
            carry_out_waiting(self.services, submission)
        except NotDurableError:
            raise
        except Exception as error:  # a fault of ours must not end the worker, nor leave the submission in between
            self.tell(f"submission {submission.id} could not be carried out: {untold(error)}")
            give_up(self.services, submission)

    def _run(self) -> None:
        while not self._is_stopping:
            pause = self.poll_seconds
            try:
                if self.step():
                    continue
            except (RunnerError, ConnectorError) as error:
                self.tell(f"worker: {error}")
                pause = _AFTER_A_FAULT_SECONDS
            except Exception as error:  # a fault of ours must not end the worker: nobody would notice
                self.tell(f"worker: {untold(error)}")
                pause = _AFTER_A_FAULT_SECONDS
            self._rest(pause)

    def _rest(self, pause: float) -> None:
        """Wait until woken, or for ``pause``; longer while another one looks into the queue, who may be held up by its work."""
        with self._more:
            if not self._is_woken and not self._is_stopping:
                watches = not self._is_watched
                self._is_watched = True
                self._more.wait(pause if watches else pause * _LESS_OFTEN)
                self._is_watched = self._is_watched and not watches
            self._is_woken = False
