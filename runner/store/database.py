"""Open a database and run transactions on it: one writer on SQLite, a pool on PostgreSQL.

A transaction is a function of a connection, without effects elsewhere, since it may be run again.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from runner.errors import NotDurableError, RefusedError, RunnerError, SetUpError, StaleError
from runner.store.patience import be_patient

T = TypeVar("T")
_MOST_TOGETHER = 32
_PATIENCE_SECONDS = 5
_SILENCE_SECONDS = 60.0
_TRIES = 4
_TRY_AGAIN = frozenset({"40001", "40P01"})  # PostgreSQL: serialization failure, deadlock detected


class Database(Protocol):
    """Where transactions run. Every failure of the database itself is a `NotDurableError`, and nothing was written."""

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction; when this returns, what it wrote survives a power cut."""
        ...

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection that may only read; never waits for a writer."""
        ...

    def carry(self, **options: object) -> None:
        """Give connections that write, from now on, these options; see `Connection.get_execution_options`."""
        ...

    def close(self) -> None:
        """Give every connection back."""
        ...


def connect(url: str) -> Database:
    """Open the database at ``url``; raises `SetUpError` when it is not SQLite in a file or PostgreSQL."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(parsed)
    try:
        return PostgresDatabase(parsed)
    except ModuleNotFoundError:
        raise SetUpError("PostgreSQL needs its driver: install deskhand[postgres]") from None


def missing_file(url: str) -> str:
    """Return the file of a SQLite database that is not there though its folder is; else nothing. Reads the folder."""
    parsed = _parse(url)
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name.startswith("file:"):
        return ""
    return name if Path(name).parent.is_dir() and not Path(name).exists() else ""


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise SetUpError("the database has to be named by a URL such as sqlite:////var/lib/deskhand/desk.db") from None
    if backend == "sqlite" and (parsed.database or ":memory:") != ":memory:":
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise SetUpError(f"the database has to be SQLite in a file or PostgreSQL, not {backend}")


class SqliteDatabase:
    """SQLite in a file: readers from a pool, and one writer whose waiting transactions are committed together."""

    def __init__(self, url: URL) -> None:
        self.writer = _sqlite_engine(url, pool_size=1, max_overflow=0)
        event.listen(self.writer, "begin", _begin_immediate)
        self.reader = _sqlite_engine(url, pool_size=8, max_overflow=24)
        event.listen(self.reader, "connect", _query_only)
        self._together = _Together(self.writer)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction, perhaps together with others that wait; see `Database.write`."""
        return self._together.run(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection that may only read."""
        return _read(self.reader, work)

    def carry(self, **options: object) -> None:
        """Give the connection that writes, opened by the first write, these options."""
        self.writer.update_execution_options(**options)

    def close(self) -> None:
        """Close every connection."""
        self._together.close()
        self.reader.dispose()
        self.writer.dispose()


class PostgresDatabase:
    """PostgreSQL: each transaction on its own connection, rows locked where they are changed."""

    def __init__(self, url: URL, patience_seconds: float = _SILENCE_SECONDS) -> None:
        self.writer = create_engine(url, pool_size=8, max_overflow=24, pool_pre_ping=True, hide_parameters=True)
        be_patient(self.writer, patience_seconds)
        event.listen(self.writer, "connect", _synchronous)
        self.reader = self.writer.execution_options(isolation_level="AUTOCOMMIT")

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction; see `Database.write`."""
        for attempt in range(_TRIES):
            try:
                with self.writer.begin() as connection:
                    return work(connection)
            except (DBAPIError, PoolTimeoutError) as error:
                if attempt + 1 == _TRIES or getattr(error.__cause__, "sqlstate", None) not in _TRY_AGAIN:
                    raise _translated(error) from error
        raise NotDurableError("the record could not be stored")

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` on a connection that commits nothing."""
        return _read(self.reader, work)

    def carry(self, **options: object) -> None:
        """Give connections that write these options."""
        self.writer.update_execution_options(**options)

    def close(self) -> None:
        """Close every connection."""
        self.writer.dispose()


class _Waiting(Generic[T]):
    """A transaction that waits for its turn, and then what came of it."""

    __slots__ = ("_error", "_value", "_work", "is_done")

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self._work = work
        self._value: list[T] = []
        self._error: BaseException | None = None
        self.is_done = False

    def run(self, connection: Connection) -> None:
        self._value = [self._work(connection)]

    def end(self, error: BaseException | None = None) -> None:
        self._error, self.is_done = error, True

    def result(self) -> T:
        if self._error is not None:
            raise self._error
        return self._value[0]


class _Together:
    """Commit what several threads wait to write in one transaction; who gets the lock first does it for all.

    When one of them fails, all are rolled back and each runs again by itself, so that each learns its own result.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._queue: deque[_Waiting[Any]] = deque()
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        mine = _Waiting(work)
        self._queue.append(mine)
        with self._lock:
            while not mine.is_done:
                self._commit([self._queue.popleft() for _ in range(min(len(self._queue), _MOST_TOGETHER))])
        return mine.result()

    def close(self) -> None:
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _commit(self, batch: list[_Waiting[Any]]) -> None:
        try:
            self._transact(batch)
        except Exception as error:
            if len(batch) == 1:
                batch[0].end(_translated(error))
                return
            for waiting in batch:
                self._commit([waiting])
        finally:
            for waiting in batch:
                if not waiting.is_done:
                    waiting.end(NotDurableError("the record could not be stored: the writer was stopped"))

    def _transact(self, batch: list[_Waiting[Any]]) -> None:
        self._connection = self._connection or self._engine.connect()
        try:
            with self._connection.begin():
                for waiting in batch:
                    waiting.run(self._connection)
        except BaseException:
            self._let_go()
            raise
        for waiting in batch:
            waiting.end()


def _read(engine: Engine, work: Callable[[Connection], T]) -> T:
    try:
        with engine.connect() as connection:
            return work(connection)
    except (DBAPIError, PoolTimeoutError) as error:
        raise NotDurableError("the store could not be read") from error


def _translated(error: Exception) -> Exception:
    if isinstance(error, IntegrityError):
        return _caused(StaleError("this contradicts what is stored, perhaps it was done already"), error)
    if isinstance(error, DataError):
        return _caused(
            RefusedError("a text is too long or holds a character that cannot be stored; nothing was done"), error
        )
    if isinstance(error, DBAPIError | PoolTimeoutError):
        return _caused(NotDurableError("the record could not be stored, so nothing was done"), error)
    return error


def _caused(error: RunnerError, cause: Exception) -> RunnerError:
    error.__cause__ = cause
    return error


def _sqlite_engine(url: URL, *, pool_size: int, max_overflow: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=max_overflow,
        hide_parameters=True,
        connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _sqlite_settings)
    return engine


def _sqlite_settings(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own kind
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _query_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA query_only=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _synchronous(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION synchronous_commit = on")
    connection.commit()
