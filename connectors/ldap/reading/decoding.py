"""Entries as a server sends them → the neutral attributes. Pure.

A value that cannot be read is left out, as if it were not there: one odd entry must not keep a whole page from being shown.
What is left out never gives a right: an unknown state of an account reads as the cautious one.
"""

import re
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from connectors.directory import names
from connectors.directory import values as ad
from connectors.errors import RejectedError
from connectors.ldap.ids import id_of
from connectors.ldap.layout import Layout
from connectors.ldap.reading.states import STATES, shown, states_of, time_of
from connectors.ldap.requests import Row
from connectors.spi import Value
from connectors.verbs import ATTRIBUTES

_PLAIN_DN = re.compile(r"(?:[A-Za-z]{1,40}=[\w-][\w .@-]{0,200},){0,40}[A-Za-z]{1,40}=[\w-][\w .@-]{0,200}")
_LONGEST_PLAIN, _LONGEST_NUMBER = 1_000, 60
_GREATEST_EXPONENT = 30  # of a number, either way: beyond it is no measure that a form could show or compare


def wanted(layout: Layout, kind: str) -> tuple[str, ...]:
    """Return the attributes that `attributes_of` reads for objects of a kind, memberships included."""
    looks, dialect = layout.kind(kind), layout.dialect
    found = [dialect.id, dialect.version, dialect.created, dialect.changed, *looks.texts.values()]
    found += [*looks.fallbacks.values(), *looks.links.values(), *STATES[dialect.states].get(kind, ())]
    found += [looks.addresses] if looks.addresses else []
    found += [dialect.member_of] if dialect.member_of and kind != "ou" else []
    found += [dialect.member] if kind == "group" else []
    found += [dialect.reports] if dialect.reports and kind == "user" else []
    found += [one.attribute for one in layout.custom.values()] if kind == "user" else []
    found += ["mail"] if kind in ("user", "group", "contact") else []
    return tuple(dict.fromkeys(found))


def stable_id(layout: Layout, row: Row) -> str | None:
    """Return the id of an entry, None when the server did not give it."""
    octets = row.first(layout.dialect.id)
    try:
        return id_of(layout.dialect.id, octets) if octets is not None else None
    except ad.FormatError:
        return None


def version(layout: Layout, row: Row) -> str:
    """Return what changes with every write, "" when the server does not say; 389 counts only where it was told to."""
    dialect = layout.dialect
    return (row.first(dialect.version) or row.first(dialect.changed) or b"").decode("ascii", "replace")


def is_readable(dn: str) -> bool:
    """Say whether the name of an entry can be read; who is called otherwise is left out of lists, and not found by id."""
    if _PLAIN_DN.fullmatch(dn) and len(dn) < _LONGEST_PLAIN:
        return True
    try:
        return bool(names.strict_place(names.parse(dn)))
    except RejectedError:
        return False


@lru_cache(maxsize=20_000)
def dn_key(dn: str) -> str:
    """Return a spelling that DNs share only where every server says they are the same; a text that is no DN is its own."""
    try:
        return ",".join(reversed(names.strict_place(names.parse(dn))))
    except RejectedError:
        return dn.lower()


def _told(name: str, octets: bytes | None) -> str | None:
    """Return the text of an attribute; an employee number without the spaces around it, as servers compare it too.

    By it two accounts are known to be one person's.
    """
    value = text(octets)
    return (value.strip() or None) if value and name == "employee_id" else value


def text(octets: bytes | None) -> str | None:
    """Return a value as text, None when it is empty or not UTF-8."""
    if octets is None:
        return None
    try:
        return octets.decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def sources(layout: Layout, kind: str, names: Collection[str]) -> tuple[str, ...] | None:
    """Return the attributes that `texts_of` reads for these neutral names, None when one is more than a text of the entry."""
    found = [layout.dialect.id]
    for name in names:
        known = ATTRIBUTES[kind][name]
        if kind == "ou" or name in ("id", "dn") or known.type not in ("text", "list:text"):
            return None
        found += [layout.kind(kind).addresses, "mail"] if name == "addresses" else []
        found += layout.attributes_for(kind, name)
    return tuple(dict.fromkeys(one for one in found if one))


