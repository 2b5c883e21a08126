"""Verbs that change attributes: only what differs is written, and only what the tables of attributes allow."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from connectors.directory.photos import called, check_photo
from connectors.directory.texts import checked_address, checked_text, label_of, wanted_addresses
from connectors.errors import RejectedError
from connectors.ldap.changing.accounts import replace
from connectors.ldap.changing.drafting import Draft, Writer, photo_file, set_to
from connectors.ldap.layout import CustomAttribute
from connectors.ldap.reading.reader import Found, Reader
from connectors.ldap.requests import Modification, Search
from connectors.spi import Content, File, Ref, Value
from connectors.verbs import ATTRIBUTES

CUSTOM = "custom."


def settable_values(draft: Draft, kind: str, asked: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values to set, cleaned.

    Raises `RejectedError` for an attribute that no update may set, and for one that this directory has no place for.
    """
    return {name: _clean(draft, kind, name, value) for name, value in asked.items()}


def _clean(draft: Draft, kind: str, name: str, value: Any) -> Value:
    if name.startswith(CUSTOM):
        return _clean_custom(custom(draft, kind, name), value)
    known = ATTRIBUTES[kind].get(name)
    if known is None or not known.settable:
        raise RejectedError(f"“{label_of(kind, name)[:100]}” cannot be set in this way.")
    attribute_for(draft, kind, name)
    if name in draft.layout.kind(kind).links:
        if value is not None:
            draft.seen(value, known.type, known.label)
        return None if value is None else value
    text = checked_text(kind, name, value)
    return checked_address(text) if text and name == "mail" else text


def attribute_for(draft: Draft, kind: str, name: str) -> str:
    """Return the attribute that holds a neutral one; raises `RejectedError` when this directory has no place for it."""
    looks = draft.layout.kind(kind)
    found = looks.texts.get(name) or looks.links.get(name)
    if not found:
        raise RejectedError(
            f"{draft.layout.dialect.title} has no place for “{label_of(kind, name)}” of a {kind}. "
            f"Name one in the settings: attributes.{kind}.{name}."
        )
    return found


def custom(draft: Draft, kind: str, name: str) -> CustomAttribute:
    """Return the further attribute called ``custom.<name>``; raises `RejectedError` when forms may not set it."""
    found = draft.layout.custom.get(name.removeprefix(CUSTOM)) if kind == "user" else None
    if found is None or not found.settable:
        raise RejectedError(f"“{name[:100]}” cannot be set in this way.")
    return found


def _clean_custom(attribute: CustomAttribute, value: Any) -> Value:
    if value is None:
        return None
    wanted: Mapping[str, tuple[type, ...]] = {
        "text": (str,),
        "bool": (bool,),
        "date": (date,),
        "number": (int, Decimal),
    }
    fits = isinstance(value, wanted[attribute.type]) and isinstance(value, bool) == (attribute.type == "bool")
    if not fits or isinstance(value, datetime):
        raise RejectedError(f"“{attribute.label}” must be a {attribute.type}.")
    return checked_text("user", attribute.name, value) if attribute.type == "text" else value


def written(value: Value) -> bytes:
    """Return a value as a directory writes it. Pure."""
    if isinstance(value, bool):
        return b"TRUE" if value else b"FALSE"
    return str(value).encode()


# --- verbs ----------------------------------------------------------------------------------------------------------


def update_attributes(draft: Draft) -> None:
    """Change attributes of a person, group or contact."""
    found = draft.found(draft.kind)
    values = settable_values(draft, draft.kind, draft.given("set"))
    new = {name: value for name, value in values.items() if _before(found, name) != (value or None)}
    before = {name: _before(found, name) for name in new}
    steps: list[Modification] = []
    for name, value in new.items():
        draft.report("set", found.entry, name, before[name], value)
        if name == "mail" and isinstance(value, str):
            refuse_taken_addresses(draft, [value], found.entry.ref.id)
        steps += _steps(draft, found, name, value)
    draft.modify(found, *steps)
    if new:
        arguments: dict[str, Value] = {draft.kind: found.entry.ref, "set": before}
        draft.undo_by(draft.operation.verb, **arguments)


def _before(found: Found, name: str) -> Value:
    attributes = found.entry.attributes
    if name.startswith(CUSTOM):
        given = attributes.get("custom")
        return given.get(name.removeprefix(CUSTOM)) if isinstance(given, Mapping) else None
    return attributes.get(name) or None


def _steps(draft: Draft, found: Found, name: str, value: Value) -> tuple[Modification, ...]:
    if name.startswith(CUSTOM):
        attribute = draft.layout.custom[name.removeprefix(CUSTOM)].attribute
        return set_to(found.row, attribute, None if value is None else written(value))
    kind = draft.kind
    attribute = attribute_for(draft, kind, name)
    if attribute in draft.layout.kind(kind).links.values():
        if value is None:
            return (replace(attribute),)
        seen = draft.seen(value, ATTRIBUTES[kind][name].type, label_of(kind, name))
        return (replace(attribute, draft.link(found.entry.ref, name, seen)),)
    if value is None and name == "last_name" and not draft.layout.dialect.by_guid:
        raise RejectedError("In this directory the last name must not be empty.")
    return set_to(found.row, attribute, None if value is None else written(value))


def set_owner(draft: Draft) -> None:
    """Say who answers for a group."""
    group, owner = draft.found("group"), draft.found("owner")
    before = group.entry.attributes.get("owner")
    if before == owner.entry.ref:
        return
    draft.report("set", group.entry, "owner", before, owner.entry.ref)
    if owner.entry.ref.id:
        link = draft.link(group.entry.ref, "owner", owner)
        draft.modify(group, replace(attribute_for(draft, "group", "owner"), link))
    if isinstance(before, Ref):
        draft.undo_by("directory.group.set_owner", group=group.entry.ref, owner=before)


