"""Failed tries, counted per key, so that guessing gets slower and slower."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from runner.errors import StaleError
from runner.store.database import Database
from runner.store.records import ThrottleRow
from runner.store.rows import as_row, plain
from runner.store.tables import throttle

Step = Callable[[ThrottleRow | None], ThrottleRow]


class ThrottleStore:
    """Rows of failures by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, steps: Mapping[str, Step], now: datetime) -> datetime | None:
        """Count one more try under every key, unless one of them is blocked.

        ``steps`` maps a key to the function (pure) that gives its next row.  Returns None when the try was counted,
        else the time until which the longest block lasts; then nothing was counted.  Tries that come at the same time
        are counted one after the other.
        """

        def work(connection: Connection) -> datetime | None:
            rows = {key: _locked(connection, key) for key in sorted(steps)}
            blocks = [row.blocked_until for row in rows.values() if row is not None and row.blocked_until > now]
            if blocks:
                return max(blocks)
            for key, row in rows.items():
                _put(connection, row, steps[key](row))
            return None

        try:
            return self._database.write(work)
        except StaleError:  # another try inserted the same new key first
            return self._database.write(work)

    def settle(self, *, forget: str, discount: str) -> None:
        """Remove what was counted under ``forget``, and take one failure and its block off ``discount``."""

        def work(connection: Connection) -> None:
            row = _locked(connection, discount)
            connection.execute(delete(throttle).where(throttle.c.key == forget))
            if row is not None:
                fewer = ThrottleRow(row.key, max(row.failures - 1, 0), row.failed_at, row.failed_at)
                _put(connection, row, fewer)

        self._database.write(work)

    def forget(self, keys: Collection[str]) -> None:
        """Remove what was counted under these keys."""
        query = delete(throttle).where(throttle.c.key.in_(sorted(keys)))
        self._database.write(lambda connection: connection.execute(query).rowcount)

    def purge(self, before: datetime) -> int:
        """Remove keys whose last failure is older than ``before``; returns how many."""
        query = delete(throttle).where(throttle.c.failed_at < before)
        return self._database.write(lambda connection: connection.execute(query).rowcount)


def _locked(connection: Connection, key: str) -> ThrottleRow | None:
    query = select(throttle).where(throttle.c.key == key).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else plain(ThrottleRow, row)


def _put(connection: Connection, existing: ThrottleRow | None, row: ThrottleRow) -> None:
    if existing is None:
        connection.execute(insert(throttle).values(as_row(row)))
    else:
        connection.execute(update(throttle).where(throttle.c.key == row.key).values(as_row(row)))
