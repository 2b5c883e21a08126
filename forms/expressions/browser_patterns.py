r"""Write a pattern of the safe subset for a browser's matcher, with the same meaning. Pure.

A browser reads ``\s`` and ``.`` in another way than this language does, and with the flag ``u`` refuses to escape what
needs no escape.  So nothing is passed on as written: every character becomes its code point, every class its ranges.
"""

import re

from forms.expressions.patterns import compile_pattern

_LAST = 0x10FFFF
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r"}
_Ranges = tuple[tuple[int, int], ...]
_DIGITS: _Ranges = ((0x30, 0x39),)
_WORD: _Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_BLANKS: _Ranges = ((0x09, 0x0D), (0x20, 0x20))
_SETS = {"d": _DIGITS, "w": _WORD, "s": _BLANKS}
_QUANTIFIER = re.compile(r"[*+?]|\{[0-9,]+\}")


def browser_pattern(text: str) -> str:
    """Return ``text`` as the source of a regular expression for the flag ``u``, anchored at both ends.

    Raises `ExpressionError` as `compile_pattern`, when it is not a pattern of the subset.
    """
    compile_pattern(text)
    at, end = int(text.startswith("^")), len(text)
    written: list[str] = []
    while at < end:
        piece, at = _piece(text, at)
        written.append(piece)
    return f"^(?:{''.join(written)})$"


def _piece(text: str, at: int) -> tuple[str, int]:
    character = text[at]
    if character == "[":
        return _class(text, at)
    if character == "(":
        return "(?:", at + (3 if text.startswith("(?:", at) else 1)
    if character == "$":
        return "", at + 1
    if character in ")|":
        return character, at + 1
    if found := _QUANTIFIER.match(text, at):
        return found.group(), found.end()
    if character == ".":
        return _written(_opposite(((0x0A, 0x0A),))), at + 1
    ranges, at = _member(text, at)
    return _written(ranges), at


def _member(text: str, at: int) -> tuple[_Ranges, int]:
    """Read one character, or a set with a name, and return the place behind it."""
    if text[at] != "\\":
        return ((ord(text[at]), ord(text[at])),), at + 1
    letter = text[at + 1]
    if letter.lower() in _SETS:
        known = _SETS[letter.lower()]
        return (known if letter.islower() else _opposite(known)), at + 2
    character = ord(_CONTROLS.get(letter, letter))
    return ((character, character),), at + 2


def _class(text: str, at: int) -> tuple[str, int]:
    at += 1
    negated = text[at] == "^"
    at += negated
    ranges: _Ranges = ()
    while text[at] != "]":
        member, at = _member(text, at)
        if text[at] == "-" and text[at + 1] != "]":
            last, at = _member(text, at + 1)
            member = ((member[0][0], last[0][1]),)
        ranges += member
    return _written(ranges, negated=negated), at + 1


def _opposite(ranges: _Ranges) -> _Ranges:
    edges = [-1, *(edge for pair in ranges for edge in pair), _LAST + 1]
    gaps = ((before + 1, after - 1) for before, after in zip(edges[::2], edges[1::2], strict=True))
    return tuple(gap for gap in gaps if gap[0] <= gap[1])


def _written(ranges: _Ranges, *, negated: bool = False) -> str:
    single = len(ranges) == 1 and ranges[0][0] == ranges[0][1] and not negated
    inside = "".join(_point(low) if low == high else f"{_point(low)}-{_point(high)}" for low, high in ranges)
    return inside if single else f"[{'^' if negated else ''}{inside}]"


def _point(code: int) -> str:
    character = chr(code)
    return character if character.isascii() and character.isalnum() else f"\\u{{{code:x}}}"
