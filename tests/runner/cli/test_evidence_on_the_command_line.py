"""`journal evidence`: one file that proves itself, with a page to read; `journal export` in every format."""

import json
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.runner.cli.commands import Result, deskhand
from tests.runner.cli.contents import change

PASSWORD = b"a long enough password\n"


@pytest.fixture
def told(desk: Path) -> Path:
    for login in ("bob", "carol<script>"):
        added = deskhand("accounts", "add", login, "--password-stdin", "--desk", desk, stdin=PASSWORD)
        assert added.code == 0, added.text
    return desk


def pack(desk: Path, *which: str) -> tuple[Result, Path]:
    file = desk.parent / "pack.zip"
    return deskhand("journal", "evidence", *which, "--output", file, "--desk", desk), file


def verified(folder: Path) -> tuple[int, str]:
    """Run the verifier of the pack, as its README says."""
    (command,) = [
        line for line in (folder / "README.txt").read_text().splitlines() if line.startswith("  python -m verifier ")
    ]
    done = subprocess.run(
        [sys.executable, *command.split()[1:]], cwd=folder, env={}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_pack_is_verified_by_itself_and_shows_what_was_changed_in_it(told: Path, tmp_path: Path) -> None:
    packed, file = pack(told, "--since", "2020-01-01")
    assert (packed.code, packed.err) == (0, "")
    folder = tmp_path / "unpacked"
    with ZipFile(file) as content:
        content.extractall(folder)
    assert file.stat().st_mode & 0o077 == 0
    records = (folder / "records.jsonl").read_text().splitlines()
    assert f"Packed {len(records)} records into " in packed.out
    assert json.loads(records[-1])["kind"] == "export"
    assert (folder / "public-key.txt").read_text() == deskhand("journal", "key", "--desk", told).out
    assert verified(folder)[0] == 0
    assert verified(folder)[1].removesuffix("\n") == (folder / "verdict.txt").read_text().removesuffix("\n")
    page = (folder / "summary.html").read_text()
    assert "carol&lt;script&gt;" in page
    assert "<script>" not in page
    (folder / "records.jsonl").write_text("\n".join([records[0].replace("bob", "eve"), *records[1:], ""]))
    code, said = verified(folder)
    assert (code, "line 1 is not proved" in said) == (1, True)


def test_records_are_chosen_by_agent_form_person_and_period(told: Path) -> None:
    for which in (
        ("--agent", "bob"),
        ("--form", "unlock-account"),
        ("--person", "nobody"),
        ("--submission", "5" * 32),
        ("--until", "2020-01-01"),
    ):
        packed, file = pack(told, *which)
        lines = ZipFile(file).read("records.jsonl").decode().splitlines() if packed.code == 0 else []
        assert len(lines) == (1 if which[0] in ("--form", "--person", "--submission") else 0), (which, packed)
        if not lines:
            assert "no record fits" in packed.err


def test_nothing_is_packed_without_a_choice_or_from_a_broken_journal(told: Path) -> None:
    unchosen, file = pack(told)
    assert (unchosen.code, "Choose what to pack" in unchosen.err) == (2, True)
    change(told / "deskhand.db", "UPDATE journal SET line = replace(line, 'bob', 'eve') WHERE line LIKE '%bob%'")
    broken, _ = pack(told, "--agent", "bob")
    assert (broken.code, "does not verify" in broken.err) == (1, True)
    assert not file.exists()


@pytest.mark.parametrize("name", ["jsonl", "csv", "cef", "syslog", "ocsf"])
def test_the_journal_is_exported_in_every_format(told: Path, name: str) -> None:
    exported = deskhand("journal", "export", "--format", name, "--desk", told)
    assert (exported.code, exported.err) == (0, "")
    assert "carol<script>" in exported.out.replace("\\=", "=")
