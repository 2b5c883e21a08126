"""Photos of people: what one may be, and how it is called in a plan. Pure."""

import hashlib

from connectors.directory.pictures import PictureError, picture_size
from connectors.errors import RejectedError
from connectors.spi import File

MOST_BYTES = 100 * 1024
MOST_PIXELS = 648
_TOO_LARGE = f"The photo may have at most {MOST_BYTES // 1024} KB. Make it smaller, then choose it again."
_CALLED = {"image/jpeg": "JPEG", "image/png": "PNG"}


def called(photo: File | None) -> str:
    """Return a photo as a line of a plan has it: ``JPEG 24 KB``."""
    if photo is None:
        return "no photo"
    return f"{_CALLED.get(photo.type, 'photo')} {max(1, round(photo.size / 1024))} KB"


def check_photo(photo: File) -> None:
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
