"""Verbs that move, rename and delete objects."""

import re
from collections.abc import Mapping

from connectors.directory import names
from connectors.directory.texts import checked_text, common_name
from connectors.errors import RejectedError
from connectors.ldap import filters
from connectors.ldap.changing.accounts import replace
from connectors.ldap.changing.drafting import Draft, Writer, set_to
from connectors.ldap.reading.decoding import dn_key
from connectors.ldap.reading.reader import Found
from connectors.ldap.requests import Delete, Modification, Rename
from connectors.spi import Ref

LONGEST_LOGIN = 20  # letters of sAMAccountName of a person (MS-ADTS 3.1.1.3.1.2.4, MS-SAMR)


def move(draft: Draft) -> None:
    """Move an account or a computer to another unit."""
    found, unit = draft.found(draft.kind), draft.found("ou")
    if not found.entry.ref.id:
        raise RejectedError("The object does not exist yet, so it cannot be moved.")
    if found.entry.place == unit.entry.place:
        return
    rdns = names.parse(found.entry.dn)
    refuse_taken_place(draft, unit, rdns[0])
    refuse_former(draft, f"{rdns[0].text},{unit.entry.dn}", found.entry.dn)
    here = names.printed(rdns[1:])
    draft.report("set", found.entry, "dn", found.entry.dn, f"{rdns[0].text},{unit.entry.dn}")
    request = Rename(draft.name(found), rdns[0].text, unit.entry.dn)
    back = Rename(
        draft.name(found) if draft.layout.dialect.by_guid else f"{rdns[0].text},{unit.entry.dn}", rdns[0].text, here
    )
    draft.write(request, found, back)
    old_unit = _unit_at(draft, here)
    if old_unit is not None:
        draft.undo_by(draft.operation.verb, **{draft.kind: found.entry.ref, "ou": old_unit})


def _unit_at(draft: Draft, dn: str) -> Ref | None:
    thing = next(iter(draft.reader.knowing.things((dn,)).values()), None)
    return thing.ref if thing is not None and thing.ref.kind == "ou" else None


def refuse_taken_place(draft: Draft, unit: Found, rdn: names.Rdn) -> None:
    """Raise `RejectedError` when an object of this name stands in a unit."""
    if is_taken_place(draft, unit.entry.dn, rdn):
        raise RejectedError("Another object of this name stands in the unit.")


def is_taken_place(draft: Draft, unit: str, rdn: names.Rdn) -> bool:
    """Say whether an object of this name stands in a unit."""
    return bool(unit) and draft.exists(filters.equals(draft.layout.dialect.dn, f"{rdn.text},{unit}"))


def refuse_taken_name(draft: Draft, kind: str, attribute: str, text: str, owner: str) -> None:
    """Raise `RejectedError` when another object has this login, sign-in name or group name."""
    name = draft.layout.kind(kind).texts.get(attribute)
    if name and (draft.is_taken((name,), text, owner) or _is_anothers_login(draft, attribute, text, owner)):
        raise RejectedError(f"The {_CALLED[attribute]} is already in use.")


def _is_anothers_login(draft: Draft, attribute: str, text: str, owner: str) -> bool:
    """Say whether a sign-in name is the one that Active Directory gives another account by its login (MS-ADTS 5.1.1.1.1)."""
    login, _, domain = text.rpartition("@")
    if not draft.layout.dialect.by_guid or attribute != "upn" or domain.lower() != _domain_name(draft):
        return False
    return draft.exists(filters.equals("sAMAccountName", login), owner, draft.layout.domain)


def _domain_name(draft: Draft) -> str:
    return ".".join(rdn.value.lower() for rdn in names.parse(draft.layout.domain))


def refuse_former(draft: Draft, dn: str, old: str = "") -> None:
    """Raise `RejectedError` when a group lists an object that has gone at a DN: who is called so next would be a member.

    ``old`` is where the object that gets the DN stands now. Active Directory takes who goes out of its groups itself.
    """
    if draft.layout.dialect.by_guid or dn_key(dn) == dn_key(old):
        return
    listing = filters.any_of(filters.equals(name, dn) for name in (draft.layout.dialect.member, "uniqueMember"))
    if draft.exists(listing) or draft.exists_beyond(listing):
        raise RejectedError(
            f"A group still lists a former object at this place, {dn}, so the new one would be a member at once. Choose "
            "another name, or have an administrator take the former one out of the group first."
        )


_CALLED = {"login": "login", "upn": "sign-in name", "name": "name"}


