"""`fmt`: which files it takes, what it writes and prints, and how it ends."""

import stat
from pathlib import Path

import pytest

from tests.runner.cli.commands import deskhand, is_one_sentence

MIXED = "# head\ntitle: T\nid: one\nformat: form/1\n"
ORDERED = "# head\nformat: form/1\nid: one\ntitle: T\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.form.yaml").write_text(MIXED, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text("format: settings/1\nlanguages: [en]\n", encoding="utf-8")
    (tmp_path / "compose.yaml").write_text("services: &all {b: 1, a: 2}\n", encoding="utf-8")
    (tmp_path / "package.json").write_text('{"b": 1, "id": 2}', encoding="utf-8")
    return tmp_path


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_fmt_puts_a_folder_in_order_and_touches_nothing_else(folder: Path) -> None:
    before = contents(folder)
    done = deskhand("fmt", folder)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"{folder}/one.form.yaml was put in order\n1 file put in order, 1 in order already.\n"
    assert contents(folder) == {**before, "one.form.yaml": ORDERED}
    again = deskhand("fmt", folder)
    assert (again.code, again.out) == (0, "0 files put in order, 2 in order already.\n")


def test_check_lists_what_would_change_and_exits_1(folder: Path) -> None:
    before = contents(folder)
    checked = deskhand("fmt", "--check", folder)
    assert (checked.code, checked.err) == (1, "")
    assert checked.out == f"{folder}/one.form.yaml would change\n1 file would change, 1 in order already.\n"
    assert contents(folder) == before
    deskhand("fmt", folder)
    assert deskhand("fmt", "--check", folder).code == 0


def test_diff_prints_what_would_change_and_writes_nothing(folder: Path) -> None:
    file = folder / "one.form.yaml"
    file.write_text("title: T\nid: one", encoding="utf-8")
    shown = deskhand("fmt", "--diff", file)
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith(f"--- {file}\n+++ {file}\n@@ ")
    assert shown.out.endswith(" @@\n+id: one\n title: T\n-id: one\n\\ No newline at end of file\n")
    assert deskhand("fmt", "--diff", "--check", file).code == 1
    assert file.read_text(encoding="utf-8") == "title: T\nid: one"


def test_a_file_with_errors_is_left_alone_and_the_others_are_done(folder: Path) -> None:
    broken = folder / "two.form.yaml"
    broken.write_text("title: a: b\nid: two\n", encoding="utf-8")
    done = deskhand("fmt", folder)
    assert (done.code, done.err) == (1, "")
    assert f"{broken}:1:9: error E101" in done.out
    assert done.out.endswith("1 file put in order, 1 in order already, 1 left alone because of errors.\n")
    assert broken.read_text(encoding="utf-8") == "title: a: b\nid: two\n"
    assert (folder / "one.form.yaml").read_text(encoding="utf-8") == ORDERED


def test_a_file_named_that_is_no_definition_is_refused(folder: Path) -> None:
    refused = deskhand("fmt", folder / "package.json")
    assert refused.code == 1
    assert f"{folder}/package.json is no definition file" in refused.out


def test_a_file_keeps_its_rights_and_a_link_stays_a_link(folder: Path) -> None:
    file, link = folder / "one.form.yaml", folder / "two.form.yaml"
    file.chmod(0o640)
    link.symlink_to(file.name)
    assert deskhand("fmt", link).code == 0
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert file.read_text(encoding="utf-8") == ORDERED
    assert not [one for one in folder.iterdir() if one.name.startswith(".")]


def test_a_desk_folder_has_its_forms_put_in_order(desk: Path) -> None:
    form = desk / "forms" / "unlock-account.form.yaml"
    text = form.read_text(encoding="utf-8")
    form.write_text(text.replace("id: unlock-account\n", "") + "id: unlock-account\n", encoding="utf-8")
    done = deskhand("fmt", desk)
    assert (done.code, done.err) == (0, "")
    assert "format: form/1\nid: unlock-account\n" in form.read_text(encoding="utf-8")
    assert deskhand("fmt", "--check", desk).code == 0
    assert deskhand("check", desk).code == 0


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    refused = deskhand("fmt", tmp_path / "none")
    assert refused.code == 2
    assert "does not exist" in refused.err
    assert not is_one_sentence(refused.err)
