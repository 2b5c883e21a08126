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
    rest = _parsed(lines)
    seq, prev = start
    before: _Line | None = None
    current = next(rest, None)
    count = 0
    while current is not None:
        if current.seq != seq + 1 or current.prev != prev:
            return Verification(count, (seq, prev), _fault(before, current, rest, (seq, prev), head))
        seq, prev = seq + 1, _hash(prev, current.raw)
        if head is not None and seq == head[0] and prev != head[1]:
            return Verification(count, (seq - 1, current.prev), _unlike_head(current, seq))
        before, current, count = current, next(rest, None), count + 1
    if head is not None and seq < head[0]:
        sentence = f"record {seq + 1} and all behind it are cut off; the journal once reached {head[0]}"
        return Verification(count, (seq, prev), Fault(seq + 1, count + 1, "truncated", sentence))
    return Verification(count, (seq, prev), None)


def _parsed(lines: Iterable[bytes | str]) -> Iterator[_Line]:
    for number, line in enumerate(lines, 1):
        raw = line.encode("utf-8", "surrogatepass") if isinstance(line, str) else line
        raw = raw.removesuffix(b"\n")
        try:
            record = json.loads(raw.decode())
            seq, prev = record["seq"], record["prev"]
            is_record = type(seq) is int and _HASH.fullmatch(prev) is not None
        except (ValueError, KeyError, TypeError, RecursionError):
            is_record = False
        yield _Line(number, raw, seq, prev) if is_record else _Line(number, raw, None, "")


def _hash(prev: str, raw: bytes) -> str:
    return sha256(b"\0" + bytes.fromhex(prev) + raw).hexdigest()


def _unlike_head(line: _Line, seq: int) -> Fault:
    sentence = f"record {seq} is not the one that was noted: it was edited, or the journal was written anew before it"
    return Fault(seq, line.number, "edited", sentence)


def _fault(before: _Line | None, current: _Line, rest: Iterator[_Line], good: Place, head: Place | None) -> Fault:
    expected = good[0] + 1
    if current.seq is None:
        return Fault(expected, current.number, "edited", f"record {expected} was edited: it is no longer a record")
    follower = next(rest, None)
    if current.seq == expected:
        next_link = follower.prev if follower is not None else head[1] if head is not None else ""
        return _broken_link(before, current, next_link, good)
    if follower is not None and follower.seq == expected + 1:
        return Fault(expected, current.number, "edited", f"record {expected} was edited: it says it is {current.seq}")
    if current.seq < expected:
        sentence = f"record {current.seq} stands twice: one of the two was inserted"
        return Fault(current.seq, current.number, "inserted", sentence)
    return _gap(current, follower, rest, expected)


def _broken_link(before: _Line | None, current: _Line, next_link: str, good: Place) -> Fault:
    seq = good[0] + 1
    mended = current.raw.replace(current.prev.encode(), good[1].encode(), 1)
    if before is None or next_link == _hash(good[1], mended):
        return Fault(seq, current.number, "edited", f"record {seq} was edited: its link to the one before is wrong")
    sentence = f"record {good[0]} was edited: the next one was sealed behind something else"
    return Fault(good[0], before.number, "edited", sentence)


def _gap(current: _Line, follower: _Line | None, rest: Iterator[_Line], expected: int) -> Fault:
    later = follower is not None and follower.seq == expected
    if later or any(line.seq == expected for line in rest):
        sentence = f"record {expected} was moved: {current.seq} stands in its place"
        return Fault(expected, current.number, "reordered", sentence)
    return Fault(
        expected, current.number, "missing", f"record {expected} is missing: {current.seq} stands in its place"
    )
