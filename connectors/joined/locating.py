"""Find an object among several directories by what somebody wrote: never one of two. Reads only."""

from collections.abc import Sequence
from typing import TypeAlias

from connectors.errors import RejectedError
from connectors.joined.parts import Part
from connectors.spi import AllOf, Ids, Question, Ref, Under

Found: TypeAlias = tuple[Part, Ref]
"""The directory, and the object as it is known there."""


def located(parts: Sequence[Part], text: str, kind: str) -> Found | None:
    """Return the object; None when there is none, or one in each of several directories.

    Behind the name of a directory and a tilde stands what is meant there, an id above all.  A DN is looked for in the
    directory whose base it is below, and nowhere else.
    """
    part, wanted = addressed(parts, text.strip())
    part = part or _home(parts, wanted)
    asked = [one for one in ([part] if part else parts) if kind in one.connector.kinds]
    found = [(one, ref) for one in asked if (ref := _there(one, wanted, kind)) is not None]
    return found[0] if len(found) == 1 else None


def addressed(parts: Sequence[Part], text: str) -> tuple[Part | None, str]:
    """Return the directory whose name stands before a text, None when there is none, and the text without it. Pure."""
    for part in parts:
        if text.startswith(part.prefix):
            return part, text.removeprefix(part.prefix)
    return None, text


def place_in(parts: Sequence[Part], text: str) -> tuple[str, ...]:
    """Return the place that a DN stands for; raises `RejectedError` when it is below none of the bases. Pure."""
    part, wanted = addressed(parts, text.strip())
    for one in [part] if part else parts:
        place = one.connector.place_of(wanted)
        if one.holds(place):
            return place
    raise RejectedError("This unit stands in none of the directories: it is not below their bases.")


def _home(parts: Sequence[Part], text: str) -> Part | None:
    """Return the directory a DN points into, None for what is no DN or points into none of them. Pure."""
    for part in parts if "=" in text else ():
        try:
            if part.holds(part.connector.place_of(text)):
                return part
        except RejectedError:
            continue
    return None


def _there(part: Part, text: str, kind: str) -> Ref | None:
    """Return what is called so in a directory and stands below its base."""
    with part.asked() as connector:
        ref = connector.locate(text, kind)
        if ref is None:
            return None
        inside = AllOf((Under(part.base), Ids(frozenset({ref.id}))))
        return ref if connector.read(Question(kind, inside, limit=1)).entries else None
