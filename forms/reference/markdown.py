"""Small pieces of Markdown. Pure."""

import re
from collections.abc import Iterable, Sequence

_LINK = re.compile(r"\[([^\]\[]+)\]\([^()\s]*\)")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; upright bars in a cell are escaped."""
    lines = [_row(heads), "|" + "---|" * len(heads), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(text: str) -> str:
    """Return a text as code in a line; nothing stays nothing."""
    return f"`{text}`" if text else ""


def listed(words: Iterable[str]) -> str:
    """Return words as code, separated by commas; a dash where there are none."""
    return ", ".join(code(word) for word in words) or "–"


def block(text: str, language: str = "yaml") -> str:
    """Return a text as a block of code."""
    return f"```{language}\n{text.strip(chr(10))}\n```"


def anchor(heading: str) -> str:
    """Return the fragment that leads to a heading, as Markdown renderers make it."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.replace(" ", "-")


def unlinked(text: str) -> str:
    """Return a text with the words of its links in place of the links."""
    return _LINK.sub(r"\1", text)
