"""Declare that the journal was broken: sign what stands there as it was found, and let the chain go on behind it."""

from datetime import datetime

from runner.errors import RefusedError
from runner.journal.chain import Head
from runner.journal.checkpoints import Signer, checkpoint_text, link_behind
from runner.journal.offline.tree import Tree, leaf_hash
from runner.journal.records import JSON, Record
from runner.store.checkpoints import StoredCheckpoint
from runner.store.store import Store
from runner.witnessing.examining import start_of


def declare_break(store: Store, signer: Signer, who: JSON, reason: str, fault: str, now: datetime) -> StoredCheckpoint:
    """Sign and store the checkpoint that declares a break, with the record that says who did it and why.

    ``fault`` is what was found.  Raises `RefusedError` without a reason and `StaleError` when the journal moved meanwhile;
    nothing was stored then.
    """
    if not reason.strip():
        raise RefusedError("a break needs a reason: whoever reads the journal later will ask for it")
    newest = store.checkpoints.newest()
    tree, seq = _as_found(store), store.checkpoints.last_seq()
    part = (newest.part if newest is not None else 1) + 1
    text = checkpoint_text(signer.name, part, tree, now, broken=seq)
    number = newest.number + 1 if newest is not None else 1
    head = Head(seq, link_behind(text))
    declared = StoredCheckpoint(
        number, part, tree.size, head, tuple(tree.peaks), now, is_break=True, note=signer.note(text)
    )
    body: dict[str, JSON] = {
        "actor": who,
        "operation": "break declared",
        "outcome": {"code": "declared", "detail": fault},
        "reason": reason.strip(),
        "checkpoint": declared.note,
        "key": signer.public_text,
    }
    store.checkpoints.declare_break(declared, [Record("checkpoint", now, body)])
    return declared


def _as_found(store: Store) -> Tree:
    """Return the tree over every line that stands in the journal, in the order of the numbers, whatever they say."""
    try:
        start = start_of(store)
        tree = Tree(start.size, list(start.peaks))
    except ValueError:
        tree = Tree()
    for _, line in store.checkpoints.records_as_found():
        tree.add(leaf_hash(line.encode("utf-8", "surrogatepass")))
    return tree
