"""Watch the systems behind a desk: say which of them do not answer, and when one goes away or comes back."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from connectors.joined.connector import JoinedDirectories
from connectors.spi import Connector, Health

EVERY_SECONDS = 30.0
PATIENCE_SECONDS = 3.0
"""How long the start of a desk waits for the first answers."""
_BROKEN = Health(ok=False, detail="Its check failed in an unexpected way; see: deskhand doctor")


class Checked(Protocol):
    """What is used of a connector."""

    def check(self) -> Health:
        """See `connectors.spi.Connector`."""
        ...


def systems_of(connectors: Iterable[Connector]) -> Iterator[tuple[str, Checked]]:
    """Yield each system with its name: one connector, or each of several directories that are joined."""
    for connector in connectors:
        if isinstance(connector, JoinedDirectories):
            yield from ((f"{connector.name} {part.name}", part.connector) for part in connector.parts)
        else:
            yield connector.name, connector


@dataclass(slots=True)
class _Watched:
    """One system: whether it answered when it was last asked, None before its first answer; whether that is late."""

    name: str
    system: Checked
    answers: bool | None = None
    is_late: bool = False
    first: threading.Event = field(default_factory=threading.Event)


class Watch:
    """Asks each system ``every`` seconds, in a thread of its own, since one that is away may take long to say so.

    ``tell`` gets one line for each change, and for each system that does not answer at the start; none has a secret,
    as `Health` has none.
    """

    def __init__(
        self, systems: Iterable[tuple[str, Checked]], tell: Callable[[str], None], every: float = EVERY_SECONDS
    ) -> None:
        self._watched = [_Watched(name, system) for name, system in systems]
        self._tell = tell
        self._every = every
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def start(self, patience: float = PATIENCE_SECONDS) -> None:
        """Begin, and return when every system answered once, at the latest after ``patience`` seconds."""
        for one in self._watched:
            thread = threading.Thread(target=self._follow, args=(one,), name=f"watching {one.name}", daemon=True)
            self._threads.append(thread)
            thread.start()
        until = time.monotonic() + patience
        for one in self._watched:
            one.first.wait(max(until - time.monotonic(), 0))
            self._wait_no_longer(one, patience)

    def stop(self, patience: float = 5.0) -> None:
        """End; a check that still waits for an answer is left behind after ``patience`` seconds."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=patience / max(len(self._threads), 1))

    def _wait_no_longer(self, one: _Watched, patience: float) -> None:
        with self._lock:
            if one.answers is None:
                one.is_late = True
                self._tell(f"{one.name} has not answered within {patience:g} seconds.")

    def _follow(self, one: _Watched) -> None:
        while not self._stop.is_set():
            health = _checked(one.system)
            if self._stop.is_set():
                return
            self._note(one, health)
            one.first.set()
            self._stop.wait(self._every)

    def _note(self, one: _Watched, health: Health) -> None:
        with self._lock:
            before, one.answers = one.answers, health.ok
            if health.ok and (before is False or one.is_late):
                self._tell(f"{one.name} can be used again: {health.detail}")
            elif not health.ok and before is not False:
                self._tell(f"{one.name} cannot be used: {health.detail}")
            one.is_late = False


def _checked(system: Checked) -> Health:
    """Ask a system; whatever goes wrong in a connector of somebody else's is no answer either."""
    try:
        return system.check()
    except Exception:
        return _BROKEN
