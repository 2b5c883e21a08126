"""The verb that sets or removes the photo of a person, and reading it. The bytes stay in a table of their own.

The photo before the present one is kept, and only that one, so that a change can be taken back.
"""

import hashlib
from collections.abc import Callable, Mapping

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from connectors.errors import RejectedError
from connectors.local.drafting import Draft, is_storable
from connectors.local.pictures import PictureError, picture_size
from connectors.local.tables import photos
from connectors.spi import Content, File, Ref

MOST_BYTES = 100 * 1024
MOST_PIXELS = 648
_TOO_LARGE = f"The photo may have at most {MOST_BYTES // 1024} KB. Make it smaller, then choose it again."
_DESCRIBED = (photos.c.name, photos.c.size, photos.c.type, photos.c.sha256)
_CALLED = {"image/jpeg": "JPEG", "image/png": "PNG"}


def set_photo(draft: Draft) -> None:
    """Set the photo of a person, or remove it when none is given."""
    entry, wanted = draft.entry("user"), draft.given("photo")
    before = current(draft, entry.ref)
    if (wanted.sha256 if wanted else None) == (before.sha256 if before else None):
        return
    if wanted is not None:
        _check(wanted)
    draft.report("set", entry, "photo", called(before), called(wanted))
    if wanted is None or wanted.content is not None or not _is_kept(draft, entry.ref, wanted):
        _replace(draft, entry.ref, wanted)
    else:
        _go_back(draft, entry.ref, wanted)
    draft.alter(entry.ref.id)
    draft.undo_by("directory.user.set_photo", user=entry.ref, **({"photo": before} if before else {}))


def called(photo: File | None) -> str:
    """Return a photo as a line of a plan has it: ``JPEG 24 KB``."""
    if photo is None:
        return "no photo"
    return f"{_CALLED.get(photo.type, 'photo')} {max(1, round(photo.size / 1024))} KB"


def _check(photo: File) -> None:
    """Refuse what is no photo; its content is only there when it is written."""
    if photo.type not in _CALLED:
        raise RejectedError("A photo is a JPEG or PNG picture.")
    if photo.size > MOST_BYTES:
        raise RejectedError(_TOO_LARGE)
    if photo.content is None:
        return
    content = photo.content.reveal()
    if len(content) != photo.size or hashlib.sha256(content).hexdigest() != photo.sha256:
        raise RejectedError("The photo is not the one that was confirmed.")
    try:
        type_, width, height = picture_size(content)
    except PictureError as error:
        raise RejectedError("The photo cannot be read as a picture.") from error
    if type_ != photo.type:
        raise RejectedError("The photo is not the kind of picture it says it is.")
    if max(width, height) > MOST_PIXELS:
        raise RejectedError(f"The photo is {width} × {height} pixels; it may have {MOST_PIXELS} on each side.")


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
