"""Verify a journal away from the application: this file runs with the standard library alone. Pure.

It reads JSON lines, as they are exported, and names the first record that is not what was sealed.  What it cannot know:
whether records were cut off at the end or the whole chain was written anew, unless it is given a head that was noted
elsewhere.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

Problem: TypeAlias = Literal["edited", "missing", "reordered", "inserted", "truncated"]
_HASH = re.compile("[0-9a-f]{64}")
Place: TypeAlias = tuple[int, str]  # the number of a record and its hash
_NO_RECORD = "record {} was edited: it is no longer a record"
START = (0, bytes(32).hex())


@dataclass(frozen=True, slots=True)
class Fault:
    """The first record that is wrong: its number, the line it stands on (from 1), what happened, and a sentence."""

    seq: int
    line: int
    problem: Problem
    sentence: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified: how many records are good, the head behind them (number, hash), and the first fault."""

    records: int
    head: Place
    fault: Fault | None

    @property
    def ok(self) -> bool:
        """Whether everything that was read is as it was sealed."""
        return self.fault is None


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    raw: bytes
    seq: int | None
    prev: str


def verify(lines: Iterable[bytes | str], *, head: Place | None = None, start: Place = START) -> Verification:
    """Verify ``lines`` one after the other and stop at the first fault.

    ``head`` is a (number, hash) noted elsewhere: the chain must reach it and agree with it, and may go on behind it.
    ``start`` is the (number, hash) in front of the first line, for part of a journal.  Give bytes, split at line feeds
    only: a text file opened with newline translation hides edited line ends.
    """
    source = enumerate((_octets(line) for line in lines), 1)
    seq, before, raw = start[0], b"", b""
    digest = bytes.fromhex(start[1])
    count = 0
    for number, raw in source:
        # Quick, and enough: whatever else was changed in the line changes its hash, which the next line names.
        if b'"prev":"%b"' % digest.hex().encode() not in raw or b'"seq":%d,' % (seq + 1) not in raw:
            good = (seq, digest.hex())
            return Verification(count, good, _fault(before, _parsed(number, raw), source, good, head))
        after = sha256(b"\0" + digest + raw).digest()
        if head is not None and seq + 1 == head[0] and after.hex() != head[1]:
            return Verification(count, (seq, digest.hex()), _unlike_head(number, seq + 1))
        seq, count, digest, before = seq + 1, count + 1, after, raw
    return Verification(count, (seq, digest.hex()), _ending(count, raw, seq, head))


def _ending(count: int, last: bytes, seq: int, head: Place | None) -> Fault | None:
    if count and _parsed(count, last).seq != seq:
        return Fault(seq, count, "edited", _NO_RECORD.format(seq))
    if head is not None and seq < head[0]:
        sentence = f"record {seq + 1} and all behind it are cut off; the journal once reached {head[0]}"
        return Fault(seq + 1, count + 1, "truncated", sentence)
    return None


def _octets(line: bytes | str) -> bytes:
    raw = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
    return raw.removesuffix(b"\n")


def _parsed(number: int, raw: bytes) -> _Line:
    try:
        record = json.loads(raw.decode())
        seq, prev = record["seq"], record["prev"]
        is_record = type(seq) is int and _HASH.fullmatch(prev) is not None
    except (ValueError, KeyError, TypeError, RecursionError):
        is_record = False
    return _Line(number, raw, seq, prev) if is_record else _Line(number, raw, None, "")


def _hash(prev: str, raw: bytes) -> str:
    return sha256(b"\0" + bytes.fromhex(prev) + raw).hexdigest()


def _unlike_head(number: int, seq: int) -> Fault:
    sentence = f"record {seq} is not the one that was noted: it was edited, or the journal was written anew before it"
    return Fault(seq, number, "edited", sentence)


def _fault(before: bytes, current: _Line, rest: Iterator[tuple[int, bytes]], good: Place, head: Place | None) -> Fault:
    expected = good[0] + 1
    if before and _parsed(current.number - 1, before).seq != good[0]:
        return Fault(good[0], current.number - 1, "edited", _NO_RECORD.format(good[0]))
    if current.seq is None:
        return Fault(expected, current.number, "edited", _NO_RECORD.format(expected))
    later = (_parsed(number, raw) for number, raw in rest)
    follower = next(later, None)
    if current.seq == expected:
        next_link = follower.prev if follower is not None else head[1] if head is not None else ""
        return _broken_link(before, current, next_link, good)
    if follower is not None and follower.seq == expected + 1:
        return Fault(expected, current.number, "edited", f"record {expected} was edited: it says it is {current.seq}")
    if current.seq < expected:
        sentence = f"record {current.seq} stands twice: one of the two was inserted"
        return Fault(current.seq, current.number, "inserted", sentence)
    return _gap(current, follower, later, expected)


def _broken_link(before: bytes, current: _Line, next_link: str, good: Place) -> Fault:
    seq = good[0] + 1
    mended = current.raw.replace(current.prev.encode(), good[1].encode(), 1)
    if not before or next_link == _hash(good[1], mended):
        return Fault(seq, current.number, "edited", f"record {seq} was edited: its link to the one before is wrong")
    sentence = f"record {good[0]} was edited: the next one was sealed behind something else"
    return Fault(good[0], current.number - 1, "edited", sentence)


def _gap(current: _Line, follower: _Line | None, rest: Iterator[_Line], expected: int) -> Fault:
    is_next = follower is not None and follower.seq == expected
    if is_next or any(line.seq == expected for line in rest):
        sentence = f"record {expected} was moved: {current.seq} stands in its place"
        return Fault(expected, current.number, "reordered", sentence)
    return Fault(
        expected, current.number, "missing", f"record {expected} is missing: {current.seq} stands in its place"
    )
