"""What can be wrong with a definition or with answers: always every problem at once, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a definition file.

    ``line`` and ``column`` count from 1; 0 means the file as a whole.  ``source`` is the line as written, ``fix`` one
    sentence that mends it.  ``level`` is ``error`` or ``warning``.
    """

    file: str
    line: int
    column: int
    level: str
    code: str
    message: str
    fix: str = ""
    source: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        text = f"{where}: {self.level} {self.code}: {self.message}"
        if self.source:
            source, column = _window(self.source, self.column)
            text += f"\n    {source}\n    {' ' * (column - 1)}^"
        return text + (f"\n    {self.fix}" if self.fix else "")


_WIDEST = 160  # characters of a line that are shown


def _window(source: str, column: int) -> tuple[str, int]:
    """Return what is shown of a line, and the column in that: all of it, or a piece around the place."""
    if len(source) <= _WIDEST:
        return source, column
    start = max(min(column - 1 - _WIDEST // 2, len(source) - _WIDEST), 0)
    piece, before = source[start : start + _WIDEST], "… " if start else ""
    return f"{before}{piece}{' …' if start + _WIDEST < len(source) else ''}", column - start + len(before)


class DefinitionError(Exception):
    """A definition cannot be used; ``problems`` holds every error found, never none."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class ExpressionError(Exception):
    """An expression is wrong, or cannot be worked out with these values.

    ``offset`` counts characters from the start of the expression, from 0; ``code`` is the stable code (``E201`` …).
    """

    def __init__(self, message: str, *, code: str = "E200", offset: int = 0, fix: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.offset, self.fix = message, code, offset, fix


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """One thing wrong with the answers, in the author's words.

    ``field`` is a field id, ``target``, ``ticket``, ``reason`` or empty for the form as a whole; ``row`` counts from 1
    in a ``rows`` field, with ``column`` the field inside.  The sentence never contains the answer.  ``is_out_of_reach``
    says that the answer names an object that was not offered, which no page sends by itself.
    """

    field: str
    message: str
    row: int | None = None
    column: str | None = None
    is_out_of_reach: bool = False


class AnswersError(Exception):
    """Answers do not fit the form; nothing was planned. ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[AnswerProblem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)
