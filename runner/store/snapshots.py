"""Copies of a whole database as it is at one moment, taken while it is used, and put back where there is nothing yet."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import URL, Connection, MetaData, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from runner.errors import SetUpError
from runner.journal.verifying import Verification
from runner.store.database import Database, connect
from runner.store.journal import JournalStore
from runner.store.postgres_programs import bare, dump, load, password_of
from runner.store.schema import version_of

T = TypeVar("T")
_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was copied: ``kind`` of database, version of its tables, and how far its journal is good."""

    kind: str
    schema: int
    journal: Verification


def kind_of(url: str) -> str:
    """Return ``sqlite`` or ``postgresql``; raises `SetUpError` for anything else. Pure."""
    database = connect(url)
    database.close()
    return make_url(url).get_backend_name()


def file_of(url: str) -> Path | None:
    """Return the file of a SQLite database, None for others. Pure."""
    parsed = make_url(url)
    name = parsed.database or ""
    return Path(name) if parsed.get_backend_name() == "sqlite" and name and not name.startswith("file:") else None


def without_password(url: str) -> str:
    """Return a database's URL without the password in it. Pure."""
    return str(bare(make_url(url)))


def has_password(url: str) -> bool:
    """Say whether a database's URL holds a password. Pure."""
    return bool(password_of(make_url(url)))


def take(url: str, file: Path) -> Snapshot:
    """Copy the store at ``url``, as it is at one moment, into a new file; nobody has to wait for it.

    The journal of the copy is verified, good or not.  Raises `SetUpError` when the database cannot be read, or a program
    that is needed for it is missing.
    """
    if kind_of(url) == "postgresql":
        return _postgres(make_url(url).set(drivername="postgresql+psycopg"), file)
    source = file_of(url)
    if source is None or not source.is_file():
        raise SetUpError(f"the database {source or url} is missing")
    copy_sqlite(source, file)
    return examine(f"sqlite:///{file.resolve()}")


def copy_sqlite(source: Path, file: Path) -> None:
    """Copy a SQLite database, as it is at one moment, by its online backup; the copy is found whole.

    Raises `SetUpError` when it cannot be read, or is damaged.
    """
    try:
        with closing(sqlite3.connect(f"file:{_escaped(source)}?mode=rw", uri=True, timeout=_PATIENCE_SECONDS)) as here:
            file.touch(mode=0o600)
            with closing(sqlite3.connect(file)) as there:
                here.backup(there)  # in one step: a writer elsewhere cannot make it begin again
        check_sqlite(file)
    except sqlite3.Error as error:
        raise SetUpError(f"{source} cannot be copied: {error}") from error


def check_sqlite(file: Path) -> None:
    """Raise `SetUpError` when a SQLite database is damaged."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise SetUpError(f"{file.name} is no database, or a damaged one: {error}") from error
    if found != "ok":
        raise SetUpError(f"{file.name} is damaged: {found}")


def _escaped(file: Path) -> str:
    return str(file.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def examine(url: str) -> Snapshot:
    """Say what a database that nobody uses holds, and how far its journal is good. Reads the whole journal."""
    return _engine_work(make_url(url), lambda connection: _found(url, connection))


def _found(url: str, connection: Connection) -> Snapshot:
    return Snapshot(kind_of(url), version_of(connection), JournalStore(cast("Database", _At(connection))).verify())


class _At:
    """What is read of a `Database`, on one connection and so at one moment."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, work: Callable[[Connection], T]) -> T:
        return work(self._connection)


def _engine_work(url: URL, work: Callable[[Connection], T]) -> T:
    """Run ``work`` in one transaction that sees one moment, and commit; raises `SetUpError` without a password in it."""
    parsed = url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            if parsed.get_backend_name() == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                return work(connection)
    except SQLAlchemyError as error:
        reason = " ".join(str(getattr(error, "orig", None) or error).split())
        raise SetUpError(f"the database could not be read: {reason}") from error
    finally:
        engine.dispose()


def _postgres(url: URL, file: Path) -> Snapshot:
    """Dump the database as this transaction sees it, so that the journal that is verified is the one in the dump."""

    def work(connection: Connection) -> Snapshot:
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        file.touch(mode=0o600)
        dump(url, file, str(snapshot))
        return _found(url.render_as_string(hide_password=False), connection)

    return _engine_work(url, work)


def check_free(url: str) -> None:
    """Raise `SetUpError` when there is anything in the place a store is to be put back into."""
    file = file_of(url)
    if file is not None:
        if file.exists():
            raise SetUpError(f"{file} is there already; nothing was changed")
        if not file.parent.is_dir():
            raise SetUpError(f"the folder {file.parent}, in which the database is to be, is missing")
        return
    tables = _engine_work(make_url(url), lambda connection: inspect(connection).get_table_names())
    if tables:
        raise SetUpError(
            f"the database {without_password(url)} is not empty: it has {len(tables)} tables. Nothing was changed; name an "
            "empty one"
        )


def load_postgres(url: str, file: Path) -> None:
    """Put a dump into an empty PostgreSQL database, all of it or nothing; raises `SetUpError`."""
    load(make_url(url).set(drivername="postgresql+psycopg"), file)


def empty_postgres(url: str) -> None:
    """Remove every table of a database that was empty before a store was put into it."""

    def work(connection: Connection) -> None:
        found = MetaData()
        found.reflect(connection)
        found.drop_all(connection)

    _engine_work(make_url(url), work)
