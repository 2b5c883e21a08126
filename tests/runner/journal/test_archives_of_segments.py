import random

import pytest

from runner.journal.archives import Segment, archive_lines, verify_archive
from runner.journal.chain import GENESIS, seal
from runner.journal.records import Record
from runner.journal.verifying import verify
from runner.settings.retention import oldest_kept
from tests.runner.store.drafts import NOW


def sealed(count: int) -> list[tuple[str, str, str]]:
    found, before = [], GENESIS
    for seq in range(1, count + 1):
        one = seal(Record("intent", NOW, {"number": seq}), seq, before)
        found.append((one.line, before, one.hash))
        before = one.hash
    return found


RECORDS = sealed(20)


def file(first: int = 5, last: int = 12) -> list[bytes]:
    before, digest = RECORDS[first - 1][1], RECORDS[last - 1][2]
    segment = Segment(first, before, last, digest)
    return list(archive_lines(segment, [line for line, _, _ in RECORDS[first - 1 : last]]))


def test_an_archive_is_verified_from_what_is_in_it_alone():
    verdict = verify_archive(file())
    assert verdict.ok
    assert verdict.segment == Segment(5, RECORDS[4][1], 12, RECORDS[11][2])
    assert verdict.segment.records == 8
    assert verify_archive(file(1, 1)).ok


def test_without_its_last_line_an_archive_is_part_of_an_export():
    assert verify(file()[:-1], start=(4, RECORDS[4][1]), head=(12, RECORDS[11][2])).ok


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "does not begin"),
        ([b"\n"], "does not begin"),
        ([b'{"seq":1,"prev":"zz"}\n', b"x\n"], "does not begin"),
        (file()[-1:], "does not begin"),
        (file()[:-1], "is missing or was edited"),
        (file()[1:], "says something else"),
        (file()[:-2] + file()[-1:], "says something else"),
        (file()[:3] + file()[4:], "record 8 is missing"),
        ([*file(), b"\n"], "no longer a record"),
        (file(5, 11)[:-1] + file()[-1:], "says something else"),
    ],
)
def test_what_is_missing_or_moved_is_named(lines: list[bytes], says: str):
    verdict = verify_archive(lines)
    assert not verdict.ok
    assert says in verdict.fault


def test_every_flipped_bit_of_an_archive_is_found():
    raw = b"".join(file())
    chosen = random.Random(5)
    for place in range(len(raw)):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << chosen.randrange(8)
        assert not verify_archive(bytes(flipped).splitlines(keepends=True)).ok, place


@pytest.mark.parametrize(
    ("keep", "since"),
    [("7y", "2019-03-01"), ("1m", "2026-02-01"), ("18m", "2024-09-01"), ("60d", "2025-12-31"), ("999y", "1970-01-01")],
)
def test_how_long_the_journal_is_kept_is_counted_back_from_now(keep: str, since: str):
    assert oldest_kept(keep, NOW).date().isoformat() == since


def test_a_leap_day_and_a_short_month_are_the_last_day_there_is():
    assert oldest_kept("1y", NOW.replace(year=2028, month=2, day=29)).date().isoformat() == "2027-02-28"
    assert oldest_kept("1m", NOW.replace(month=3, day=31)).date().isoformat() == "2026-02-28"


@pytest.mark.parametrize("keep", ["", "7", "y", "0y", "29d", "7 y", "-1y", "7w", "12345d", "1.5y"])
def test_a_time_that_cannot_be_meant_is_refused(keep: str):
    with pytest.raises(ValueError, match="at least 30 days"):
        oldest_kept(keep, NOW)
