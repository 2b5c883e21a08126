"""Run the command ``deskhand``: in this process for speed, or as a process of its own."""

import io
import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runner.cli.main import main

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "runner.cli.main")
PATIENCE_SECONDS = 60
SEVERAL = """\
import json, sys
from dataclasses import asdict
from tests.runner.cli.commands import deskhand
commands = json.load(sys.stdin)
print(json.dumps([asdict(deskhand(*command, stdin=b"a long enough password")) for command in commands]))
"""
# The superuser is bound by the rights of files only without these two.
WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended: its exit code and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def text(self) -> str:
        return self.out + self.err


def deskhand(*arguments: object, stdin: bytes = b"") -> Result:
    """Run a command in this process, through the same `main` as the installed one."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    code = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["deskhand", *map(str, arguments)])
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            main()
        except SystemExit as done:
            code = int(done.code or 0)
    out.flush()
    err.flush()
    return Result(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKHAND_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default::ResourceWarning", **more}


def process(
    *arguments: object, stdin: bytes = b"", cwd: Path | None = None, before: tuple[str, ...] = (), **more: str
) -> Result:
    """Run a command as a process of its own; ``before`` stands in front of it, ``more`` are variables."""
    done = subprocess.run(
        [*before, *COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        start_new_session=True,  # no terminal to ask for a password at
        cwd=cwd,
        env=environment(**more),
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def several(*commands: tuple[object, ...]) -> list[Result]:
    """Run commands one after the other in one process, which has no more rights than the owner of the files."""
    done = subprocess.run(
        [*WITHOUT_PRIVILEGES, sys.executable, "-c", SEVERAL],
        input=json.dumps([list(map(str, command)) for command in commands]).encode(),
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return [Result(**one) for one in json.loads(done.stdout)]


@dataclass(slots=True)
class Served:
    """A command that serves: its address, what it printed until then, and how it ended."""

    child: "subprocess.Popen[bytes]"
    address: str
    printed: str
    rest: str = ""

    def stop(self, by: signal.Signals = signal.SIGTERM) -> float:
        """Send a signal and wait; return how many seconds it took."""
        begun = time.monotonic()
        self.child.send_signal(by)
        self.child.wait(PATIENCE_SECONDS)
        took = time.monotonic() - begun
        assert self.child.stdout is not None
        self.rest = self.child.stdout.read().decode()
        return took


def _hear_interrupts() -> None:
    """Let a child be interrupted even when these tests run in the background of a shell, which ignores it there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def served(
    *arguments: object, variables: Mapping[str, str] | None = None, until: str = "The desk is open:"
) -> Iterator[Served]:
    """Start a command that serves and wait for the line that says so."""
    child = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(PYTHONUNBUFFERED="1", PYTHONWARNINGS="ignore", **(variables or {})),
        preexec_fn=_hear_interrupts,
    )
    assert child.stdout is not None
    printed = ""
    try:
        while until not in printed:
            line = child.stdout.readline().decode()
            if not line:
                raise AssertionError(f"it ended with {child.wait()} and printed: {printed}")
            printed += line
        found = re.search(r"The desk is open:\s+(http://\S+/)\n", printed)
        assert found, printed
        yield Served(child, found[1], printed)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()


@contextmanager
def files_of_at_most(octets: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def is_one_sentence(text: str) -> bool:
    """Say whether what was printed is one line for a person, without a traceback."""
    return text.startswith("deskhand: ") and text.count("\n") == 1 and "Traceback" not in text
