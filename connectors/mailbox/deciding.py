"""What each verb makes of a mailbox: the state after it, and what takes it back. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from connectors.errors import RejectedError
from connectors.mailbox.arguments import Arguments
from connectors.mailbox.state import MailObject
from connectors.spi import Operation, Value


@dataclass(frozen=True, slots=True)
class Edit:
    """What an operation comes to: ``after`` is None for a deletion and equal to ``before`` when nothing is to do."""

    before: MailObject
    after: MailObject | None
    undo: Operation | None = None


_Decide: TypeAlias = Callable[[MailObject, Arguments], Edit]

_NEW = {
    "mailbox.create_shared": ("mailbox", "shared"),
    "mailbox.create_room": ("mailbox", "room"),
    "mailbox.list.create": ("mail_list", "list"),
}


def is_creation(verb: str) -> bool:
    """Say whether a verb makes a new object."""
    return verb in _NEW


def blank(verb: str, new_id: str) -> MailObject:
    """Return the state before a creation: nothing but the kind and the id it will have."""
    return MailObject(new_id, *_NEW[verb])


def decide(before: MailObject, arguments: Arguments) -> Edit:
    """Work out what an operation makes of ``before``; raises `RejectedError` when it may not be."""
    edit = _DECIDE[arguments.verb.name](before, arguments)
    return edit if edit.after != before else Edit(before, before)


def _undo(arguments: Arguments, verb: str, values: Mapping[str, Value]) -> Operation:
    return Operation(arguments.operation.id, verb, values)


def _create(before: MailObject, arguments: Arguments) -> Edit:
    after = replace(
        before,
        name=arguments.name(),
        addresses=(arguments.address(),),
        owner=arguments.owner(None),
        hidden=bool(arguments.flag("hidden")),
        capacity=arguments.seats(),
    )
    verb = "mailbox.list.delete" if before.object_kind == "mail_list" else "mailbox.delete"
    return Edit(before, after, _undo(arguments, verb, {before.argument: before.ref}))


def _delete(before: MailObject, _arguments: Arguments) -> Edit:
    return Edit(before, None)


def _update(before: MailObject, arguments: Arguments) -> Edit:
    name = arguments.name() if arguments.has("name") else before.name
    hidden = arguments.flag("hidden")
    after = replace(
        before,
        name=name,
        owner=arguments.owner(before.owner),
        hidden=before.hidden if hidden is None else hidden,
        capacity=_seats(before, arguments),
    )
    old, new = _details(before), _details(after)
    changed = {attribute: value for attribute, value in old.items() if value != new[attribute]}
    return Edit(before, after, _undo(arguments, arguments.verb.name, {before.argument: before.ref, **changed}))


def _details(state: MailObject) -> dict[str, Value]:
    """Return what an update changes, as its arguments are written; an empty text is nobody, or no number of seats."""
    seats = "" if state.capacity is None else state.capacity
    return {"name": state.name, "owner": state.owner or "", "hidden": state.hidden, "capacity": seats}


def _seats(before: MailObject, arguments: Arguments) -> int | None:
    """Return the seats after an update; only a room has any."""
    if not arguments.has("capacity"):
        return before.capacity
    if before.id and before.kind != "room":
        raise RejectedError("Only a room has seats.")
    return arguments.seats()


def _grant(before: MailObject, arguments: Arguments) -> Edit:
    person = arguments.person("user")
    new = {(right, person) for right in arguments.rights()} - before.rights
    wanted = arguments.flag("auto_map")
    gains_access = ("full_access", person) in new
    rights = before.rights | new
    mapped = before.auto_mapped
    if gains_access or (wanted is not None and "full_access" in arguments.rights()):
        mapped = mapped - {person} if wanted is False else mapped | {person}
    after = replace(before, rights=rights, auto_mapped=mapped)
    values: dict[str, Value] = {"mailbox": before.ref, "user": person, "rights": sorted(right for right, _ in new)}
    if mapped == before.auto_mapped or gains_access:
        return Edit(before, after, _undo(arguments, "mailbox.revoke", values))
    was_mapped = person in before.auto_mapped
    if new:
        return Edit(before, after, _undo(arguments, "mailbox.revoke", {**values, "auto_map": was_mapped}))
    values |= {"rights": ["full_access"], "auto_map": was_mapped}
    return Edit(before, after, _undo(arguments, "mailbox.grant", values))


def _revoke(before: MailObject, arguments: Arguments) -> Edit:
    person = arguments.person("user")
    lost = {(right, person) for right in arguments.rights()} & before.rights
    rights = before.rights - lost
    mapped, wanted = before.auto_mapped, arguments.flag("auto_map")
    if ("full_access", person) not in rights or wanted is False:
        mapped -= {person}
    elif wanted:
        mapped |= {person}
    after = replace(before, rights=rights, auto_mapped=mapped)
    again = {right for right, _ in lost}
    values: dict[str, Value] = {"mailbox": before.ref, "user": person}
    if "full_access" in again or mapped != before.auto_mapped:
        again.add("full_access")
        values["auto_map"] = person in before.auto_mapped
    return Edit(before, after, _undo(arguments, "mailbox.grant", {**values, "rights": sorted(again)}))


def _hide(before: MailObject, arguments: Arguments) -> Edit:
    return Edit(before, replace(before, hidden=True), _undo(arguments, "mailbox.show", {"mailbox": before.ref}))


def _show(before: MailObject, arguments: Arguments) -> Edit:
    return Edit(before, replace(before, hidden=False), _undo(arguments, "mailbox.hide", {"mailbox": before.ref}))


def _set_auto_reply(before: MailObject, arguments: Arguments) -> Edit:
    message = arguments.message()
    until = arguments.day("until") if message else None
    old: dict[str, Value] = {
        "mailbox": before.ref,
        "message": before.auto_reply or "",
        "until": before.auto_reply_until,
    }
    return Edit(
        before,
        replace(before, auto_reply=message, auto_reply_until=until),
        _undo(arguments, "mailbox.set_auto_reply", old),
    )


def _add_address(before: MailObject, arguments: Arguments) -> Edit:
    address = arguments.address()
    if before.spelling_of(address):
        return Edit(before, before)
    after = before.with_addresses(before.primary or address, frozenset(before.addresses) | {address})
    return Edit(before, after, _undo(arguments, "mailbox.remove_address", {"mailbox": before.ref, "address": address}))


def _remove_address(before: MailObject, arguments: Arguments) -> Edit:
    address = before.spelling_of(arguments.address())
    if address is None:
        return Edit(before, before)
    if address == before.primary:
        raise RejectedError("The primary address cannot be removed; make another address the primary one first.")
    after = before.with_addresses(before.primary, frozenset(before.addresses) - {address})
    return Edit(before, after, _undo(arguments, "mailbox.add_address", {"mailbox": before.ref, "address": address}))


def _set_primary_address(before: MailObject, arguments: Arguments) -> Edit:
    address = before.spelling_of(arguments.address())
    if address is None and before.id:
        raise RejectedError("Only an address the mailbox already has can be its primary one; add it first.")
    after = before.with_addresses(address or arguments.address(), frozenset(before.addresses))
    old: dict[str, Value] = {"mailbox": before.ref, "address": before.primary}
    return Edit(before, after, _undo(arguments, "mailbox.set_primary_address", old))


def _set_archive(before: MailObject, arguments: Arguments) -> Edit:
    old: dict[str, Value] = {"mailbox": before.ref, "on": before.archive}
    return Edit(
        before, replace(before, archive=bool(arguments.flag("on"))), _undo(arguments, "mailbox.set_archive", old)
    )


_DECIDE: Mapping[str, _Decide] = {
    "mailbox.create_shared": _create,
    "mailbox.create_room": _create,
    "mailbox.list.create": _create,
    "mailbox.delete": _delete,
    "mailbox.list.delete": _delete,
    "mailbox.update": _update,
    "mailbox.list.update": _update,
    "mailbox.grant": _grant,
    "mailbox.revoke": _revoke,
    "mailbox.hide": _hide,
    "mailbox.show": _show,
    "mailbox.set_auto_reply": _set_auto_reply,
    "mailbox.add_address": _add_address,
    "mailbox.remove_address": _remove_address,
    "mailbox.set_primary_address": _set_primary_address,
    "mailbox.set_archive": _set_archive,
}
