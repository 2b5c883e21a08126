"""The three verbs about the members of a group, over the one change they all are. Pure but for the change."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

from connectors.spi import Ref, Value

_Refs: TypeAlias = tuple[Ref, ...]


class MembersDraft(Protocol):
    """What is used of a draft."""

    def given(self, name: str) -> Any:
        """Return an argument, or None."""
        ...

    def undo_by(self, verb: str, **arguments: Value) -> None:
        """Say which operation takes this back."""
        ...


Drafted = TypeVar("Drafted", bound=MembersDraft)
ChangeMembers: TypeAlias = Callable[[Drafted, Sequence[Ref] | None, Sequence[Ref] | None], tuple[_Refs, _Refs]]
"""Drafts who comes into the draft's group and who goes; returns those of them whose membership really changes."""


def member_verbs(change: ChangeMembers[Drafted]) -> Mapping[str, Callable[[Drafted], None]]:
    """Return the verbs by full name; each drafts its change and says what takes it back."""

    def add_members(draft: Drafted) -> None:
        added, _ = change(draft, draft.given("members"), None)
        if added:
            draft.undo_by("directory.group.remove_members", group=draft.given("group"), members=added)

    def remove_members(draft: Drafted) -> None:
        _, removed = change(draft, None, draft.given("members"))
        if removed:
            draft.undo_by("directory.group.add_members", group=draft.given("group"), members=removed)

    def change_members(draft: Drafted) -> None:
        added, removed = change(draft, draft.given("add"), draft.given("remove"))
        if added or removed:
            draft.undo_by("directory.group.change_members", group=draft.given("group"), add=removed, remove=added)

    return {
        "directory.group.add_members": add_members,
        "directory.group.remove_members": remove_members,
        "directory.group.change_members": change_members,
    }
