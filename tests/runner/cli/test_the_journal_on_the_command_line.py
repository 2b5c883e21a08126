"""`journal`: list, verify, export; what tampering and a cut journal look like."""

import csv
import io
import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from tests.runner.cli.commands import Result, deskhand, is_one_sentence
from tests.runner.cli.contents import change

PASSWORD = b"a long enough password\n"


@pytest.fixture(scope="module")
def told_desk(light_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose journal has six records."""
    folder = Path(shutil.copytree(light_desk, tmp_path_factory.mktemp("told") / "desk"))
    for login in ("bob", "carol"):
        assert deskhand("accounts", "add", login, "--password-stdin", "--desk", folder, stdin=PASSWORD).code == 0
        assert deskhand("accounts", "disable", login, "--desk", folder).code == 0
    return folder


@pytest.fixture
def told(told_desk: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(told_desk, tmp_path / "told"))


def verify(desk: Path, *more: object) -> Result:
    return deskhand("journal", "verify", "--desk", desk, *more)


def export(desk: Path, file: Path, *more: object) -> Result:
    return deskhand("journal", "export", "--output", file, "--desk", desk, *more)


def head(desk: Path) -> str:
    found = re.search(r"Head: (\d+:[0-9a-f]{64})\n$", verify(desk).out)
    assert found
    return found[1]


def test_records_are_listed_the_newest_first_and_can_be_chosen(told_desk: Path) -> None:
    lines = deskhand("journal", "list", "--desk", told_desk).out.splitlines()
    assert [int(line.split()[0]) for line in lines] == [6, 5, 4, 3, 2, 1]
    assert lines[0].endswith("Account disabled carol")
    assert len(deskhand("journal", "list", "--limit", "2", "--desk", told_desk).out.splitlines()) == 2
    assert deskhand("journal", "list", "--kind", "login", "--desk", told_desk).out == ""
    as_json = [json.loads(line) for line in deskhand("journal", "list", "--json", "--desk", told_desk).out.splitlines()]
    assert [record["seq"] for record in as_json] == [6, 5, 4, 3, 2, 1]


def test_a_whole_journal_is_verified_up_to_its_head(told_desk: Path) -> None:
    verified = deskhand("journal", "verify", "--desk", told_desk)
    assert (verified.code, verified.err) == (0, "")
    assert verified.out.startswith("6 records, and the chain holds. Head: 6:")
    assert verify(told_desk, "--head", head(told_desk)).code == 0
    as_json = verify(told_desk, "--json").json
    assert (as_json["ok"], as_json["records"], as_json["fault"], as_json["head"][0]) == (True, 6, None, 6)


TAMPERING = {
    "an edited record": ("UPDATE journal SET line = replace(line, 'bob', 'eve') WHERE seq = 3", "record 3 was edited"),
    "an edited column": (
        "UPDATE journal SET kind = 'login' WHERE seq = 4",
        "the columns beside record 4 no longer say",
    ),
    "a removed record": ("DELETE FROM journal WHERE seq = 2", "record 2 is missing: 3 stands in its place"),
    "a cut off end": ("DELETE FROM journal WHERE seq > 4", "record 5 and all behind it are cut off"),
    "a moved record": ("UPDATE journal SET seq = 60 WHERE seq = 6", "record 6 "),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_what_was_done_to_the_database_is_named_by_its_record(told: Path, case: str) -> None:
    statement, says = TAMPERING[case]
    change(told / "deskhand.db", statement)
    verified = verify(told)
    assert (verified.code, verified.out) == (1, "")
    assert verified.err.startswith("The journal was tampered with: ")
    assert says in verified.err
    assert verified.err.count("\n") == 1
    assert "Fault(" not in verified.err
    found = deskhand("doctor", "--desk", told)
    assert found.code == 1
    assert "ERROR    journal: it was tampered with: " in found.out
    assert says in found.out


def test_a_journal_that_was_cut_together_with_its_head_needs_the_one_noted_elsewhere(told: Path) -> None:
    noted = head(told)
    earlier = json.loads(deskhand("journal", "list", "--json", "--limit", "2", "--desk", told).out.splitlines()[0])
    change(
        told / "deskhand.db",
        "DELETE FROM journal WHERE seq = 6",
        f"UPDATE journal_head SET seq = 5, hash = '{earlier['prev']}'",
    )
    assert verify(told).code == 0
    cut = verify(told, "--head", noted)
    assert (cut.code, cut.out) == (1, "")
    assert "record 6 and all behind it are cut off; the journal once reached 6" in cut.err
    anew = verify(told, "--head", f"3:{'0' * 64}")
    assert (anew.code, "record 3 is not the one that was noted" in anew.err) == (1, True)


def test_an_export_is_recorded_verified_elsewhere_and_shows_what_was_edited(told: Path, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    assert export(told, file) == Result(0, "", "")
    lines = file.read_bytes().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["config"] * 6 + ["export"]
    away = deskhand("journal", "verify", "--file", file, "--head", head(told))
    assert (away.code, away.out.split(".")[0], away.err) == (0, "7 records, and the chain holds", "")
    file.write_bytes(file.read_bytes().replace(b"bob", b"eve", 1))
    edited = deskhand("journal", "verify", "--file", file)
    assert (edited.code, edited.out) == (1, "")
    assert edited.err.startswith(f"The journal was tampered with: {file}:1: record 1 was edited: ")
    fault = deskhand("journal", "verify", "--file", file, "--json").json["fault"]
    assert (fault["seq"], fault["line"], fault["problem"]) == (1, 1, "edited")


def test_an_export_for_spreadsheets_has_a_row_for_each_record(told: Path, tmp_path: Path) -> None:
    assert export(told, tmp_path / "journal.csv", "--format", "csv").code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "journal.csv").read_text(encoding="utf-8-sig"))))
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, 8)]
    assert rows[-1]["kind"] == "export"
    printed = deskhand("journal", "export", "--desk", told)
    assert len(printed.out.splitlines()) == 8


def test_an_export_is_for_its_owner_only_unless_the_file_was_there_before(told: Path, tmp_path: Path) -> None:
    new, old = tmp_path / "new.jsonl", tmp_path / "old.jsonl"
    old.write_bytes(b"before")
    old.chmod(0o640)
    link = tmp_path / "link.jsonl"
    link.symlink_to(old.name)
    umask = os.umask(0o022)
    try:
        assert export(told, new).code == export(told, link).code == 0
    finally:
        os.umask(umask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert len(old.read_bytes().splitlines()) == len(new.read_bytes().splitlines()) + 1
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["link.jsonl", "new.jsonl", "old.jsonl"]


UNUSABLE: dict[str, tuple[tuple[str, ...], int, str]] = {
    "a head that is none": (
        ("verify", "--head", "six"),
        2,
        "--head is NUMBER:HASH, as  deskhand journal verify  prints",
    ),
    "a missing export": (("verify", "--file", "none.jsonl"), 2, "'none.jsonl': No such file or directory"),
    "a folder that is missing": (("export", "--output", "none/journal.jsonl"), 3, "none/"),
    "no records at all": (("list", "--limit", "0"), 2, "0 is not in the range"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_done_with_a_journal_is_said(
    told_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    words, code, says = UNUSABLE[case]
    monkeypatch.chdir(tmp_path)
    refused = deskhand("journal", *words, "--desk", told_desk)
    assert (refused.code, refused.out) == (code, ""), refused.text
    assert says in refused.err
    assert is_one_sentence(refused.err) or code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\xff\x00garbage\n", b"[" * 100_000 + b"\n", b'{"seq":1}\n'])
def test_a_file_that_is_no_export_is_never_taken_for_a_whole_one(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "some.jsonl").write_bytes(content)
    verified = deskhand("journal", "verify", "--file", tmp_path / "some.jsonl", "--head", f"1:{'0' * 64}")
    assert (verified.code, verified.out) == (1, "")
    assert "Traceback" not in verified.err
