"""Databases of the two directories, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.joined.connector import JoinedDirectories
from tests.connectors.joined.sample_directories import BASE, ENTRIES, OTHER_BASE, copies, filled, joined


@pytest.fixture(scope="session")
def both_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The database files by base; never changed, see `two`."""
    folder = tmp_path_factory.mktemp("joined")
    names = {BASE: "company.db", OTHER_BASE: "other.db"}
    return {base: filled(folder / names[base], entries) for base, entries in ENTRIES.items()}


@pytest.fixture
def two(both_files: dict[str, Path], tmp_path: Path) -> Iterator[JoinedDirectories]:
    """Both directories, joined: the sample company is “corp”, the other one “lab”."""
    files = copies(both_files, tmp_path)
    directories = joined({"corp": (files[BASE], BASE), "lab": (files[OTHER_BASE], OTHER_BASE)})
    yield directories
    directories.close()
