"""Verbs that move, rename and delete objects."""

from collections.abc import Callable

from sqlalchemy import delete, select, update

from connectors.directory import names
from connectors.directory.texts import checked_text, common_name
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.drafting import Draft
from connectors.local.tables import addresses, computers, groups, members, objects, people
from connectors.spi import Entry, Ref


def move(draft: Draft) -> None:
    """Move an account or a computer to another unit."""
    entry, unit = draft.entry(draft.operation.verb.split(".")[1]), draft.entry("ou")
    here = _unit_of(draft, entry)
    if here == unit.ref.id:
        return
    rdns = names.parse(entry.dn)
    refuse_taken_place(draft, unit.ref.id, rdns[0])
    draft.report("set", entry, "dn", entry.dn, f"{rdns[0].text},{unit.dn}")
    draft.write(update(objects).where(objects.c.id == entry.ref.id).values(unit_id=unit.ref.id))
    draft.alter(entry.ref.id)
    draft.undo_by(draft.operation.verb, **{entry.ref.kind: entry.ref, "ou": Ref("ou", here)})


def _unit_of(draft: Draft, entry: Entry) -> str:
    found: str | None = draft.view.connection.scalar(select(objects.c.unit_id).where(objects.c.id == entry.ref.id))
    if found is None:
        raise RejectedError("The object does not exist yet, so it cannot be moved.")
    return found


def is_taken_place(draft: Draft, unit: str, rdn: names.Rdn) -> bool:
    """Say whether an object of this name stands in a unit."""
    there = select(objects.c.id).where(objects.c.unit_id == unit, objects.c.rdn_key == rdn.normalised)
    return draft.view.connection.scalar(there) is not None


def refuse_taken_place(draft: Draft, unit: str, rdn: names.Rdn) -> None:
    """Raise `RejectedError` when an object of this name stands in a unit."""
    if is_taken_place(draft, unit, rdn):
        raise RejectedError("Another object of this name stands in the unit.")


def refuse_taken_name(draft: Draft, kind: str, attribute: str, text: str, owner: str) -> None:
    """Raise `RejectedError` when another object has this login, sign-in name or group name."""
    table = {"user": people, "group": groups}[kind]
    there = select(table.c.id).where(table.c[f"{attribute}_key"] == key(text), table.c.id != owner)
    if draft.view.connection.scalar(there) is not None:
        label = {"login": "login", "upn": "sign-in name", "name": "name"}[attribute]
        raise RejectedError(f"The {label} is already in use.")


def rename(draft: Draft) -> None:
    """Change the object name, login or sign-in name; what is not given stays, an empty sign-in name clears it."""
    user = draft.entry("user")
    before: dict[str, str] = {}
    if draft.text("cn"):
        _rename_object(draft, user, before)
    for name in ("login", "upn"):
        new, old = checked_text("user", name, draft.given(name)), user.attributes.get(name)
        if draft.given(name) is None or new == old:
            continue
        if new is None and name == "login":
            raise RejectedError("The login must not be empty.")
        if new is not None:
            refuse_taken_name(draft, "user", name, new, user.ref.id)
        draft.report("set", user, name, old, new)
        draft.store(user, {name: new, f"{name}_key": key(new) if new else None})
        before[name] = str(old or "")
    if before:
        draft.undo_by("directory.user.rename", user=user.ref, **before)


def _rename_object(draft: Draft, user: Entry, before: dict[str, str]) -> None:
    old, new = names.parse(user.dn)[0], common_name(draft.text("cn"))
    rdn = names.Rdn(((old.pairs[0][0], new.value),))
    if rdn.text == old.text:
        return
    if rdn.normalised != old.normalised:
        refuse_taken_place(draft, _unit_of(draft, user), rdn)
    draft.report("set", user, "dn", user.dn, user.dn.replace(old.text, rdn.text, 1))
    columns = {"rdn": rdn.text, "rdn_key": rdn.normalised}
    draft.write(update(objects).where(objects.c.id == user.ref.id).values(**columns))
    draft.alter(user.ref.id)
    before["cn"] = old.value


def remove(draft: Draft) -> None:
    """Delete an object, its memberships and its addresses; whoever it was manager, owner or member of is altered."""
    entry = draft.entry(draft.operation.verb.split(".")[1])
    if not entry.ref.id:
        raise RejectedError("The object does not exist yet, so it cannot be deleted.")
    draft.report("delete", entry, "dn", entry.dn, None)
    id_ = entry.ref.id
    for related in (
        select(people.c.id).where(people.c.manager_id == id_),
        select(groups.c.id).where(groups.c.owner_id == id_),
        select(computers.c.id).where(computers.c.owner_id == id_),
        select(members.c.group_id).where(members.c.member_id == id_),
        select(members.c.member_id).where(members.c.group_id == id_),
    ):
        grown = {"version": objects.c.version + 1, "changed": draft.view.moment.now}
        draft.write(update(objects).where(objects.c.id.in_(related)).values(**grown))
    draft.write(delete(addresses).where(addresses.c.object_id == id_))
    draft.write(delete(objects).where(objects.c.id == id_))
    draft.regrouped = entry.ref.kind == "group" or draft.regrouped


VERBS: dict[str, Callable[[Draft], None]] = {
    "directory.user.move": move,
    "directory.user.rename": rename,
    "directory.user.delete": remove,
    "directory.group.delete": remove,
    "directory.computer.move": move,
    "directory.computer.delete": remove,
    "directory.contact.delete": remove,
}
