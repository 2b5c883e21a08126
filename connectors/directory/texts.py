"""Texts and addresses on their way into a directory: what can be stored at all, and in which spelling. Pure."""

from collections.abc import Mapping, Sequence

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.verbs import ATTRIBUTES

LONGEST_TEXT = 4_000
_LONGEST_NAME = 256
_LONGEST_ADDRESS = 254
_MOST_ADDRESSES = 200
NAMING: Mapping[str, tuple[str, ...]] = {
    "user": ("login", "upn"),
    "group": ("name",),
    "ou": ("name",),
    "computer": ("name",),
    "contact": ("display_name",),
}
"""The attributes by which a file may name an object of each kind, beside its id, its DN and its address."""


def label_of(kind: str, attribute: str) -> str:
    """Return what people call an attribute; the name itself for one that is not known."""
    known = ATTRIBUTES[kind].get(attribute)
    return known.label if known else attribute


def is_storable(text: str) -> bool:
    """Say whether a text can be handed to a directory at all."""
    return "\x00" not in text and len(text) <= LONGEST_TEXT and (text.isascii() or not _has_surrogate(text))


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def printable(text: str, most: int = 200) -> str:
    """Cut a text that somebody else wrote to size, with a mark for every character that cannot be printed."""
    return "".join(letter if letter.isprintable() else "�" for letter in text[:most])


def checked_text(kind: str, attribute: str, value: object) -> str | None:
    """Return a text without spaces around it, or None when it is empty.

    Raises `RejectedError` when it is no text, too long or holds NUL.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise RejectedError(f"{label_of(kind, attribute)} must be a text.")
    if not is_storable(value):
        raise RejectedError(f"{label_of(kind, attribute)} is too long or holds characters that cannot be stored.")
    return value.strip() or None


def common_name(text: str) -> names.Rdn:
    """Return the step of a new object's name; raises `RejectedError` when it cannot be one."""
    if len(text) > _LONGEST_NAME or not is_storable(text):
        raise RejectedError("The name of the object is too long or holds characters that cannot be stored.")
    return names.common_name(text.strip())


def checked_address(text: str) -> str:
    """Return a mail address; raises `RejectedError` when it is none."""
    name, at, domain = text.strip().rpartition("@")
    fits = at and name and domain and is_storable(text) and len(text) <= _LONGEST_ADDRESS
    if not fits or any(
        letter.isspace() or not letter.isprintable() or letter in '@<>,;"()' for letter in name + domain
    ):
        raise RejectedError("This is not a mail address such as a.jansen@example.org.")
    return text.strip()


def wanted_addresses(mail: str | None, given: Sequence[str], old: Sequence[str], remove: Sequence[str]) -> list[str]:
    """Return all addresses of a person after a change, the primary one first: none is lost but those in ``remove``.

    Raises `RejectedError` when one is no address, when the primary one is to be removed, and when there are too many.
    """
    gone = {key(address.strip()) for address in remove}
    if mail and key(mail) in gone:
        raise RejectedError("The primary address cannot be removed.")
    asked = [*([mail] if mail else []), *(checked_address(address) for address in given)]
    unique: dict[str, str] = {}
    for address in (*asked, *old):
        unique.setdefault(key(address), address)
    found = [address for known, address in unique.items() if known not in gone]
    if len(found) > _MOST_ADDRESSES:
        raise RejectedError(f"A person can have at most {_MOST_ADDRESSES} addresses.")
    return found
