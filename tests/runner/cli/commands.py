"""Run the command ``deskhand``: in this process for speed, or as a process of its own."""

import io
import json
import os
import re
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
    return Result(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


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
        cwd=cwd,
        env=environment(**more),
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


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
        out, _ = self.child.communicate(timeout=PATIENCE_SECONDS)
        self.rest = out.decode()
        return time.monotonic() - begun


@contextmanager
def served(*arguments: object, variables: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Start a command that serves and wait for the address it prints."""
    child = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(PYTHONUNBUFFERED="1", **(variables or {})),
    )
    assert child.stdout is not None
    printed = ""
    try:
        while not (found := re.search(r"The desk is open:\s+(http://\S+/)\n(?:.*Ctrl\+C|(?!\n))", printed, re.DOTALL)):
            line = child.stdout.readline().decode()
            if not line:
                raise AssertionError(f"it ended with {child.wait()} and printed: {printed}")
            printed += line
        yield Served(child, found[1], printed)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        child.stdout.close()


def is_one_sentence(text: str) -> bool:
    """Say whether what was printed is one line for a person, without a traceback."""
    return text.startswith("deskhand: ") and text.count("\n") == 1 and "Traceback" not in text
