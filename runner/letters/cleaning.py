"""Take out of a text what would rearrange a mail or break its headers. Pure."""

import re

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff"
_DIRECTIONS = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff"
_UNRULY = re.compile(f"[{_CONTROLS}{_DIRECTIONS}]")
_MOST_SUBJECT = 300


def harmless(value: object) -> object:
    """Take controls, halves of letters and direction marks out of a text; anything else stays as it is."""
    return _UNRULY.sub("", value) if type(value) is str else value


def clean(text: str) -> str:
    """Return a text of several lines that a mail can carry."""
    return _UNRULY.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str, most: int = _MOST_SUBJECT) -> str:
    """Return a text as one line of at most ``most`` characters, so that it cannot become a header (RFC 5322, 2.2)."""
    return " ".join(_UNRULY.sub("", text).split())[:most].rstrip()
