"""Distinguished names: parse, normalise and print (RFC 4514, matching rules as in RFC 4518). Pure, no I/O.

A *place* is a chain of normalised names from the root down.  Two spellings of the same name give the same place; that
is the only way names are compared.  ``<GUID=…>`` and other forms that are no RFC 4514 name, URLs and NUL are refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.errors import RejectedError

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+")
_HEX = re.compile(r"[0-9A-Fa-f]{2}")
_SPECIAL = frozenset(',+"\\<>;=')
_MUST_ESCAPE = frozenset(',+"\\<>;')
_LONGEST = 4_000
_ALIASES = {
    "2.5.4.3": "cn",
    "commonname": "cn",
    "2.5.4.4": "sn",
    "surname": "sn",
    "2.5.4.6": "c",
    "countryname": "c",
    "2.5.4.7": "l",
    "localityname": "l",
    "2.5.4.8": "st",
    "stateorprovincename": "st",
    "2.5.4.9": "street",
    "2.5.4.10": "o",
    "organizationname": "o",
    "2.5.4.11": "ou",
    "organizationalunitname": "ou",
    "0.9.2342.19200300.100.1.1": "uid",
    "userid": "uid",
    "0.9.2342.19200300.100.1.25": "dc",
    "domaincomponent": "dc",
}
_PAIRED = (("\u00c0", "\u00de"), ("\u0100", "\u017d"), ("\u0391", "\u03a9"), ("\u0410", "\u042f"))
_STRING_TAGS = {0x0C: "utf-8", 0x13: "ascii", 0x16: "ascii", 0x14: "latin-1", 0x1E: "utf-16-be", 0x1C: "utf-32-be"}


@dataclass(frozen=True, slots=True)
class Rdn:
    """One step of a name: its type-and-value pairs as they were written; more than one when it is multi-valued."""

    pairs: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Print it, escaped as RFC 4514 section 2.4 says."""
        return "+".join(f"{type_}={escape(value)}" for type_, value in self.pairs)

    @property
    def normalised(self) -> str:
        """Return the one spelling that all equal names share."""
        pairs = sorted((_ALIASES.get(type_.lower(), type_.lower()), _prepare(value)) for type_, value in self.pairs)
        return "+".join(f"{type_}={escape(value)}" for type_, value in pairs)

    @property
    def strictly_normalised(self) -> str:
        """Return a spelling that names share only where every server takes them for equal; some that are equal differ."""
        pairs = sorted(
            (_ALIASES.get(type_.lower(), type_.lower()), _prepare_strictly(value)) for type_, value in self.pairs
        )
        return "+".join(f"{type_}={escape(value)}" for type_, value in pairs)

    @property
    def value(self) -> str:
        """Return the value of its first pair, e.g. ``Sales`` of ``OU=Sales``."""
        return self.pairs[0][1]


def parse(text: str) -> tuple[Rdn, ...]:
    """Parse a name into its steps, the object itself first.

    Raises `RejectedError` when it is empty, too long or not a name; its text does not repeat the name.
    """
    if not text.strip() or len(text) > _LONGEST or "\x00" in text:
        raise _refusal()
    return tuple(_Reader(text).rdns())


def place(rdns: tuple[Rdn, ...]) -> tuple[str, ...]:
    """Return the normalised chain from the root down, the object's own name last. Pure."""
    return tuple(rdn.normalised for rdn in reversed(rdns))


def strict_place(rdns: tuple[Rdn, ...]) -> tuple[str, ...]:
    """Return a place in which names are equal only where every server says so: neighbours never share one. Pure.

    Servers compare by rules of their own: ß beside ss, é in one letter or two, a tab or a space are the same to some and
    two entries to others.  Who stands in one of two such units must not be found in the other.
    """
    return tuple(rdn.strictly_normalised for rdn in reversed(rdns))


def printed(rdns: tuple[Rdn, ...]) -> str:
    """Print a name with correct escapes. Pure."""
    return ",".join(rdn.text for rdn in rdns)


def common_name(value: str) -> Rdn:
    """Return the step ``CN=value``; raises `RejectedError` when the value cannot be a name."""
    if not value.strip() or "\x00" in value:
        raise RejectedError("The name of an object must not be empty.")
    return Rdn((("CN", value),))


def escape(value: str) -> str:
    """Escape a value for printing: specials by a backslash, control characters by their bytes. Pure."""
    letters = [_escape_letter(letter) for letter in value]
    if letters and (value[0] in " #"):
        letters[0] = "\\" + value[0]
    if len(value) > 1 and value[-1] == " ":
        letters[-1] = "\\ "
    return "".join(letters)


