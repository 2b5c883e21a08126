"""Read records and checkpoints side by side, and say whether all is as it was signed. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .notes import Checkpoint
from .tree import Tree, is_included, leaf_hash


@dataclass(frozen=True, slots=True)
class Start:
    """Where a journal begins whose earlier records were taken out: how many, the last number, its hash, and the tree."""

    size: int = 0
    seq: int = 0
    hash: str = bytes(32).hex()
    peaks: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. ``covered`` records are under a checkpoint; ``fault`` is the first thing wrong, a sentence."""

    records: int
    covered: int
    checkpoints: int
    breaks: int
    newest: str
    fault: str

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.fault

    def sentence(self) -> str:
        """Return the verdict in words."""
        if self.fault:
            return f"NOT VERIFIED: {self.fault}."
        rest = self.records - self.covered
        said = f"Verified: {self.records} records; {self.covered} are under signed checkpoints, the newest of {self.newest}."
        if rest:
            said += f" Newer than it: {rest}; their chain holds, and nothing is signed over them yet."
        if self.breaks:
            said += f" The journal was declared broken {self.breaks} time(s): what stands before is only what was found then."
        return said


@dataclass(slots=True)
class _Walk:
    """How far the records were read: the tree over them and the last link of the chain."""

    tree: Tree
    seq: int
    hash: str
    covered: int = 0
    is_found: bool = False  # what stands before a break is not linked


def verify(lines: Iterable[bytes], checkpoints: Sequence[Checkpoint], start: Start = Start()) -> Verdict:
    """Verify records, one line each, without line feeds, against checkpoints as `in_order` gives them.

    With a break, the last one counts, and the checkpoints behind it; earlier ones speak of what was there before.
    """
    part = max((one.part for one in checkpoints), default=1)
    due = [one for one in checkpoints if one.part == part and one.size >= start.size]
    newest = due[-1].time if due else ""
    walk = _Walk(Tree(start.size, list(start.peaks)), start.seq, start.hash)
    walk.is_found = bool(due) and due[0].broken is not None
    fault = "there is no checkpoint to verify it against" if not checkpoints else _walked(lines, due, walk)
    return Verdict(walk.tree.size, walk.covered, len(checkpoints), part - 1, newest, fault)


def _walked(lines: Iterable[bytes], due: Sequence[Checkpoint], walk: _Walk) -> str:
    waiting = iter(due)
    wanted = next(waiting, None)
    for line in _with_end(lines):
        while wanted is not None and wanted.size == walk.tree.size:
            if fault := _compared(wanted, walk):
                return fault
            wanted = next(waiting, None)
        if line is None:
            break
        if not walk.is_found and (fault := _linked(line, walk)):
            return fault
        walk.tree.add(leaf_hash(line))
    if wanted is not None:
        return f"it ends after {walk.tree.size} records; the checkpoint of {wanted.time} covers {due[-1].size}"
    return ""


def _with_end(lines: Iterable[bytes]) -> Iterator[bytes | None]:
    yield from lines
    yield None


def _compared(checkpoint: Checkpoint, walk: _Walk) -> str:
    if walk.tree.root() != checkpoint.root:
        return f"the first {checkpoint.size} records are not those that were signed at {checkpoint.time}"
    walk.covered = checkpoint.size
    if checkpoint.broken is not None:
        walk.is_found, walk.seq, walk.hash = False, checkpoint.broken, checkpoint.link
    return ""


def _linked(line: bytes, walk: _Walk) -> str:
    seq = walk.seq + 1
    try:
        record = json.loads(line.decode())
        is_next = type(record["seq"]) is int and record["seq"] == seq and record["prev"] == walk.hash
    except (ValueError, KeyError, TypeError, RecursionError):
        is_next = False
    if not is_next:
        return f"record {seq} was expected in line {walk.tree.size + 1} and is not there, or one before it was changed"
    walk.seq, walk.hash = seq, sha256(b"\0" + bytes.fromhex(walk.hash) + line).hexdigest()
    return ""


def verify_proofs(lines: Iterable[bytes], proofs: Iterable[bytes], checkpoints: Sequence[Checkpoint]) -> Verdict:
    """Verify chosen records: each line with the proof in the same place that it stands under the newest checkpoint.

    A proof is a line of JSON, ``{"index": 41, "path": ["hexadecimal", …]}``.
    """
    if not checkpoints:
        return Verdict(0, 0, 0, 0, "", "there is no checkpoint to verify it against")
    newest, count = checkpoints[-1], 0
    proving, fault, before = iter(proofs), "", -1
    for line in lines:
        try:
            proof = json.loads(next(proving, b""))
            index, path = proof["index"], [bytes.fromhex(one) for one in proof["path"]]
            good = type(index) is int and index > before and is_included(line, index, path, newest.size, newest.root)
        except (ValueError, KeyError, TypeError, RecursionError):
            good = False
        if not good:
            fault = f"the record in line {count + 1} is not proved to stand in the journal"
            break
        count, before = count + 1, index
    if not fault and next(proving, None) is not None:
        fault = "there are more proofs than records: a record is missing"
    return Verdict(count, count, len(checkpoints), newest.part - 1, newest.time, fault)


def lines_of(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield lines without line feeds from a file opened in binary; raises `ValueError` when the last one has none."""
    for line in content:
        if not line.endswith(b"\n"):
            raise ValueError("the last line has no line feed: the file was cut off")
        yield line[:-1]


def read_start(content: bytes) -> Start:
    """Read where a journal begins; raises `ValueError`. What it says is proved by the next checkpoint's root."""
    try:
        found = json.loads(content)
        peaks = tuple(bytes.fromhex(one) for one in found["peaks"])
        start = Start(int(found["size"]), int(found["seq"]), str(found["hash"]), peaks)
    except (KeyError, TypeError) as error:
        raise ValueError("the start of the journal is not what a desk writes") from error
    if len(peaks) != start.size.bit_count() or len(bytes.fromhex(start.hash)) != 32:
        raise ValueError("the start of the journal is not what a desk writes")
    return start
