r"""Read a pattern of the safe subset into parts. Pure.

The subset: characters, ``.``, classes, ``\d \w \s`` and their opposites (ASCII), groups, ``|``, and ``* + ? {n} {n,}
{n,m}``.  ``^`` may stand first and ``$`` last; a pattern always has to fit the whole text, so they change nothing.
"""

import re
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from forms.errors import ExpressionError

MAX_PATTERN = 500
"""Characters a pattern may have."""
MAX_REPEATS = 1_000
"""Largest number a pattern may repeat something."""
_MAX_NESTING = 10

Characters: TypeAlias = int
"""A set of characters as bits: one for each of ASCII, and one for all others together."""

OTHERS: Characters = 1 << 128
EVERY: Characters = (1 << 129) - 1
_QUANTIFIER = re.compile(r"[*+?]|\{([0-9]{1,4})(,([0-9]{1,4})?)?\}")
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True)
class One:
    """A character of a set, between ``low`` and ``high`` times; ``high`` None is without limit."""

    characters: Characters
    low: int = 1
    high: int | None = 1


@dataclass(frozen=True, slots=True)
class Group:
    """One of several sequences, between ``low`` and ``high`` times. ``offset`` is where it starts."""

    branches: tuple[tuple["Part", ...], ...]
    low: int = 1
    high: int | None = 1
    offset: int = 0


Part: TypeAlias = One | Group


def read_pattern(text: str) -> Group:
    """Return the pattern as one group.

    Raises `ExpressionError`: E216 for what is not part of the subset, E217 for what could make matching slow.
    """
    if len(text) > MAX_PATTERN:
        raise ExpressionError(f"a pattern has at most {MAX_PATTERN} characters", code="E216", offset=MAX_PATTERN)
    reader = _Reader(text)
    group = reader.group(0)
    if reader.at < reader.end:
        reader.refuse('")" closes nothing', r"Write  \)  for the character.")
    return group


def set_of(characters: str) -> Characters:
    """Return the set of these characters. Pure."""
    bits = 0
    for character in characters:
        bits |= 1 << ord(character) if ord(character) < 128 else OTHERS
    return bits


