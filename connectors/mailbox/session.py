"""The database behind the mail system: transactions, one writer at a time, and what its errors mean.

SQLite runs in WAL mode with ``synchronous=FULL``; its writers wait for each other at a lock here (other processes at
most five seconds), its readers for nobody.  PostgreSQL needs no lock: writers lock the row they change.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock, RLock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import StaticPool

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.mailbox.tables import create_tables

_BUSY_MILLISECONDS = 5000
_CONNECT_SECONDS = 5
_WRITES = "mailbox_writes"


class Database:
    """Reads and writes in transactions; makes the tables before the first one. Thread-safe.

    The constructor connects to nothing.  It raises `RejectedError` when the URL is none.
    """

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self.dialect = self.engine.dialect.name
        is_sqlite = self.dialect == "sqlite"
        in_memory = isinstance(self.engine.pool, StaticPool)
        self._turn = RLock() if is_sqlite else nullcontext()
        self._reading_turn = self._turn if in_memory else nullcontext()
        self._reader = self.engine if is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._writer = self.engine.execution_options(**{_WRITES: True})
        self._making_tables = Lock()
        self._has_tables = False

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the tables; raises `UnavailableError` when there is none."""
        with _errors_translated():
            self._ensure_tables()
            with self._reading_turn, self._reader.connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose changes are committed at the end, or all undone when an exception leaves.

        Raises `UnavailableError` when nothing was written and `UnknownOutcomeError` when the commit failed.
        """
        with _errors_translated():
            self._ensure_tables()
            with self._turn, self._writer.connect() as connection:
                transaction = connection.begin()
                try:
                    yield connection
                except BaseException:
                    transaction.rollback()
                    raise
                try:
                    transaction.commit()
                except DBAPIError as error:
                    connection.invalidate()
                    raise UnknownOutcomeError("The mail system did not confirm the change.") from error

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _ensure_tables(self) -> None:
        if self._has_tables:
            return
        with self._making_tables, self._turn:
            create_tables(self._writer)
            self._has_tables = True


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        options: dict[str, Any] = {"hide_parameters": True}
        if parsed.get_backend_name() == "sqlite":
            options["connect_args"] = {"timeout": _BUSY_MILLISECONDS / 1000, "check_same_thread": False}
            if parsed.database in (None, "", ":memory:"):
                options["poolclass"] = StaticPool
        else:
            options |= {"connect_args": {"connect_timeout": _CONNECT_SECONDS}, "pool_pre_ping": True}
        engine = create_engine(parsed, **options)
    except (ArgumentError, ImportError) as error:
        raise RejectedError("The address of the mailbox database is not one SQLAlchemy knows.") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _errors_translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise RejectedError("The address is already in use; nothing was changed.") from error
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise UnavailableError("The mail system cannot be reached or is busy; nothing was changed.") from error
    except (StatementError, OverflowError, UnicodeError) as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise UnavailableError("The connection to the mail system was lost; nothing was changed.") from error
        raise RejectedError("The mail system does not take these values; nothing was changed.") from error
