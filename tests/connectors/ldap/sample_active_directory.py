"""The sample cast in an Active Directory domain: LDIF for `tests.servers.samba.Template.load`, and a service account.

`SERVICE` has the rights that Deskhand's verbs need below the units of the sample, and none elsewhere: `service_rights`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from connectors.ldap.times import NEVER, ticks
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
from tests.servers.ldif import record, replacement
from tests.servers.samba import SUFFIX

SERVICE = "svc-deskhand@example.test"  # its password is that of everybody in the sample
SERVICE_DN = f"CN=svc-deskhand,CN=Users,{SUFFIX}"
_ORDINARY, _DISABLED, _WORKSTATION = 0x200, 0x2, 0x1000
_CLASSES = {
    "user": "bf967aba-0de6-11d0-a285-00aa003049e2",
    "group": "bf967a9c-0de6-11d0-a285-00aa003049e2",
    "computer": "bf967a86-0de6-11d0-a285-00aa003049e2",
    "contact": "5cb41ed0-0e4c-11d0-a286-00aa003049e2",
}
_RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"


def sample_ldif(now: datetime) -> str:
    """Return the whole cast; moments lie around ``now``."""
    cast = (*people(now), *groups(), *others(now))
    named = by_name(cast, {entry.id: entry.dn for entry in cast})
    units = (record(unit, {"objectClass": ["organizationalUnit"]}) for unit in UNITS)
    writers = {"user": _person, "group": _group, "computer": _computer, "contact": _contact}
    entries = (record(entry.dn, {**writers[entry.kind](entry), "objectGUID": [stable_id(entry.id)]}) for entry in cast)
    service = record(SERVICE_DN, _account("svc-deskhand", _ORDINARY))
    links = (replacement(entry.dn, dict(steps)) for entry in cast if (steps := list(_links(entry, named))))
    times = (replacement(entry.dn, {"pwdLastSet": [str(_set_on(entry, now))]}) for entry in people(now))
    return "".join((*units, *entries, service, *links, *times))


def service_rights(
    account: str = SERVICE_DN, units: Sequence[str] = tuple(unit for unit in UNITS if unit.count("OU=") == 1)
) -> tuple[tuple[str, str, str], ...]:
    """Return what a service account may do below units, as `tests.servers.samba.Template.load` takes it."""
    aces = "".join(
        f"(OA;CI;CCDC;{guid};;{{sid}})(OA;CIIO;RPWPRCSDLCLORP;;{guid};{{sid}})" for guid in _CLASSES.values()
    )
    reset = f"(OA;CIIO;CR;{_RESET_PASSWORD};{_CLASSES['user']};{{sid}})"
    return tuple((account, aces + reset, unit) for unit in units)


def _account(login: str, control: int) -> dict[str, list[str | bytes]]:
    return {
        "objectClass": ["user"],
        "sAMAccountName": [login],
        "userPrincipalName": [f"{login}@example.test"],
        "unicodePwd": [f'"{PASSWORD}"'.encode("utf-16-le")],
        "userAccountControl": [str(control)],
    }


def _person(entry: NewEntry) -> dict[str, list[str | bytes]]:
    attributes = entry.attributes
    texts = {
        "displayName": "display_name",
        "givenName": "first_name",
        "sn": "last_name",
        "mail": "mail",
        "telephoneNumber": "phone",
        "mobile": "mobile",
        "title": "title",
        "department": "department",
        "physicalDeliveryOfficeName": "office",
        "company": "company",
        "employeeID": "employee_id",
        "employeeType": "employee_type",
        "description": "description",
    }
    control = _ORDINARY | (0 if attributes.get("enabled", True) else _DISABLED)
    further = attributes.get("addresses", ())
    assert isinstance(further, tuple)
    primary = [f"SMTP:{address}" for address in text(entry, "mail")]
    return {
        **_account(str(attributes["login"]), control),
        **{attribute: list(text(entry, name)) for attribute, name in texts.items()},
        "proxyAddresses": [*primary, *(f"smtp:{address}" for address in further)],
        "servicePrincipalName": [f"HTTP/{attributes['login']}.example.test"] if attributes.get("is_service") else [],
        **dict(_states(entry)),
    }


def _states(entry: NewEntry) -> Iterator[tuple[str, list[str | bytes]]]:
    last_day, locked, used = (moment(entry, name) for name in ("expires_on", "locked_at", "last_logon"))
    yield "accountExpires", [str(ticks(last_day + timedelta(days=1)) if last_day else NEVER)]
    if locked:
        yield "lockoutTime", [str(ticks(locked))]
        yield "badPasswordTime", [str(ticks(locked))]
        yield "badPwdCount", ["3"]
    if used:
        yield "lastLogonTimestamp", [str(ticks(used))]


def _set_on(entry: NewEntry, now: datetime) -> int:
    if entry.attributes.get("must_change"):
        return 0
    return ticks(moment(entry, "password_set_on") or now - timedelta(days=2))


def _group(entry: NewEntry) -> dict[str, list[str | bytes]]:
    return {
        "objectClass": ["group"],
        "sAMAccountName": [first_value(entry.dn)],
        "groupType": ["-2147483646"],
        "displayName": list(text(entry, "display_name")),
        "description": list(text(entry, "description")),
        "mail": list(text(entry, "mail")),
        "adminCount": ["1"] if entry.attributes.get("sensitive") else [],
    }


def _computer(entry: NewEntry) -> dict[str, list[str | bytes]]:
    used = moment(entry, "last_logon")
    return {
        "objectClass": ["computer"],
        "sAMAccountName": [f"{first_value(entry.dn)}$"],
        "userAccountControl": [str(_WORKSTATION | (0 if entry.attributes.get("enabled", True) else _DISABLED))],
        "operatingSystem": list(text(entry, "system")),
        "lastLogonTimestamp": [str(ticks(used))] if used else [],
    }


def _contact(entry: NewEntry) -> dict[str, list[str | bytes]]:
    name = first_value(entry.dn)
    return {
        "objectClass": ["contact"],
        "displayName": [name],
        "givenName": list(text(entry, "first_name")),
        "mail": list(text(entry, "mail")),
        "telephoneNumber": list(text(entry, "phone")),
        "company": list(text(entry, "company")),
    }


def _links(entry: NewEntry, named: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for attribute, name in (("manager", "manager"), ("managedBy", "owner")):
        if name in entry.attributes:
            yield attribute, [named[str(entry.attributes[name])]]
    if entry.members:
        yield "member", [named[str(member)] for member in entry.members]
