"""Filters as octets (RFC 4511, 4.5.1.7): quickly, for the plain shapes that questions about people consist of. Pure.

A page of people asks with hundreds of conditions, and reading them in a general way costs more than the server's answer.
What is not written as plainly as `connectors.ldap.filters` writes is left to the general reader.
"""

import re

from connectors.ldap.talking.answering import element

_PLAIN = re.compile(r"\(([A-Za-z][A-Za-z0-9-]*)(>=|<=|=)((?:[^()\\*\x00]|\\[0-9a-fA-F]{2}|\*)*)\)")
_SETS = {"&": 0xA0, "|": 0xA1}
_NOT, _EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST, _PRESENT = 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0x87
_COMPARED = {"=": _EQUAL, ">=": _AT_LEAST, "<=": _AT_MOST}
_FIRST, _ANY, _LAST = 0x80, 0x81, 0x82
_OCTETS, _SEQUENCE = 0x04, 0x30
_ESCAPED = re.compile(rb"\\([0-9a-fA-F]{2})")
_DEEPEST = 100


def filter_octets(text: str) -> bytes | None:
    """Return a filter's octets, None when it is not of a plain shape."""
    found = _read(text, 0, 0)
    return found[0] if found is not None and found[1] == len(text) else None


def _read(text: str, at: int, depth: int) -> tuple[bytes, int] | None:
    """Return the octets of the filter that begins at ``at``, and where it ends."""
    if (plain := _PLAIN.match(text, at)) is not None:
        octets = _comparison(*plain.groups())
        return None if octets is None else (octets, plain.end())
    kind = text[at + 1 : at + 2] if text.startswith("(", at) else ""
    if (kind != "!" and kind not in _SETS) or not kind or depth > _DEEPEST:
        return None
    parts: list[bytes] = []
    at += 2
    while text.startswith("(", at):
        part = _read(text, at, depth + 1)
        if part is None:
            return None
        parts.append(part[0])
        at = part[1]
    if not parts or not text.startswith(")", at) or (kind == "!" and len(parts) > 1):
        return None
    return element(_SETS.get(kind, _NOT), b"".join(parts)), at + 1


def _comparison(attribute: str, sign: str, value: str) -> bytes | None:
    name = attribute.encode()
    if value == "*" and sign == "=":
        return element(_PRESENT, name)
    if value != value.strip():
        return None
    pieces = [_value(piece) for piece in value.split("*")]
    if len(pieces) == 1:
        return element(_COMPARED[sign], element(_OCTETS, name) + element(_OCTETS, pieces[0])) if pieces[0] else None
    first, *middle, last = pieces
    if sign != "=" or not all(middle):
        return None
    listed = [element(_FIRST, first)] if first else []
    listed += [element(_ANY, piece) for piece in middle]
    listed += [element(_LAST, last)] if last else []
    return element(_SUBSTRINGS, element(_OCTETS, name) + element(_SEQUENCE, b"".join(listed)))


def _value(text: str) -> bytes:
    return _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), text.encode())
