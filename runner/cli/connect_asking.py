"""Ask for what a connection to a directory needs, line by line; a password is not shown where there is a terminal."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TextIO

import click

from connectors.spi import Secret

_YES, _NO = ("y", "yes"), ("n", "no")


@dataclass(frozen=True, slots=True)
class Asking:
    """Questions on standard error, answers on standard input; raises `click.UsageError` naming the option at its end."""

    reading: TextIO

    def ask(self, question: str, option: str, default: str = "") -> str:
        """Ask until there is an answer; an empty one means the default."""
        while True:
            click.echo(f"{question}{f' [{default}]' if default else ''}: ", err=True, nl=False)
            line = self.reading.readline()
            if not line:
                raise click.UsageError(f"There is no more input to answer “{question}”. Give it as {option}.")
            if answer := line.strip() or default:
                return answer

    def ask_secret(self, question: str, option: str) -> Secret:
        """Ask for a password; it is not shown while it is typed at a terminal."""
        if self.reading.isatty():
            return Secret(click.prompt(question, hide_input=True, err=True))
        click.echo(f"{question}: ", err=True, nl=False)
        line = self.reading.readline().rstrip("\r\n")
        if not line:
            raise click.UsageError(f"There is no input to answer “{question}”. Give it as {option}.")
        return Secret(line)

    def choose(self, question: str, option: str, choices: Sequence[str]) -> str:
        """Let one of several be chosen by its number, or something else be typed."""
        for number, choice in enumerate(choices, 1):
            click.echo(f"  {number}  {choice}", err=True)
        answer = self.ask(question, option, choices[0] if choices else "")
        is_number = answer.isdecimal() and 1 <= int(answer) <= len(choices)
        return choices[int(answer) - 1] if is_number else answer

    def agrees(self, question: str, option: str) -> bool:
        """Ask until the answer is yes or no: what was typed until now is not lost by Enter alone."""
        while (answer := self.ask(f"{question} (yes/no)", option).lower()) not in (*_YES, *_NO):
            click.echo("  Write yes or no.", err=True)
        return answer in _YES

    def agrees_if_asked(self, question: str) -> bool:
        """Ask for yes or no once; anything but yes is no, the end of the input too."""
        click.echo(f"{question} (yes/no) [no]: ", err=True, nl=False)
        return self.reading.readline().strip().lower() in _YES

    def until_good(self, question: str, option: str, check: Callable[[str], str | None], default: str = "") -> str:
        """Ask until ``check`` returns None; what it returns is the reason why not."""
        while True:
            answer = self.ask(question, option, default)
            if (reason := check(answer)) is None:
                return answer
            click.echo(f"  {reason}", err=True)


def asking() -> Asking:
    """Return what asks at standard input."""
    return Asking(sys.stdin)
