"""The directories that are joined: their names, their connectors, and the bases below which each one reaches. Pure.

No base stands in another one, so that a place belongs to one directory and no scope reaches into two by one unit.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

from connectors.errors import PartUnavailableError, RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Connector

MARK = "~"
"""Stands between the name of a directory and what something is there: its id, its name, its DN."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the directories: its name in ids, its connector, and its base as a place."""

    name: str
    connector: Connector
    base: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What all ids in it begin with."""
        return self.name + MARK

    def holds(self, place: tuple[str, ...]) -> bool:
        """Say whether a place is the base or stands below it."""
        return place[: len(self.base)] == self.base

    @contextmanager
    def asked(self) -> Iterator[Connector]:
        """Give its connector; an error that says nothing of what was asked names the directory when it comes out."""
        try:
            yield self.connector
        except UnavailableError as error:
            raise PartUnavailableError(f"Directory “{self.name}”: {error}") from error
        except UnknownOutcomeError as error:
            raise UnknownOutcomeError(f"Directory “{self.name}”: {error}") from error


def parts_of(directories: Mapping[str, tuple[Connector, str]]) -> tuple[Part, ...]:
    """Return the directories, in the order of their ids; each is given as its connector and the DN of its base.

    Raises `RejectedError` for a name that cannot stand in ids, a base that is none, and bases that overlap.
    """
    if not directories:
        raise RejectedError("There is no directory to join: each needs a table of its own below “of”.")
    parts = tuple(sorted((_part(name, *given) for name, given in directories.items()), key=lambda part: part.prefix))
    for one, other in combinations(parts, 2):
        if one.holds(other.base) or other.holds(one.base):
            raise RejectedError(
                f"The bases of the directories “{one.name}” and “{other.name}” overlap: {directories[one.name][1]} and "
                f"{directories[other.name][1]}. A unit must stand in one of them only."
            )
    if len({part.connector.name for part in parts}) > 1:
        names = ", ".join(f"{part.name} ({part.connector.name})" for part in parts)
        raise RejectedError(f"Only connectors of one kind of system can be joined, and these differ: {names}.")
    return parts


def _part(name: str, connector: Connector, base: str) -> Part:
    if not _NAME.fullmatch(name):
        raise RejectedError(
            f"“{name}” cannot be the name of a directory: it has small letters, digits and hyphens, begins with a letter "
            "and is no longer than 31."
        )
    try:
        place = connector.place_of(base)
    except RejectedError as error:
        raise RejectedError(f"The base of the directory “{name}” cannot be used: {error}") from error
    if not place:
        raise RejectedError(f"The base of the directory “{name}” is no unit.")
    return Part(name, connector, place)
