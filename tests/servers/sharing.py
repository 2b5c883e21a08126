"""Folders that the test processes of one run share: what is costly to fill is filled by the first that needs it."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def shared_folder(where: Path, name: str, fill: Callable[[Path], None]) -> Iterator[Path]:
    """Give ``where / name``, filled once by whichever process comes first; nobody may write to it afterwards.

    The last process that leaves it removes it. A process that is killed, while it fills it or later, hinders nobody.
    Locks end with their processes; they must not be taken across a fork.
    """
    folder, unfinished = where / name, where / f"{name}.unfinished"
    with (where / f"{name}.lock").open("w") as door, (where / f"{name}.users").open("w") as users:
        with _locked(door):
            if not folder.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
                unfinished.mkdir()
                fill(unfinished)
                unfinished.rename(folder)
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield folder
        finally:
            with _locked(door):
                if _is_the_last(users):
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(file: IO[str]) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _is_the_last(users: IO[str]) -> bool:
    """Whether nobody else holds the folder; to be asked, once, behind the door."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
