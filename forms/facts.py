"""Facts: what was read from target systems, as a value, and how pure code says which it still lacks.

Pure code looks facts up; what is missing is raised as `MissingFacts` with the questions to ask.  The runner reads the
answers, adds them and calls again, so that the same input always gives the same result and no pure module reads.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from connectors.spi import Entry, Ref

Item = TypeVar("Item")
Result = TypeVar("Result")
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "user": ("login", "mail", "display_name"),
    "group": ("name", "mail"),
    "ou": ("name",),
    "computer": ("name",),
    "mailbox": ("address", "name"),
    "mail_list": ("address", "name"),
}
"""The attributes by which a person may write an object of each kind down; the one with the fewest namesakes first."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search on behalf of the actor: a picker's, or a named lookup with its arguments bound.

    What it gives is always cut down to what the actor may read.  ``arguments`` is sorted by name.  ``ids`` asks only
    whether these objects are in the result, which is how an answer is checked; None asks for all.  ``member_of`` asks for
    the direct members of a group only.  ``name`` asks only for objects that are called exactly so, ignoring case: by
    login, mail address, name or id (`NAMED_BY`).
    """

    kind: str
    lookup: str | None = None
    within: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    arguments: tuple[tuple[str, Hashable], ...] = ()
    text: str = ""
    ids: frozenset[str] | None = None
    member_of: Ref | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class TakenCall:
    """Asks whether a text is already used as ``connector.object.attribute`` (``directory.user.login``)."""

    where: str
    text: str


class MissingFacts(Exception):  # noqa: N818 - a signal to read more, not an error
    """Facts are needed before this can be worked out; nothing was decided. Not an error a person sees."""

    def __init__(
        self,
        *,
        refs: frozenset[Ref] = frozenset(),
        names: frozenset[tuple[str, str]] = frozenset(),
        searches: frozenset[Search] = frozenset(),
        taken: frozenset[TakenCall] = frozenset(),
    ) -> None:
        super().__init__("facts are missing")
        self.refs, self.names, self.searches, self.taken = refs, names, searches, taken


def for_each(items: Iterable[Item], work: Callable[[Item], Result]) -> list[Result]:
    """Do the same for every item; raises `MissingFacts` once, with what is lacking for all of them."""
    results: list[Result] = []
    missing: list[MissingFacts] = []
    for item in items:
        try:
            results.append(work(item))
        except MissingFacts as one:
            missing.append(one)
    if missing:
        raise MissingFacts(
            refs=frozenset[Ref]().union(*(one.refs for one in missing)),
            names=frozenset[tuple[str, str]]().union(*(one.names for one in missing)),
            searches=frozenset[Search]().union(*(one.searches for one in missing)),
            taken=frozenset[TakenCall]().union(*(one.taken for one in missing)),
        )
    return results


@dataclass(frozen=True, slots=True)
class Rows:
    """What a search gave: the entries the actor may see, and whether there were more than could be shown."""

    entries: tuple[Entry, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything read so far. An object that does not exist, or that the actor may not see, is None."""

    entries: Mapping[Ref, Entry | None] = field(default_factory=dict)
    names: Mapping[tuple[str, str], Entry | None] = field(default_factory=dict)  # (kind, name in a file)
    searches: Mapping[Search, Rows] = field(default_factory=dict)
    taken: Mapping[TakenCall, bool] = field(default_factory=dict)

    def entry(self, ref: Ref) -> Entry | None:
        """Return the object; raises `MissingFacts` when it has not been read."""
        if ref not in self.entries:
            raise MissingFacts(refs=frozenset({ref}))
        return self.entries[ref]

    def existing(self, refs: Iterable[Ref]) -> list[Entry]:
        """Return those of the objects that exist; raises `MissingFacts` once for all that have not been read."""
        wanted = list(refs)
        missing = frozenset(ref for ref in wanted if ref not in self.entries)
        if missing:
            raise MissingFacts(refs=missing)
        return [entry for ref in wanted if (entry := self.entries[ref]) is not None]

    def named(self, kind: str, name: str) -> Entry | None:
        """Return the object an author names in a file; raises `MissingFacts` when it has not been looked for."""
        if (kind, name) not in self.names:
            raise MissingFacts(names=frozenset({(kind, name)}))
        return self.names[kind, name]

    def rows(self, call: Search) -> Rows:
        """Return what a search gave; raises `MissingFacts` when it has not been asked."""
        if call not in self.searches:
            raise MissingFacts(searches=frozenset({call}))
        return self.searches[call]

    def is_taken(self, call: TakenCall) -> bool:
        """Say whether a text is in use; raises `MissingFacts` when it has not been asked."""
        if call not in self.taken:
            raise MissingFacts(taken=frozenset({call}))
        return self.taken[call]

    def add(
        self,
        entries: Mapping[Ref, Entry | None],
        names: Mapping[tuple[str, str], Entry | None] | None = None,
        searches: Mapping[Search, Rows] | None = None,
        taken: Mapping[TakenCall, bool] | None = None,
    ) -> "Facts":
        """Return these facts with more of them."""
        return replace(
            self,
            entries={**self.entries, **entries},
            names={**self.names, **(names or {})},
            searches={**self.searches, **(searches or {})},
            taken={**self.taken, **(taken or {})},
        )
