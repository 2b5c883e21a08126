"""Files that wait: bound to actor, form, question and submission, sealed, and gone when the submission ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from runner.store.database import Database
from runner.store.rows import as_row
from runner.store.tables import submissions, uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """What is known of a waiting file; its content is read apart. ``size`` is in bytes, ``sha256`` of the clear content."""

    token: str
    actor_id: str
    form_id: str
    field_id: str
    submission_id: str
    name: str
    size: int
    type: str
    sha256: str
    created_at: datetime


_HANDED_IN = select(submissions.c.id).where(submissions.c.state.in_(("awaiting_approval", "queued", "running")))
_KNOWN = [uploads.c[name] for name in Upload.__slots__]


class UploadStore:
    """Files that were chosen for a submission; ``content`` is always what the caller sealed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, upload: Upload, content: bytes, *, most: int) -> None:
        """Insert a file in place of the one chosen before for the same question.

        When more than ``most`` files of this actor would wait, the oldest go, but for those of what was handed in.
        """
        same = _bound(upload.actor_id, upload.form_id, upload.submission_id) & (uploads.c.field_id == upload.field_id)
        waiting = (uploads.c.actor_id == upload.actor_id) & uploads.c.submission_id.not_in(_HANDED_IN)
        newest = select(uploads.c.token).where(waiting).order_by(uploads.c.created_at.desc(), uploads.c.token)

        def work(connection: Connection) -> None:
            connection.execute(delete(uploads).where(same))
            left = connection.execute(newest).scalars().all()
            connection.execute(delete(uploads).where(uploads.c.token.in_(left[most - 1 :])))
            connection.execute(insert(uploads).values(**as_row(upload), content=content))

        self._database.write(work)

    def waiting(self, actor_id: str, form_id: str, submission_id: str, since: datetime) -> Sequence[Upload]:
        """Return the files of a submission that came at ``since`` or later."""
        query = select(*_KNOWN).where(_bound(actor_id, form_id, submission_id), uploads.c.created_at >= since)
        found = self._database.read(lambda connection: connection.execute(query).mappings().all())
        return [Upload(**row) for row in found]

    def content(self, token: str, actor_id: str, form_id: str, submission_id: str) -> bytes | None:
        """Return the sealed content of a file; None when none of this submission has that token."""
        query = select(uploads.c.content).where(_bound(actor_id, form_id, submission_id), uploads.c.token == token)
        return self._database.read(lambda connection: connection.execute(query).scalar_one_or_none())

    def forget(self, before: datetime) -> int:
        """Remove what came before a moment, but for what was handed in; return how many files that were."""
        query = delete(uploads).where(uploads.c.created_at < before, uploads.c.submission_id.not_in(_HANDED_IN))
        return self._database.write(lambda connection: connection.execute(query).rowcount)


def _bound(actor_id: str, form_id: str, submission_id: str) -> ColumnElement[bool]:
    return (
        (uploads.c.actor_id == actor_id) & (uploads.c.form_id == form_id) & (uploads.c.submission_id == submission_id)
    )
