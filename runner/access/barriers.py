"""What stops one actor from changing accounts that hold more rights, as a test and as a search. Pure; see `holders`."""

from dataclasses import dataclass

from connectors.spi import Compare, Entry, Filter, Ids, InGroup, Nothing, Ref
from runner.access.filters import all_of, any_of, not_
from runner.access.model import is_read

_NOBODYS = ("shared", "room")  # kinds of mailbox that are not one person's
_KINDS = frozenset({"user", "mailbox"})


@dataclass(frozen=True, slots=True)
class Barrier:
    """The accounts an actor may not change, as they hold more: the members of ``groups``, and ``people``, by id."""

    groups: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()

    def stops(self, entry: Entry) -> bool:
        """Say whether an account may not be changed; of a personal mailbox, whether its owner's may not."""
        person = account_of(entry)
        return person is not None and (person in self.people or not self.groups.isdisjoint(entry.groups))

    def filter(self, kind: str) -> Filter:
        """Return the search that finds what `stops` stops among objects of a kind."""
        by_group: list[Filter] = [InGroup(group) for group in sorted(self.groups)]
        if kind == "user":
            return any_of([*by_group, Ids(self.people)] if self.people else by_group)
        if kind != "mailbox":
            return Nothing()
        owned = (Compare("owner", "==", Ref("user", id_)) for id_ in sorted(self.people))
        personal = (not_(Compare("kind", "==", kind)) for kind in _NOBODYS)
        return all_of((*personal, any_of((*by_group, *owned))))


def account_of(entry: Entry) -> str | None:
    """Return the id of the account that a change to an object is a change to, empty when unknown; None when it is none."""
    if entry.ref.kind == "user":
        return entry.ref.id
    if entry.ref.kind != "mailbox" or entry.attributes.get("kind") in _NOBODYS:
        return None
    owner = entry.attributes.get("owner")
    return owner.id if isinstance(owner, Ref) else ""


def is_guarded(permission: str, kind: str) -> bool:
    """Say whether a permission changes something that may be an account with rights."""
    return kind in _KINDS and not is_read(permission)
