"""Verbs that make objects: they fail when the login, name or address exists."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select

from connectors.directory import names
from connectors.directory.texts import checked_address, checked_text, common_name, label_of
from connectors.errors import RejectedError
from connectors.local.accounts import HIDDEN, keep_password
from connectors.local.drafting import Draft, refuse_taken_addresses
from connectors.local.placing import is_taken_place, refuse_taken_name, refuse_taken_place
from connectors.local.profiles import add_addresses, columns_of, settable_values
from connectors.local.records import search_columns
from connectors.local.tables import KIND_TABLES, TEXTS, objects, search_texts
from connectors.spi import Entry, Ref, Value

_STATES = ("enabled_from", "expires_on")


def create_user(draft: Draft) -> None:
    """Create an account; it is refused at sign-in before its first day."""
    unit = draft.entry("ou")
    values = _values(draft, "user", ("login", "upn", "first_name", "last_name", "display_name"))
    for name in ("login", "upn"):
        refuse_taken_name(draft, "user", name, str(values[name]), "")
    rdn = common_name(str(values["display_name"]))
    if is_taken_place(draft, unit.ref.id, rdn):
        rdn = common_name(f"{values['display_name']} ({values['login']})")
    must_change = draft.given("must_change") is not False
    states = {name: draft.given(name) for name in _STATES if draft.given(name)}
    shown = {**values, **states, "must_change": must_change}
    columns = {**columns_of("user", values), **states, "must_change": must_change, "enabled": True}
    if draft.password is not None:
        columns |= {"password_hash": draft.password.hash, "password_set_on": draft.view.moment.now}
    made = _make(draft, unit, rdn, shown, columns)
    draft.report("set", made, "password", None, HIDDEN)
    if draft.password is not None:
        keep_password(draft, draft.new_id, draft.password)


def create_group(draft: Draft) -> None:
    """Create a group without members."""
    unit = draft.entry("ou")
    values = _values(draft, "group", ("name",))
    refuse_taken_name(draft, "group", "name", str(values["name"]), "")
    owner = draft.entry("owner").ref if draft.given("owner") else None
    shown = {**values, "owner": owner} if owner else values
    _make(
        draft,
        unit,
        common_name(str(values["name"])),
        shown,
        {**columns_of("group", values), "owner_id": owner and owner.id},
    )
    draft.regrouped = True


def create_contact(draft: Draft) -> None:
    """Create a mail contact."""
    unit = draft.entry("ou")
    values = _values(draft, "contact", ("display_name", "mail"))
    _make(draft, unit, common_name(str(values["display_name"])), values, columns_of("contact", values))


def _values(draft: Draft, kind: str, needed: Sequence[str]) -> dict[str, Value]:
    """Return the attributes of the new object, cleaned; raises `RejectedError` when one of ``needed`` is empty."""
    given = {name: draft.given(name) for name in TEXTS[kind] if draft.given(name) is not None}
    values: dict[str, Value] = {name: checked_text(kind, name, value) for name, value in given.items()}
    if isinstance(values.get("mail"), str):
        values["mail"] = checked_address(str(values["mail"]))
    if draft.given("manager") is not None:
        values["manager"] = draft.entry("manager").ref
    values |= settable_values(draft, kind, draft.given("set") or {})
    for name in needed:
        if not values.get(name):
            raise RejectedError(f"{label_of(kind, name)} is missing.")
    return {name: value for name, value in values.items() if value is not None}


def _make(draft: Draft, unit: Entry, rdn: names.Rdn, shown: Mapping[str, Value], columns: Mapping[str, Any]) -> Entry:
    if not unit.ref.id:
        raise RejectedError("The unit does not exist yet.")
    refuse_taken_place(draft, unit.ref.id, rdn)
    kind = draft.operation.verb.split(".")[1]
    mail = [str(shown["mail"])] if shown.get("mail") else []
    refuse_taken_addresses(draft.view, mail, "")
    made = Entry(Ref(kind, ""), "", (), shown)
    draft.report("create", made, "dn", None, f"{rdn.text},{unit.dn}")
    for name, value in shown.items():
        draft.report("set", made, name, None, value)
    _insert(draft, kind, unit, rdn, columns)
    add_addresses(draft, draft.new_id, mail)
    _insert_search(draft, kind, columns, mail)
    draft.outputs[kind] = Ref(kind, draft.new_id)
    draft.undo_by(f"directory.{kind}.delete", **{kind: Ref(kind, draft.new_id)})
    return made


def _insert(draft: Draft, kind: str, unit: Entry, rdn: names.Rdn, columns: Mapping[str, Any]) -> None:
    now = draft.view.moment.now
    placed = {"unit_id": unit.ref.id, "rdn": rdn.text, "rdn_key": rdn.normalised, "version": 1}
    draft.write(insert(objects).values(id=draft.new_id, kind=kind, created=now, changed=now, **placed))
    draft.write(insert(KIND_TABLES[kind]).values(id=draft.new_id, **columns))


def _insert_search(draft: Draft, kind: str, columns: Mapping[str, Any], mail: Sequence[str]) -> None:
    number = select(objects.c.number).where(objects.c.id == draft.new_id).scalar_subquery()
    draft.write(insert(search_texts).values(number=number, kind=kind, **search_columns(columns, mail)))


VERBS: dict[str, Callable[[Draft], None]] = {
    "directory.user.create": create_user,
    "directory.group.create": create_group,
    "directory.contact.create": create_contact,
}
