"""Proofs that records stand in the journal: every one holds, also where the front was archived, and nothing else does."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.journal.offline.notes import checkpoints_in
from runner.journal.offline.tree import Tree, is_included, leaf_hash
from runner.journal.offline.verifying import Start, verify_proofs
from runner.journal.proving import inclusion_paths
from tests.runner.journal.second_verifier import roots
from tests.runner.journal.signed_journals import signed_journal, signer

KEYS = [signer().key]


def tree_over(lines: list[bytes]) -> Tree:
    tree = Tree()
    for line in lines:
        tree.add(leaf_hash(line))
    return tree


@given(st.integers(1, 70), st.data())
def test_every_record_is_proved_wherever_the_journal_begins(count: int, data: st.DataObject):
    lines = [b"record %d" % number for number in range(count)]
    begin = data.draw(st.integers(0, count - 1))
    front = tree_over(lines[:begin])
    tree = tree_over(lines)
    assert tree.root() == roots(lines, {count})[count]
    paths = inclusion_paths(
        [leaf_hash(line) for line in lines[begin:]], range(begin, count), Start(begin, begin, "", tuple(front.peaks))
    )
    for index, path in paths.items():
        assert is_included(lines[index], index, path, count, tree.root())
        assert not is_included(lines[index] + b"x", index, path, count, tree.root())
        assert not is_included(lines[index], index + 1, path, count, tree.root())
        assert not is_included(lines[index], index, [*path, bytes(32)], count, tree.root())
        assert not path or not is_included(lines[index], index, path[:-1], count, tree.root())


def pack(wanted: list[int]) -> tuple[list[bytes], list[bytes], str]:
    journal = signed_journal(60, 25)
    lines = [line[:-1] for line in journal.lines]
    paths = inclusion_paths([leaf_hash(line) for line in lines], wanted, Start())
    proofs = [json.dumps({"index": one, "path": [step.hex() for step in paths[one]]}).encode() for one in wanted]
    return [lines[one] for one in wanted], proofs, journal.checkpoint_file


def test_chosen_records_are_verified_by_their_proofs_and_no_change_passes():
    lines, proofs, notes = pack([3, 17, 40, 59])
    checkpoints = checkpoints_in(notes, KEYS)
    verdict = verify_proofs(lines, proofs, checkpoints)
    assert (verdict.ok, verdict.records) == (True, 4)
    chance = random.Random(3)
    for number in range(200):
        spoilt = [bytearray(one) for one in (lines if number % 2 else proofs)]
        one = spoilt[chance.randrange(4)]
        one[chance.randrange(len(one))] ^= chance.randrange(1, 128)
        changed = [bytes(one) for one in spoilt]
        good = verify_proofs(changed if number % 2 else lines, proofs if number % 2 else changed, checkpoints)
        is_same = number % 2 == 0 and _meaning(changed) == _meaning(proofs)
        assert good.ok == is_same, (number, changed)


def _meaning(proofs: list[bytes]) -> object:
    try:
        found = [json.loads(one) for one in proofs]
        return [(one["index"], [bytes.fromhex(step) for step in one["path"]]) for one in found]
    except (ValueError, KeyError, TypeError):
        return None


@pytest.mark.parametrize("spoil", ["a record", "a proof", "the order", "twice"])
def test_what_is_missing_moved_or_doubled_is_found(spoil: str):
    lines, proofs, notes = pack([3, 17, 40])
    match spoil:
        case "a record":
            del lines[1]
        case "a proof":
            del proofs[1]
        case "the order":
            lines, proofs = lines[::-1], proofs[::-1]
        case _:
            lines, proofs = [lines[0], *lines], [proofs[0], *proofs]
    assert not verify_proofs(lines, proofs, checkpoints_in(notes, KEYS)).ok


def test_without_a_checkpoint_nothing_is_proved():
    lines, proofs, _ = pack([3])
    assert not verify_proofs(lines, proofs, []).ok
