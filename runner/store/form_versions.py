"""Every version of a form that was ever used, word for word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from runner.errors import NotFoundError, StaleError
from runner.journal.records import Record
from runner.store.database import Database
from runner.store.journalling import append
from runner.store.records import FormVersion
from runner.store.rows import as_row, plain
from runner.store.tables import form_versions


class FormVersionStore:
    """Versions by form and number; one that is no draft never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(
        self,
        form_id: str,
        version: str,
        digest: str,
        text: str,
        author: str,
        now: datetime,
        *,
        is_draft: bool = False,
        records: Sequence[Record] = (),
    ) -> bool:
        """Keep a version; returns whether it was new or, for a draft, changed. The same again changes nothing.

        Raises `StaleError` when this version is kept with another digest and is no draft.
        """
        wanted = FormVersion(form_id, version, digest, text, author, is_draft, now)

        def work(connection: Connection) -> bool:
            is_new = keep(connection, wanted)
            if is_new:
                append(connection, records)
            return is_new

        return self._database.write(work)

    def is_other(self, form_id: str, version: str, digest: str) -> bool:
        """Say whether this version is kept with another digest and is no draft."""
        found = self._database.read(lambda connection: kept_version(connection, form_id, version))
        return found is not None and found.digest != digest and not found.is_draft

    def get(self, form_id: str, version: str) -> FormVersion:
        """Return a version; raises `NotFoundError`."""
        found = self._database.read(lambda connection: kept_version(connection, form_id, version))
        if found is None:
            raise NotFoundError("this version of the form was never used here")
        return found

    def versions(self, form_id: str) -> Sequence[FormVersion]:
        """Return the versions of a form, oldest first."""
        query = select(form_versions).where(form_versions.c.form_id == form_id).order_by(form_versions.c.created_at)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [plain(FormVersion, row) for row in found]


def keep(connection: Connection, wanted: FormVersion) -> bool:
    """Keep a version inside a transaction of the caller, see `FormVersionStore.remember`."""
    existing = kept_version(connection, wanted.form_id, wanted.version)
    if existing is not None and not _differs(existing, wanted):
        return False
    _put(connection, existing, wanted)
    return True


def kept_version(connection: Connection, form_id: str, version: str) -> FormVersion | None:
    """Return a version, None when it was never used."""
    query = select(form_versions).where(form_versions.c.form_id == form_id, form_versions.c.version == version)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else plain(FormVersion, row)


def _differs(existing: FormVersion, wanted: FormVersion) -> bool:
    same = existing.digest == wanted.digest and existing.is_draft == wanted.is_draft
    if not same and not existing.is_draft:
        raise StaleError(
            f"version {wanted.version} of {wanted.form_id} was published with another text; raise its number"
        )
    return not same


def _put(connection: Connection, existing: FormVersion | None, wanted: FormVersion) -> None:
    if existing is None:
        connection.execute(insert(form_versions).values(as_row(wanted)))
        return
    same = (form_versions.c.form_id == wanted.form_id) & (form_versions.c.version == wanted.version)
    connection.execute(update(form_versions).where(same, form_versions.c.is_draft).values(as_row(wanted)))
