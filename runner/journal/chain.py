"""Seal records into a chain: canonical JSON, and a hash over it and the hash before. Pure.

``hash = SHA-256(0x00 ‖ hash before ‖ canonical line)``; the one before the first is 32 zero bytes.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from connectors.spi import Secret, SecretLeakError
from runner.journal.records import JSON, KINDS, RESERVED, Record, timestamp

VERSION = 1
GENESIS = bytes(32).hex()
Hide: TypeAlias = Callable[[Mapping[str, JSON], str], Mapping[str, JSON]]
_MOST = 2**53 - 1  # RFC 8785 section 3.2.2.3: larger integers are not the same number everywhere


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number of its last record (0 before the first) and that record's hash, hexadecimal."""

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record in its place: ``line`` is the canonical text that ``hash`` covers; ``prev`` and ``hash`` hexadecimal."""

    seq: int
    prev: str
    hash: str
    line: str
    id: str

    @property
    def head(self) -> Head:
        """The head of a chain that ends with this record."""
        return Head(self.seq, self.hash)


def canonical(value: object) -> str:
    """Write JSON the one way RFC 8785 allows, for values without floats. Pure.

    Raises `SecretLeakError` when a secret stands anywhere inside, `TypeError` for what is not JSON, `ValueError` for an
    integer beyond 2^53 - 1 or a text that is not Unicode.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":"))
    text.encode()
    return text


def seal(record: Record, seq: int, prev: str, hide: Hide | None = None) -> Sealed:
    """Put ``record`` into the chain as number ``seq`` behind the hash ``prev``. Pure.

    ``hide`` is given the body and the id of the record, and returns the body that is written.

    Raises what `canonical` raises, and `ValueError` for an unknown kind or a body that holds a key of the chain's own.
    """
    if record.kind not in KINDS:
        raise ValueError(f"the journal knows no kind {record.kind!r}")
    if taken := RESERVED & record.body.keys():
        raise ValueError(f"a record may not bring its own {', '.join(sorted(taken))}")
    time = timestamp(record.time)
    identity = sha256(f"{prev}/{seq}/{time}/{record.kind}".encode()).hexdigest()[:32]
    chained: Mapping[str, JSON] = {"v": VERSION, "seq": seq, "prev": prev, "id": identity, "time": time}
    body = record.body if hide is None else hide(record.body, identity)
    line = canonical({**body, **chained, "kind": record.kind})
    return Sealed(seq, prev, link(prev, line.encode()), line, identity)


def link(prev: str, line: bytes) -> str:
    """Return the hash of ``line`` behind ``prev``, hexadecimal. Pure."""
    return sha256(b"\0" + bytes.fromhex(prev) + line).hexdigest()


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return _whole(value)
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value, key=_order)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_plain(item) for item in value]
    if isinstance(value, Secret):
        raise SecretLeakError("a secret was about to be written where it does not belong")
    raise TypeError(f"{type(value).__name__} is not JSON that can be recorded")


def _whole(value: int) -> int:
    if abs(value) > _MOST:
        raise ValueError("an integer beyond 2^53 - 1 has to be recorded as text")
    return value


def _order(key: object) -> bytes:
    if not isinstance(key, str):
        raise TypeError("a key of a record has to be a text")
    return key.encode("utf-16-be", "surrogatepass")
