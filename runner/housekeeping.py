"""Keep a process of a desk in order: its heart-beat, what lost ones left behind, the rounds, the journal."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import click

from connectors.errors import ConnectorError
from runner.archiving import archive_monthly
from runner.engine.nodes import beat, sweep
from runner.engine.rounds import make_rounds
from runner.errors import RunnerError, untold
from runner.store.records import Submission
from runner.wiring import Installation
from runner.witnessing.keeping import JournalKeeping, keeping_of

HEARTBEAT_SECONDS = 2.0
_ARCHIVED_EVERY_SECONDS = 3_600


@dataclass(slots=True)
class Housekeeping:
    """Keeps a process in order until told to stop: what asks systems apart, so that none that is slow keeps it from beating."""

    installation: Installation
    _stop: threading.Event = field(default_factory=threading.Event)
    _journal: JournalKeeping | None = None
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin; raises `SetUpError` when the journal cannot be kept as the settings say."""
        self._journal = keeping_of(self.installation, tell)
        self._journal.start()
        for name, run in (("heart", self._beat), ("housekeeping", self._run)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End, and wait for the round under way."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)
        if self._journal is not None:
            self._journal.stop()

    def _beat(self) -> None:
        seconds = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            seconds += int(HEARTBEAT_SECONDS)
            with _told():
                beat(self.installation.services)
                report(sweep(self.installation.services))
                make_rounds(self.installation.services, seconds, asking=False)

    def _run(self) -> None:
        seconds = 0
        while not self._stop.wait(HEARTBEAT_SECONDS):
            seconds += int(HEARTBEAT_SECONDS)
            with _told():
                if self._journal is not None:
                    self._journal.round()
                make_rounds(self.installation.services, seconds, asking=True)
                if seconds % _ARCHIVED_EVERY_SECONDS == 0:
                    archive_monthly(self.installation)


@contextmanager
def _told() -> Iterator[None]:
    """Tell the operator of what went wrong, and go on: nothing may end the threads that keep this process in order."""
    try:
        yield
    except (RunnerError, ConnectorError) as error:
        tell(f"housekeeping: {error}")
    except Exception as error:
        tell(f"housekeeping: {untold(error)}")


def report(lost: Sequence[Submission]) -> None:
    """Tell the operator about submissions that were found unfinished."""
    for submission in lost:
        click.echo(
            f"deskhand: UNCLEAR: “{submission.form_title}” for {submission.target_label or 'no target'} by "
            f"{submission.actor_login} (submission {submission.id}) was interrupted. See: deskhand doctor",
            err=True,
        )


def tell(line: str) -> None:
    """Tell the operator."""
    click.echo(f"deskhand: {line}", err=True)
