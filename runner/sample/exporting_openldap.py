"""The sample company as OpenLDAP keeps it: people named by ``uid``, states by its password policy. Draws salts."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha1

from connectors.ldap.times import generalized, start_of
from connectors.spi import Content, Secret
from runner.sample.cast import TIME_ZONE
from runner.sample.exporter import COMPANY, Exporter, Values, end_of, texts
from runner.sample.parts import Company, Computer, Contact, Group, Person, Unit

_DISABLED = "000001010000Z"  # locked for good (draft-behera-ldap-password-policy, 5.3.3)


class OpenLdapExporter(Exporter):
    """Gives each entry as a whole, memberOf too: no overlay sees it."""

    def __init__(self, company: Company, passwords: Mapping[str, Secret], base: str) -> None:
        super().__init__(company, passwords, base)
        self._groups_of: dict[str, list[str]] = {}
        for group in company.groups:
            for member in self.members(group):
                self._groups_of.setdefault(member, []).append(self.dns["group", group.name])

    def rdn_of_people(self, person: Person) -> tuple[str, str]:
        """Return the attribute that names people, and its value."""
        return "uid", person.login

    def unit(self, unit: Unit) -> Values:
        """Return the attributes of a unit."""
        named = {"ou": [unit.name], "description": [unit.description]}
        return {"objectClass": ["organizationalUnit"], **named, "entryUUID": [unit.id]}

    def person(self, person: Person) -> Values:
        """Return the attributes of a person or a service account."""
        password = self.passwords.get(person.login)
        further = [address for address in person.addresses if address != person.mail]
        return {
            "objectClass": ["inetOrgPerson"],
            "uid": [person.login],
            "cn": [person.cn],
            "userPassword": [_salted(password)] if password else [],
            **texts(person),
            "departmentNumber": [person.department],
            "o": [] if person.is_service else [COMPANY],
            "employeeNumber": [person.employee_id],
            "mail": [person.mail, *further],
            "manager": self.user(person.manager),
            **self._states(person),
            **self._operational("user", person.login, person.id, person.created),
        }

    def computer(self, computer: Computer) -> Values:
        """Return the attributes of a workstation."""
        return {
            "objectClass": ["device"],
            "cn": [computer.name],
            "description": [computer.description],
            "owner": self.user(computer.owner),
            **self._operational("computer", computer.name, computer.id, computer.created),
        }

    def contact(self, contact: Contact) -> Values:
        """Return the attributes of somebody outside."""
        return {
            "objectClass": ["inetOrgPerson"],
            "cn": [contact.display_name],
            "displayName": [contact.display_name],
            "givenName": [contact.first_name],
            "sn": [contact.last_name],
            "mail": [contact.mail],
            "telephoneNumber": [contact.phone],
            "o": [contact.company],
            "description": [contact.description],
            "entryUUID": [contact.id],
        }

    def group(self, group: Group) -> Values:
        """Return the attributes of a group."""
        return {
            "objectClass": ["groupOfNames"],
            "cn": [group.name],
            "description": [group.description],
            "businessCategory": [group.department],
            "owner": self.user(group.owner),
            "member": self.members(group) or [f"cn=nobody,{self.base}"],
            **self._operational("group", group.name, group.id, None),
        }

    def _states(self, person: Person) -> Values:
        locked = _generalized(person.locked_at)
        return {
            "pwdAccountLockedTime": locked if person.state == "active" else [_DISABLED],
            "pwdFailureTime": locked,
            "pwdChangedTime": _generalized(person.password_set_on),
            "pwdReset": ["TRUE"] if person.must_change else [],
            "pwdStartTime": [generalized(start_of(person.enabled_from, TIME_ZONE))] if person.enabled_from else [],
            "pwdEndTime": [generalized(end_of(person.expires_on))] if person.expires_on else [],
            "pwdLastSuccess": _generalized(person.last_logon),
        }

    def _operational(self, kind: str, name: str, id: str, created: datetime | None) -> Values:
        member_of = self._groups_of.get(self.dns[kind, name], [])
        return {"memberOf": member_of, "entryUUID": [id], "createTimestamp": _generalized(created)}


def _generalized(moment: datetime | None) -> list[str]:
    return [generalized(moment)] if moment else []


def _salted(password: Secret) -> Content:
    salt = secrets.token_bytes(8)
    hashed = sha1(password.reveal().encode() + salt, usedforsecurity=False).digest()
    return Content(b"{SSHA}" + b64encode(hashed + salt))
