"""Markdown pages as plain text for a terminal. Pure."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

_FENCE = "```"
_NARROW = 34
_WIDE = 72
_CELLS = re.compile(r"(?<!\\)\|")


def plain(page: str) -> str:
    """Return a page for a terminal: examples are indented, tables stand in columns, other lines are as they are."""
    lines: list[str] = []
    is_example = False
    for is_table, group in groupby(page.removeprefix("# ").splitlines(), lambda line: line.startswith("|")):
        if is_table and not is_example:
            lines += _columns([_cells(line) for line in group if not line.startswith("|--")])
            continue
        for line in group:
            if line.startswith(_FENCE):
                is_example = not is_example
            else:
                lines.append(f"    {line}" if is_example and line else line)
    return "\n".join(lines)


def _cells(line: str) -> list[str]:
    return [cell.strip().replace("\\|", "|").replace("`", "") for cell in _CELLS.split(line)[1:-1]]


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; what is too long for its column goes on below, and empty columns are left out."""
    kept = [place for place in range(len(rows[0])) if any(row[place] for row in rows[1:])] or [0]
    limits = [_NARROW] * (len(kept) - 1) + [_WIDE]
    widths = [min(limit, max(len(row[place]) for row in rows)) for place, limit in zip(kept, limits, strict=True)]
    for row in rows:
        wrapped = [textwrap.wrap(row[place], width) for place, width in zip(kept, widths, strict=True)]
        for cells in zip_longest(*wrapped, fillvalue=""):
            line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            yield f"    {line}".rstrip()
