"""Say in an admin's words why a file is not YAML, and where the mistake really is. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_QUOTED_FIRST = re.compile(r"""^\s*(?:-\s+)?[\w-]+:\s+(["']).*\1\s+$""")
_BRACES = re.compile(r"\$\{|\{\{")
_KEY = re.compile(r"( *)(?:- +)?([\w-]+)\s*:(?:\s|$)")
_SLASHES = re.compile(r"\s*(//|/\*)")
_ODD_BLANK = re.compile("(?:^[ -]*|:|-)[ ]*([\u00a0\u2000-\u200b\u202f\u3000\ufeff])")
_NEAR = 3  # lines: a mistake shows at the latest two lines below it
FILL_IN = ("a value is filled in with $(name)", "Write $(name) instead of ${name} or {{ name }}.")


@dataclass(frozen=True, slots=True)
class SyntaxMistake:
    """What is wrong at a place; line and column count from 1."""

    code: str
    line: int
    column: int
    message: str
    fix: str = ""


def braces_in(lines: Sequence[str], line: int) -> SyntaxMistake | None:
    """Return the mistake of a line with ``${`` or ``{{`` in it, which other tools use; None when it has none."""
    found = _BRACES.search(lines[line - 1]) if 0 < line <= len(lines) else None
    return SyntaxMistake("E204", line, found.start() + 1, *FILL_IN) if found else None


def mistake_of(lines: Sequence[str], line: int, column: int, problem: str) -> SyntaxMistake:
    """Explain what the parser calls ``problem`` at a place of a file."""
    source = lines[line - 1] if line <= len(lines) else ""
    before = source[: column - 1]
    found = braces_in(lines, line) or _habit(lines, line)
    if found is not None:
        return found
    if "mapping values are not allowed" in problem:
        if (indented := _too_far_in(lines, line, column)) is not None:
            return indented
        fix = 'Put quotes around the whole value:  key: "text: more text"'
        return SyntaxMistake("E101", line, column, 'a ": " inside a value', fix)
    if _QUOTED_FIRST.match(before):
        message = "the value starts with a quote, so it ends at the next quote"
        fix = "Put the field name first, or quote the whole expression with ' '."
        return SyntaxMistake("E101", line, column, message, fix)
    return SyntaxMistake("E100", line, column, *_described(problem, source[column - 1 : column]))


def _habit(lines: Sequence[str], line: int) -> SyntaxMistake | None:
    """Look around a place for what no parser explains: comments of other languages, blanks that are none."""
    for number in range(1, min(line, len(lines)) + 1):
        found = _SLASHES.match(lines[number - 1])
        if found:
            fix = "Remove it. In YAML a comment starts with # ."
            return SyntaxMistake("E100", number, found.start(1) + 1, f'a comment does not start with "{found[1]}"', fix)
    for number in range(min(line, len(lines)), max(line - _NEAR, 0), -1):
        found = _ODD_BLANK.search(lines[number - 1])
        if found:
            message = f"this blank is not an ordinary space (it is U+{ord(found[1]):04X})"
            return SyntaxMistake("E100", number, found.start(1) + 1, message, "Type a space in its place.")
    return None


def _too_far_in(lines: Sequence[str], line: int, column: int) -> SyntaxMistake | None:
    """Explain a key that stands further in than the one above it, so that it was read as more of its value."""
    here = _KEY.match(lines[line - 1])
    if here is None or here.end(2) + 1 != column:
        return None
    for number in range(line - 1, 0, -1):
        above = _KEY.match(lines[number - 1])
        if above is not None:
            message = f'"{here[2]}" stands further in than "{above[2]}" above it, which has a value already'
            fix = f'Line it up with "{above[2]}" on line {number}.'
            return SyntaxMistake("E100", line, here.start(2) + 1, message, fix)
    return None


def _described(problem: str, character: str) -> tuple[str, str]:
    if "'\\t'" in problem or character == "\t":
        return "a tab cannot be used here", "Indent with spaces."
    if "cannot start any token" in problem:
        return f'a value cannot start with "{character}"', "Put quotes around the value."
    if "end of stream" in problem or "stream end" in problem:
        return "the file ends in the middle of a value", "Close the quote or the bracket."
    if "expected ',' or" in problem:
        return "a list or map in brackets is not closed here", "Put a comma between entries, and close the bracket."
    if "expected <block end>" in problem or "could not find expected ':'" in problem:
        return "this line does not fit the lines above it", "Line it up with them, and write  key: value ."
    return "this is not valid YAML", "Check the indentation and the quotes."
