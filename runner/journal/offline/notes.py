"""Signed notes and what they say of a journal (C2SP signed-note, tlog-checkpoint; Ed25519, RFC 8032). Pure."""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
_TEXT = re.compile(
    r"(?P<origin>(?P<name>[^\s+]+?)(?:/part-(?P<part>[2-9]|[1-9][0-9]+))?)\n(?P<size>0|[1-9][0-9]{0,15})\n"
    rf"(?P<root>[A-Za-z0-9+/]{{43}}=)\ntime (?P<time>{_TIME})\n(?:broken (?P<broken>0|[1-9][0-9]{{0,15}})\n)?"
)
_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: the name of the log, the four bytes that name the key in a note, and 32 bytes of Ed25519."""

    name: str
    id: bytes
    public: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a note says, once its signature is found good.

    ``part`` counts from 1, one more after each break.  ``root`` is the root of the tree over the first ``size`` records.
    ``broken`` is the number of the last record in use when the journal was broken, in the note that says so.
    """

    part: int
    size: int
    root: bytes
    time: str
    broken: int | None
    text: str

    @property
    def link(self) -> str:
        """The hash that the first record behind a break names as the one before."""
        return sha256(self.text.encode()).hexdigest()


def read_key(text: str) -> Key:
    """Read a public key as a desk prints it; raises `ValueError`."""
    name, _, rest = text.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    raw = _decoded(encoded)
    if not _NAME.fullmatch(name) or len(raw) != 33 or raw[0] != 1:
        raise ValueError("this is no public key of a journal: it reads NAME+8 hexadecimal digits+base64")
    found = Key(name, key_id(name, raw[1:]), raw[1:])
    if found.id.hex() != identity:
        raise ValueError("the public key does not fit its own fingerprint: it was not copied whole")
    return found


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes that name an Ed25519 key in a note (C2SP signed-note)."""
    return sha256(name.encode() + b"\n\1" + public).digest()[:4]


def opened(note: str, keys: Sequence[Key]) -> Checkpoint:
    """Return what a note says; raises `ValueError` unless a key signed exactly this and it is a checkpoint of its log."""
    text, blank, signatures = note.rpartition("\n\n")
    text += "\n"
    key = next((one for one in keys if blank and _is_signed(text, signatures, one)), None)
    if key is None:
        raise ValueError("it is not signed by this key")
    found = _TEXT.fullmatch(text)
    if found is None or found["name"] != key.name:
        raise ValueError("it is signed, and yet no checkpoint of this journal")
    broken = None if found["broken"] is None else int(found["broken"])
    part = int(found["part"] or 1)
    return Checkpoint(part, int(found["size"]), _decoded(found["root"]), found["time"], broken, text)


def _is_signed(text: str, signatures: str, key: Key) -> bool:
    """Say whether a good signature by the key is there; one by it that is not good, or a line that is none, spoils all."""
    if not signatures.endswith("\n"):
        return False
    found = [_signature(line) for line in signatures[:-1].split("\n")]
    mine = [signature[4:] for name, signature in found if (name, signature[:4]) == (key.name, key.id)]
    try:
        for one in mine:
            Ed25519PublicKey.from_public_bytes(key.public).verify(one, text.encode())
    except InvalidSignature:
        return False
    return bool(mine) and all(name for name, _ in found)


def _signature(line: str) -> tuple[str, bytes]:
    """Return the name of a key and what follows it, the four bytes of its id first; no name when this is no signature."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    raw = _decoded(encoded)
    return (name, raw) if dash == "—" and _NAME.fullmatch(name) and len(raw) > 4 else ("", b"")


def _decoded(text: str) -> bytes:
    """Decode base64 that is written the one way it can be; anything else gives nothing."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError:
        return b""
    return raw if b64encode(raw).decode() == text else b""


def split_notes(content: str) -> list[str]:
    """Split a file of notes, with an empty line between each two; raises `ValueError` when it is not built so."""
    if not content:
        return []
    pieces = content.removesuffix("\n").split("\n\n")
    if not content.endswith("\n") or len(pieces) % 2:
        raise ValueError("the checkpoints are not signed notes with an empty line between them")
    return [f"{text}\n\n{signatures}\n" for text, signatures in zip(pieces[::2], pieces[1::2], strict=True)]


def checkpoints_in(content: str, keys: Sequence[Key]) -> list[Checkpoint]:
    """Return every checkpoint in a file of notes, oldest first; raises `ValueError` with the first that is not good."""
    found = []
    for number, note in enumerate(split_notes(content), 1):
        try:
            found.append(opened(note, keys))
        except ValueError as error:
            raise ValueError(f"checkpoint {number} in the file: {error}") from error
    return in_order(found)


def in_order(found: Iterable[Checkpoint]) -> list[Checkpoint]:
    """Return checkpoints in the order of what they cover; raises `ValueError` when two contradict each other."""
    ordered = sorted(found, key=lambda one: (one.part, one.size, one.broken is None, one.time))
    for before, after in pairwise(ordered):
        if (before.part, before.size) == (after.part, after.size) and before.root != after.root:
            raise ValueError(f"two checkpoints, of {before.time} and {after.time}, contradict each other")
        if before.part == after.part and after.broken is not None and before.text != after.text:
            raise ValueError(
                f"the journal was declared broken twice in the same place, at {before.time} and {after.time}"
            )
        if before.part != after.part and after.broken is None:
            raise ValueError(f"the note that declares part {after.part} of the journal begun is missing")
    return ordered
