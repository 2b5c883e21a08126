"""Verbs that make objects: they fail when the login, name or address exists."""

from collections.abc import Mapping, Sequence

from connectors.directory import names
from connectors.directory.texts import checked_address, checked_text, common_name, label_of
from connectors.errors import RejectedError
from connectors.ldap.changing.accounts import HIDDEN, NORMAL_ACCOUNT, demand, encoded_password, expiry, first_day
from connectors.ldap.changing.drafting import Draft, Writer
from connectors.ldap.changing.placing import (
    checked_login,
    checked_sign_in_name,
    is_taken_place,
    refuse_former,
    refuse_taken_name,
    refuse_taken_place,
)
from connectors.ldap.changing.profiles import CUSTOM, custom, refuse_taken_addresses, settable_values, written
from connectors.ldap.controls import ask_for_policy
from connectors.ldap.reading.reader import Found
from connectors.ldap.requests import Add, Delete, Octets, SetPassword
from connectors.spi import Entry, Ref, Secret, Value
from connectors.verbs import ATTRIBUTES

_GLOBAL_SECURITY_GROUP = b"-2147483646"  # groupType (MS-ADTS 2.2.12)


def create_user(draft: Draft) -> None:
    """Create an account."""
    unit = draft.found("ou")
    values = _values(draft, "user", ("login", "upn", "first_name", "last_name", "display_name"))
    checked_login(draft, str(values["login"]))
    checked_sign_in_name(draft, str(values["upn"]))
    for name in ("login", "upn"):
        refuse_taken_name(draft, "user", name, str(values[name]), "")
    rdn = _rdn_of_person(draft, unit, values)
    attributes, shown = _person(draft, values)
    if not draft.layout.by_extension:
        attribute, password = encoded_password(draft.layout, draft.password)
        attributes[attribute] = (password,)
    made = _make(draft, "user", unit, rdn, shown, attributes)
    if draft.layout.by_extension:
        draft.write(SetPassword(draft.made_dn, draft.password or Secret("")), None, Delete(draft.made_dn))
    draft.report("set", made, "password", None, HIDDEN)


def _rdn_of_person(draft: Draft, unit: Found, values: Mapping[str, Value]) -> names.Rdn:
    type_ = draft.layout.kind("user").rdn
    if type_ != "cn":
        return names.Rdn(((type_, str(values["login"])),))
    rdn = common_name(str(values["display_name"]))
    if unit.entry.ref.id and is_taken_place(draft, unit.entry.dn, rdn):
        return common_name(f"{values['display_name']} ({values['login']})")
    return rdn


def _person(draft: Draft, values: Mapping[str, Value]) -> tuple[dict[str, tuple[Octets, ...]], dict[str, Value]]:
    """Return the attributes of a new person without the password, and what a plan shows of them."""
    layout, must_change = draft.layout, draft.given("must_change") is not False
    attributes = _attributes(draft, "user", values)
    shown: dict[str, Value] = dict(_kept(draft, "user", values))
    if layout.kind("user").rdn != "cn":
        attributes.setdefault("cn", (str(values["display_name"]).encode(),))
    if _begins_later(draft):
        name, octets = first_day(layout, draft.given("enabled_from"))
        attributes[name], shown["enabled_from"] = (octets,), draft.given("enabled_from")
    if draft.given("expires_on"):
        name, end = expiry(layout, draft.given("expires_on"))
        attributes[name] = (end,) if end is not None else ()
        shown["expires_on"] = draft.given("expires_on")
    if layout.dialect.states == "active_directory":
        attributes["userAccountControl"] = (str(NORMAL_ACCOUNT).encode(),)
    attributes |= {step.attribute: step.values for step in demand(layout, must_change=must_change) if step.values}
    return attributes, {**shown, "must_change": must_change}


def _begins_later(draft: Draft) -> bool:
    """Say whether the first day has to be kept: one that is here already needs no place in a directory without any."""
    first, layout = draft.given("enabled_from"), draft.layout
    today = draft.reader.now.astimezone(layout.zone).date()
    return bool(first) and (layout.dialect.states == "ppolicy" or first > today)


def create_group(draft: Draft) -> None:
    """Create a group without members."""
    unit = draft.found("ou")
    values = _values(draft, "group", ("name",))
    refuse_taken_name(draft, "group", "name", str(values["name"]), "")
    shown: dict[str, Value] = dict(_kept(draft, "group", values))
    attributes = _attributes(draft, "group", values)
    if draft.given("owner"):
        owner = draft.found("owner")
        shown["owner"] = owner.entry.ref
        if owner.entry.ref.id:
            attributes[draft.layout.kind("group").links["owner"]] = (draft.link(Ref("group", ""), "owner", owner),)
    if draft.layout.dialect.placeholder:
        attributes[draft.layout.dialect.member] = (draft.layout.placeholder.encode(),)
    if draft.layout.dialect.states == "active_directory":
        attributes["groupType"] = (_GLOBAL_SECURITY_GROUP,)
    _make(draft, "group", unit, common_name(str(values["name"])), shown, attributes)