# --- addresses ------------------------------------------------------------------------------------------------------


def refuse_taken_addresses(draft: Draft, addresses: list[str], owner: str) -> None:
    """Raise `RejectedError` when one of these addresses belongs to another object."""
    extra = draft.layout.kind("user").addresses
    for address in addresses:
        taken = draft.is_taken(("mail",), address, owner)
        if extra and extra != "mail":
            taken = taken or draft.is_taken((extra,), f"smtp:{address}", owner)
        if taken:
            raise RejectedError("The mail address is already in use.")


def set_addresses(draft: Draft) -> None:
    """Set mail and further addresses together; those not named are kept, but those in ``remove``.

    An empty text for mail clears it (that is how the first one is taken back); leaving it out is refused.
    """
    user = draft.found("user")
    if draft.given("mail") is None:
        raise RejectedError("The mail address is missing.")
    mail = checked_address(draft.text("mail")) if draft.text("mail") else None
    old_mail, listed = user.entry.attributes.get("mail"), user.entry.attributes.get("addresses")
    old = [str(address) for address in listed] if isinstance(listed, tuple) else []
    wanted = wanted_addresses(mail, draft.given("addresses") or (), old, draft.given("remove") or ())
    if draft.layout.kind("user").addresses != "mail":  # values of an attribute have no order; only mail stands first
        wanted = [*wanted[:1], *sorted(wanted[1:], key=str.casefold)] if mail else sorted(wanted, key=str.casefold)
    if mail == old_mail and wanted == old:
        return
    if mail != old_mail:
        draft.report("set", user.entry, "mail", old_mail, mail)
    if wanted != old:
        draft.report("set", user.entry, "addresses", tuple(old), tuple(wanted))
    known = {address.casefold() for address in old}
    new = tuple(address for address in wanted if address.casefold() not in known)
    refuse_taken_addresses(draft, list(new), user.entry.ref.id)
    draft.modify(user, *_address_steps(draft, user, mail, wanted))
    draft.undo_by(
        "directory.user.set_addresses", user=user.entry.ref, mail=str(old_mail or ""), addresses=tuple(old), remove=new
    )


def _address_steps(draft: Draft, user: Found, mail: str | None, wanted: list[str]) -> tuple[Modification, ...]:
    attribute = draft.layout.kind("user").addresses
    if attribute == "mail":
        return (replace("mail", *(address.encode() for address in wanted)),)
    held = user.row.values.get(attribute.lower(), ())
    primary = (mail or "").casefold()
    proxies = [f"{'SMTP' if address.casefold() == primary else 'smtp'}:{address}".encode() for address in wanted]
    gone = tuple(value for value in held if value.lower().startswith(b"smtp:") and value not in proxies)
    steps = [*set_to(user.row, "mail", mail.encode() if mail else None)]
    steps += [Modification("delete", attribute, gone)] if gone else []
    new = tuple(value for value in proxies if value not in held)
    return (*steps, *([Modification("add", attribute, new)] if new else ()))


# --- photos ---------------------------------------------------------------------------------------------------------


def _photo(reader: Reader, found: Found) -> tuple[bool, File | None]:
    """Return whether a person has a photo, and the photo when it is one that can be shown."""
    if not found.entry.attributes.get("has_photo"):
        return False, None
    name = reader.layout.dialect.photo
    asked = Search(found.entry.dn, reader.layout.kind("user").filter, (name,), scope="base", page=0)
    octets = next((row.first(name) for row in reader.serving.rows(asked)), None)
    return True, photo_file(octets) if octets else None


def photo_of(reader: Reader, person: Ref) -> File | None:
    """Return the photo of a person with its content. Reads only."""
    found = reader.one(person) if person.kind == "user" else None
    return _photo(reader, found)[1] if found is not None else None


def set_photo(draft: Draft) -> None:
    """Set the photo of a person, or remove it when none is given."""
    user, wanted = draft.found("user"), draft.given("photo")
    has_one, before = _photo(draft.reader, user)
    if wanted is None and not has_one:
        return
    if wanted is not None and before is not None and wanted.sha256 == before.sha256:
        return
    if wanted is not None:
        check_photo(wanted)
        if draft.layout.dialect.photo == "jpegPhoto" and wanted.type != "image/jpeg":
            raise RejectedError(
                "This directory keeps photos as JPEG only. Save the picture as JPEG, then choose it again."
            )
    draft.report("set", user.entry, "photo", called(before) if before or not has_one else "photo", called(wanted))
    if wanted is not None and wanted.content is None and draft.is_performing:
        raise RejectedError("The photo is no longer kept, so it cannot be set again.")
    draft.modify(user, *_photo_steps(draft.layout.dialect.photo, before, wanted, has_one=has_one))
    if not has_one:
        draft.undo_by("directory.user.set_photo", user=user.entry.ref)


def _photo_steps(name: str, before: File | None, wanted: File | None, *, has_one: bool) -> tuple[Modification, ...]:
    """Return the steps that put a photo in place of the one that was read; AD refuses them when it is another by now."""
    new = (wanted.content or Content(b""),) if wanted is not None else ()
    if has_one and (before is None or before.content is None or name == "jpegPhoto"):
        return (replace(name, *new),)
    removed = (Modification("delete", name, (before.content,)),) if before is not None and before.content else ()
    return (*removed, *((Modification("add", name, new),) if new else ()))


VERBS: Mapping[str, Writer] = {
    "directory.user.update": update_attributes,
    "directory.user.set_addresses": set_addresses,
    "directory.user.set_photo": set_photo,
    "directory.group.update": update_attributes,
    "directory.group.set_owner": set_owner,
    "directory.contact.update": update_attributes,
}
