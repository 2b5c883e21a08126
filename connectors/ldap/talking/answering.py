"""Messages as octets (RFC 4511, 4.1.1), and reading what a server sends, in BER of definite length. Pure, performs no I/O.

Entries are read straight into `Row`, since a search brings them by the thousand.
"""

from dataclasses import dataclass

from connectors.ldap.requests import Answer, Row

ENTRY, SEARCH_DONE, REFERENCE, EXTENDED, INTERMEDIATE = 0x64, 0x65, 0x73, 0x78, 0x79
# The tag of an operation and of its only, or last, answer (RFC 4511, 4.2 to 4.12).
ANSWERS = {0x60: 0x61, 0x63: SEARCH_DONE, 0x66: 0x67, 0x68: 0x69, 0x4A: 0x6B, 0x6C: 0x6D, 0x77: EXTENDED}
_SEQUENCE, _INTEGER, _CONTROLS, _REFERRAL, _RESPONSE_NAME = 0x30, 0x02, 0xA0, 0xA3, 0x8A
_OCTETS, _ENUMERATED = 0x04, 0x0A
_LONGEST_CODE, _LONGEST_WORDS = 4, 1_000  # octets, letters
PAGED = "1.2.840.113556.1.4.319"


class MalformedError(Exception):
    """What came is no LDAP message."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its number, the tag of its operation, its octets and where in them operation and controls stand."""

    number: int
    tag: int
    octets: bytes
    start: int
    end: int
    stop: int


def element(tag: int, inside: bytes) -> bytes:
    """Return an element of BER with a tag of one octet."""
    length = len(inside)
    if length < 0x80:
        return bytes((tag, length)) + inside
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + inside


def framed(number: int, body: bytes) -> bytes:
    """Return an operation and its controls as a whole message with this number."""
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return element(_SEQUENCE, element(_INTEGER, octets) + body)


def message_size(octets: bytes | bytearray, at: int) -> int:
    """Return how many octets the message that begins at ``at`` has, or 0 when too few came to tell."""
    if len(octets) < at + 2:
        return 0
    if octets[at] != _SEQUENCE:
        raise MalformedError("no message begins here")
    length = octets[at + 1]
    if length < 0x80:
        return 2 + length
    count = length & 0x7F
    if not 1 <= count <= 4:
        raise MalformedError("a length that LDAP does not use")
    if len(octets) < at + 2 + count:
        return 0
    return 2 + count + int.from_bytes(octets[at + 2 : at + 2 + count], "big")


def _element(octets: bytes, at: int, stop: int) -> tuple[int, int, int]:
    """Return tag, start and end of the element at ``at``, which must lie before ``stop``."""
    tag, length = octets[at], octets[at + 1]
    start = at + 2
    if length >= 0x80:
        count = length & 0x7F
        length = int.from_bytes(octets[start : start + count], "big")
        start += count
    end = start + length
    if end > stop:
        raise MalformedError("an element reaches beyond what holds it")
    return tag, start, end


def read_message(octets: bytes) -> Message:
    """Read the outside of one whole message; raises `MalformedError`."""
    try:
        _, at, stop = _element(octets, 0, len(octets))
        tag, start, end = _element(octets, at, stop)
        if tag != _INTEGER:
            raise MalformedError("a message has no number")
        number = int.from_bytes(octets[start:end], "big", signed=True)
        tag, start, end = _element(octets, end, stop)
    except IndexError:
        raise MalformedError("a message ends too early") from None
    return Message(number, tag, octets, start, end, stop)


def read_row(message: Message) -> Row:
    """Read a search entry; raises `MalformedError`."""
    octets = message.octets
    try:
        _, start, end = _element(octets, message.start, message.end)
        dn = octets[start:end].decode("utf-8")
        _, at, stop = _element(octets, end, message.end)
        values: dict[str, tuple[bytes, ...]] = {}
        while at < stop:
            _, start, at = _element(octets, at, stop)
            _, name_start, name_end = _element(octets, start, at)
            _, start, end = _element(octets, name_end, at)
            values[octets[name_start:name_end].decode("ascii").lower()] = _octet_strings(octets, start, end)
    except (IndexError, UnicodeDecodeError):
        raise MalformedError("an entry ends too early or is not in UTF-8") from None
    return Row(dn, values)


def _octet_strings(octets: bytes, at: int, stop: int) -> tuple[bytes, ...]:
    found = []
    while at < stop:
        _, start, at = _element(octets, at, stop)
        found.append(octets[start:at])
    return tuple(found)


def read_answer(message: Message) -> Answer:
    """Read the result of any operation (RFC 4511, 4.1.9) and its controls; raises `MalformedError`.

    Of the server's words only the beginning is read.
    """
    octets = message.octets
    try:
        tag, start, end = _element(octets, message.start, message.end)
        code = int.from_bytes(octets[start:end], "big", signed=True) if end - start <= _LONGEST_CODE else -1
        if tag != _ENUMERATED or start == end or code < 0:
            raise MalformedError("an answer has no result code")
        tag, start, end = _element(octets, end, message.end)
        matched = octets[start:end].decode("utf-8", "replace")
        words_tag, start, end = _element(octets, end, message.end)
        if tag != _OCTETS or words_tag != _OCTETS:
            raise MalformedError("an answer has no name or no words")
        words = octets[start : min(end, start + 4 * _LONGEST_WORDS)].decode("utf-8", "replace")
        return Answer(code, words.rstrip("\0")[:_LONGEST_WORDS], _controls(message), matched)
    except IndexError:
        raise MalformedError("an answer ends too early") from None


def _controls(message: Message) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    octets = message.octets
    if message.end >= message.stop:
        return found
    tag, at, stop = _element(octets, message.end, message.stop)
    if tag != _CONTROLS:
        return found
    while at < stop:
        _, start, at = _element(octets, at, stop)
        _, oid_start, oid_end = _element(octets, start, at)
        value, inner = b"", oid_end
        while inner < at:
            tag, start, inner = _element(octets, inner, at)
            value = octets[start:inner] if tag == _OCTETS else value
        found[octets[oid_start:oid_end].decode("ascii", "replace")] = value
    return found


def page_cookie(answer: Answer) -> bytes:
    """Return what the next page is asked for with (RFC 2696), empty after the last; raises `MalformedError`."""
    octets = answer.controls.get(PAGED, b"")
    if not octets:
        return b""
    try:
        _, at, stop = _element(octets, 0, len(octets))
        _, _, at = _element(octets, at, stop)
        _, start, end = _element(octets, at, stop)
    except IndexError:
        raise MalformedError("a page's cookie ends too early") from None
    return octets[start:end]