def checked_login(draft: Draft, login: str) -> str:
    """Return a login; raises `RejectedError` when this directory does not take it, or would take it for a computer's."""
    if draft.layout.dialect.by_guid and (len(login) > LONGEST_LOGIN or set(login) & set('"/\\[]:;|=,+*?<>@')):
        raise RejectedError(
            f'The login may have {LONGEST_LOGIN} characters at most, and none of " / \\ [ ] : ; | = , + * ? < > @.'
        )
    if draft.layout.dialect.by_guid and login.endswith("$"):
        raise RejectedError("The login must not end in $, as those of computers do.")
    if draft.layout.dialect.by_guid and draft.exists(
        filters.equals("sAMAccountName", f"{login}$"), within=draft.layout.domain
    ):
        raise RejectedError("The login is the name of a computer. Choose another.")
    return login


def checked_sign_in_name(draft: Draft, name: str) -> str:
    """Return a sign-in name; raises `RejectedError` when Active Directory could take it for a login."""
    if draft.layout.dialect.by_guid and not re.fullmatch(r"[^@]+@[^@]+", name):
        raise RejectedError("The sign-in name must be written as name@domain.")
    return name


def rename(draft: Draft) -> None:
    """Change the object name, login or sign-in name; what is not given stays, an empty sign-in name clears it."""
    user = draft.found("user")
    before: dict[str, str] = {}
    old = names.parse(user.entry.dn)[0] if user.entry.ref.id else names.common_name("new")
    by_login = old.pairs[0][0].lower() == (draft.layout.kind("user").texts.get("login") or "").lower()
    rdn, steps = old, list[Modification]()
    if draft.text("cn"):
        rdn = _renamed(draft, user, old, steps, before, by_login=by_login)
    for name in ("login", "upn"):
        rdn = _with_name(draft, user, name, rdn, steps, before, by_login=by_login)
    draft.modify(user, *steps)
    if rdn.text != old.text and user.entry.ref.id:
        _write_rename(draft, user, old, rdn)
    if before:
        draft.undo_by("directory.user.rename", user=user.entry.ref, **before)


def _renamed(
    draft: Draft, user: Found, old: names.Rdn, steps: list[Modification], before: dict[str, str], *, by_login: bool
) -> names.Rdn:
    """Note a new object name; where the login names the object, its common name is an attribute beside it."""
    new = common_name(draft.text("cn"))
    if not by_login:
        rdn = names.Rdn(((old.pairs[0][0], new.value),))
        if rdn.text == old.text:
            return old
        before["cn"] = old.value
        return rdn
    held = (user.row.first("cn") or b"").decode("utf-8", "replace")
    if held != new.value:
        draft.report("set", user.entry, "cn", held, new.value)
        steps += set_to(user.row, "cn", new.value.encode())
        before["cn"] = held
    return old


def _with_name(
    draft: Draft,
    user: Found,
    name: str,
    rdn: names.Rdn,
    steps: list[Modification],
    before: dict[str, str],
    *,
    by_login: bool,
) -> names.Rdn:
    attribute = draft.layout.kind("user").texts.get(name)
    new, held = checked_text("user", name, draft.given(name)), user.entry.attributes.get(name)
    if draft.given(name) is None or new == held or attribute is None:
        return rdn
    if new is None and name == "login":
        raise RejectedError("The login must not be empty.")
    if new is not None:
        checked_name = checked_login if name == "login" else checked_sign_in_name
        refuse_taken_name(draft, "user", name, checked_name(draft, new), user.entry.ref.id)
    draft.report("set", user.entry, name, held, new)
    before[name] = str(held or "")
    if name == "login" and by_login and new is not None:
        return names.Rdn(((rdn.pairs[0][0], new),))
    steps += (replace(attribute, *((new.encode(),) if new else ())),)
    return rdn


def _write_rename(draft: Draft, user: Found, old: names.Rdn, rdn: names.Rdn) -> None:
    here = names.printed(names.parse(user.entry.dn)[1:])
    if rdn.normalised != old.normalised and is_taken_place(draft, here, rdn):
        raise RejectedError("Another object of this name stands in the unit.")
    new_dn = f"{rdn.text},{here}"
    refuse_former(draft, new_dn, user.entry.dn)
    draft.report("set", user.entry, "dn", user.entry.dn, new_dn)
    name, parent = draft.name(user), here if draft.layout.dialect.by_guid else ""
    draft.write(Rename(name, rdn.text, parent), user, Rename(name if parent else new_dn, old.text, parent))


def remove(draft: Draft) -> None:
    """Delete an object; the directory takes it out of its groups and out of what it was manager or owner of."""
    found = draft.found(draft.kind)
    if not found.entry.ref.id:
        raise RejectedError("The object does not exist yet, so it cannot be deleted.")
    draft.report("delete", found.entry, "dn", found.entry.dn, None)
    draft.write(Delete(draft.name(found)), found)


VERBS: Mapping[str, Writer] = {
    "directory.user.move": move,
    "directory.user.rename": rename,
    "directory.user.delete": remove,
    "directory.group.delete": remove,
    "directory.computer.move": move,
    "directory.computer.delete": remove,
    "directory.contact.delete": remove,
}