def _escape_letter(letter: str) -> str:
    if letter in _MUST_ESCAPE:
        return "\\" + letter
    if ord(letter) < 0x20 or ord(letter) == 0x7F or letter in "\x85\u2028\u2029":
        return "".join(f"\\{byte:02x}" for byte in letter.encode())
    return letter


def _prepare(value: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(folded.split()) or " "


def _prepare_strictly(value: str) -> str:
    return " ".join(part for part in "".join(map(_lower, value)).split(" ") if part) or " "


def _lower(letter: str) -> str:
    """Return the small letter where all servers know the pair: in ASCII, Latin, Greek and Cyrillic as of old."""
    if letter.isascii():
        return letter.lower()
    small = letter.lower() if any(first <= letter <= last for first, last in _PAIRED) else letter
    return small if len(small) == 1 and small.upper() == letter else letter


def _refusal() -> RejectedError:
    return RejectedError("This is not a distinguished name such as OU=Sales,DC=example,DC=org.")


class _Reader:
    """Reads a name from left to right; position ``at`` is the next letter."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def rdns(self) -> Iterator[Rdn]:
        while True:
            pairs = [self._pair()]
            while self._take("+"):
                pairs.append(self._pair())
            yield Rdn(tuple(pairs))
            if self.at >= len(self.text):
                return
            if not (self._take(",") or self._take(";")):
                raise _refusal()

    def _take(self, letter: str) -> bool:
        found = self.text[self.at : self.at + 1] == letter
        self.at += found
        return found

    def _skip_spaces(self) -> None:
        while self.text[self.at : self.at + 1] == " ":
            self.at += 1

    def _pair(self) -> tuple[str, str]:
        self._skip_spaces()
        if self.text[self.at : self.at + 4].lower() == "oid." and self.text[self.at + 4 : self.at + 5].isdigit():
            self.at += 4
        match = _TYPE.match(self.text, self.at)
        if not match:
            raise _refusal()
        self.at = match.end()
        self._skip_spaces()
        if not self._take("="):
            raise _refusal()
        self._skip_spaces()
        value = self._value()
        if not value or "\x00" in value:
            raise _refusal()
        return match[0], value

    def _value(self) -> str:
        if self.text[self.at : self.at + 1] == "#":
            return self._hex_value()
        if self._take('"'):
            return self._quoted_value()
        return self._plain_value()

    def _hex_value(self) -> str:
        end = min((found for found in map(self._find, ",+;") if found >= 0), default=len(self.text))
        try:
            octets = bytes.fromhex(self.text[self.at + 1 : end].rstrip(" "))
        except ValueError:
            raise _refusal() from None
        self.at = end
        if len(octets) < 3 or octets[1] >= 0x80 or len(octets) != octets[1] + 2 or octets[0] not in _STRING_TAGS:
            raise _refusal()
        return _decoded(octets[2:], _STRING_TAGS[octets[0]])

    def _find(self, letter: str) -> int:
        return self.text.find(letter, self.at)

    def _quoted_value(self) -> str:
        octets = bytearray()
        while not self._take('"'):
            octets += self._escaped() if self._take("\\") else self._letter()
        self._skip_spaces()
        return _decoded(bytes(octets), "utf-8")

    def _plain_value(self) -> str:
        octets, kept = bytearray(), 0
        while self.at < len(self.text) and self.text[self.at] not in ",+;":
            if self._take("\\"):
                octets += self._escaped()
                kept = len(octets)
            elif self.text[self.at] in '"<>':
                raise _refusal()
            else:
                letter = self._letter()
                octets += letter
                kept = len(octets) if letter != b" " else kept
        return _decoded(bytes(octets[:kept]), "utf-8")

    def _letter(self) -> bytes:
        if self.at >= len(self.text):
            raise _refusal()
        self.at += 1
        return self.text[self.at - 1].encode("utf-8", "surrogatepass")

    def _escaped(self) -> bytes:
        match = _HEX.match(self.text, self.at)
        if match:
            self.at = match.end()
            return bytes.fromhex(match[0])
        if self.text[self.at : self.at + 1] in _SPECIAL | {" ", "#"}:
            return self._letter()
        raise _refusal()


def _decoded(octets: bytes, encoding: str) -> str:
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError:
        raise _refusal() from None
