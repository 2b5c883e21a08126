"""Desk folders for the command line: a new one, and one with the company of two branches and its accounts."""

import shutil
from pathlib import Path

import pytest

from tests.runner.cli.commands import deskhand
from tests.runner.pipeline import small_company

PASSWORD = "a password for tests"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DESKHAND_DESK", "DESKHAND_DEMO_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def new_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk as `init` makes it; never changed, see `desk`."""
    folder = tmp_path_factory.mktemp("new") / "desk"
    assert deskhand("init", folder).code == 0
    return folder


@pytest.fixture(scope="session")
def light_desk(new_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with one form of the library only, which is read faster; never changed."""
    folder = Path(shutil.copytree(new_desk, tmp_path_factory.mktemp("light") / "desk"))
    for kind in ("*.form.yaml", "*.texts.yaml"):
        for file in (folder / "forms").rglob(kind):
            if not file.name.startswith("unlock-account."):
                file.unlink()
    return folder


@pytest.fixture(scope="session")
def company_desk(light_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with people, and with accounts for an agent of Rotterdam and for alice, who has no rights."""
    folder = tmp_path_factory.mktemp("company") / "desk"
    shutil.copytree(light_desk, folder)
    small_company.load(folder)
    for login in ("agent.rotterdam", "alice"):
        added = deskhand(
            "accounts", "add", login, "--person", login, "--password-stdin", "--desk", folder, stdin=PASSWORD.encode()
        )
        assert added.code == 0, added.text
    return folder


@pytest.fixture
def desk(light_desk: Path, tmp_path: Path) -> Path:
    """A desk of its own, without people."""
    return Path(shutil.copytree(light_desk, tmp_path / "desk"))


@pytest.fixture
def company(company_desk: Path, tmp_path: Path) -> Path:
    """A desk of its own with the company."""
    return Path(shutil.copytree(company_desk, tmp_path / "company"))
