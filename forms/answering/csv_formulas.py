"""Keep spreadsheets from taking a text in a file of separated values for a formula, and read such texts back. Pure.

Quotation marks do not help against a program whose separator is another one.  Read with semicolons, the line
``"a","x;=1"`` has two cells, ``a,"x`` and ``=1"``: a quotation mark in the midst of a cell means nothing there.  So not
only a text that begins like a formula gets an apostrophe in front of it, but also what begins like one behind a
semicolon, a tab or a line end inside a text, spaces and quotation marks between them not counting.  Everything else
stays as it is; `restored` gives back exactly what was written.
"""

import re

_STARTS = "=+\\-@＝＋－＠"
_BLANKS = "\\s\u200b\ufeff"
_LEADING = re.compile(rf"[{_BLANKS}]*+['{_STARTS}]| *+[\t\r\n]")
_BEHIND_SEPARATOR = re.compile(rf"([;\t\r\n][{_BLANKS}\";]*+)('*+[{_STARTS}])?")


def inert(text: str) -> str:
    """Return a text in which no spreadsheet sees a formula, whether it separates by commas, semicolons or tabs."""
    safe = _BEHIND_SEPARATOR.sub(lambda found: f"{found[1]}'{found[2]}" if found[2] else found[0], text)
    return f"'{safe}" if _LEADING.match(safe) else safe


def restored(cell: str) -> str:
    """Return the text of which `inert` made this one; one that has none of its apostrophes is returned as it is."""
    text = cell[1:] if cell.startswith("'") and _LEADING.match(cell, 1) else cell
    return _BEHIND_SEPARATOR.sub(_without_apostrophe, text)


def _without_apostrophe(found: re.Match[str]) -> str:
    return found[1] + found[2].removeprefix("'") if found[2] else found[0]
