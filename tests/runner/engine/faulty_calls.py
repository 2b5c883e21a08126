"""Confirm one submission in a process whose system calls fail, or which dies at one of them, as strace arranges."""

import ctypes
import mmap
import os
import re
import shutil
import subprocess
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runner.errors import RunnerError
from runner.pipeline.pages import SubmissionPage
from tests.runner.pipeline.desks import TestDesk, open_desk

CALLS = (
    "openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "unlink", "fcntl", "lseek",
    "newfstatat", "fstat", "stat", "lstat", "access", "mmap", "munmap", "close", "getcwd", "readlink", "fchmod", "fchown",
)  # fmt: skip
AGENT, PERSON = "agent.rotterdam", "u-t.novak"
_ANYBODY_MAY_TRACE = (0x59616D61, ctypes.c_ulong(-1))
_ASKED, _ANSWERED, _SAID, _GO = 0, 8, 16, 24
_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    """What happens at the ``number``-th call of this name: ``error=EIO``, or ``signal=SIGKILL``."""

    call: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.call}-{self.number}-{self.what}"


@dataclass(frozen=True)
class Attempt:
    """What was seen of a process: how often it asked the directory for a change and was told it is made, and what it said.

    A step may ask more than once: where the directory says that nothing was done, it is tried again.
    ``said`` is the state on the page, ``refused`` for an error of the desk, ``fault`` for any other, and empty when it died.
    """

    asked: int
    answered: int
    said: str
    submission: str


_WORDS = ("", "refused", "fault", "done", "partly_done", "failed", "unknown")


def counted(folder: Path) -> Counter[str]:
    """Return how often a submission without faults makes each call."""
    log = folder / "calls.log"
    _run(folder, ["-o", str(log), "-e", f"trace={','.join(CALLS)}"])
    return Counter(re.findall(r"^(?:\d+ +)?(\w+)\(", log.read_text(), re.MULTILINE))


def attempted(folder: Path, fault: Fault) -> Attempt:
    """Confirm a submission while this fault happens."""
    inject = f"inject={fault.call}:{fault.what}:when={fault.number}"
    return _run(folder, ["-o", "/dev/null", "-e", f"trace={fault.call}", "-e", inject])


def _run(folder: Path, options: list[str]) -> Attempt:
    shared = mmap.mmap(-1, 64)
    with _pipe() as (ready_out, ready_in):
        child = os.fork()
        if child == 0:
            _be_the_child(folder, shared, ready_in)
        submission = os.read(ready_out, 32).decode()
        assert len(submission) == 32, "the child ended before it began"
        command = ["strace", "-f", "-qq", "-p", str(child), *options]
        tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        try:
            _wait_until_traced(child, tracer)
            shared[_GO] = 1
            os.waitpid(child, 0)
        finally:
            tracer.wait(timeout=_PATIENCE_SECONDS)
    return Attempt(shared[_ASKED], shared[_ANSWERED], _WORDS[shared[_SAID]], submission)


def _be_the_child(folder: Path, shared: mmap.mmap, ready_in: int) -> None:
    """Confirm one plan, and say what came of it in memory that the parent sees: no call of the system is needed for it.

    Nor is one that counts for being told to begin: one under way might be begun anew when the tracer comes.
    """
    said = "fault"
    try:
        ctypes.CDLL(None).prctl(*_ANYBODY_MAY_TRACE, 0, 0, 0)
        desk = open_desk(folder)
        plan = desk.planned(AGENT, "three-steps", PERSON, {"rule": "stop", "office": "A"})
        actor, digest = desk.actor(AGENT), plan.digest
        desk.directory.before = lambda _: _note(shared, _ASKED)
        desk.directory.after = lambda _: _note(shared, _ANSWERED)
        os.write(ready_in, plan.head.submission.encode())
        while not shared[_GO]:
            time.sleep(0.005)
        page = desk.desk.confirm(actor, plan.head.submission, digest, "", (), "en")
        said = page.state if isinstance(page, SubmissionPage) else "refused"
    except RunnerError:
        said = "refused"
    except BaseException:
        traceback.print_exc()
    finally:
        shared[_SAID] = _WORDS.index(said)
        os._exit(0)


def _note(shared: mmap.mmap, place: int) -> None:
    shared[place] += 1


def _wait_until_traced(child: int, tracer: "subprocess.Popen[bytes]") -> None:
    while tracer.poll() is None:
        status = Path(f"/proc/{child}/status").read_text()
        if re.search(r"TracerPid:\s+[1-9]", status):
            return
    raise AssertionError("strace could not attach to the process")


@contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


@contextmanager
def copied(template: Path, folder: Path) -> Iterator[Path]:
    """Give a folder of its own with what is in another one, for as long as it is needed."""
    shutil.copytree(template, folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def reopened(folder: Path) -> TestDesk:
    return open_desk(folder)
