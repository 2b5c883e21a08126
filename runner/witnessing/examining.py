"""Examine the whole journal of a store: its chain, its columns, its checkpoints and their signatures. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.journal.chain import Head
from runner.journal.offline.notes import Checkpoint, Key, in_order, opened
from runner.journal.offline.tree import Tree
from runner.journal.offline.verifying import Start, Verdict, verify
from runner.journal.verifying import START, Fault, Verification
from runner.store.checkpoints import StoredCheckpoint
from runner.store.store import Store


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found: ``records`` stand in the journal, ``covered`` of them under checkpoints that hold.

    ``fault`` says what is wrong, in a sentence without a full stop, and is empty when all is well.
    """

    records: int
    covered: int
    checkpoints: int
    breaks: int
    fault: str
    chain: Verification | None = None

    @property
    def ok(self) -> bool:
        """Whether all is well."""
        return not self.fault

    def verification(self) -> Verification:
        """Return it as a verification of the chain, with what the checkpoints say for its fault when the chain holds."""
        chain = self.chain or Verification(0, START, None)
        if chain.fault is not None or self.ok:
            return chain
        return Verification(chain.records, chain.head, Fault(chain.head[0], chain.records, "edited", self.fault))


def examine_journal(store: Store, key: Key | None) -> Examination:
    """Examine the journal as it stands; ``key`` is the public key, None where nothing was signed yet.

    What another process archives or declares meanwhile is no fault: then everything is looked at again.
    """
    before = _outline(store)
    found = _examined(store, key)
    return found if found.ok or _outline(store) == before else examine_journal(store, key)


def _outline(store: Store) -> object:
    broken = store.checkpoints.newest_break()
    return store.checkpoints.archived(), broken.number if broken is not None else 0


def _examined(store: Store, key: Key | None) -> Examination:
    broken = store.checkpoints.newest_break()
    stored = store.checkpoints.behind(broken.number - 1 if broken is not None else 0, limit=2**31 - 1)
    head = store.journal.head()  # after the checkpoints, so that none covers more; what is appended since is left out
    try:
        found = _opened(stored, key)
        start = start_of(store)
    except ValueError as error:
        return Examination(0, 0, len(stored), 0, str(error))
    verdict = verify(_lines(store, start.seq, head.seq), found, start) if found else None
    chained = store.journal.verify(start=_chain_start(store, start))
    fault = verdict.fault if verdict is not None and verdict.fault else ""
    if chained.fault is not None and (not fault or not verdict or _is_earlier(chained.fault.line, verdict)):
        fault = chained.fault.sentence
    records = verdict.records if verdict is not None else chained.records
    covered, breaks = (verdict.covered, verdict.breaks) if verdict is not None else (0, 0)
    return Examination(records, covered, len(stored), breaks, fault, chained)


def _is_earlier(line: int, verdict: Verdict) -> bool:
    """Say whether the chain names a record that the tree read over: it tells more exactly which one it is."""
    return line <= verdict.records + 1


def _opened(stored: Sequence[StoredCheckpoint], key: Key | None) -> list[Checkpoint]:
    """Return what the notes say; raises `ValueError` when one is not good or a row says something else."""
    if not stored:
        return []
    if key is None:
        raise ValueError("checkpoints are stored, and the key that signed them is missing")
    found = []
    for number, row in enumerate(stored, stored[0].number if stored[0].is_break else 1):
        if row.number != number:
            raise ValueError(f"checkpoint {number} is missing")
        try:
            note = opened(row.note, [key])
        except ValueError as error:
            raise ValueError(f"checkpoint {number}: {error}") from error
        _agree(row, note)
        found.append(note)
    return in_order(found)


def _agree(row: StoredCheckpoint, note: Checkpoint) -> None:
    same = (row.part, row.size, row.is_break) == (note.part, note.size, note.broken is not None)
    is_tree = len(row.peaks) == row.size.bit_count() and Tree(row.size, list(row.peaks)).root() == note.root
    is_behind = not row.is_break or (row.head.seq, row.head.hash) == (note.broken, note.link)
    if not (same and is_tree and is_behind):
        raise ValueError(f"the columns beside checkpoint {row.number} no longer say what was signed")


def start_of(store: Store) -> Start:
    """Return where the journal begins; raises `ValueError` when what is missing in front was not archived."""
    archived = store.checkpoints.archived()
    if archived is None:
        return Start()
    there = store.checkpoints.up_to(archived[0])
    if there is None or there.head != Head(*archived):
        raise ValueError(f"records up to {archived[0]} were archived, and no checkpoint stands in that place")
    return Start(there.size, there.head.seq, there.head.hash, there.peaks)


def _chain_start(store: Store, start: Start) -> tuple[int, str]:
    """Return where the chain begins that has to hold: behind the last break, or the archive, or at its first record."""
    broken = store.checkpoints.newest_break()
    if broken is not None and broken.head.seq >= start.seq:
        return (broken.head.seq, broken.head.hash)
    return (start.seq, start.hash) if start.seq else START


def _lines(store: Store, after: int, last: int) -> Iterator[bytes]:
    """Yield every line that stands in the journal but those that were appended since, also where none should be."""
    for seq, line in store.checkpoints.records_as_found():
        if after < seq <= last or seq < 1:
            yield line.encode("utf-8", "surrogatepass")
