"""The stand-alone verifier and a second one, written from the documentation: both find every change, and agree."""

import ast
import random
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import runner.journal.offline
from runner.journal.checkpoints import checkpoint_text
from runner.journal.offline.__main__ import main
from runner.journal.offline.notes import checkpoints_in, opened, read_key
from runner.journal.offline.tree import Tree, leaf_hash
from runner.journal.offline.verifying import Start, lines_of, verify
from tests.runner.journal.second_verifier import complaint
from tests.runner.journal.signed_journals import NOW, SignedJournal, signed_journal, signer

PUBLIC = signer().public_text
KEY = read_key(PUBLIC)


@cache
def journal_of(count: int, every: int) -> SignedJournal:
    return signed_journal(count, every)


def first_complaint(journal: bytes, checkpoints: str) -> str:
    """What the product's verifier says is wrong, or nothing."""
    try:
        return verify(lines_of(journal.splitlines(keepends=True)), checkpoints_in(checkpoints, [KEY])).fault
    except ValueError as error:
        return str(error)


def split(journal: bytes) -> list[bytes]:
    return [line + b"\n" for line in journal.split(b"\n")[:-1]]


def both(journal: bytes, checkpoints: str) -> tuple[bool, bool]:
    """Whether the first and the second verifier find it good."""
    try:
        lines = lines_of([*split(journal), *([journal.rpartition(b"\n")[2]] if not journal.endswith(b"\n") else [])])
        first = verify(lines, checkpoints_in(checkpoints, [KEY])).ok
    except ValueError:
        first = False
    return first, not complaint(journal, checkpoints, PUBLIC)


@pytest.mark.parametrize(("count", "every"), [(1, 1), (2, 1), (7, 3), (64, 16), (129, 50)])
def test_both_verifiers_find_what_was_signed_good(count: int, every: int):
    journal = journal_of(count, every)
    assert both(journal.content, journal.checkpoint_file) == (True, True)


def mutated(chance: random.Random, journal: SignedJournal, other: SignedJournal) -> bytes:
    """The journal with one change at random: edited, deleted, moved, inserted, doubled, or rolled back."""
    lines = journal.lines.copy()
    at = chance.randrange(len(lines))
    match chance.randrange(7):
        case 0:
            line = bytearray(lines[at])
            line[chance.randrange(len(line))] ^= chance.randrange(1, 256)
            lines[at] = bytes(line)
        case 1:
            del lines[at]
        case 2:
            to = (at + chance.randrange(1, len(lines))) % len(lines)
            lines.insert(to, lines.pop(at))
        case 3:
            lines.insert(at, other.lines[chance.randrange(len(other.lines))])
        case 4:
            lines.insert(at, lines[at])
        case 5:
            del lines[at:]
        case _:
            lines[at:] = other.lines[at:]
    return b"".join(lines)


def campaign(count: int, seed: int, size: int) -> int:
    """Return how many changes were made; each one is found by both verifiers."""
    journal, other = journal_of(size, 25), signed_journal(size, 25, salt=" kindly")
    chance, made = random.Random(seed), 0
    while made < count:
        changed = mutated(chance, journal, other)
        if changed == journal.content:
            continue
        made += 1
        assert both(changed, journal.checkpoint_file) == (False, False), (seed, made)
    return made


def test_hundreds_of_changes_are_found_by_both_verifiers():
    assert campaign(300, seed=6, size=60) == 300


@pytest.mark.torture
def test_twelve_thousand_changes_are_found_by_both_verifiers():
    assert campaign(12_000, seed=66, size=200) == 12_000


def flips(journal: SignedJournal, masks: tuple[int, ...]) -> int:
    """Flip every byte of every line in turn; the tree is taken up in front of the line, as a checkpoint there would say."""
    made, tree, before = 0, Tree(), (0, bytes(32).hex())
    checkpoints = checkpoints_in(journal.checkpoint_file, [KEY])
    for number, line in enumerate(journal.lines):
        start = Start(number, *before, tuple(tree.peaks))
        rest = journal.lines[number + 1 : number + 120]
        for position in range(len(line)):
            for mask in masks:
                changed = line[:position] + bytes([line[position] ^ mask]) + line[position + 1 :]
                content = split(changed + rest[0] if rest else changed) if position == len(line) - 1 else split(changed)
                lines = [*content, *(rest[1:] if position == len(line) - 1 else rest)]
                assert not found_good(lines, checkpoints, start), (number, position, mask)
                made += 1
        tree.add(leaf_hash(line[:-1]))
        before = chain_behind(journal.lines[number])
    return made


def found_good(lines: list[bytes], checkpoints: list, start: Start) -> bool:
    try:
        return verify(lines_of(lines), checkpoints, start).ok and lines[-1:] != []
    except ValueError:
        return False


def chain_behind(line: bytes) -> tuple[int, str]:
    import json

    from runner.journal.chain import link

    record = json.loads(line)
    return record["seq"], link(record["prev"], line[:-1])


def test_every_byte_flipped_in_a_short_journal_is_found():
    assert flips(journal_of(12, 5), (0x01, 0x80)) > 5_000


@pytest.mark.torture
def test_every_byte_flipped_in_a_thousand_records_is_found():
    assert flips(journal_of(1_000, 100), (0x01,)) > 250_000


