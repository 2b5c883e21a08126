import ast
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.journal import verifying
from runner.journal.chain import GENESIS, Head, seal
from runner.journal.exporting import json_lines
from runner.journal.records import Record
from runner.journal.verifying import verify

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def make(count: int) -> tuple[list[bytes], tuple[int, str]]:
    head, lines = Head(), []
    for number in range(1, count + 1):
        body = {
            "submission": f"s-{number % 7}",
            "actor": {"id": "alice"},
            "target": {"id": "bob"},
            "reason": "Zoë asked",
        }
        sealed = seal(Record("intent", NOW + timedelta(seconds=number), body), head.seq + 1, head.hash)
        head = sealed.head
        lines.append(sealed.line)
    return list(json_lines(lines)), (head.seq, head.hash)


LINES, HEAD = make(200)


def fault(lines: list[bytes], head: tuple[int, str] | None = HEAD) -> tuple[int, str]:
    found = verify(lines, head=head).fault
    assert found is not None
    assert str(found.seq) in found.sentence
    return found.seq, found.problem


def test_an_untouched_export_verifies_up_to_its_head():
    verification = verify(LINES, head=HEAD)
    assert verification.ok
    assert (verification.records, verification.head) == (200, HEAD)


def test_an_empty_journal_verifies_and_a_missing_one_is_truncated():
    assert verify([]).head == (0, GENESIS)
    assert fault([]) == (1, "truncated")


def test_every_flipped_byte_is_found_in_its_record():
    whole = b"".join(LINES)
    places = [place for number, line in enumerate(LINES, 1) for place in [number] * len(line)]
    chance = random.Random(7)
    for index in range(len(whole)):
        changed = bytearray(whole)
        changed[index] ^= chance.randrange(1, 256)
        number = places[index]
        first = max(number - 2, 0)
        head = (min(number + 3, 200), _hash_of(min(number + 3, 200)))
        window = bytes(changed[_starts[first] : _starts[min(number + 3, 200)]])
        found = verify(_split(window), head=head, start=_before(first)).fault
        assert found is not None, index
        assert found.seq == number, (index, found)


def _split(whole: bytes) -> list[bytes]:
    return [line + b"\n" for line in whole.removesuffix(b"\n").split(b"\n")]


_starts = [0]
for _line in LINES:
    _starts.append(_starts[-1] + len(_line))
_hashes = [GENESIS]
for _number in range(1, 201):
    _hashes.append(verify([LINES[_number - 1]], start=(_number - 1, _hashes[-1])).head[1])


def _hash_of(number: int) -> str:
    return _hashes[number]


def _before(number: int) -> tuple[int, str]:
    return number, _hashes[number]


@pytest.mark.parametrize("number", [1, 2, 100, 199])
def test_a_deleted_record_is_missing(number):
    assert fault(LINES[: number - 1] + LINES[number:]) == (number, "missing")


def test_records_cut_off_at_the_end_show_against_a_known_head_only():
    assert fault(LINES[:150]) == (151, "truncated")
    assert verify(LINES[:150]).ok


def test_swapped_records_are_reordered():
    swapped = LINES.copy()
    swapped[49], swapped[50] = swapped[50], swapped[49]
    assert fault(swapped) == (50, "reordered")
    moved_away = [*LINES[:49], *LINES[50:120], LINES[49], *LINES[120:]]
    assert fault(moved_away) == (50, "reordered")


def test_a_copied_record_is_inserted():
    assert fault([*LINES[:60], LINES[59], *LINES[60:]]) == (60, "inserted")
    assert fault([*LINES[:60], LINES[9], *LINES[60:]]) == (10, "inserted")


def test_a_forged_record_that_fits_its_place_is_inserted():
    forged = seal(Record("intent", NOW, {"reason": "forged"}), 61, _hash_of(60)).line.encode() + b"\n"
    assert fault([*LINES[:60], forged, *LINES[60:]]) == (61, "inserted")


def test_a_record_replaced_by_a_well_sealed_one_is_edited():
    forged = seal(Record("intent", NOW, {"reason": "forged"}), 61, _hash_of(60)).line.encode() + b"\n"
    assert fault([*LINES[:60], forged, *LINES[61:]]) == (61, "edited")


def test_a_journal_written_anew_shows_against_a_known_head():
    other, _ = make(100)
    rewritten = seal(Record("intent", NOW, {"reason": "forged"}), 100, _hash_of(99)).line.encode() + b"\n"
    assert verify([*other[:99], rewritten]).ok
    assert fault([*other[:99], rewritten], (100, _hash_of(100))) == (100, "edited")


def test_the_journal_may_have_grown_since_a_head_was_noted():
    assert verify(LINES, head=(150, _hash_of(150))).ok


def test_random_mutations_are_all_found():
    chance = random.Random(11)
    for _ in range(300):
        lines = LINES[:40].copy()
        number = chance.randrange(39)
        match chance.randrange(4):
            case 0:
                del lines[number]
            case 1:
                lines.insert(number, lines[chance.randrange(40)])
            case 2:
                lines[number], lines[number + 1] = lines[number + 1], lines[number]
            case _:
                line = bytearray(lines[number])
                line[chance.randrange(len(line))] ^= chance.randrange(1, 256)
                lines[number] = bytes(line)
        assert not verify(_split(b"".join(lines)), head=(40, _hash_of(40))).ok


@pytest.mark.parametrize(
    "line",
    [b"", b"[]", b"7", b'{"seq":1}', b'{"seq":"1","prev":""}', b'{"seq":true,"prev":""}', b"\xff", b"[" * 100_000],
)
def test_garbage_is_an_edited_record_and_never_an_exception(line):
    assert fault([line, *LINES[1:]]) == (1, "edited")
    assert fault([*LINES[:1], line]) == (2, "edited")


def test_the_verifier_needs_the_standard_library_alone():
    source = Path(verifying.__file__)
    imported = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
    alone = subprocess.run([sys.executable, "-I", str(source)], capture_output=True, check=False)
    assert alone.returncode == 0, alone.stderr
