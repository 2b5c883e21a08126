"""The sample cast in OpenLDAP: LDIF for ``slapadd``.

People of Sales and of the leavers are named by ``uid``, the others by ``cn``; computers are devices, contacts are people
without ``uid``; an empty group holds the placeholder; states are those of the password policy (ppolicy).
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha1

from connectors.ldap.times import generalized
from connectors.local.loading import NewEntry
from tests.connectors.ldap.sample_cast import (
    PASSWORD,
    UNITS,
    by_name,
    first_value,
    groups,
    moment,
    others,
    people,
    stable_id,
    text,
)
from tests.servers.ldif import record
from tests.servers.openldap import NOBODY

DISABLED = "000001010000Z"


def dn_of(entry: NewEntry) -> str:
    name, _, unit = entry.dn.partition(",")
    if entry.kind == "user" and unit.startswith(("OU=Sales", "OU=Leavers")):
        return f"uid={entry.attributes['login']},{unit}"
    return f"cn={name.partition('=')[2]},{unit}"


def sample_ldif(now: datetime) -> str:
    """Return the whole cast; moments lie around ``now``."""
    cast = (*people(now), *groups(), *others(now))
    dns = {entry.id: dn_of(entry) for entry in cast}
    named = by_name(cast, dns)
    member_of = {dn: [dns[group.id] for group in groups() if dn in _members(group, named)] for dn in dns.values()}
    units = (record(unit, {"objectClass": ["organizationalUnit"], "ou": [_unit_name(unit)]}) for unit in UNITS)
    writers = {"user": _person, "group": _group, "computer": _device, "contact": _contact}
    entries = (
        record(
            dns[entry.id],
            {
                **writers[entry.kind](entry, named, now),
                "memberOf": member_of[dns[entry.id]],
                "entryUUID": [stable_id(entry.id)],
            },
        )
        for entry in cast
    )
    return "".join((*units, *entries))


def ssha(password: str) -> str:
    """Return a password as OpenLDAP stores it; slapadd takes it as it is."""
    salt = b"sample"
    return f"{{SSHA}}{b64encode(sha1(password.encode() + salt).digest() + salt).decode()}"


def _unit_name(dn: str) -> str:
    return first_value(dn.replace("\\,", "\x00")).replace("\x00", ",")


def _members(group: NewEntry, named: Mapping[str, str]) -> list[str]:
    return [named[str(member)] for member in group.members]


def _person(entry: NewEntry, named: Mapping[str, str], now: datetime) -> dict[str, list[str]]:
    manager = entry.attributes.get("manager")
    texts = {
        "uid": "login",
        "displayName": "display_name",
        "givenName": "first_name",
        "sn": "last_name",
        "telephoneNumber": "phone",
        "mobile": "mobile",
        "title": "title",
        "departmentNumber": "department",
        "physicalDeliveryOfficeName": "office",
        "o": "company",
        "employeeNumber": "employee_id",
        "employeeType": "employee_type",
        "description": "description",
    }
    further = entry.attributes.get("addresses", ())
    assert isinstance(further, tuple)
    return {
        "objectClass": ["inetOrgPerson"],
        "cn": [first_value(entry.dn)],
        **{attribute: list(text(entry, name)) for attribute, name in texts.items()},
        "mail": [*text(entry, "mail"), *further],
        "manager": [named[str(manager)]] if manager else [],
        "userPassword": [ssha(PASSWORD)],
        **dict(_states(entry, now)),
    }


def _states(entry: NewEntry, now: datetime) -> Iterator[tuple[str, list[str]]]:
    attributes = entry.attributes
    locked, last_day = moment(entry, "locked_at"), moment(entry, "expires_on")
    starts, used = moment(entry, "enabled_from"), moment(entry, "last_logon")
    yield "pwdChangedTime", [generalized(moment(entry, "password_set_on") or now - timedelta(days=2))]
    if not attributes.get("enabled", True):
        yield "pwdAccountLockedTime", [DISABLED]
    elif locked:
        yield "pwdAccountLockedTime", [generalized(locked)]
        yield "pwdFailureTime", [generalized(locked - timedelta(seconds=seconds)) for seconds in range(3)]
    if last_day:
        yield "pwdEndTime", [generalized(last_day + timedelta(days=1))]
    if starts:
        yield "pwdStartTime", [generalized(starts)]
    if used:
        yield "pwdLastSuccess", [generalized(used)]
    if attributes.get("must_change"):
        yield "pwdReset", ["TRUE"]


def _group(entry: NewEntry, named: Mapping[str, str], _now: datetime) -> dict[str, list[str]]:
    owner = entry.attributes.get("owner")
    return {
        "objectClass": ["groupOfNames"],
        "cn": [first_value(entry.dn)],
        "description": list(text(entry, "description")),
        "businessCategory": list(text(entry, "department")),
        "owner": [named[str(owner)]] if owner else [],
        "member": _members(entry, named) or [NOBODY],
    }


def _device(entry: NewEntry, named: Mapping[str, str], _now: datetime) -> dict[str, list[str]]:
    owner = entry.attributes.get("owner")
    return {"objectClass": ["device"], "cn": [first_value(entry.dn)], "owner": [named[str(owner)]] if owner else []}


def _contact(entry: NewEntry, _named: Mapping[str, str], _now: datetime) -> dict[str, list[str]]:
    name = first_value(entry.dn)
    return {
        "objectClass": ["inetOrgPerson"],
        "cn": [name],
        "displayName": [name],
        "sn": [name.rpartition(" ")[2]],
        "givenName": list(text(entry, "first_name")),
        "mail": list(text(entry, "mail")),
        "telephoneNumber": list(text(entry, "phone")),
        "o": list(text(entry, "company")),
    }
