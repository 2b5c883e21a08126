"""Links among the definitions: those that stay inside are followed, those that lead out are refused and never read."""

import shutil
from pathlib import Path

import pytest

from runner.deskfolder import read_forms
from runner.errors import SetUpError
from tests.runner.cli.commands import deskhand, is_one_sentence

FORM = "unlock-account.form.yaml"


@pytest.mark.parametrize("name", ["evil.form.yaml", "a/b.list.csv", "lookups.json"])
@pytest.mark.parametrize("target", ["secret.key", "deskhand.toml", "none"])
def test_a_link_to_a_file_outside_is_refused_and_nothing_of_it_is_shown(desk: Path, name: str, target: str) -> None:
    link = desk / "forms" / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(desk / target)
    secret = (desk / "secret.key").read_text(encoding="utf-8").strip()
    for words in (("check", desk), ("check", desk / "forms"), ("test", desk), ("fmt", desk), ("serve", "--desk", desk)):
        refused = deskhand(*words)
        assert refused.code != 0, words
        assert is_one_sentence(refused.err), words
        assert f"{name} is a link that leads out of" in refused.err, words
        assert secret not in refused.text


def test_a_linked_folder_outside_is_refused_too(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (desk / "forms" / "more").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SetUpError, match="forms/more is a link that leads out of"):
        read_forms(desk / "forms")


def test_links_of_tools_and_files_of_other_kinds_are_left_alone(desk: Path, tmp_path: Path) -> None:
    before = read_forms(desk / "forms")
    for name in (".git", "node_modules"):
        (desk / "forms" / name).symlink_to(tmp_path)
    (desk / "forms" / "notes.txt").symlink_to(desk / "secret.key")
    assert read_forms(desk / "forms") == before


def test_a_volume_mounted_as_kubernetes_does_is_read_with_its_folders(desk: Path, tmp_path: Path) -> None:
    before = dict(read_forms(desk / "forms"))
    volume = tmp_path / "volume"
    kept = volume / "..2031_03_04"
    shutil.copytree(desk / "forms", kept)
    (volume / "..data").symlink_to(kept.name)
    for entry in kept.iterdir():
        (volume / entry.name).symlink_to(Path("..data") / entry.name)
    shutil.rmtree(desk / "forms")
    (desk / "forms").symlink_to(volume)
    assert read_forms(desk / "forms") == before
    assert deskhand("check", desk).code == 0


def test_links_inside_and_in_circles_are_no_trouble(desk: Path) -> None:
    forms = desk / "forms"
    before = read_forms(forms)
    (forms / "again").symlink_to(".")
    (forms / "loop.form.yaml").symlink_to("loop.form.yaml")
    (forms / "round").symlink_to("round")
    (forms / ".kept").mkdir()
    (forms / ".kept" / "back").symlink_to("..")
    (forms / "back").symlink_to(".kept")
    assert read_forms(forms) == before


def test_fmt_writes_through_no_link_that_leads_out_of_the_forms(desk: Path, tmp_path: Path) -> None:
    outside = tmp_path / FORM
    text = (desk / "forms" / FORM).read_text(encoding="utf-8").replace("id: unlock-account\n", "")
    outside.write_text(f"{text}id: unlock-account\n", encoding="utf-8")
    before = outside.read_bytes()
    link, folder = desk / "forms" / "x.form.yaml", desk / "forms" / "linked"
    link.symlink_to(outside)
    folder.symlink_to(tmp_path)
    for named in (link, folder / FORM, desk / "forms"):
        refused = deskhand("fmt", named)
        assert refused.code != 0
        assert "is a link that leads out of" in refused.err
    assert outside.read_bytes() == before


def test_fmt_writes_to_the_file_a_link_inside_the_forms_leads_to(desk: Path) -> None:
    file, link = desk / "forms" / FORM, desk / "forms" / "own" / "x.form.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("id: unlock-account\n", "") + "id: unlock-account\n", encoding="utf-8")
    link.parent.mkdir()
    link.symlink_to(f"../{FORM}")
    assert deskhand("fmt", link).code == 0
    assert link.is_symlink()
    assert "format: form/1\nid: unlock-account\n" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["access", "settings", "lookups", "verification"])
def test_a_desk_with_two_files_of_one_kind_does_not_start_and_check_names_both(desk: Path, name: str) -> None:
    (desk / "forms" / "a").mkdir()
    shutil.copy(desk / "forms" / f"{name}.yaml", desk / "forms" / "a")
    checked = deskhand("check", desk)
    assert checked.code == 1
    assert f"forms/a/{name}.yaml: error E116: a desk has one {name} file, and there is {name}.yaml too" in checked.out
    assert f"forms/{name}.yaml: error E116" in checked.out
    for words in (("serve",), ("plan", "unlock-account", "--as", "alice"), ("run", "unlock-account", "--as", "alice")):
        refused = deskhand(*words, "--desk", desk)
        assert refused.code != 0
        if words[0] == "serve":
            assert is_one_sentence(refused.err)
        assert f"several: forms/a/{name}.yaml and forms/{name}.yaml. Keep one" in refused.err, refused
