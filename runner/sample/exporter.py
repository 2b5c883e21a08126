"""What exporting the sample company to a real directory shares, whichever kind of server it is for. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, TypeAlias

from connectors.directory import names
from connectors.ldap.requests import Add, Modification, Modify, Octets
from connectors.ldap.times import day_after
from connectors.spi import Content, Secret
from runner.sample.cast import TIME_ZONE
from runner.sample.parts import SUFFIX, Company, Computer, Contact, Group, Person, Unit

Values: TypeAlias = "Mapping[str, Sequence[str | bytes | Content]]"
COMPANY = "Sample Company"


class Exporter:
    """Where entries stand, what they are called and their order; a kind of server adds what their attributes are."""

    def __init__(self, company: Company, passwords: Mapping[str, Secret], base: str) -> None:
        self.company = company
        self.passwords = passwords
        self.base = base
        self.dns = dict(self._placed())

    def requests(self) -> Iterator[Add | Modify]:
        """Yield everything in order."""
        yield from (added(self.moved(unit.dn), self.unit(unit)) for unit in self.company.units)
        for person in self._accounts():
            yield added(self.dns["user", person.login], self.person(person))
        for computer in self.company.computers:
            yield added(self.dns["computer", computer.name], self.computer(computer))
        for contact in self.company.contacts:
            yield added(self.dn("cn", contact.display_name, contact.unit), self.contact(contact))
        for group in self.groups():
            yield added(self.dns["group", group.name], self.group(group))
        yield from self.afterwards()

    def afterwards(self) -> Iterator[Modify]:
        """Yield what can only be said when all entries are there."""
        return iter(())

    def moved(self, dn: str) -> str:
        """Return a DN of the company below the base."""
        return dn.removesuffix(SUFFIX) + self.base

    def dn(self, attribute: str, name: str, unit: str) -> str:
        """Return the DN of an object."""
        return f"{attribute}={names.escape(name)},{self.moved(unit)}"

    def user(self, login: str) -> list[str]:
        """Return the DN of somebody, or nothing for nobody."""
        return [self.dns["user", login]] if login else []

    def members(self, group: Group) -> list[str]:
        """Return the DNs of all that is directly inside."""
        inside = {"user": group.people, "group": group.groups, "computer": group.computers}
        return [self.dns[kind, name] for kind, found in inside.items() for name in found]

    def rdn_of_people(self, person: Person) -> tuple[str, str]:
        """Return the attribute that names people, and its value."""
        return "cn", person.cn

    def groups(self) -> Iterable[Group]:
        """Return the groups to make."""
        return self.company.groups

    def group_unit(self, group: Group) -> str:
        """Return the DN of the unit that a group stands in."""
        return group.unit

    def _accounts(self) -> Iterable[Person]:
        return (*self.company.people, *self.company.service_accounts)

    def _placed(self) -> Iterator[tuple[tuple[str, str], str]]:
        for person in self._accounts():
            yield ("user", person.login), self.dn(*self.rdn_of_people(person), person.unit)
        for computer in self.company.computers:
            yield ("computer", computer.name), self.dn("cn", computer.name, computer.unit)
        for group in self.company.groups:
            yield ("group", group.name), self.dn("cn", group.name, self.group_unit(group))

    def unit(self, unit: Unit) -> Values:
        """Return the attributes of a unit."""
        raise NotImplementedError

    def person(self, person: Person) -> Values:
        """Return the attributes of a person or a service account."""
        raise NotImplementedError

    def computer(self, computer: Computer) -> Values:
        """Return the attributes of a workstation."""
        raise NotImplementedError

    def contact(self, contact: Contact) -> Values:
        """Return the attributes of somebody outside."""
        raise NotImplementedError

    def group(self, group: Group) -> Values:
        """Return the attributes of a group."""
        raise NotImplementedError


def texts(person: Person) -> dict[str, list[str]]:
    """Return what both kinds of server call by the same name."""
    return {
        "displayName": [person.display_name],
        "givenName": [person.first_name],
        "sn": [person.last_name],
        "initials": [person.initials],
        "telephoneNumber": [person.phone],
        "mobile": [person.mobile],
        "title": [person.title],
        "physicalDeliveryOfficeName": [person.office],
        "employeeType": [person.employee_type],
        "description": [person.description],
    }


def added(dn: str, values: Values) -> Add:
    """Return the request for a new entry; what is empty is left out."""
    return Add(dn, {name: kept for name, found in values.items() if (kept := _octets(found))})


def replaced(dn: str, values: Values) -> Iterator[Modify]:
    """Yield the request that puts values into an entry in place of others, or nothing when there are none."""
    return _modified("replace", dn, values)


def also(dn: str, values: Values) -> Iterator[Modify]:
    """Yield the request that puts values into an entry beside others, or nothing when there are none."""
    return _modified("add", dn, values)


def _modified(kind: Literal["add", "replace"], dn: str, values: Values) -> Iterator[Modify]:
    steps = tuple(Modification(kind, name, kept) for name, found in values.items() if (kept := _octets(found)))
    if steps:
        yield Modify(dn, steps)


def end_of(last_day: date) -> datetime:
    """Return the moment at which somebody's last day is over."""
    return day_after(last_day, TIME_ZONE)


def _octets(values: Sequence[str | bytes | Content]) -> tuple[Octets, ...]:
    return tuple(value.encode() if isinstance(value, str) else value for value in values if value)
