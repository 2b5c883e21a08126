"""The sample company as Active Directory keeps it: accounts by bits and FILETIMEs (MS-ADTS 2.2.16). Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from connectors.ldap.requests import Modify
from connectors.ldap.times import NEVER, ticks
from connectors.spi import Content
from runner.sample.exporter import COMPANY, Exporter, Values, also, end_of, replaced, texts
from runner.sample.parts import SUFFIX, Computer, Contact, Group, Person, Unit

_LONGEST_LOGIN = 20
_GLOBAL_SECURITY_GROUP = -2147483646
_BUILT_IN = {"Domain Admins", "Domain Users"}  # every domain has them, below CN=Users; all accounts are Domain Users
_ORDINARY, _DISABLED, _WORKSTATION = 0x200, 0x2, 0x1000


class ActiveDirectoryExporter(Exporter):
    """Gives members, owners and managers when all entries are there, since the server checks them."""

    def groups(self) -> Iterable[Group]:
        """Return the groups that are new; the built-in ones are there."""
        return (group for group in self.company.groups if group.name not in _BUILT_IN)

    def group_unit(self, group: Group) -> str:
        """Return where a group stands."""
        return f"CN=Users,{SUFFIX}" if group.name in _BUILT_IN else group.unit

    def unit(self, unit: Unit) -> Values:
        """Return the attributes of a unit."""
        return {"objectClass": ["organizationalUnit"], "description": [unit.description], **_guid(unit.id)}

    def person(self, person: Person) -> Values:
        """Return the attributes of a person or a service account."""
        login = person.login[:_LONGEST_LOGIN]
        further = [f"smtp:{address}" for address in person.addresses if address != person.mail]
        password = self.passwords.get(person.login)
        return {
            "objectClass": ["user"],
            "sAMAccountName": [login],
            "userPrincipalName": [person.upn],
            "userAccountControl": [_control(_ORDINARY, enabled=person.state == "active")],
            "unicodePwd": [Content(f'"{password.reveal()}"'.encode("utf-16-le"))] if password else [],
            **texts(person),
            "department": [person.department],
            "company": [] if person.is_service else [COMPANY],
            "employeeID": [person.employee_id],
            "mail": [person.mail],
            "proxyAddresses": [f"SMTP:{person.mail}", *further] if person.mail else [],
            "servicePrincipalName": [f"HTTP/{person.upn.replace('@', '.')}"] if person.is_service else [],
            "accountExpires": [str(ticks(end_of(person.expires_on)) if person.expires_on else NEVER)],
            "lockoutTime": _ticks(person.locked_at),
            "lastLogonTimestamp": _ticks(person.last_logon),
            **_guid(person.id),
        }

    def computer(self, computer: Computer) -> Values:
        """Return the attributes of a workstation."""
        return {
            "objectClass": ["computer"],
            "sAMAccountName": [f"{computer.name}$"],
            "userAccountControl": [_control(_WORKSTATION, enabled=computer.enabled)],
            "operatingSystem": [computer.system],
            "description": [computer.description],
            "lastLogonTimestamp": _ticks(computer.last_logon),
            **_guid(computer.id),
        }

    def contact(self, contact: Contact) -> Values:
        """Return the attributes of somebody outside."""
        return {
            "objectClass": ["contact"],
            "displayName": [contact.display_name],
            "givenName": [contact.first_name],
            "sn": [contact.last_name],
            "mail": [contact.mail],
            "telephoneNumber": [contact.phone],
            "company": [contact.company],
            "description": [contact.description],
            **_guid(contact.id),
        }

    def group(self, group: Group) -> Values:
        """Return the attributes of a group."""
        return {
            "objectClass": ["group"],
            "sAMAccountName": [group.name],
            "groupType": [str(_GLOBAL_SECURITY_GROUP)],
            "displayName": [group.display_name],
            "description": [group.description],
            "mail": [group.mail],
            "adminCount": ["1"] if group.sensitive else [],
            **_guid(group.id),
        }

    def afterwards(self) -> Iterator[Modify]:
        """Yield what can only be said when all entries are there."""
        for group in self.company.groups:
            links = {"member": self.members(group), "managedBy": self.user(group.owner)}
            if group.name not in _BUILT_IN:
                yield from replaced(self.dns["group", group.name], links)
            elif group.name != "Domain Users":
                yield from also(self.dns["group", group.name], links)
        for computer in self.company.computers:
            yield from replaced(self.dns["computer", computer.name], {"managedBy": self.user(computer.owner)})
        for person in self._accounts():
            moment = None if person.must_change else person.password_set_on
            rest = {"manager": self.user(person.manager), "pwdLastSet": _ticks(moment) or ["0"]}
            yield from replaced(self.dns["user", person.login], rest)


def _guid(id: str) -> Values:
    return {"objectGUID": [UUID(id).bytes_le]}


def _control(kind: int, *, enabled: bool) -> str:
    return str(kind if enabled else kind | _DISABLED)


def _ticks(moment: datetime | None) -> list[str]:
    return [str(ticks(moment))] if moment else []
