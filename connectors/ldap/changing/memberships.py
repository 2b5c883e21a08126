"""Verbs about who is in which group. A loop of groups is allowed, a group directly in itself is not."""

from collections.abc import Iterable, Mapping, Sequence

from connectors.directory.member_verbs import member_verbs
from connectors.errors import RejectedError
from connectors.ldap.changing.drafting import Draft, Writer
from connectors.ldap.reading.decoding import members
from connectors.ldap.reading.reader import Found
from connectors.ldap.requests import Modification
from connectors.spi import Ref


def join_groups(draft: Draft) -> None:
    """Add a person to groups; where they are a member nothing changes."""
    user, groups = draft.found("user"), draft.all_found(draft.given("groups"))
    new = [group for group in groups if not _is_in(user, group) and not _is_primary(user, group)]
    for group in new:
        draft.report("add", user.entry, "groups", None, group.entry.ref)
        write_members(draft, group, [user], [])
    if new:
        draft.undo_by("directory.user.leave_groups", user=user.entry.ref, groups=_refs(new))


def leave_groups(draft: Draft) -> None:
    """Remove a person from groups, but those in ``keep``; where they are no member nothing changes."""
    user, kept = draft.found("user"), {found.entry.ref for found in draft.all_found(draft.given("keep"))}
    asked = draft.all_found(draft.given("groups"))
    groups = [group for group in asked if group.entry.ref not in kept and _is_in(user, group)]
    for group in groups:
        draft.report("remove", user.entry, "groups", group.entry.ref, None)
        write_members(draft, group, [], [user])
    if groups:
        draft.undo_by("directory.user.join_groups", user=user.entry.ref, groups=_refs(groups))


def _change(
    draft: Draft, add: Sequence[Ref] | None, remove: Sequence[Ref] | None
) -> tuple[tuple[Ref, ...], tuple[Ref, ...]]:
    """Draft who comes into a group and who goes, and return them."""
    group, adding, removing = draft.found("group"), draft.all_found(add), draft.all_found(remove)
    if {one.entry.ref for one in adding if one.entry.ref.id} & {one.entry.ref for one in removing}:
        raise RejectedError("The same member is to be added and removed.")
    added = [member for member in adding if not _is_in(member, group) and not _is_primary(member, group)]
    removed = [member for member in removing if _is_in(member, group)]
    for member in added:
        if member.entry.ref == group.entry.ref and group.entry.ref.id:
            raise RejectedError("A group cannot be a member of itself.")
        draft.report("add", group.entry, "members", None, member.entry.ref)
    for member in removed:
        draft.report("remove", group.entry, "members", member.entry.ref, None)
    write_members(draft, group, added, removed)
    return _refs(added), _refs(removed)


def write_members(draft: Draft, group: Found, added: Sequence[Found], removed: Sequence[Found]) -> None:
    """Change the members of one group in one request; who stands for nobody in an empty one comes and goes with them."""
    if not group.entry.ref.id or not (added or removed) or any(not one.entry.ref.id for one in (*added, *removed)):
        return
    dialect, name = draft.layout.dialect, draft.layout.dialect.member
    steps = [_step("add", name, (draft.name(one) for one in added))] if added else []
    steps += [_step("delete", name, (draft.name(one) for one in removed))] if removed else []
    if dialect.placeholder:
        steps = [*_with_somebody(draft, group, added, removed), *steps]
    draft.modify(group, *steps)


def _with_somebody(draft: Draft, group: Found, added: Sequence[Found], removed: Sequence[Found]) -> list[Modification]:
    given = len(group.row.values.get(draft.layout.dialect.member.lower(), ()))
    real = len(members(draft.layout, group.row))
    name, nobody = draft.layout.dialect.member, draft.layout.placeholder
    left = real + len(added) - len(removed)
    if left == 0 and given == real:
        return [_step("add", name, (nobody,))]
    if left > 0 and given > real:
        known = frozenset(members(draft.layout, group.row))
        held = (value for value in group.row.values[name.lower()] if value.decode("utf-8", "replace") not in known)
        return [Modification("delete", name, tuple(held))]
    return []


def _step(kind: str, name: str, dns: Iterable[str]) -> Modification:
    return Modification("add" if kind == "add" else "delete", name, tuple(dn.encode() for dn in dns))


def _is_in(member: Found, group: Found) -> bool:
    listed = member.entry.attributes.get("groups")
    return bool(group.entry.ref.id) and isinstance(listed, tuple) and group.entry.ref in listed


def _is_primary(member: Found, group: Found) -> bool:
    """Say whether a group is somebody's primary one in AD, which is a membership too and cannot be changed here."""
    rid, sid = member.row.first("primaryGroupID"), group.row.first("objectSid")
    return rid is not None and sid is not None and sid[-4:] == int(rid).to_bytes(4, "little")


def _refs(found: Sequence[Found]) -> tuple[Ref, ...]:
    return tuple(one.entry.ref for one in found)


VERBS: Mapping[str, Writer] = {
    "directory.user.join_groups": join_groups,
    "directory.user.leave_groups": leave_groups,
    **member_verbs(_change),
}
