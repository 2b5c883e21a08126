"""What was given until a day, and is taken back then."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from runner.store.database import Database
from runner.store.records import Grant
from runner.store.rows import decoded
from runner.store.waiting_tables import grants


class GrantStore:
    """Grants. Every method that writes is one durable transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, limit: int = 100) -> Sequence[Grant]:
        """Return the running grants that end at ``now`` or before, those that end first at the head."""
        query = select(grants).where(grants.c.state == "running", grants.c.ends_at <= now)
        query = query.order_by(grants.c.ends_at, grants.c.id).limit(limit)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Grant(**{**row, "inverse": decoded(row["inverse"])}) for row in found]
