"""The databases of a domain as files (TDB): whether they differ from those of a template, and how they become it again.

A server that runs need not be stopped for that. Each database numbers its writes in its head, readers look at that number
before they believe what they remember, and whoever writes holds the same locks: Samba's own `tdbrestore` works like this.
"""

import fcntl
from collections.abc import Iterator
from pathlib import Path

_HEAD = 64  # octets; with the number of the last write
_FIRST_LOCK = 8  # that of transactions, TRANSACTION_LOCK of lib/tdb; those of reading and writing come after it


def write_back(template: Path, folder: Path) -> None:
    """Give the databases of a domain in ``folder`` the content that those of ``template`` have; nobody has to be stopped.

    What was added stays as a rest behind the end, where no record leads to. Waits for a write that is under way.
    """
    for file in _databases(template):
        with file.open("rb") as wanted, (folder / file.relative_to(template)).open("r+b") as found:
            if wanted.read(_HEAD) != found.read(_HEAD):
                fcntl.lockf(found, fcntl.LOCK_EX, 0, _FIRST_LOCK)
                wanted.seek(0)
                found.seek(0)
                found.write(wanted.read())
                found.flush()  # while the lock is held; closing gives it back


def _databases(folder: Path) -> Iterator[Path]:
    for ending in ("ldb", "tdb"):
        yield from sorted((folder / "private").rglob(f"*.{ending}"))
