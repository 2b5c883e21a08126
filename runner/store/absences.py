"""Who is away, and who stands in for them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from runner.journal.records import Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.request_records import Absence
from runner.store.request_tables import absences
from runner.store.rows import as_row, plain


class AbsenceStore:
    """Absences; each is written together with its record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, absence: Absence, records: Sequence[Record] = ()) -> None:
        """Keep an absence."""

        def work(connection: Connection) -> None:
            connection.execute(insert(absences).values(as_row(absence)))
            append(connection, records)

        self._database.write(work)

    def remove(self, id: str, person_id: str, records: Sequence[Record] = ()) -> bool:
        """Forget an absence of this person; return whether there was one."""

        def work(connection: Connection) -> bool:
            mine = (absences.c.id == id) & (absences.c.person_id == person_id)
            found = connection.execute(delete(absences).where(mine)).rowcount == 1
            if found:
                append(connection, records)
            return found

        return self._database.write(work)

    def of(self, person_id: str) -> Sequence[Absence]:
        """Return somebody's absences, the first to begin at the head."""
        return self._found(absences.c.person_id == person_id)

    def away(self, people: Collection[str], day: date) -> Sequence[Absence]:
        """Return the absences of these people that count on a day."""
        return self._found(absences.c.person_id.in_(people), _counts(day)) if people else ()

    def standing_in(self, deputies: Collection[str], day: date) -> Sequence[Absence]:
        """Return the absences on a day in which one of these people is the deputy."""
        return self._found(absences.c.deputy_id.in_(deputies), _counts(day)) if deputies else ()

    def forget_before(self, day: date) -> int:
        """Forget absences that ended before a day; return how many."""
        query = delete(absences).where(absences.c.ends_on < day)
        return self._database.write(lambda connection: connection.execute(query).rowcount)

    def _found(self, *conditions: ColumnElement[bool]) -> Sequence[Absence]:
        query = select(absences).where(*conditions).order_by(absences.c.starts_on, absences.c.id)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Absence, row) for row in found]


def _counts(day: date) -> ColumnElement[bool]:
    return (absences.c.starts_on <= day) & (absences.c.ends_on >= day)
