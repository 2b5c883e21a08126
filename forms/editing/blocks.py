"""Order the keys of a map whose entries stand on lines of their own: comments and blank lines go with them. Pure.

An entry begins with the comments directly above its key, and ends with the comments below it that are indented deeper
than its key.  What stands behind the last entry of a map stays where it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from forms.editing.marks import MarkedMap, MarkedScalar, last_line_of
from forms.editing.splicing import Region, Span

_DASHES = re.compile(r" *(?:- +)+")

Part: TypeAlias = str | Span


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text with their ends, and the index at which each begins (one more for the end of the text)."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    end_of_line: str

    def is_blank(self, line: int) -> bool:
        """Say whether nothing but blanks stands on a line."""
        return not self.texts[line].strip()

    def indent_of_comment(self, line: int) -> int | None:
        """Return how deep a comment that has a line of its own is indented; None for every other line."""
        text = self.texts[line]
        bare = text.lstrip(" \t")
        return len(text) - len(bare) if bare.startswith("#") else None

    def own_end(self, last: int, column: int, limit: int) -> int:
        """Return the line behind what ends on line ``last``, with the comments below that are deeper than ``column``."""
        end = last + 1
        for line in range(last + 1, limit):
            indent = self.indent_of_comment(line)
            if indent is not None and indent > column:
                end = line + 1
            elif not self.is_blank(line):
                break
        return end


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a map with its value, by lines: its comments from ``lead``, its key, and the line behind it.

    ``blanks`` is where the blank lines above it begin; there are none when it is ``lead``.
    """

    blanks: int
    lead: int
    key: MarkedScalar
    end: int
    keeps: bool = False

    @property
    def is_long(self) -> bool:
        """Whether it takes more than one line."""
        return self.end - self.lead > 1


def entries_of(lines: Lines, node: MarkedMap, limit: int) -> tuple[Entry, ...] | None:
    """Cut a map into entries; ``limit`` is the line behind all that may belong to it.

    None when its keys do not stand on lines of their own, as with ``? ``.
    """
    found: list[Entry] = []
    for place, (key, value) in enumerate(node.pairs):
        before = lines.texts[key.line][: key.column]
        if before.strip() and (place or not _DASHES.fullmatch(before)):
            return None
        below = node.pairs[place + 1][0].line if place + 1 < len(node.pairs) else limit
        end = lines.own_end(last_line_of(key, value), key.column, below)
        blanks, lead = _above(lines, found[-1].end, key.line) if found else (0, _first_lead(lines, key, before, node))
        found.append(Entry(blanks if found else lead, lead, key, end, _keeps(value, end)))
    return tuple(found)


def _keeps(value: object, end: int) -> bool:
    return isinstance(value, MarkedScalar) and value.keeps and value.last_line + 1 == end


def _above(lines: Lines, end: int, key: int) -> tuple[int, int]:
    """Return where the blank lines above a key begin, and its comments."""
    lead = end
    while lead < key and lines.is_blank(lead):
        lead += 1
    return end, lead


def _first_lead(lines: Lines, key: MarkedScalar, before: str, node: MarkedMap) -> int:
    """Return where the comments of the first key begin; those at the head of a file belong to the file."""
    if before.strip():
        return key.line
    lead = key.line
    while lead and lines.indent_of_comment(lead - 1) is not None:
        lead -= 1
    return key.line if lead == 0 or (node.column == 0 and lines.texts[lead - 1].startswith("---")) else lead


def region_of(lines: Lines, entries: Sequence[Entry], order: Sequence[int]) -> Region:
    """Return the map with its entries in another order; at least two of them change places."""
    first = entries[0]
    column = first.key.column
    prefix = lines.texts[first.key.line][:column]
    has_blanks = any(entry.blanks < entry.lead for entry in entries)
    parts: list[Part] = []
    for position, place in enumerate(order):
        entry = entries[place]
        if position:
            previous = order[position - 1]
            parts += _separator(lines, entries[previous], entry, has_blanks=has_blanks, follows=previous == place - 1)
            parts += [_comments(lines, entry), " " * column]
        elif prefix.strip():
            parts += [_outdented(lines, entry, len(prefix) - len(prefix.lstrip())), prefix]
        else:
            parts += [_comments(lines, entry), " " * column]
        parts.append(Span(entry.key.start, lines.starts[entry.end]))
    return Region(lines.starts[first.lead], lines.starts[entries[-1].end], tuple(parts))


def _comments(lines: Lines, entry: Entry) -> Part:
    """Return the comments above a key; where the first is deeper, a text in a block above would swallow it."""
    if entry.lead < entry.key.line and (lines.indent_of_comment(entry.lead) or 0) > entry.key.column:
        return _outdented(lines, entry, entry.key.column)
    return Span(lines.starts[entry.lead], lines.starts[entry.key.line])


def _outdented(lines: Lines, entry: Entry, indent: int) -> str:
    """Return the comments above a key as deep as ``indent``, such as above the dash of an item that begins with the key."""
    comments = [lines.texts[line].lstrip() for line in range(entry.lead, entry.key.line) if not lines.is_blank(line)]
    return "".join(" " * indent + comment for comment in comments)


def _separator(lines: Lines, previous: Entry, entry: Entry, *, has_blanks: bool, follows: bool) -> list[Part]:
    """Return the blank lines between two entries: as they were between neighbours, else one beside a long entry."""
    if follows:
        return [Span(lines.starts[entry.blanks], lines.starts[entry.lead])]
    wanted = has_blanks and not previous.keeps and (previous.is_long or entry.is_long)
    return [lines.end_of_line] if wanted else []
