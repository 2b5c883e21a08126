"""What is asked of a system: filters over its objects, questions, and pages of answers. Pure."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from connectors.spi.values import Entry, Value


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every object of the kind asked for."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Matches no object."""


@dataclass(frozen=True, slots=True)
class Under:
    """Objects below a unit at any depth, and, for ``ou``, that unit itself; ``place`` as in `Entry.place`."""

    place: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InGroup:
    """Members of the group with this id, through other groups too when ``nested``; never the group itself."""

    group: str
    nested: bool = True


@dataclass(frozen=True, slots=True)
class Ids:
    """The objects with these ids."""

    ids: frozenset[str]


Comparison: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "present", "absent"]


@dataclass(frozen=True, slots=True)
class Compare:
    """An attribute compared with a value; texts ignore case. ``present`` and ``absent`` ignore ``value``.

    ``==`` with an empty value matches nothing: empty never matches empty.  ``!=`` matches what ``==`` does not, empty
    attributes too; every other comparison with an empty side matches nothing.  ``contains`` looks for a part of a text
    or a whole element of a list.  A list is absent when it has no elements.  A date beside a moment is that day in UTC;
    whoever means a day elsewhere asks with moments.
    """

    attribute: str
    op: Comparison
    value: Value = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Matches when every part does; an empty one matches everything."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Matches when one part does; an empty one matches nothing."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Matches when its part does not."""

    part: "Filter"


Filter: TypeAlias = Everything | Nothing | Under | InGroup | Ids | Compare | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Question:
    """What to read: objects of one kind that match ``filter`` and, when given, the typed words in ``text``.

    Every word of ``text`` must start or stand inside one of the ``search`` attributes, ignoring case and accents.
    ``sort`` is an attribute, with a minus before it (``-last_logon``) for the greatest first; objects without a value
    come first, and with a minus last.  ``limit`` is the most entries wanted (at most 1,000).
    """

    kind: str
    filter: Filter
    text: str = ""
    search: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 200

    @property
    def sorting(self) -> tuple[str, bool]:
        """The attribute that is sorted by, empty for the usual one, and whether the greatest comes first."""
        return self.sort.removeprefix("-"), self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to a `Question`; ``more`` says that the limit cut it."""

    entries: tuple[Entry, ...]
    more: bool = False
