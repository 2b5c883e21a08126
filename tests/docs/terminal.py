"""Type a command as a reader would, answer what it asks, and see what it prints."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

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
