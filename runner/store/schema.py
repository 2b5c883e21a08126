"""Bring a database to the tables of this release, and refuse one that is not there."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from runner.errors import NotDurableError, SetUpError
from runner.store.database import Database, connect

_LOCK = 0x6465736B  # any number that nothing else in the database locks by
_VERSION_TABLE = "meta"


def upgrade(url: str) -> None:
    """Apply every migration that is missing, in one transaction; running it again changes nothing.

    Raises `SetUpError` when the database is newer than this release or cannot be reached; nothing was changed then.
    """
    database = connect(url)
    try:
        database.write(_upgrade)
    except NotDurableError as error:
        raise _not_opened(error) from error
    finally:
        database.close()


def check(database: Database) -> None:
    """Raise `SetUpError`, with what to do, unless the database has exactly the tables of this release."""
    try:
        found = database.read(version_of)
    except NotDurableError as error:
        raise _not_opened(error) from error
    _compare(found, expected_version())


def is_newer(database: Database) -> bool:
    """Say whether the database has tables of a newer release than this; raises `NotDurableError` when it does not answer."""
    return database.read(version_of) > expected_version()


@cache
def expected_version() -> int:
    """Return the number of the newest migration of this release."""
    return int(ScriptDirectory.from_config(_config()).get_current_head() or 0)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    if version_of(connection) > expected_version():
        raise SetUpError(_TOO_NEW)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "runner.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["version_table"] = _VERSION_TABLE
    return config


def version_of(connection: Connection) -> int:
    """Return the number of the newest migration a database has; 0 for one without tables."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return 0
    found = connection.execute(text("SELECT version_num FROM meta")).scalar_one_or_none()
    return int(found) if found is not None else 0


_TOO_NEW = "the database was made by a newer release of Deskhand; install that release or restore a backup"


def _not_opened(error: NotDurableError) -> SetUpError:
    reason = getattr(error.__cause__, "orig", error.__cause__)
    return SetUpError(f"the database could not be opened: {' '.join(str(reason).split())}")


def _compare(found: int, expected: int) -> None:
    if found > expected:
        raise SetUpError(_TOO_NEW)
    if found < expected:
        raise SetUpError(f"the database is at version {found}, this release needs {expected}: run deskhand upgrade")
