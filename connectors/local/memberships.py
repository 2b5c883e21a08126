"""Verbs about who is in which group. A loop of groups is allowed, a group directly in itself is not."""

from collections.abc import Callable, Sequence

from sqlalchemy import and_, delete, insert

from connectors.directory.member_verbs import member_verbs
from connectors.errors import RejectedError
from connectors.local.drafting import Draft
from connectors.local.tables import members
from connectors.spi import Entry, Ref


def join_groups(draft: Draft) -> None:
    """Add a person to groups; where they are a member nothing changes."""
    user, groups = draft.entry("user"), draft.entries(draft.given("groups"))
    new = [group for group in groups if not _is_in(user, group)]
    for group in new:
        draft.report("add", user, "groups", None, group.ref)
        _add(draft, group, user)
    if new:
        draft.undo_by("directory.user.leave_groups", user=user.ref, groups=_refs(new))


def leave_groups(draft: Draft) -> None:
    """Remove a person from groups, but those in ``keep``; where they are no member nothing changes."""
    user, kept = draft.entry("user"), {group.ref for group in draft.entries(draft.given("keep"))}
    groups = [group for group in draft.entries(draft.given("groups")) if group.ref not in kept and _is_in(user, group)]
    for group in groups:
        draft.report("remove", user, "groups", group.ref, None)
        _remove(draft, group, user)
    if groups:
        draft.undo_by("directory.user.join_groups", user=user.ref, groups=_refs(groups))


def _change(
    draft: Draft, add: Sequence[Ref] | None, remove: Sequence[Ref] | None
) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Draft who comes into a group and who goes, and return them."""
    group, adding, removing = draft.entry("group"), draft.entries(add), draft.entries(remove)
    if {entry.ref for entry in adding if entry.ref.id} & {entry.ref for entry in removing}:
        raise RejectedError("The same member is to be added and removed.")
    added = [entry for entry in adding if not _is_in(entry, group)]
    removed = [entry for entry in removing if _is_in(entry, group)]
    for member in added:
        if member.ref == group.ref and group.ref.id:
            raise RejectedError("A group cannot be a member of itself.")
        draft.report("add", group, "members", None, member.ref)
        _add(draft, group, member)
    for member in removed:
        draft.report("remove", group, "members", member.ref, None)
        _remove(draft, group, member)
    return _refs(added), _refs(removed)


def _is_in(member: Entry, group: Entry) -> bool:
    listed = member.attributes.get("groups")
    return bool(group.ref.id) and isinstance(listed, tuple) and group.ref in listed


def _refs(entries: Sequence[Entry]) -> tuple[Ref, ...]:
    return tuple(entry.ref for entry in entries)


def _add(draft: Draft, group: Entry, member: Entry) -> None:
    draft.write(insert(members).values(group_id=group.ref.id, member_id=member.ref.id))
    _note(draft, group, member)


def _remove(draft: Draft, group: Entry, member: Entry) -> None:
    row = and_(members.c.group_id == group.ref.id, members.c.member_id == member.ref.id)
    draft.write(delete(members).where(row))
    _note(draft, group, member)


def _note(draft: Draft, group: Entry, member: Entry) -> None:
    draft.alter(group.ref.id, member.ref.id)
    draft.regrouped = draft.regrouped or member.ref.kind == "group"


VERBS: dict[str, Callable[[Draft], None]] = {
    "directory.user.join_groups": join_groups,
    "directory.user.leave_groups": leave_groups,
    **member_verbs(_change),
}
