"""What is done for the journal while a desk is served: checkpoints, witnesses, and read-only when it was tampered with."""

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from connectors.spi import Postman
from runner.errors import NotDurableError, untold
from runner.journal.checkpoints import Signer
from runner.pipeline.services import Examined, Halt
from runner.settings.model import JournalSettings
from runner.store.store import Store
from runner.wiring import Installation
from runner.witnessing.checkpointing import BrokenJournalError, Checkpointer
from runner.witnessing.delivering import Courier, Errand, Witnessing
from runner.witnessing.examining import examine_journal
from runner.witnessing.forwarding import Forwarding
from runner.witnessing.keys import open_signer
from runner.witnessing.read_only import READ_ONLY
from runner.witnessing.syslog_sending import syslog_receiver
from runner.witnessing.witnesses import witnesses_of

_LAST_SECONDS = 8.0
_MOST_AT_THE_END = 5


def open_for(store: Store, folder: Path, *, is_new: bool = False) -> Signer:
    """Return what signs for a desk; makes the key at its first use, or where it ``is_new``. Raises `SetUpError`."""
    return open_signer(folder, is_used=store.checkpoints.newest() is not None and not is_new)


def errands_of(store: Store, settings: JournalSettings, postman: Postman) -> Sequence[Errand]:
    """Return everything that is to be brought somewhere; raises `SetUpError`."""
    host = socket.gethostname()
    errands: list[Errand] = [Witnessing(store, witness) for witness in witnesses_of(settings, postman, host)]
    if settings.syslog:
        errands.append(Forwarding(store, syslog_receiver(settings.syslog, settings.ca_file), host))
    return errands


def keeping_of(installation: Installation, tell: Callable[[str], None]) -> "JournalKeeping":
    """Return what keeps the journal of an installation; ``tell`` is given lines for the operator. Raises `SetUpError`."""
    services, folder = installation.services, installation.folder
    errands = errands_of(services.store, folder.journal, services.postman)
    return JournalKeeping(
        services.store,
        Checkpointer(services.store, open_for(services.store, folder.path)),
        Courier(services.store, errands, services.clock, tell),
        services.halt,
        services.clock,
        tell,
        services.examined,
    )


@dataclass(slots=True)
class JournalKeeping:
    """Keeps the journal of one serving process; `round` is called every few seconds and never waits for a witness."""

    store: Store
    checkpointer: Checkpointer
    courier: Courier
    halt: Halt
    clock: Callable[[], datetime]
    tell: Callable[[str], None]
    examined: Examined = field(default_factory=Examined)
    _under_way: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Examine the whole journal in a thread of its own, and follow what is known already."""
        self._follow()
        self._begin(self.examine, "examining the journal")

    def round(self) -> None:
        """Make a checkpoint when one is due, and send what waits, in a thread of its own."""
        self._follow()
        if self.halt.reason != READ_ONLY:
            self._checkpoint(only_when_due=True)
        is_sending = any(thread.name == _SENDING and thread.is_alive() for thread in self._under_way)
        if not is_sending and self.courier.is_waiting():
            self._begin(self.courier.run, _SENDING)

    def stop(self) -> None:
        """Make a last checkpoint and send it; a witness that hangs is not waited for longer than some seconds."""
        if self.halt.reason != READ_ONLY:
            self._checkpoint(only_when_due=False)
        if self._is_idle(_LAST_SECONDS):
            self._begin(lambda: self.courier.run(at_once=True), _SENDING)
            self._is_idle(_LAST_SECONDS)

    def examine(self) -> None:
        """Examine the whole journal; when it does not verify, it is read-only from then on, in every process."""
        found = examine_journal(self.store, self.checkpointer.signer.key)
        self.examined.at, self.examined.records = self.clock(), found.records
        if not found.ok:
            self._broken(found.fault)

    def _checkpoint(self, *, only_when_due: bool) -> None:
        now = self.clock()
        try:
            for _ in range(1 if only_when_due else _MOST_AT_THE_END):
                if (only_when_due and not self.checkpointer.is_due(now)) or self.checkpointer.make(now) is None:
                    return
        except BrokenJournalError as error:
            self._broken(str(error))
        except NotDurableError as error:
            self.tell(f"journal: no checkpoint could be made: {error}")

    def _broken(self, sentence: str) -> None:
        self.store.checkpoints.note_fault(sentence, self.clock())
        self._follow()

    def _follow(self) -> None:
        """Halt, or go on, as any process has found or an administrator declared."""
        fault = self.store.checkpoints.fault()
        if fault and not self.halt.reason:
            self.halt.reason = READ_ONLY
            self.tell(f"THE JOURNAL DOES NOT VERIFY: {fault}. Nothing may be begun. See: deskhand doctor")
        elif not fault and self.halt.reason == READ_ONLY:
            self.halt.reason = ""
            self.tell("journal: the break was declared; submissions may begin again")

    def _is_idle(self, patience_seconds: float) -> bool:
        """Wait for what is under way, and say whether it has ended."""
        for thread in self._under_way:
            thread.join(timeout=patience_seconds)
        return not any(thread.is_alive() for thread in self._under_way)

    def _begin(self, work: Callable[[], None], name: str) -> None:
        def run() -> None:
            try:
                work()
            except NotDurableError as error:
                self.tell(f"{name}: {error}")
            except Exception as error:  # Python would print it with its message
                self.tell(f"{name}: {untold(error)}")

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._under_way = [one for one in self._under_way if one.is_alive()]
        self._under_way.append(thread)
        thread.start()


_SENDING = "sending from the journal"
