"""Where forms are read from: not from hidden folders, nor from those where tools keep what is theirs."""

from pathlib import Path

import pytest

from runner.deskfolder import library, read_forms
from tests.runner.cli.commands import deskhand

UNLOCK = library()["unlock-account.form.yaml"]


def form_in(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "unlock-account.form.yaml").write_bytes(UNLOCK)


@pytest.mark.parametrize("folder", [".venv/lib/forms", ".git", "node_modules/forms", "a/__pycache__", "a/.hidden/b"])
def test_folders_of_tools_hold_no_forms(tmp_path: Path, folder: str) -> None:
    form_in(tmp_path / folder)
    form_in(tmp_path / "own")
    assert list(read_forms(tmp_path)) == ["own/unlock-account.form.yaml"]


def test_a_virtual_environment_of_any_name_holds_no_forms(tmp_path: Path) -> None:
    form_in(tmp_path / "python")
    (tmp_path / "python" / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="utf-8")
    assert read_forms(tmp_path) == {}


def test_check_without_a_folder_passes_beside_a_virtual_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in library().items():
        for place in (".venv", "mine"):
            file = tmp_path / place / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    checked = deskhand("check")
    assert (checked.code, ".venv" in checked.text, "E116" in checked.text) == (0, False, False), checked.text
