"""Databases with all tables, quicker than by its migrations each time: SQLite's are copied from one that was upgraded."""

import tempfile
from functools import cache
from pathlib import Path

from runner.store.schema import upgrade

_SQLITE = "sqlite:///"


def migrated(url: str) -> None:
    """Give a new, empty database every table of this release, as `upgrade` does."""
    if url.startswith(_SQLITE):
        Path(url.removeprefix(_SQLITE)).write_bytes(_upgraded_once())
    else:
        upgrade(url)


@cache
def _upgraded_once() -> bytes:
    with tempfile.TemporaryDirectory(prefix="deskhand-migrated-") as folder:
        file = Path(folder) / "desk.db"
        upgrade(f"{_SQLITE}{file}")
        assert [one.name for one in Path(folder).iterdir()] == ["desk.db"], "nothing is left in SQLite's log"
        return file.read_bytes()
