"""Journals with signed checkpoints, made in memory, for the tests of verifiers."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from runner.journal.chain import Head, seal
from runner.journal.checkpoints import Signer, checkpoint_text, new_signing_key, read_signing_key
from runner.journal.offline.tree import Tree, leaf_hash
from runner.journal.records import Record

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def signer(seed: int = 1) -> Signer:
    return read_signing_key(new_signing_key(random.Random(seed).randbytes))


@dataclass(frozen=True, slots=True)
class SignedJournal:
    """Lines with their line feeds, notes, and who signed."""

    lines: list[bytes]
    notes: list[str]
    signer: Signer

    @property
    def content(self) -> bytes:
        return b"".join(self.lines)

    @property
    def checkpoint_file(self) -> str:
        return "\n".join(self.notes)


def signed_journal(count: int, every: int = 100, *, by: Signer | None = None, salt: str = "") -> SignedJournal:
    """Make a journal of ``count`` records with a checkpoint each ``every`` and at the end."""
    signing, lines, notes, tree, head = by or signer(), [], [], Tree(), Head()
    for number in range(1, count + 1):
        body = {"submission": f"s-{number // 3}", "actor": {"id": "alice"}, "reason": f"Zoë asked {number}{salt}"}
        sealed = seal(Record("intent", NOW + timedelta(seconds=number), body), number, head.hash)
        head = sealed.head
        lines.append(sealed.line.encode() + b"\n")
        tree.add(leaf_hash(sealed.line.encode()))
        if number % every == 0 or number == count:
            notes.append(signing.note(checkpoint_text(signing.name, 1, tree, NOW + timedelta(seconds=number))))
    return SignedJournal(lines, notes, signing)