_DIGITS = set_of("0123456789")
_WORD = set_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_BLANKS = set_of(" \t\n\r\f\v")
_SETS = {"d": _DIGITS, "w": _WORD, "s": _BLANKS, "D": EVERY & ~_DIGITS, "W": EVERY & ~_WORD, "S": EVERY & ~_BLANKS}


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = int(text.startswith("^"))
        self.end = len(text) - int(_ends_with_anchor(text))

    def refuse(self, message: str, fix: str = "", code: str = "E216") -> NoReturn:
        raise ExpressionError(message, code=code, offset=self.at, fix=fix)

    @property
    def _next(self) -> str:
        return self._text[self.at] if self.at < self.end else ""

    def group(self, nesting: int) -> Group:
        if nesting > _MAX_NESTING:
            self.refuse(f"groups may be nested {_MAX_NESTING} deep")
        start, branches, parts = self.at, [], list[Part]()
        while self._next and self._next != ")":
            if self._next == "|":
                branches.append(tuple(parts))
                parts = []
                self.at += 1
            else:
                parts.append(self._part(nesting))
        return Group((*branches, tuple(parts)), offset=start)

    def _part(self, nesting: int) -> Part:
        start = self.at
        part = self._bracketed(nesting) if self._next == "(" else One(self._characters())
        low, high = self._quantifier()
        if isinstance(part, One):
            return One(part.characters, low, high)
        return Group(part.branches, low, high, start)

    def _bracketed(self, nesting: int) -> Group:
        opened = self.at
        self.at += 1
        if self._next == "?":
            if not self._text.startswith("?:", self.at):
                fix = "Say what the answer looks like from left to right; further rules go under  validate: ."
                self.refuse("looking ahead or behind, names and flags are not allowed in a pattern", fix, "E217")
            self.at += 2
        group = self.group(nesting + 1)
        if self._next != ")":
            self.at = opened
            self.refuse('"(" is never closed', r"Write  \(  for the character.")
        self.at += 1
        return group

    def _quantifier(self) -> tuple[int, int | None]:
        found = _QUANTIFIER.match(self._text, self.at, self.end)
        if not found:
            return 1, 1
        low, high = _range(found)
        if max(low, high or 0) > MAX_REPEATS or high == 0 or (high is not None and high < low):
            self.refuse(f"a repetition is between 1 and {MAX_REPEATS} times, the smaller number first")
        self.at = found.end()
        if self._next in ("*", "+", "?", "{"):
            self.refuse("a repetition cannot be repeated", code="E217")
        return low, high

    def _characters(self) -> Characters:
        character = self._next
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        if character in "*+?{":
            self.refuse(f'"{character}" repeats nothing', f"Write  \\{character}  for the character.")
        if character in "]}^$":
            self.refuse(f'"{character}" may not stand here', f"Write  \\{character}  for the character.")
        self.at += 1
        return EVERY & ~set_of("\n") if character == "." else set_of(character)

    def _escape(self) -> Characters:
        self.at += 1
        character = self._next
        if not character:
            self.at -= 1
            self.refuse('a "\\" at the end stands for nothing', r"Write  \\  for the character.")
        if character in _SETS:
            self.at += 1
            return _SETS[character]
        if character.isdigit():
            self.refuse("a pattern cannot refer to a group", code="E217")
        if character.isalnum() and character not in _CONTROLS:
            self.refuse(f'there is no "\\{character}"', r"Known: \d \D \w \W \s \S \t \n \r")
        self.at += 1
        return set_of(_CONTROLS.get(character, character))

    def _class(self) -> Characters:
        opened = self.at
        self.at += 1
        negated = self._next == "^"
        self.at += negated
        bits = 0
        while self._next != "]" or not bits:
            if self._next in ("", "[", "]"):
                self.at = opened if not self._next else self.at
                self.refuse("this class of characters cannot be read", r"Write  [abc] , and  \[  or  \]  for brackets.")
            bits |= self._member()
        self.at += 1
        return (EVERY & ~bits) | OTHERS if negated else bits

    def _member(self) -> Characters:
        if self._text[self.at : self.at + 2] in ("--", "&&", "~~", "||"):
            self.refuse("this class of characters cannot be read", "Write each of its characters once.")
        start = self.at
        low = self._class_character()
        if self._next != "-" or self._text[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        first, last = self._single(start), self.at
        high = self._class_character()
        end = self._single(last)
        if not first or not end or ord(first) > ord(end) or self._next == "[":
            self.at = start
            self.refuse("this range of characters cannot be read", r"Write it as  a-z , and  \-  for a hyphen.")
        return low | high | _span(first, end)

    def _class_character(self) -> Characters:
        if self._next == "\\":
            return self._escape()
        if self._next in ("", "["):
            self.refuse("this class of characters cannot be read", r"Write  \[  for the character.")
        self.at += 1
        return set_of(self._text[self.at - 1])

    def _single(self, start: int) -> str:
        """Return the character that was written at ``start``, empty when a whole set was."""
        if self._text[start] != "\\":
            return self._text[start]
        escaped = self._text[start + 1]
        return "" if escaped in _SETS else _CONTROLS.get(escaped, escaped)


def _ends_with_anchor(text: str) -> bool:
    backslashes = len(text[:-1]) - len(text[:-1].rstrip("\\"))
    return text.endswith("$") and backslashes % 2 == 0


def _range(found: re.Match[str]) -> tuple[int, int | None]:
    if found.group() in ("*", "+", "?"):
        return (1, None) if found.group() == "+" else (0, 1 if found.group() == "?" else None)
    low = int(found.group(1))
    if found.group(2) is None:
        return low, low
    return low, int(found.group(3)) if found.group(3) else None


def _span(first: str, last: str) -> Characters:
    low, high = ord(first), min(ord(last), 127)
    inside = ((1 << (high + 1)) - 1) & ~((1 << low) - 1) if low <= high else 0
    return inside | (OTHERS if ord(last) > 127 else 0)
