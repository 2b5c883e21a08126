"""What a mail address may look like here. Pure.

Only the plain form of RFC 5321 section 4.1.2: a dot-atom, an at sign and a domain of at least two labels.  Quoted
local parts, address literals, comments and letters outside ASCII are refused, as most mail systems do.
"""

import re

from connectors.errors import RejectedError

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")


def is_address(text: str) -> bool:
    """Say whether ``text`` is a bare mail address of at most 254 characters, 64 of them before the at sign."""
    match = _ADDRESS.fullmatch(text) if len(text) <= 254 else None
    return match is not None and len(match[1]) <= 64


def check_address(text: object) -> str:
    """Return ``text`` when it is a mail address; raises `RejectedError` otherwise."""
    if not isinstance(text, str) or not is_address(text):
        raise RejectedError("A mail address is needed, such as name@example.org, without spaces or accents.")
    return text
