"""Read LDIF (RFC 2849) as a stream: entries, and for what cannot be read a line and a reason. Reads only its stream.

Taken are entries without a ``changetype`` and those with ``changetype: add``.  Values are bytes, because LDIF does not
say which of them are texts.  ``:<`` is never followed.  Memory is bounded by the largest record, which is itself
limited.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from connectors.local.importing_drafts import FileError, Refusal

LONGEST_VALUE_BYTES = 10 * 1024 * 1024
LARGEST_RECORD_BYTES = 64 * 1024 * 1024
_ATTRIBUTE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9.-]*(?:;[A-Za-z0-9=*-]+)*):([:<]?) *(.*)", re.DOTALL)
_CHANGETYPE = re.compile(rb"changetype:", re.IGNORECASE)
_CHANGE = "the record is a change (changetype other than add), not an entry"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

# A physical or logical line: its number (from 1) and its bytes, None when it is too long.
_Line = tuple[int, bytes | None]


class LdifError(FileError):
    """The file as a whole is not LDIF; nothing was taken from it."""


@dataclass(frozen=True, slots=True)
class LdifEntry:
    """An entry. ``attributes`` maps lower-case names, with their options (``cn;lang-nl``), to values in file order."""

    line: int
    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]


class _RecordError(ValueError):
    """One record cannot be read; the others can."""


def read_ldif(stream: BinaryIO) -> Iterator[LdifEntry | Refusal]:
    """Yield what stands in the stream, in order. Reads as it goes.

    Raises `LdifError` before the first record when the file is in UTF-16.
    """
    for lines in _records(_logical_lines(_physical_lines(stream))):
        start = lines[0][0]
        try:
            entry = _entry(lines)
        except _RecordError as error:
            yield Refusal(start, _CHANGE if _is_change(lines) else str(error))
            continue
        if entry is not None:
            yield entry


# --- lines ----------------------------------------------------------------------------------------------------------


def _physical_lines(stream: BinaryIO) -> Iterator[_Line]:
    number = 0
    while line := stream.readline(LONGEST_VALUE_BYTES):
        number += 1
        if number == 1:
            line = _without_mark(line)
        if line[-1:] == b"\n" or len(line) < LONGEST_VALUE_BYTES:
            yield number, line.rstrip(b"\r\n")
            continue
        while (line := stream.readline(LONGEST_VALUE_BYTES)) and line[-1:] != b"\n":
            pass
        yield number, None


def _without_mark(line: bytes) -> bytes:
    if line[:2] in _UTF16:
        raise LdifError("The file is in UTF-16. Export it again in UTF-8; with ldifde, leave out -u.")
    return line.removeprefix(b"\xef\xbb\xbf")


def _logical_lines(lines: Iterator[_Line]) -> Iterator[_Line]:
    """Join folded lines: one that starts with a space goes on where the line before it ended."""
    number, parts, size = 0, list[bytes](), 0
    for at, octets in lines:
        if octets and octets[0] == 0x20 and parts and parts[0]:
            size += len(octets)
            if size <= LONGEST_VALUE_BYTES:
                parts.append(octets[1:])
            continue
        if parts:
            yield number, (parts[0] if len(parts) == 1 else b"".join(parts)) if size <= LONGEST_VALUE_BYTES else None
        if octets is None:
            number, parts, size = at, [b"?"], LONGEST_VALUE_BYTES + 1
        else:
            number, parts, size = at, [octets], len(octets)
    if parts:
        yield number, b"".join(parts) if size <= LONGEST_VALUE_BYTES else None


def _records(lines: Iterator[_Line]) -> Iterator[list[_Line]]:
    """Gather the lines between empty ones, without comments; one that is too large keeps only its beginning."""
    record: list[_Line] = []
    size = 0
    for line in lines:
        octets = line[1]
        if octets == b"":
            if record:
                yield record
            record, size = [], 0
        elif octets is None or octets[0] != 0x23:
            size += len(octets or b"") + 100
            if size <= LARGEST_RECORD_BYTES:
                record.append(line)
            elif record[-1][1] is not None:
                record.append((line[0], None))
    if record:
        yield record


# --- records --------------------------------------------------------------------------------------------------------


def _entry(lines: list[_Line]) -> LdifEntry | None:
    """Parse a record; None for the version line alone."""
    pairs = [_pair(number, octets) for number, octets in lines]
    if pairs[0][0] == "version":
        if pairs[0][1].strip() != b"1":
            raise _RecordError("the version of the format is not 1")
        pairs, lines = pairs[1:], lines[1:]
        if not pairs:
            return None
    if pairs[0][0] != "dn":
        raise _RecordError("the record does not start with dn:")
    attributes: dict[str, list[bytes]] = {}
    for name, value in pairs[1:]:
        attributes.setdefault(name, []).append(value)
    _check_change(attributes)
    return LdifEntry(lines[0][0], _dn(pairs[0][1]), {name: tuple(values) for name, values in attributes.items()})


def _pair(number: int, octets: bytes | None) -> tuple[str, bytes]:
    if octets is None:
        raise _RecordError(f"line {number} is too long, or the whole record is")
    match = _ATTRIBUTE.fullmatch(octets)
    if match is None:
        raise _RecordError(f"line {number} is not of the form name: value")
    name, mark, value = match.groups()
    if mark == b"<":
        raise _RecordError(f"line {number} points at a file or an address (:<), which is never read")
    if mark == b":":
        try:
            value = a2b_base64(value.rstrip(b" "), strict_mode=True)
        except Base64Error:
            raise _RecordError(f"line {number} is not valid base64") from None
    elif b"\x00" in value:
        raise _RecordError(f"line {number} holds a NUL")
    return name.decode("ascii").lower(), value


def _dn(octets: bytes) -> str:
    try:
        dn = octets.decode("utf-8")
    except UnicodeDecodeError:
        raise _RecordError("the dn is not UTF-8") from None
    if not dn.strip():
        raise _RecordError("the dn is empty")
    return dn


def _is_change(lines: list[_Line]) -> bool:
    words = [octets.lower().split(b":", 1)[1].strip() for _, octets in lines if octets and _CHANGETYPE.match(octets)]
    return words not in ([], [b"add"])


def _check_change(attributes: dict[str, list[bytes]]) -> None:
    """Refuse what is no entry but a change; drop ``changetype: add``."""
    change = attributes.pop("changetype", [b"add"])
    if len(change) != 1 or change[0].strip().lower() != b"add":
        raise _RecordError(_CHANGE)
    if "control" in attributes:
        raise _RecordError("the record asks for a control, which an entry cannot have")
    if "dn" in attributes:
        raise _RecordError("the record has a second dn: an empty line is missing")
    if not attributes:
        raise _RecordError("the entry has no attributes")