def test_every_byte_flipped_in_the_checkpoints_is_found_by_both():
    journal = journal_of(7, 3)
    content = journal.checkpoint_file.encode()
    for position in range(len(content)):
        changed = content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]
        try:
            text = changed.decode()
        except UnicodeDecodeError:
            continue
        assert both(journal.content, text) == (False, False), position


def test_a_journal_written_anew_with_the_same_key_contradicts_the_witness():
    journal, anew = journal_of(60, 25), signed_journal(60, 25, salt=" kindly")
    assert both(anew.content, anew.checkpoint_file) == (True, True)
    assert both(anew.content, journal.checkpoint_file) == (False, False)
    assert "contradict" in first_complaint(anew.content, f"{journal.checkpoint_file}\n{anew.checkpoint_file}")
    assert both(anew.content, f"{journal.checkpoint_file}\n{anew.checkpoint_file}") == (False, False)


def test_another_key_or_none_verifies_nothing():
    journal = signed_journal(20, 10, by=signer(2))
    assert both(journal.content, journal.checkpoint_file) == (False, False)
    assert both(journal.content, "") == (False, False)
    assert both(journal_of(7, 3).content, "") == (False, False)


def test_signatures_of_witnesses_beside_the_desk_s_own_are_skipped():
    journal = journal_of(7, 3)
    witness = signer(9).note(opened(journal.notes[-1], [KEY]).text).rpartition("\n\n")[2]
    assert both(journal.content, journal.notes[-1] + witness) == (True, True)
    assert both(journal.content, journal.notes[-1] + "— nobody\n") == (False, False)


def test_a_break_covers_what_was_found_and_the_chain_goes_on_behind_it():
    from runner.journal.chain import Head, seal
    from runner.journal.checkpoints import link_behind
    from runner.journal.records import Record

    journal, tree = journal_of(30, 10), Tree()
    found = [*journal.lines[:12], b"scribbled over\n", *journal.lines[14:]]
    for line in found:
        tree.add(leaf_hash(line[:-1]))
    text = checkpoint_text(journal.signer.name, 2, tree, NOW, broken=30)
    head, lines = Head(30, link_behind(text)), found.copy()
    for _ in range(5):
        sealed = seal(Record("intent", NOW, {"reason": "behind"}), head.seq + 1, head.hash)
        head = sealed.head
        lines.append(sealed.line.encode() + b"\n")
        tree.add(leaf_hash(sealed.line.encode()))
    newest = journal.signer.note(checkpoint_text(journal.signer.name, 2, tree, NOW))
    notes = "\n".join([newest, *journal.notes, journal.signer.note(text)])
    content = b"".join(lines)
    assert both(content, notes) == (True, True)
    verdict = verify(lines_of(lines), checkpoints_in(notes, [KEY]))
    assert (verdict.breaks, verdict.covered) == (1, 34)
    assert "declared broken 1 time" in verdict.sentence()
    for at in range(len(lines)):
        assert both(b"".join(lines[:at] + lines[at + 1 :]), notes) == (False, False), at
    without = "\n".join([newest, *journal.notes])
    assert both(content, without) == (False, False)


def test_records_newer_than_the_newest_checkpoint_are_counted():
    journal = journal_of(64, 16)
    verdict = verify(lines_of(journal.lines), checkpoints_in("\n".join(journal.notes[:2]), [KEY]))
    assert (verdict.ok, verdict.records, verdict.covered) == (True, 64, 32)
    assert "Newer than it: 32;" in verdict.sentence()


@pytest.mark.parametrize(
    "spoil", [str.upper, lambda text: text[:-5], lambda text: text.replace("+", "-"), lambda text: ""]
)
def test_a_public_key_that_was_not_copied_whole_is_refused(spoil: Callable[[str], str]):
    with pytest.raises(ValueError, match="public key"):
        read_key(spoil(PUBLIC))


def test_files_are_verified_from_the_command_line_without_the_application(tmp_path: Path):
    journal = journal_of(64, 16)
    (tmp_path / "journal.jsonl").write_bytes(journal.content)
    (tmp_path / "notes.txt").write_text(journal.checkpoint_file)
    (tmp_path / "key.txt").write_text(PUBLIC + "\n")
    folder = Path(runner.journal.offline.__file__).parent
    alone = tmp_path / "verifier"
    alone.mkdir()
    for file in folder.glob("*.py"):
        (alone / file.name).write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "verifier", "journal.jsonl", "--checkpoints", "notes.txt", "--key", "key.txt"]
    done = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Verified: 64 records; 64 are under signed checkpoints")
    (tmp_path / "journal.jsonl").write_bytes(journal.content[:-1])
    given = [str(tmp_path / name) for name in ("journal.jsonl", "notes.txt")]
    assert main([given[0], "--checkpoints", given[1], "--key", PUBLIC]) == 1
    assert main([given[0] + "x", "--checkpoints", given[1], "--key", PUBLIC]) == 2


def test_the_stand_alone_verifier_imports_nothing_of_the_application():
    for file in Path(runner.journal.offline.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").partition(".")[0] in {*sys.stdlib_module_names, "cryptography"}
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2
            if isinstance(node, ast.Import):
                assert {alias.name.partition(".")[0] for alias in node.names} <= sys.stdlib_module_names