def create_contact(draft: Draft) -> None:
    """Create a mail contact."""
    unit = draft.found("ou")
    values = _values(draft, "contact", ("display_name", "mail"))
    attributes = _attributes(draft, "contact", values)
    if draft.layout.dialect.states != "active_directory":
        attributes.setdefault("sn", (str(values["display_name"]).encode(),))
    _make(draft, "contact", unit, common_name(str(values["display_name"])), _kept(draft, "contact", values), attributes)


# --- what they share ------------------------------------------------------------------------------------------------


def _values(draft: Draft, kind: str, needed: Sequence[str]) -> dict[str, Value]:
    """Return the attributes of the new object, cleaned; raises `RejectedError` when one of ``needed`` is empty."""
    texts = [name for name, known in ATTRIBUTES[kind].items() if known.type == "text" and name not in ("id", "dn")]
    given = {name: draft.given(name) for name in texts if draft.given(name) is not None}
    values: dict[str, Value] = {name: checked_text(kind, name, value) for name, value in given.items()}
    if isinstance(values.get("mail"), str):
        values["mail"] = checked_address(str(values["mail"]))
    if draft.given("manager") is not None:
        values["manager"] = draft.found("manager").entry.ref
    values |= settable_values(draft, kind, draft.given("set") or {})
    for name in needed:
        if not values.get(name):
            raise RejectedError(f"{label_of(kind, name)} is missing.")
    return {name: value for name, value in values.items() if value is not None}


def _kept(draft: Draft, kind: str, values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values that this directory has a place for; raises `RejectedError` for what was asked for in vain.

    A sign-in name beside the login is not asked for in vain: where there is none, people sign in by their login.
    """
    looks = draft.layout.kind(kind)
    for name in values:
        known = name in looks.texts or name in looks.links or name.startswith(CUSTOM) or name == "upn"
        if not known:
            label = label_of(kind, name)
            raise RejectedError(f"{draft.layout.dialect.title} has no place for “{label}” of a {kind}.")
    return {name: value for name, value in values.items() if name != "upn" or "upn" in looks.texts}


def _attributes(draft: Draft, kind: str, values: Mapping[str, Value]) -> dict[str, tuple[Octets, ...]]:
    looks = draft.layout.kind(kind)
    attributes: dict[str, tuple[Octets, ...]] = {
        "objectClass": tuple(name.encode() for name in looks.classes),
    }
    for name, value in _kept(draft, kind, values).items():
        if name.startswith(CUSTOM):
            attributes[custom(draft, kind, name).attribute] = (written(value),)
        elif isinstance(value, Ref):
            seen = draft.seen(value, value.kind, label_of(kind, name))
            attributes[looks.links[name]] = (draft.link(Ref(kind, ""), name, seen),)
        else:
            attributes[looks.texts[name]] = (written(value),)
    mail = values.get("mail")
    if isinstance(mail, str) and looks.addresses and looks.addresses != "mail":
        attributes[looks.addresses] = (f"SMTP:{mail}".encode(),)
    return attributes


def _make(
    draft: Draft,
    kind: str,
    unit: Found,
    rdn: names.Rdn,
    shown: Mapping[str, Value],
    attributes: Mapping[str, tuple[Octets, ...]],
) -> Entry:
    if not unit.entry.ref.id:
        raise RejectedError("The unit does not exist yet.")
    refuse_taken_place(draft, unit, rdn)
    if isinstance(shown.get("mail"), str):
        refuse_taken_addresses(draft, [str(shown["mail"])], "")
    made = Entry(Ref(kind, ""), "", (), dict(shown))
    dn = f"{rdn.text},{unit.entry.dn}"
    refuse_former(draft, dn)
    draft.report("create", made, "dn", None, dn)
    for name, value in shown.items():
        draft.report("set", made, name, None, value)
    type_, value = rdn.pairs[0]
    named = {key: octets for key, octets in attributes.items() if key.lower() != type_.lower()}
    control = (ask_for_policy(),) if draft.layout.dialect.states == "ppolicy" and kind == "user" else ()
    draft.write(Add(dn, {**named, type_: (value.encode(),)}, control), None, Delete(dn))
    draft.makes, draft.made_dn = kind, dn
    draft.undo_by(f"directory.{kind}.delete", **{kind: Ref(kind, "")})
    return made


VERBS: Mapping[str, Writer] = {
    "directory.user.create": create_user,
    "directory.group.create": create_group,
    "directory.contact.create": create_contact,
}
