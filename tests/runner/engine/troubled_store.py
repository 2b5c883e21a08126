"""A store that gets into trouble at the n-th thing it is to write, and is in it until it is healed."""

import resource
import signal
import sqlite3

from sqlalchemy import text

from runner.errors import NotDurableError
from runner.store.database import Database

KINDS = ("away", "unheard", "locked", "read-only", "full")


class TroubledDatabase:
    """Stands around a SQLite database. ``unheard`` writes once more, and nobody hears of it; after that it is away."""

    def __init__(self, inner: Database, file: str) -> None:
        self.inner = inner
        self.file = file
        self.kind, self.left = "", -1
        self.is_in_trouble = False
        self._other: sqlite3.Connection | None = None
        self._limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        self._pragma("busy_timeout=50")

    def trouble(self, kind: str, after: int) -> None:
        """Get into trouble after so many more writes."""
        self.kind, self.left = kind, after

    def write(self, work):
        if self.left == 0:
            self.left, self.is_in_trouble = -1, True
            self._begin()
            if self.kind == "unheard":
                self.inner.write(work)
        self.left -= self.left > 0
        if self.is_in_trouble and self.kind in ("away", "unheard"):
            raise NotDurableError("the record could not be stored, so nothing was done")
        return self.inner.write(work)

    def heal(self) -> bool:
        """End the trouble, and say whether there was any."""
        was, self.is_in_trouble, self.left = self.is_in_trouble, False, -1
        if self._other is not None:
            self._other.close()
            self._other = None
        if was and self.kind == "read-only":
            self.inner.close()  # the next connection is a new one
            self._pragma("busy_timeout=50")
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limits)
        return was

    def _begin(self) -> None:
        if self.kind == "locked":
            self._other = sqlite3.connect(self.file, isolation_level=None)
            self._other.execute("BEGIN IMMEDIATE")
        elif self.kind == "read-only":
            self._pragma("query_only=ON")
        elif self.kind == "full":
            resource.setrlimit(resource.RLIMIT_FSIZE, (1, self._limits[1]))

    def _pragma(self, setting: str) -> None:
        self.inner.write(lambda connection: connection.execute(text(f"PRAGMA {setting}")).rowcount)

    def read(self, work):
        return self.inner.read(work)

    def carry(self, **options: object) -> None:
        self.inner.carry(**options)

    def close(self) -> None:
        self.heal()
        self.inner.close()
