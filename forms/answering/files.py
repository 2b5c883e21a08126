"""Files that answer a question: what their content says they are, a name that is safe to show, and what fits. Pure.

What a browser says of a file is not believed: its type is read from its first bytes, and text is taken only when it is
text throughout.  Markup that a browser would run (HTML, SVG, XML) is refused whatever it is called.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from connectors.spi import File
from forms.definition import FILE_TYPES, MOST_FILE_BYTES, USUAL_FILE_BYTES, USUAL_FILE_TYPES, Field

MOST_NAME = 100
TOO_LARGE = "The file is too large. It may have at most {}."
_STARTS: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}
_CALLED: Mapping[str, str] = {
    "image/jpeg": "a JPEG picture",
    "image/png": "a PNG picture",
    "application/pdf": "a PDF file",
    "text/plain": "a text file",
}
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|math|[a-z][a-z0-9]*:svg)\b", re.IGNORECASE
)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class FileError(ValueError):
    """The file is not taken; the text is a sentence for whoever chose it."""


def accepted(field: Field) -> tuple[str, ...]:
    """Return the media types a question takes."""
    return field.accept or USUAL_FILE_TYPES


def most_bytes(field: Field) -> int:
    """Return how large a file a question takes, in bytes."""
    return min(field.max_size or USUAL_FILE_BYTES, MOST_FILE_BYTES)


def inspected(field: Field, name: str, content: bytes) -> File:
    """Return what a file is, by its content; raises `FileError` when the question does not take it."""
    if not content:
        raise FileError("The file is empty.")
    type_ = media_type(content)
    found = File(clean_name(name), len(content), type_, hashlib.sha256(content).hexdigest())
    problem = misfit(field, found)
    if problem:
        raise FileError(problem)
    return found


def misfit(field: Field, file: File) -> str:
    """Return why a question does not take a file; empty when it does."""
    if file.size > most_bytes(field):
        return TOO_LARGE.format(size_text(most_bytes(field)))
    if file.type not in accepted(field):
        wanted = " or ".join(_CALLED[type_] for type_ in accepted(field))
        return f"This file is not {wanted}. Choose another, or save it as one."
    return ""


def media_type(content: bytes) -> str:
    """Return the media type that the content has; empty for one that is not known or would be run by a browser."""
    for start, type_ in _STARTS.items():
        if content.startswith(start):
            return type_
    return "text/plain" if _is_plain_text(content) else ""


def _is_plain_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) and _MARKUP.search(text) is None


def clean_name(name: str) -> str:
    """Return the last part of a file's name without what cannot be seen, at most `MOST_NAME` characters."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter) not in _UNPRINTABLE)
    tidy = " ".join(seen.split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) > MOST_NAME and dot and len(ending) <= 10:
        tidy = f"{stem[: MOST_NAME - len(ending) - 1]}.{ending}"
    return tidy[:MOST_NAME] or "file"


def size_text(size: int) -> str:
    """Return a number of bytes as a person reads it: ``740 bytes``, ``24 KB``, ``1.5 MB``; a KB is 1,024 bytes."""
    if size < 1_024:
        return f"{size} bytes"
    if size < 1_024 * 1_024:
        return f"{round(size / 1_024)} KB"
    return f"{size / (1_024 * 1_024):.1f}".removesuffix(".0") + " MB"


def endings(field: Field) -> str:
    """Return what a page's chooser offers: media types and endings, with commas."""
    wanted = accepted(field)
    return ",".join([*wanted, *(f".{ending}" for ending, type_ in FILE_TYPES.items() if type_ in wanted)])
