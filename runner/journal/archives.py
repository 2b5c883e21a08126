"""A segment of the journal as a file: the lines as they were sealed, and a last line that says what is in front of it. Pure.

The last line is a JSON object with one member ``archive``: ``first`` and ``last`` are the numbers of the first and the last
record, ``before`` the hash that the first is linked to, ``hash`` that of the last, and ``sha256`` is the SHA-256 of every
byte in front of the last line.  Without that line a file is an export of these records.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from runner.journal.chain import canonical
from runner.journal.verifying import Place, verify

_MEMBERS = frozenset({"first", "last", "before", "hash", "sha256"})


@dataclass(frozen=True, slots=True)
class Segment:
    """Records ``first`` to ``last``; ``before`` is the hash in front of them, ``hash`` that of the last one."""

    first: int
    before: str
    last: int
    hash: str

    @property
    def records(self) -> int:
        """How many they are."""
        return self.last - self.first + 1

    @property
    def start(self) -> Place:
        """The place in front of them."""
        return self.first - 1, self.before


@dataclass(frozen=True, slots=True)
class ArchiveVerdict:
    """What was found of a file: its segment, as far as it says one, and the first thing wrong, a sentence without its end."""

    segment: Segment | None
    fault: str

    @property
    def ok(self) -> bool:
        """Whether the file is as it was written."""
        return not self.fault


def archive_lines(segment: Segment, lines: Iterable[str]) -> Iterator[bytes]:
    """Yield the file: every line of the segment, then the one that closes it, each with its line feed."""
    digest = sha256()
    for line in lines:
        raw = line.encode() + b"\n"
        digest.update(raw)
        yield raw
    closing = {"first": segment.first, "last": segment.last, "before": segment.before, "hash": segment.hash}
    yield canonical({"archive": closing | {"sha256": digest.hexdigest()}}).encode() + b"\n"


def verify_archive(raw_lines: Iterable[bytes]) -> ArchiveVerdict:
    """Verify a file line by line, each with its line feed as it was read; needs neither the desk nor its keys.

    What the file says of itself fits then.  That it is the one the journal gave away, its hash says, which stands in the
    journal; see ``deskhand journal verify --archive``.
    """
    reading = _Reading(iter(raw_lines))
    first = next(reading, None)
    start = _place_before(first) if first is not None else None
    if first is None or start is None:
        return ArchiveVerdict(None, "it does not begin with a record of the journal")
    found = verify(_chained(first, reading), start=start)
    segment, said_digest = _closing(reading.last)
    if found.fault is not None:
        return ArchiveVerdict(segment, f"line {found.fault.line}: {found.fault.sentence}")
    if segment is None:
        return ArchiveVerdict(None, "its last line, which says what is in it, is missing or was edited")
    really = Segment(start[0] + 1, start[1], *found.head)
    if really != segment or said_digest != reading.digest.hexdigest():
        return ArchiveVerdict(segment, "its last line says something else than what is in it")
    return ArchiveVerdict(segment, "")


@dataclass(slots=True)
class _Reading:
    """Hands out all lines but the last, which is in ``last`` afterwards, and counts their hash on the way."""

    lines: Iterator[bytes]
    digest: Any = field(default_factory=sha256)
    last: bytes = b""

    def __iter__(self) -> "_Reading":
        return self

    def __next__(self) -> bytes:
        self.last = self.last or next(self.lines)
        following = next(self.lines)
        line, self.last = self.last, following
        self.digest.update(line)
        return line


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _place_before(line: bytes) -> Place | None:
    try:
        record = json.loads(line)
        seq, before = record["seq"], record["prev"]
        is_place = type(seq) is int and seq > 0 and len(bytes.fromhex(before)) == len(sha256().digest())
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (seq - 1, before) if is_place else None


def _closing(line: bytes) -> tuple[Segment | None, str]:
    """Return what the last line says; the line has to be exactly the one that would be written."""
    try:
        said = json.loads(line)["archive"]
        if said.keys() == _MEMBERS and canonical({"archive": said}).encode() + b"\n" == line:
            return Segment(said["first"], said["before"], said["last"], said["hash"]), str(said["sha256"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    return None, ""
