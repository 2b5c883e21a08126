"""The file with the policy as it is on disk: whether it changed since it was last read, and what stands in it now."""

import errno
import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

from runner.access.model import Policy
from runner.access.reading import read_access

_Stamp: TypeAlias = tuple[int, int, int, int]
_SETTLED_NS = 100_000_000  # a file written twice within one tick of the clock of the file system looks the same


@dataclass(frozen=True, slots=True)
class Written:
    """A policy as it was found; with ``errors``, sentences for an operator, it is empty and allows nothing."""

    policy: Policy
    content: bytes
    errors: tuple[str, ...] = ()


class PolicySource(Protocol):
    """Where a policy is written."""

    def changed(self) -> Written | None:
        """Return what is written now when that is not what was returned last; None while nothing changed."""
        ...


@dataclass(slots=True)
class PolicyFile:
    """The policy in a file; ``name`` is what problems call it, ``content`` what was read of it at first.

    ``complete`` adds to a policy what stands in other files.  The file is looked at whenever somebody asks for something;
    one that is gone or cannot be read allows nothing.
    """

    path: Path
    name: str
    content: bytes | None
    complete: Callable[[Policy], Policy] = lambda policy: policy
    _stamp: _Stamp | None = field(default=None, init=False)

    def changed(self) -> Written | None:
        """Return the new policy after a change; see `PolicySource`."""
        try:
            found = _stat_of_file(self.path)
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if stamp == self._stamp:
                return None
            content = self.path.read_bytes()
        except OSError as error:
            return self._gone(error)
        self._stamp = stamp if time.time_ns() - found.st_ctime_ns > _SETTLED_NS else None
        if content == self.content:
            return None
        self.content = content
        policy, problems = read_access(self.name, content)
        return Written(self.complete(policy), content, tuple(str(one) for one in problems if one.level == "error"))

    def _gone(self, error: OSError) -> Written | None:
        self._stamp = None
        if self.content is None:
            return None
        self.content = None
        return Written(Policy(), b"", (f"{self.path} cannot be read: {error.strerror or error}. Put it back.",))


def _stat_of_file(path: Path) -> os.stat_result:
    """Return what the file system says of a file; raises `OSError` also for what is none, such as a pipe that never ends."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no file")
    return found
