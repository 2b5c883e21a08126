"""`init`, `check`, `upgrade` and `doctor`."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from runner.deskfolder import library, open_folder
from runner.wiring import open_installation
from tests.runner.cli.commands import COMMAND, PATIENCE_SECONDS, deskhand, environment, is_one_sentence, process

SHIPPED = sum(name.endswith(".form.yaml") for name in library())


def test_init_makes_a_desk_that_only_its_owner_may_read(tmp_path: Path) -> None:
    made = process("init", tmp_path / "a" / "desk")
    assert (made.code, made.err) == (0, "")
    desk = tmp_path / "a" / "desk"
    assert stat.S_IMODE(desk.stat().st_mode) == 0o700
    assert stat.S_IMODE((desk / "secret.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((desk / "journal.key").stat().st_mode) == 0o600
    assert {str(file.relative_to(desk / "forms")) for file in (desk / "forms").rglob("*.yaml")} == set(library())
    assert sorted(entry.name for entry in desk.iterdir() if not entry.name.startswith("deskhand.db-")) == [
        "deskhand.db", "deskhand.toml", "forms", "journal.key", "secret.key",
    ]  # fmt: skip
    assert f"deskhand check {desk}" in made.out
    assert f"deskhand connect {desk}" in made.out


def test_init_takes_an_empty_folder_and_leaves_it_in_its_place(tmp_path: Path) -> None:
    before = tmp_path.stat().st_ino
    assert deskhand("init", tmp_path).code == 0
    assert tmp_path.stat().st_ino == before
    assert not list(tmp_path.glob(".making*"))


@pytest.mark.parametrize("there", ["forms/own.form.yaml", "secret.key", "notes.txt"])
def test_init_touches_nothing_where_something_is_already(tmp_path: Path, there: str) -> None:
    file = tmp_path / "desk" / there
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    refused = deskhand("init", tmp_path / "desk")
    assert refused.code == 3
    assert "is not empty and no desk folder; nothing was changed" in refused.err
    assert file.read_text(encoding="utf-8") == "mine"
    assert [one for one in (tmp_path / "desk").rglob("*") if one.is_file()] == [file]


def test_init_twice_leaves_the_first_desk_as_it_is(desk: Path) -> None:
    key = (desk / "secret.key").read_bytes()
    again = deskhand("init", desk)
    assert (again.code, is_one_sentence(again.err)) == (3, True)
    assert "is a desk folder already" in again.err
    assert (desk / "secret.key").read_bytes() == key


def test_init_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("a file", encoding="utf-8")
    for place in ("desk", "desk/below"):
        refused = deskhand("init", tmp_path / place)
        assert (refused.code, is_one_sentence(refused.err)) == (3, True), refused.text
    assert (tmp_path / "desk").read_text(encoding="utf-8") == "a file"


def test_a_new_desk_has_nothing_to_complain_about(new_desk: Path) -> None:
    checked = process("check", new_desk)
    assert (checked.code, checked.err) == (0, "")
    assert "unlock-account: ok   needs user.read, user.unlock" in checked.out
    assert "\ntemporary-access: ok   needs group.members.manage, user.groups.manage, user.read\n" in checked.out
    assert checked.out.endswith(f"\n{SHIPPED} forms can be used, 0 errors, 0 warnings.\n")


def test_check_names_file_line_and_column_and_exits_1(new_desk: Path, tmp_path: Path) -> None:
    desk = Path(shutil.copytree(new_desk, tmp_path / "desk"))
    form = desk / "forms" / "unlock-account.form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("title: Unlock", "titel: Unlock", 1), encoding="utf-8")
    checked = deskhand("check", desk)
    assert checked.code == 1
    assert "unlock-account.form.yaml:" in checked.out
    assert ":1: error" in checked.out
    assert "reset-password: ok" in checked.out
    assert checked.out.rindex(": ok   needs") < checked.out.index(": error")
    assert f"\n{SHIPPED - 1} forms can be used" in checked.out


def test_check_gives_a_program_the_same_as_json(desk: Path) -> None:
    (desk / "forms" / "broken.form.yaml").write_text("format: form/1\n id: x\n", encoding="utf-8")
    checked = deskhand("check", "--json", desk)
    assert checked.code == 1
    (problem,) = [problem for problem in checked.json["problems"] if problem["level"] == "error"]
    assert (problem["file"], problem["line"], problem["level"]) == ("broken.form.yaml", 2, "error")
    assert problem["message"]
    assert problem["fix"]


def test_check_takes_any_folder_with_forms(tmp_path: Path) -> None:
    (tmp_path / "one.form.yml").write_text("format: form/1\n", encoding="utf-8")
    checked = deskhand("check", tmp_path)
    assert checked.code == 1
    assert "one.form.yml" in checked.out


def test_check_reads_access_wherever_it_lies(desk: Path) -> None:
    forms = desk / "forms"
    (forms / "policy").mkdir()
    (forms / "access.yaml").rename(forms / "policy" / "access.yaml")
    assert deskhand("check", desk).code == 0
    (forms / "policy" / "access.yaml").write_text("format: access/1\nrols: []\n", encoding="utf-8")
    checked = deskhand("check", desk)
    assert checked.code == 1
    assert "policy/access.yaml:2:1: error" in checked.out


def test_upgrade_runs_again_without_a_change(desk: Path) -> None:
    assert deskhand("upgrade", "--desk", desk).out == "The store is up to date.\n"
    assert deskhand("upgrade", "--desk", desk).code == 0


def test_doctor_says_that_protected_names_have_to_be_found_first(new_desk: Path) -> None:
    found = process("doctor", "--desk", new_desk)
    assert (found.code, found.err) == (1, "")
    assert "ok       connector directory:" in found.out
    assert "warning  access:" in found.out
    lost = [line for line in found.out.splitlines() if line.startswith("ERROR    access: access.yaml: ")]
    assert len(lost) == 2
    assert all(line.endswith("was not found; until it is, everything of its kind is protected") for line in lost)
    assert "ok       journal: 0 records, and the chain holds" in found.out


def test_doctor_finds_a_desk_well(company: Path) -> None:
    found = deskhand("doctor", "--desk", company)
    assert (found.code, found.err) == (0, "")
    assert "ERROR" not in found.out


def test_doctor_reports_a_broken_form_and_exits_1(desk: Path) -> None:
    (desk / "forms" / "broken.form.yaml").write_text("format: form/1\n id: x\n", encoding="utf-8")
    found = deskhand("doctor", "--json", "--desk", desk)
    assert found.code == 1
    errors = [row["detail"] for row in found.json if row["state"] == "error"]
    assert any("broken.form.yaml:2" in detail for detail in errors)


def test_a_form_that_changed_under_the_same_version_is_left_out_and_said(company: Path) -> None:
    open_installation(open_folder(company)).close()  # as serving does
    form = company / "forms" / "unlock-account.form.yaml"
    form.write_text(form.read_text(encoding="utf-8").replace("Unlock account", "Free account"), encoding="utf-8")
    found = deskhand("doctor", "--desk", company)
    assert found.code == 1
    assert "version 1 of this form was used before with other content" in found.out
    assert "ok       journal" in found.out


def test_the_desk_is_found_by_its_variable(desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    missing = deskhand("accounts", "list")
    monkeypatch.setenv("DESKHAND_DESK", str(desk))
    assert deskhand("accounts", "list").code == 0
    assert (missing.code, is_one_sentence(missing.err)) == (3, True)
    assert "Name yours with --desk FOLDER or in DESKHAND_DESK. Make one with: deskhand init" in missing.err


def test_a_reader_that_goes_away_is_no_fault(new_desk: Path) -> None:
    command = [*COMMAND, "check", "--json", str(new_desk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait(PATIENCE_SECONDS) == 1
