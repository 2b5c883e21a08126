"""Verbs that change attributes: only what differs is written, and only what the table of attributes allows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert

from connectors.directory.texts import checked_address, checked_text, label_of, wanted_addresses
from connectors.errors import RejectedError
from connectors.folding import key
from connectors.local.drafting import Draft, refuse_taken_addresses
from connectors.local.records import REFERENCES, STATES, checked_state, text_columns
from connectors.local.tables import TEXTS, addresses
from connectors.spi import Entry, Value
from connectors.verbs import ATTRIBUTES


def settable_values(draft: Draft, kind: str, asked: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values to set, cleaned; raises `RejectedError` for an attribute that no update may set."""
    return {name: _clean(draft, kind, name, value) for name, value in asked.items() if _may_set(kind, name)}


def _may_set(kind: str, name: str) -> bool:
    known = ATTRIBUTES[kind].get(name)
    if known is None or not known.settable:
        raise RejectedError(f"“{label_of(kind, name)[:100]}” cannot be set in this way.")
    return True


def _clean(draft: Draft, kind: str, name: str, value: Any) -> Value:
    if name in REFERENCES:
        draft.existing(value, ATTRIBUTES[kind][name].type, label_of(kind, name))
        return None if value is None else value
    if name in STATES[kind]:
        return checked_state(kind, name, value)  # type: ignore[return-value]
    text = checked_text(kind, name, value)
    return checked_address(text) if text and name == "mail" else text


def columns_of(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns for cleaned values of attributes."""
    columns: dict[str, Any] = dict(text_columns(kind, values))
    for name, value in values.items():
        if name in REFERENCES:
            columns[REFERENCES[name]] = None if value is None else value.id
        elif name not in TEXTS[kind]:
            columns[name] = value
    return columns


def update_attributes(draft: Draft) -> None:
    """Change attributes of a person, group or contact."""
    kind = draft.operation.verb.split(".")[1]
    entry = draft.entry(kind)
    _set(draft, entry, settable_values(draft, kind, draft.given("set")))


def set_owner(draft: Draft) -> None:
    """Say who answers for a group."""
    group, owner = draft.entry("group"), draft.entry("owner")
    before = group.attributes.get("owner")
    if before != owner.ref:
        draft.report("set", group, "owner", before, owner.ref)
        draft.store(group, {"owner_id": owner.ref.id})
        if before is not None:
            draft.undo_by("directory.group.set_owner", group=group.ref, owner=before)


def _set(draft: Draft, entry: Entry, values: Mapping[str, Value]) -> None:
    new = {name: value for name, value in values.items() if (entry.attributes.get(name) or None) != (value or None)}
    before = {name: entry.attributes.get(name) for name in new}
    for name, value in new.items():
        draft.report("set", entry, name, before[name], value)
    if "mail" in new:
        mail = new["mail"]
        replace_addresses(draft, entry, [mail] if isinstance(mail, str) else [])
    draft.store(entry, columns_of(entry.ref.kind, new))
    if new:
        arguments: dict[str, Value] = {entry.ref.kind: entry.ref, "set": before}
        draft.undo_by(draft.operation.verb, **arguments)


def replace_addresses(draft: Draft, entry: Entry, wanted: Sequence[str]) -> None:
    """Give an object exactly these addresses; raises `RejectedError` when one belongs to another object."""
    refuse_taken_addresses(draft.view, wanted, entry.ref.id)
    draft.write(delete(addresses).where(addresses.c.object_id == entry.ref.id))
    add_addresses(draft, entry.ref.id, wanted)


def add_addresses(draft: Draft, owner: str, wanted: Sequence[str]) -> None:
    """Store addresses of an object in this order."""
    for position, address in enumerate(wanted):
        row = {"address_key": key(address), "address": address, "object_id": owner, "position": position}
        draft.write(insert(addresses).values(**row))


def set_addresses(draft: Draft) -> None:
    """Set mail and further addresses together; those not named are kept, but those in ``remove``.

    An empty text for mail clears it (that is how the first one is taken back); leaving it out is refused.
    """
    user = draft.entry("user")
    if draft.given("mail") is None:
        raise RejectedError("The mail address is missing.")
    mail = checked_address(draft.text("mail")) if draft.text("mail") else None
    old_mail, listed = user.attributes.get("mail"), user.attributes.get("addresses")
    old = [str(address) for address in listed] if isinstance(listed, tuple) else []
    wanted = wanted_addresses(mail, draft.given("addresses") or (), old, draft.given("remove") or ())
    if mail == old_mail and wanted == old:
        return
    if mail != old_mail:
        draft.report("set", user, "mail", old_mail, mail)
    if wanted != old:
        draft.report("set", user, "addresses", tuple(old), tuple(wanted))
    replace_addresses(draft, user, wanted)
    draft.store(user, {"mail": mail, "mail_key": key(mail) if mail else None})
    new = tuple(address for address in wanted if key(address) not in {key(known) for known in old})
    draft.undo_by(
        "directory.user.set_addresses", user=user.ref, mail=str(old_mail or ""), addresses=tuple(old), remove=new
    )


VERBS: dict[str, Callable[[Draft], None]] = {
    "directory.user.update": update_attributes,
    "directory.user.set_addresses": set_addresses,
    "directory.group.update": update_attributes,
    "directory.group.set_owner": set_owner,
    "directory.contact.update": update_attributes,
}
