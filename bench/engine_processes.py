"""Processes of the command line for measuring: workers, and what they use while there is nothing to do."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep

_ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Idle:
    """CPU seconds in a second, and resident memory in bytes beside that of an interpreter that does nothing."""

    share: float
    octets: float
    bare_octets: float


@contextmanager
def workers_of(desk: Path, number: int) -> Iterator[list[int]]:
    """Run so many processes of ``deskhand worker``, each carrying out one submission at a time; gives their ids."""
    with ExitStack() as stack:
        command = ("worker", "--desk", str(desk), "--count", "1")
        yield [stack.enter_context(_running(*command)) for _ in range(number)]


@contextmanager
def serving(desk: Path, port: int) -> Iterator[int]:
    """Run ``deskhand serve`` on a port, once it listens there; gives its id."""
    with _running("serve", "--desk", str(desk), "--port", str(port)) as pid:
        yield pid


@contextmanager
def held(pids: Sequence[int]) -> Iterator[None]:
    """Let processes stand still meanwhile."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def idle_of(desk: Path, command: str, seconds: float) -> Idle:
    """Look at ``deskhand serve`` or ``deskhand worker`` so long while nothing happens, once it has settled for half of that."""
    options = ("--port", "0") if command == "serve" else ()
    with _running(command, "--desk", str(desk), *options) as pid, _bare_python() as bare:
        sleep(seconds / 2)
        before = cpu_seconds(pid)
        sleep(seconds)
        share = (cpu_seconds(pid) - before) / seconds
        return Idle(max(share, 1 / _TICKS / seconds), resident_octets(pid), resident_octets(bare))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process has used (proc(5), stat, fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_octets(pid: int) -> float:
    """Return the resident memory of a process (proc(5), statm, field 2)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * float(os.sysconf("SC_PAGE_SIZE"))


def peak_octets(pid: int) -> float:
    """Return the most resident memory a process has had (proc(5), status, VmHWM)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024.0 for line in lines if line.startswith("VmHWM:"))


@contextmanager
def _running(*arguments: str) -> Iterator[int]:
    with _process("-u", "-m", "runner.cli.main", *arguments) as pid:
        yield pid


@contextmanager
def _bare_python() -> Iterator[int]:
    with _process("-u", "-c", "print('here', flush=True); import signal; signal.pause()") as pid:
        yield pid


@contextmanager
def _process(*arguments: str) -> Iterator[int]:
    """Run Python until the end of the block, once it has said its first line."""
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, cwd=_ROOT)  # noqa: S603 - our own
    try:
        if child.stdout is None or not child.stdout.readline():
            raise SystemExit(f"what was to be measured ended with {child.wait()}")
        yield child.pid
    finally:
        child.terminate()
        child.wait(timeout=90)
        if child.stdout:
            child.stdout.close()