def texts_of(layout: Layout, kind: str, row: Row, names: Collection[str]) -> dict[str, Value]:
    """Return the id and these of what `attributes_of` returns."""
    looks = layout.kind(kind)
    found: dict[str, Value] = {"id": stable_id(layout, row)}
    for name in names:
        main, other = looks.texts.get(name), looks.fallbacks.get(name)
        found[name] = (_told(name, row.first(main)) if main else None) or (
            _told(name, row.first(other)) if other else None
        )
    if "addresses" in ATTRIBUTES[kind] and not found.keys().isdisjoint(("mail", "addresses")):
        found |= _mail(layout, kind, row)
    return found


def attributes_of(layout: Layout, kind: str, row: Row, now: datetime) -> dict[str, Value]:
    """Return the neutral attributes that stand in the entry itself: no references, photos or managing."""
    looks = layout.kind(kind)
    found: dict[str, Value] = dict.fromkeys(ATTRIBUTES[kind])
    for name, attribute in (*looks.fallbacks.items(), *looks.texts.items()):
        if (value := _told(name, row.first(attribute))) is not None:
            found[name] = value
    if kind == "ou" and found.get("name") is None:
        found["name"] = names.parse(row.dn)[0].value if is_readable(row.dn) else None
    found |= {"id": stable_id(layout, row), "dn": row.dn}
    for name, attribute in (("created", layout.dialect.created), ("changed", layout.dialect.changed)):
        if name in found:
            found[name] = shown(time_of(row, attribute))
    if "addresses" in found:
        found |= _mail(layout, kind, row)
    if kind == "user":
        found |= {"enabled": True, "pending": False, "locked": False, "expired": False, "must_change": False}
        found |= {"is_service": False, "privileged": False, "is_manager": False, "has_photo": False}
    if kind == "group":
        found |= {"sensitive": False, "member_count": Decimal(len(members(layout, row)))}
    if kind == "computer":
        found["enabled"] = True
    return found | states_of(layout, kind, row, now)


def members(layout: Layout, row: Row) -> tuple[str, ...]:
    """Return the DNs of a group's direct members, without the one that only keeps it from being empty."""
    given = row.values.get(layout.dialect.member.lower(), ())
    found = (value.decode("utf-8", "replace") for value in given)
    if not layout.dialect.placeholder:
        return tuple(dn for dn in found if dn)
    nobody = dn_key(layout.placeholder)
    return tuple(dn for dn in found if dn and dn_key(dn) != nobody)


def custom_of(layout: Layout, row: Row) -> dict[str, Value]:
    """Return the further attributes of a person by their names in forms."""
    return {one.name: _custom(one.type, text(row.first(one.attribute))) for one in layout.custom.values()}


def _custom(type_: str, value: str | None) -> Value:
    if value is None or type_ == "text":
        return value
    try:
        if type_ == "number":
            return _bounded(Decimal(value)) if len(value) <= _LONGEST_NUMBER else None
        if type_ == "bool":
            return {"TRUE": True, "FALSE": False}.get(value.upper())
        return date.fromisoformat(value[:10]) if "-" in value else ad.generalized_time(value.encode(), "date").date()
    except (ValueError, InvalidOperation):
        return None


def _bounded(number: Decimal) -> Decimal | None:
    """Return a number that can be printed and compared, None for any other: NaN, infinity, 1e9999999."""
    if number.is_zero():
        return Decimal(0)
    return number if number.is_finite() and abs(number.adjusted()) <= _GREATEST_EXPONENT else None


def _mail(layout: Layout, kind: str, row: Row) -> dict[str, Value]:
    """Return mail and all addresses: ``mail`` first; of proxyAddresses those that begin with ``smtp:``."""
    attribute = layout.kind(kind).addresses
    given = [text(value) for value in row.values.get("mail", ())]
    if attribute == "mail":
        listed = [address for address in given if address]
        return {"mail": listed[0] if listed else None, "addresses": tuple(listed)}
    proxies = [text(value) or "" for value in row.values.get(attribute.lower(), ())] if attribute else []
    mail = next((address for address in given if address), None)
    primary = [one[5:] for one in proxies if one.startswith("SMTP:")]
    further = [one[5:] for one in proxies if one.startswith("smtp:")]
    unique: dict[str, str] = {}
    for address in (*([mail] if mail else []), *sorted((*primary, *further), key=str.casefold)):
        unique.setdefault(address.casefold(), address)
    return {"mail": mail, "addresses": tuple(unique.values())}
