"""What a row of an imported file says, in the directory's own words, before anything is compared or written. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.directory.values import FormatError


@dataclass(frozen=True, slots=True)
class Draft:
    """One object as a file describes it; what the file does not mention is missing, not empty.

    ``dn`` is its whole name; with ``cn`` given it is only where a new one would stand.  ``id`` is its stable id, ""
    when the file has none.  ``attributes`` maps neutral names to values without references.  ``links`` maps
    ``manager`` or ``owner`` to a DN, login or name.  ``members`` and ``groups`` are likewise texts; ``members`` is
    None when the file says nothing about them.  ``rid`` and ``primary_rid`` tie AD accounts to their primary group.
    """

    line: int
    kind: str
    dn: str
    id: str
    attributes: Mapping[str, object]
    links: Mapping[str, str] = field(default_factory=dict)
    members: tuple[str, ...] | None = None
    groups: tuple[str, ...] = ()
    rid: int | None = None
    primary_rid: int | None = None
    password_hash: str | None = None
    cn: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """An object of a kind the directory has no place for; ``what`` is its object class."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left out: the line it starts on (in CSV: ends on), and why."""

    line: int
    reason: str


class FileError(ValueError):
    """The file as a whole cannot be read; nothing was taken from it."""


class RowError(FormatError):
    """One row cannot be taken over; the text says why and holds no value of the file."""
