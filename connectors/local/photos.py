"""The verb that sets or removes the photo of a person, and reading it. The bytes stay in a table of their own.

The photo before the present one is kept, and only that one, so that a change can be taken back.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from connectors.directory.photos import called, check_photo
from connectors.directory.texts import is_storable
from connectors.errors import RejectedError
from connectors.local.drafting import Draft
from connectors.local.tables import photos
from connectors.spi import Content, File, Ref

_DESCRIBED = (photos.c.name, photos.c.size, photos.c.type, photos.c.sha256)


def set_photo(draft: Draft) -> None:
    """Set the photo of a person, or remove it when none is given."""
    entry, wanted = draft.entry("user"), draft.given("photo")
    before = current(draft, entry.ref)
    if (wanted.sha256 if wanted else None) == (before.sha256 if before else None):
        return
    if wanted is not None:
        check_photo(wanted)
    draft.report("set", entry, "photo", called(before), called(wanted))
    if wanted is None or wanted.content is not None or not _is_kept(draft, entry.ref, wanted):
        _replace(draft, entry.ref, wanted)
    else:
        _go_back(draft, entry.ref, wanted)
    draft.alter(entry.ref.id)
    draft.undo_by("directory.user.set_photo", user=entry.ref, **({"photo": before} if before else {}))


def _is_kept(draft: Draft, person: Ref, photo: File) -> bool:
    query = select(photos.c.sha256).where(photos.c.person_id == person.id, photos.c.sha256 == photo.sha256)
    return draft.view.connection.scalar(query) is not None


def _replace(draft: Draft, person: Ref, photo: File | None) -> None:
    """Keep the present photo as the one before, forget the one before that, and write the new one."""
    _retire(draft, person, photo)
    if photo is None:
        return
    if draft.new_id and photo.content is None:
        raise RejectedError("The photo is no longer kept, so it cannot be set again.")
    if photo.content is not None:
        content = photo.content.reveal()
        columns = {"name": photo.name, "type": photo.type, "size": photo.size, "sha256": photo.sha256}
        draft.write(insert(photos).values(person_id=person.id, **columns, content=content, is_current=True))


def _go_back(draft: Draft, person: Ref, photo: File) -> None:
    """Make a photo that is kept the present one."""
    mine = photos.c.person_id == person.id
    draft.write(update(photos).where(mine).values(is_current=photos.c.sha256 == photo.sha256))


def _retire(draft: Draft, person: Ref, coming: File | None) -> None:
    mine = photos.c.person_id == person.id
    draft.write(delete(photos).where(mine, ~photos.c.is_current))
    draft.write(update(photos).where(mine).values(is_current=False))
    if coming is not None:
        draft.write(delete(photos).where(mine, photos.c.sha256 == coming.sha256))


def current(draft: Draft, person: Ref) -> File | None:
    """Return what the photo of a person is, without its content."""
    row = _row(draft.view.connection, person, with_content=False) if is_storable(person.id) else None
    return File(row["name"], row["size"], row["type"], row["sha256"]) if row else None


def photo_of(connection: Connection, person: Ref) -> File | None:
    """Return the photo of a person with its content. Reads only."""
    row = _row(connection, person, with_content=True) if person.kind == "user" and is_storable(person.id) else None
    if row is None:
        return None
    return File(row["name"], row["size"], row["type"], row["sha256"], content=Content(row["content"]))


def _row(connection: Connection, person: Ref, *, with_content: bool) -> RowMapping | None:
    columns = (*_DESCRIBED, photos.c.content) if with_content else _DESCRIBED
    query = select(*columns).where(photos.c.person_id == person.id, photos.c.is_current)
    return connection.execute(query).mappings().one_or_none()


VERBS: Mapping[str, Callable[[Draft], None]] = {"directory.user.set_photo": set_photo}
