"""Databases with all tables, quicker than by their migrations each time: copies of one that was upgraded."""

import tempfile
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

from runner.store.schema import upgrade

_SQLITE = "sqlite:///"
_TEMPLATE, _UNFINISHED = "migrated", "unfinished"


def migrated(url: str) -> None:
    """Give a new, empty database, to which nobody is connected, every table of this release, as `upgrade` does."""
    if url.startswith(_SQLITE):
        Path(url.removeprefix(_SQLITE)).write_bytes(_upgraded_once())
    else:
        _copied(make_url(url))


@cache
def _upgraded_once() -> bytes:
    with tempfile.TemporaryDirectory(prefix="deskhand-migrated-") as folder:
        file = Path(folder) / "desk.db"
        upgrade(f"{_SQLITE}{file}")
        assert [one.name for one in Path(folder).iterdir()] == ["desk.db"], "nothing is left in SQLite's log"
        return file.read_bytes()


def _copied(url: URL) -> None:
    own = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(own, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", (_TEMPLATE,)).fetchall():
            connection.execute(f"CREATE DATABASE {_UNFINISHED}")
            upgrade(url.set(database=_UNFINISHED).render_as_string(hide_password=False))
            connection.execute(f"ALTER DATABASE {_UNFINISHED} RENAME TO {_TEMPLATE}")
        connection.execute(f"DROP DATABASE {url.database}")
        connection.execute(f"CREATE DATABASE {url.database} TEMPLATE {_TEMPLATE}")
