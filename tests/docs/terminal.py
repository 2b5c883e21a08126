"""Type a command as a reader would, answer what it asks, and see what it prints.

A command that serves is a process of its own, and so is a foreign one; the others run in this process, which has begun already.
"""

import io
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runner.cli.main import main
from tests.docs.page_steps import ANYTHING, INTERRUPT, Typed

COMMANDS = Path(sys.executable).parent
SERVING = "Press Ctrl+C to stop.\n"
PATIENCE_SECONDS = 60


@dataclass(slots=True)
class Terminal:
    """A terminal in a folder. ``variables`` are the environment; ``serving`` is the command that was left running."""

    folder: Path
    variables: dict[str, str]
    serving: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def type_in(self, step: Typed, *more: str) -> str:
        """Run a command to its end, or until it serves, and return all that is seen; ``more`` are further arguments."""
        words = [*shlex.split(step.command), *more]
        if words[0] == "deskhand" and words[1] != "demo":
            return _in_this_process(words, step, self.folder)
        child = subprocess.Popen(
            [installed(words[0]), *words[1:]],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=_hear_interrupts,
        )
        seen = _talk(child, step)
        if not seen.endswith(SERVING):
            child.stdin.close()
            child.wait(PATIENCE_SECONDS)
            child.stdout.close()
        elif INTERRUPT in step.seen:
            end(child)
        else:
            self.serving.append(child)
        return seen


def _in_this_process(words: Sequence[str], step: Typed, folder: Path) -> str:
    screen = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("DESKHAND_")]:
            patch.delenv(name)
        patch.setenv("COLUMNS", "80")
        patch.chdir(folder)
        for name, value in (
            ("argv", [*words]),
            ("stdin", _Keyboard(screen, step)),
            ("stdout", screen),
            ("stderr", screen),
        ):
            patch.setattr(sys, name, value)
        with pytest.raises(SystemExit):
            main()
    return _shown_on(screen)


def _shown_on(screen: io.TextIOWrapper) -> str:
    return screen.buffer.getvalue().decode()


class _Keyboard(io.StringIO):
    """Gives a command of this process what the page has behind the question that it has just asked."""

    def __init__(self, screen: io.TextIOWrapper, step: Typed) -> None:
        super().__init__()
        self._screen, self._step, self._expected = screen, step, list(step.seen)

    def readline(self, size: int | None = -1, /) -> str:
        question = _shown_on(self._screen).rpartition("\n")[2]
        answer = _answer(question.rstrip(), self._expected, self._step)
        self._screen.write(f"{answer}\n")
        return f"{answer}\n"


def _hear_interrupts() -> None:
    """Let a child be interrupted even when these tests run in the background of a shell, which ignores it there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def installed(word: str) -> str:
    """Return what a word runs: the installed command beside this Python, or one of the system's."""
    own = COMMANDS / word
    return str(own) if own.exists() else word


def end(child: subprocess.Popen[bytes]) -> None:
    """Press Ctrl+C, and see the command end well."""
    child.send_signal(signal.SIGINT)
    assert child.wait(PATIENCE_SECONDS) == 0
    child.stdin.close()
    child.stdout.close()


def _talk(child: subprocess.Popen[bytes], step: Typed) -> str:
    """Read what a command prints, typing what the page has behind each question; the answers are seen as well."""
    seen, expected = "", list(step.seen)
    while chunk := os.read(child.stdout.fileno(), 65_536):
        seen += chunk.decode()
        question = seen.rpartition("\n")[2]
        if question.endswith((": ", "? ")):
            answer = _answer(question.rstrip(), expected, step)
            child.stdin.write(f"{answer}\n".encode())
            child.stdin.flush()
            seen += f"{answer}\n"
        if seen.endswith(SERVING):
            break
    return seen


def _answer(question: str, expected: list[str], step: Typed) -> str:
    while expected:
        line = expected.pop(0)
        if line.startswith(question):
            return line.removeprefix(question).strip()
    raise AssertionError(f"line {step.line}: the page does not answer: {question}")


def is_as_shown(seen: str, shown: Sequence[str]) -> bool:
    """Say whether what is seen is what a page shows; blanks at the ends of lines do not count."""
    lines = [line for line in shown if line != INTERRUPT]
    patterns = (r"(?:.*\n)*?" if line.strip() == ANYTHING else _line(line) for line in lines)
    real = "".join(f"{line.rstrip()}\n" for line in seen.splitlines())
    return re.fullmatch("".join(patterns), real) is not None


def _line(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.rstrip().split(ANYTHING)) + "\n"
