"""Forms that were handed in: kept until somebody else publishes them, which makes them kept versions for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from runner.errors import NotFoundError, RefusedError, StaleError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.form_versions import keep, kept_version
from runner.store.journalling import append
from runner.store.notifications import put
from runner.store.publishing_tables import form_candidates
from runner.store.records import FormVersion, Notification
from runner.store.rows import as_row, plain


@dataclass(frozen=True, slots=True)
class Candidate:
    """A form as it was handed in, by whom: the account, its login, and the person behind it where there is one."""

    form_id: str
    version: str
    digest: str
    text: str
    author_id: str
    author_login: str
    author_person: str | None
    handed_in_at: datetime


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes: the account, and the person behind it where there is one."""

    id: str
    person: str | None


class CandidateStore:
    """At most one candidate for each form."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_in(
        self, candidate: Candidate, records: Sequence[Record], notifications: Sequence[Notification] = ()
    ) -> None:
        """Keep a candidate in place of the one before, with what goes out because of it.

        Raises `StaleError` when this version is published already with other content, or with this.
        """

        def work(connection: Connection) -> None:
            kept = _published(connection, candidate)
            if kept is not None:
                again = "already" if kept.digest == candidate.digest else "with other content; raise its number"
                raise StaleError(f"version {candidate.version} of {candidate.form_id} is published {again}")
            mine = form_candidates.c.form_id == candidate.form_id
            connection.execute(delete(form_candidates).where(mine))
            connection.execute(insert(form_candidates).values(as_row(candidate)))
            put(connection, notifications)
            append(connection, records)

        self._database.write(work)

    def publish(
        self,
        form_id: str,
        digest: str,
        by: Publisher,
        now: datetime,
        records: Sequence[Record],
        notifications: Sequence[Notification] = (),
    ) -> Candidate:
        """Turn a candidate into a version that is used, with what goes out because of it, and return it.

        Raises `NotFoundError` when none waits, `StaleError` when it is not the one with this digest any more, and
        `RefusedError` when who publishes is who handed it in; nothing was changed then.
        """

        def work(connection: Connection) -> Candidate:
            found = _waiting(connection, form_id, digest)
            is_same_person = by.person is not None and by.person == found.author_person
            if by.id == found.author_id or is_same_person:
                raise RefusedError("You handed this form in yourself; somebody else has to publish it.")
            version = FormVersion(form_id, found.version, digest, found.text, found.author_login, False, now)
            keep(connection, version)
            connection.execute(delete(form_candidates).where(form_candidates.c.form_id == form_id))
            put(connection, notifications)
            append(connection, records)
            return found

        return self._database.write(work)

    def turn_down(
        self, form_id: str, digest: str, records: Sequence[Record], notifications: Sequence[Notification] = ()
    ) -> Candidate:
        """Forget a candidate, with what goes out because of it, and return it.

        Raises `NotFoundError` and `StaleError` as `publish` does.
        """

        def work(connection: Connection) -> Candidate:
            found = _waiting(connection, form_id, digest)
            connection.execute(delete(form_candidates).where(form_candidates.c.form_id == form_id))
            put(connection, notifications)
            append(connection, records)
            return found

        return self._database.write(work)

    def get(self, form_id: str) -> Candidate:
        """Return what waits of a form; raises `NotFoundError`."""
        found = [one for one in self.all() if one.form_id == form_id]
        if not found:
            raise NotFoundError(f'nothing of the form "{form_id}" waits to be published')
        return found[0]

    def all(self) -> Sequence[Candidate]:
        """Return everything that waits, by the names of the forms."""
        query = select(form_candidates).order_by(form_candidates.c.form_id)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(Candidate, row) for row in found]


def _waiting(connection: Connection, form_id: str, digest: str) -> Candidate:
    """Return what waits of a form and hold it; raises `NotFoundError`, and `StaleError` when it is another one."""
    query = select(form_candidates).where(form_candidates.c.form_id == form_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f'nothing of the form "{form_id}" waits to be published')
    found = plain(Candidate, row)
    if found.digest != digest:
        raise StaleError(f"{form_id} was handed in anew meanwhile; look at what changed before you publish it")
    return found


def _published(connection: Connection, candidate: Candidate) -> FormVersion | None:
    """Return the version of this number that is kept and no draft."""
    found = kept_version(connection, candidate.form_id, candidate.version)
    return found if found is not None and not found.is_draft else None
