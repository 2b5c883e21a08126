"""LDAP filters as text (RFC 4515), and the pair of filters that brackets a condition. Pure.

A server compares texts by rules of its own, and knows nothing of what is worked out here (whether an account is locked,
say).  So a condition becomes two filters: ``upper`` finds at least what matches, ``lower`` nothing but what matches.  What
``upper`` finds is then compared here, exactly; ``not`` turns the pair around, so that it stays right under any nesting.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

ALL, NONE = "(&)", "(|)"  # absolute true and false (RFC 4526); they never reach a server
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9@._ -]+")
# What servers fold in other ways than we do: letters beyond ASCII, ß beside ss, and runs of spaces.
_UNCERTAIN = re.compile(r"(?:[^\x00-\x7f]|[sS][sS]|\s)+")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two filters: ``lower`` finds nothing that does not match, ``upper`` everything that does."""

    upper: str
    lower: str = NONE


EVERYTHING, NOTHING, UNKNOWN = Bounds(ALL, ALL), Bounds(NONE, NONE), Bounds(ALL, NONE)


def exactly(text: str) -> Bounds:
    """Return the bounds of a condition that the server decides as we do."""
    return Bounds(text, text)


def escaped(value: str | bytes) -> str:
    """Return a value as it stands in a filter; whatever is no plain letter is written as its octets."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
        return _NOT_PLAIN.sub(lambda found: octets(found[0].encode("latin-1")), value)
    return _NOT_PLAIN.sub(lambda found: octets(found[0].encode("utf-8", "surrogatepass")), value)


def octets(value: bytes) -> str:
    """Return octets as they stand in a filter, each escaped."""
    return "".join(f"\\{octet:02x}" for octet in value)


def equals(attribute: str, value: str | bytes) -> str:
    """Return ``(attribute=value)``."""
    return f"({attribute}={escaped(value)})"


def present(attribute: str) -> str:
    """Return ``(attribute=*)``."""
    return f"({attribute}=*)"


def like(attribute: str, value: str, *, start: bool = True, end: bool = True) -> str:
    """Return a filter for values equal to a text, or beginning or ending with it, or holding it; it may find more.

    What servers compare in ways of their own becomes a wildcard.
    """
    text = value.strip() if start else value.lstrip() if end else value.strip()
    pieces = _UNCERTAIN.split(text.strip())
    if len(pieces) == 1 and pieces[0] and start and end:
        return equals(attribute, pieces[0])
    first, last = pieces[0] if start else "", pieces[-1] if end else ""
    middle = pieces[bool(start) : len(pieces) - bool(end)] if len(pieces) > 1 else [] if start or end else pieces
    written = [escaped(first), *(escaped(piece) for piece in middle if piece), escaped(last)]
    pattern = "*".join(written)
    return present(attribute) if not pattern.strip("*") else f"({attribute}={re.sub(r'[*]+', '*', pattern)})"


def all_of(parts: Iterable[str]) -> str:
    """Join filters that must all match."""
    kept = dict.fromkeys(part for part in parts if part != ALL)
    if NONE in kept:
        return NONE
    return ALL if not kept else next(iter(kept)) if len(kept) == 1 else f"(&{''.join(kept)})"


def any_of(parts: Iterable[str]) -> str:
    """Join filters of which one must match."""
    kept = dict.fromkeys(part for part in parts if part != NONE)
    if ALL in kept:
        return ALL
    return NONE if not kept else next(iter(kept)) if len(kept) == 1 else f"(|{''.join(kept)})"


def negated(part: str) -> str:
    """Return the filter that matches when ``part`` does not."""
    return {ALL: NONE, NONE: ALL}.get(part) or f"(!{part})"


def both(parts: Iterable[Bounds]) -> Bounds:
    """Join conditions that must all hold."""
    given = tuple(parts)
    return Bounds(all_of(one.upper for one in given), all_of(one.lower for one in given))


def either(parts: Iterable[Bounds]) -> Bounds:
    """Join conditions of which one must hold."""
    given = tuple(parts)
    return Bounds(any_of(one.upper for one in given), any_of(one.lower for one in given))


def neither(part: Bounds) -> Bounds:
    """Return the condition that holds when ``part`` does not."""
    return Bounds(negated(part.lower), negated(part.upper))
