"""Collect problems with their places, and guess what was meant. Pure."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from forms.documents import Document, Node, ScalarNode
from forms.errors import DefinitionError, ExpressionError, Problem

MAX_PROBLEMS = 100
_ALIKE = 0.7  # how alike names must be that begin differently

_INDENT = re.compile(r" *")


class Report:
    """The problems of one file, and of the parts it takes from other files, in the order of their lines, each cause once.

    ``others`` maps the names of those files to their documents.  Whoever notes the hundredth problem gets a
    `DefinitionError` with all of them: a file like that is not read on.  Warnings alone stop nothing; those beyond the
    ninety-ninth are not noted.
    """

    def __init__(self, document: Document, others: Mapping[str, Document] | None = None) -> None:
        self.document, self.others = document, others or {}
        self._problems: dict[tuple[str, int, int, str], Problem] = {}
        self.take(document.problems)

    def take(self, problems: Iterable[Problem]) -> None:
        """Add what was found elsewhere, for example while another file was read."""
        for problem in problems:
            self._problems.setdefault((problem.file, problem.line, problem.column, problem.code), problem)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything found so far, sorted by place."""
        return tuple(self._problems[key] for key in sorted(self._problems))

    @property
    def has_errors(self) -> bool:
        """Whether something found so far is more than a warning."""
        return any(problem.level == "error" for problem in self._problems.values())

    def error(self, code: str, node: Node, message: str, fix: str = "", offset: int = 0) -> None:
        """Note an error at a node, ``offset`` characters into its text."""
        self._add("error", code, node, message, fix, offset)

    def warning(self, code: str, node: Node, message: str, fix: str = "", offset: int = 0) -> None:
        """Note a warning at a node, ``offset`` characters into its text."""
        self._add("warning", code, node, message, fix, offset)

    def expression(self, node: Node, error: ExpressionError) -> None:
        """Note what is wrong with an expression or a template that is written in a node."""
        self.error(error.code, node, error.message, error.fix, error.offset)

    def _add(self, level: str, code: str, node: Node, message: str, fix: str, offset: int) -> None:
        if level == "warning" and len(self._problems) >= MAX_PROBLEMS - 1:
            return
        document = self.others.get(node.file, self.document)
        line, column = place_in(node, offset, document.lines)
        source = document.lines[line - 1]
        self.take([Problem(document.file, line, column, level, code, message, fix, source)])
        if len(self._problems) >= MAX_PROBLEMS:
            raise DefinitionError(self.problems)


def place_in(node: Node, offset: int, lines: Sequence[str]) -> tuple[int, int]:
    """Return line and column of a character of a scalar's text; of the scalar's start where that cannot be told."""
    if not isinstance(node, ScalarNode) or offset <= 0:
        return node.line, node.column
    if node.style in ("|", ">"):
        return _place_in_block(node, offset, lines)
    quoted = 1 if node.style else 0
    if node.column + offset + quoted > len(lines[node.line - 1]):
        return node.line, node.column
    return node.line, node.column + offset + quoted


def _place_in_block(node: ScalarNode, offset: int, lines: Sequence[str]) -> tuple[int, int]:
    before = node.text[:offset]
    line = node.line + 1 + before.count("\n")
    if node.style == ">" or line > len(lines):
        return node.line, node.column
    width = len(_indent(lines[node.line : line + 1]))
    column = offset - (before.rfind("\n") + 1) + 1 + width
    return (line, column) if column <= len(lines[line - 1]) + 1 else (node.line, node.column)


def _indent(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    found = _INDENT.match(first)
    return found.group() if found else ""


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return ``Did you mean "…"?`` for the nearest name, or an empty text; case does not count."""
    known = {name.lower(): name for name in sorted(names)}
    low = word[:60].lower()
    for found in difflib.get_close_matches(low, known, n=3, cutoff=0.6):
        if found[:1] == low[:1] or difflib.SequenceMatcher(None, low, found).ratio() >= _ALIKE:
            return f'Did you mean "{known[found]}"?'
    return ""


def nearest_or_all(word: str, names: Iterable[str], heading: str) -> str:
    """Return the nearest name, or else all of them behind a heading such as ``Arguments``."""
    known = list(names)
    return did_you_mean(word, known) or (f"{heading}: {', '.join(known)}." if known else "")
