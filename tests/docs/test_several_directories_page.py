"""The settings for several directories are taken as they are printed in docs/connectors.md."""

import re
from pathlib import Path

import pytest

from connectors.joined.connector import JoinedDirectories
from runner.connecting import open_connectors
from runner.deskfolder import open_folder
from tests.runner.cli.commands import ROOT, deskhand

HEADING = '## Several directories (`use = "directories"`)'


@pytest.fixture(scope="module")
def section() -> str:
    text = (ROOT / "docs/connectors.md").read_text("utf-8")
    return text.split(HEADING, 1)[1].split("\n## ", 1)[0]


def test_the_settings_printed_open_two_directories(section: str, tmp_path: Path) -> None:
    (printed,) = re.findall(r"^```toml\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    folder = tmp_path / "desk"
    assert deskhand("init", folder).code == 0
    text = (folder / "deskhand.toml").read_text("utf-8")
    start, end = text.index("[connectors.directory]"), text.index("[connectors.mailbox]")
    (folder / "deskhand.toml").write_text(text[:start] + printed + text[end:], "utf-8")
    connectors = open_connectors(open_folder(folder))
    directory = connectors.for_kind("user")
    assert isinstance(directory, JoinedDirectories)
    assert list(directory.directories) == ["corp", "lab"]
    assert directory.check().ok
    assert {file.name for file in folder.glob("*.db")} >= {"corp.db", "lab.db"}
    for connector in connectors.all():
        connector.close()  # type: ignore[attr-defined]


def test_each_setting_of_a_directory_is_in_the_table(section: str) -> None:
    assert re.findall(r"^\| `(of\.[^`]+)` \|", section, re.MULTILINE) == ["of.NAME", "of.NAME.use", "of.NAME.base"]
