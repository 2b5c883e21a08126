"""How the submissions of one person ended that they did not sit in front of. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from runner.store.database import Database
from runner.store.tables import submissions

_ENDS = ("done", "partly_done", "failed", "unknown", "rejected", "expired")


@dataclass(frozen=True, slots=True)
class Endings:
    """How many ended, and the last of them: its id, the title of its form and its state; empty where none did."""

    count: int
    id: str = ""
    title: str = ""
    state: str = ""


class EndingStore:
    """Submissions that waited, for a yes, a moment or a worker, by when they ended."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, actor_id: str, since: datetime) -> Endings:
        """Return what ended later than ``since``; one's own cancelling is no news."""
        ended = (
            (submissions.c.actor_id == actor_id)
            & (submissions.c.finished_at > since)
            & submissions.c.asked_at.is_not(None)
            & submissions.c.state.in_(_ENDS)
        )
        count = select(func.count()).select_from(submissions).where(ended)
        last = select(submissions.c.id, submissions.c.form_title, submissions.c.state).where(ended)
        last = last.order_by(submissions.c.finished_at.desc(), submissions.c.id).limit(1)
        found = self._database.read(lambda connection: connection.execute(last).first())
        if found is None:
            return Endings(0)
        number = self._database.read(lambda connection: connection.execute(count).scalar_one())
        return Endings(int(number), str(found[0]), str(found[1]), str(found[2]))
