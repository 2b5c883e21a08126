"""Open the database and run transactions on it; turns the database's errors into the three of `connectors.errors`.

SQLite runs in WAL mode with ``synchronous=FULL``; a writer takes its turn from the start, readers never wait.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, SQLAlchemyError

from connectors.errors import ConnectorError, RejectedError, UnavailableError, UnknownOutcomeError

_BUSY_MILLISECONDS = 5_000
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
)


def open_engine(url: str) -> Engine:
    """Return an engine for ``url``; opens no connection. Raises `UnavailableError` when the driver is missing."""
    address = make_url(url)
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    if address.get_backend_name() == "sqlite":
        options = {
            "connect_args": {"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000},
            "hide_parameters": True,
        }
        if address.database in {None, "", ":memory:"}:
            options["poolclass"] = StaticPool
    elif address.get_backend_name() == "postgresql":
        options["isolation_level"] = "READ COMMITTED"
    try:
        engine = create_engine(address, **options)
    except (ImportError, SQLAlchemyError) as error:
        raise UnavailableError("The directory's database address or driver is not usable.") from error
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one state of the database throughout.

    Raises `UnavailableError` when the database does not answer.
    """
    options: dict[str, Any] = {"writes": False}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as error:
        raise UnavailableError("The directory's database does not answer.") from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose changes are stored together at the end, or not at all.

    Raises `RejectedError` when the data do not allow the change, `UnavailableError` when nothing was written, and
    `UnknownOutcomeError` when the connection was lost while it was being stored.
    """
    storing = False
    try:
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                yield connection
                storing = True
                transaction.commit()
            except BaseException:
                if transaction.is_active:
                    transaction.rollback()
                raise
    except SQLAlchemyError as error:
        raise translated(error, storing=storing) from error


def translated(error: SQLAlchemyError, *, storing: bool) -> ConnectorError:
    """Return which of the three errors a database error is; ``storing`` says that the commit had begun. Pure."""
    if isinstance(error, IntegrityError):
        return RejectedError("The name, address or place is already in use, or the object is gone.")
    if isinstance(error, DBAPIError) and isinstance(error.orig, sqlite3.Error):
        return _translated_sqlite(error.orig, storing=storing)
    if storing and isinstance(error, DBAPIError):
        return UnknownOutcomeError("The connection to the directory's database was lost while the change was stored.")
    if isinstance(error, OperationalError | InterfaceError):
        return UnavailableError("The directory's database does not answer; nothing was changed.")
    return UnavailableError("The directory's database failed; nothing was changed.")


def _translated_sqlite(error: sqlite3.Error, *, storing: bool) -> ConnectorError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return UnavailableError("The directory's database is busy; nothing was changed.")
    if name.startswith("SQLITE_READONLY"):
        return UnavailableError("The directory's database is read-only; nothing was changed.")
    if name.startswith("SQLITE_FULL"):
        return UnavailableError("The disk of the directory's database is full; nothing was changed.")
    if storing:
        return UnknownOutcomeError("The directory's database failed while the change was stored.")
    return UnavailableError("The directory's database failed; nothing was changed.")
