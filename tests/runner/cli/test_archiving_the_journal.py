"""`journal archive`: nothing without the setting, then old records in a file, and both halves of the proof."""

import re
import shlex
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.archiving import archive_monthly
from runner.deskfolder import open_folder
from runner.journal.records import Record
from runner.wiring import Installation, open_installation
from runner.witnessing.checkpointing import Checkpointer
from runner.witnessing.keeping import open_for
from tests.runner.cli.commands import ROOT, Result, deskhand
from tests.runner.cli.directories import AT_ONCE
from tests.runner.pipeline import small_company

AGED = datetime.now(UTC) - timedelta(days=1_000)


@pytest.fixture(scope="module")
def old_desk(light_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with twenty records of three years ago under a checkpoint, and two of today."""
    folder = Path(shutil.copytree(light_desk, tmp_path_factory.mktemp("old") / "desk"))
    installation = opened(folder)
    store = installation.services.store
    store.journal.append([Record("config", AGED, {"actor": {"id": "cli"}, "operation": "old"}) for _ in range(20)])
    Checkpointer(store, open_for(store, folder)).make(AGED)
    now = datetime.now(UTC)
    store.journal.append([Record("config", now, {"actor": {"id": "cli"}, "operation": "new"}) for _ in range(2)])
    installation.close()
    return folder


@pytest.fixture
def desk(old_desk: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(old_desk, tmp_path / "desk"))


def opened(folder: Path) -> Installation:
    return open_installation(open_folder(folder), channel="test")


def keep(desk: Path, text: str) -> None:
    file = desk / "deskhand.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n[journal]\n{text}\n", encoding="utf-8")


def archive(desk: Path, *more: object) -> Result:
    return deskhand("journal", "archive", "--desk", desk, *more)


def verify(desk: Path, *more: object) -> Result:
    return deskhand("journal", "verify", "--desk", desk, *more)


def numbers(desk: Path) -> list[int]:
    return [int(line.split()[0]) for line in deskhand("journal", "list", "--desk", desk).out.splitlines()]


def test_without_the_setting_the_journal_is_kept_for_ever(desk: Path) -> None:
    refused = archive(desk)
    assert (refused.code, 'Write: keep = "7y"' in refused.err) == (1, True)
    assert len(numbers(desk)) == 22


def test_old_records_go_into_a_file_and_everything_still_verifies(desk: Path, tmp_path: Path) -> None:
    noted = re.search(r"Head: (\S+)", verify(desk).out)
    assert noted
    keep(desk, 'keep = "2y"')
    planned = archive(desk, "--dry-run")
    assert (planned.code, "Would archive records 1 to 20" in planned.out) == (0, True)
    assert len(numbers(desk)) == 22
    done = archive(desk)
    assert (done.code, "Archived records 1 to 20, 20 records" in done.out) == (0, True), done.text
    assert numbers(desk) == [23, 22, 21]
    (file,) = (desk / "archive").iterdir()
    assert verify(desk).code == 0
    assert verify(desk, "--head", noted[1]).code == 0
    assert deskhand("doctor", "--desk", desk, "--json").json
    assert "Archive journal" in deskhand("journal", "list", "--desk", desk).out
    itself = verify(tmp_path, "--archive", file)
    assert (itself.code, "20 records, 1 to 20, and the chain holds" in itself.out) == (0, True)
    assert "The journal of this desk says so too" in verify(desk, "--archive", file).out
    end = re.search(r"Head: (\S+)", itself.out)
    assert end
    assert verify(desk, "--head", end[1]).code == 0
    assert "is not the one that was noted" in verify(desk, "--head", "20:" + "0" * 64).err
    assert "was archived" in verify(desk, "--head", "3:" + "0" * 64).err
    assert verify(tmp_path, "--archive", file, "--head", noted[1]).code == 1
    export = tmp_path / "rest.jsonl"
    assert deskhand("journal", "export", "--desk", desk, "--output", export).code == 0
    assert verify(desk, "--file", export, "--start", end[1]).code == 0
    again = archive(desk)
    assert (again.code, "Nothing to archive" in again.out) == (0, True)


def test_a_file_that_is_not_the_one_is_found(desk: Path, old_desk: Path, tmp_path: Path) -> None:
    keep(desk, 'keep = "2y"\narchive_to = "elsewhere"')
    assert archive(desk).code == 0
    (file,) = (desk / "elsewhere").iterdir()
    assert "does not say that it was archived" in verify(old_desk, "--archive", file).err
    changed = tmp_path / "changed.jsonl"
    changed.write_bytes(file.read_bytes().replace(b'"old"', b'"odd"', 1))
    found = verify(desk, "--archive", changed)
    assert (found.code, "record 1 was edited" in found.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('keep = "7"', "years, months or days"),
        ('keep = "5d"', "at least 30 days"),
        ('archive = "monthly"', "needs keep"),
        ('keep = "7y"\narchive = "always"', '"by hand" or "monthly"'),
    ],
)
def test_settings_that_cannot_be_meant_are_named(desk: Path, text: str, says: str) -> None:
    keep(desk, text)
    refused = archive(desk)
    assert (refused.code, says in refused.err) == (3, True), refused.text


@pytest.mark.parametrize(("text", "left"), [('keep = "2y"', 22), ('keep = "2y"\narchive = "monthly"', 3)])
def test_housekeeping_archives_only_when_the_setting_says_so(desk: Path, text: str, left: int) -> None:
    keep(desk, text)
    installation = opened(desk)
    done = archive_monthly(installation)
    assert archive_monthly(installation) is None
    installation.close()
    assert (done is None) == (left == 22)
    assert len(numbers(desk)) == left


def test_the_commands_of_the_page_on_personal_data_work_as_they_are_written(
    old_desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Path(shutil.copytree(old_desk, tmp_path / "my-desk"))
    small_company.load(desk)
    account = ("agent.rotterdam", "--person", "agent.rotterdam", "--password-stdin", "--desk", desk)
    assert deskhand("accounts", "add", *account, stdin=b"a long enough password").code == 0
    (desk / "forms" / "at-once.form.yaml").write_text(AT_ONCE, encoding="utf-8")
    ran = ("--as", "agent.rotterdam", "--target", "t.novak", "--set", "office=RDM-1")
    assert deskhand("run", "at-once", "--desk", desk, *ran).code == 0
    keep(desk, 'keep = "2y"')
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "personal-data.md").read_text(encoding="utf-8")
    typed = re.findall(r"^\$ deskhand (.*)$", text, re.MULTILINE)
    assert len(typed) == 10
    start = "NUMBER:HASH"
    for line in typed:
        words = shlex.split(line.replace("NUMBER:HASH", start))
        done = deskhand(*words, stdin=b"y\n")
        assert (done.code, done.err) == (0, ""), f"{line}: {done.text}"
        if found := re.search(r"Head: (\S+)\n", done.out):
            start = found[1]
