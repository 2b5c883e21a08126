"""Put the sample company into a local directory and a mailbox stub. Writes to both databases."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.mailbox.connector import MailboxStub
from connectors.mailbox.loading import MailboxRow, load_mailboxes
from connectors.mailbox.session import Database
from connectors.spi import Ids, Question, Ref
from runner.sample.company import PEOPLE, make_company
from runner.sample.parts import Company, Computer, Contact, Group, Mailbox, Person, Unit, stable_id

_MOST_IDS = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """The company, and how many of its objects were added to the directory and to the mail system."""

    company: Company
    directory: int
    mailboxes: int


def no_password(_login: str) -> str | None:
    """Give nobody a password: people get one when it is reset. Pure."""
    return None


def load_company(
    directory_url: str,
    mailbox_url: str,
    *,
    now: datetime,
    passwords: Callable[[str], str | None] = no_password,
    size: int = PEOPLE,
) -> Loaded:
    """Add what is missing of the sample company; what is there already stays as it is.

    ``now`` has a time zone; ``size`` is how many people the company has.  ``passwords`` maps a login to an Argon2 hash, or
    None for no password.  Raises the errors of `connectors.errors`; the directory, and then the mail system, is filled in
    one transaction each.
    """
    company = make_company(now, size=size)
    return Loaded(
        company,
        _load_directory(directory_url, company, now, passwords),
        load_mailboxes_of(mailbox_url, company, now=now),
    )


def _load_directory(url: str, company: Company, now: datetime, passwords: Callable[[str], str | None]) -> int:
    engine = open_engine(url)
    try:
        create_tables(engine)
        return sum(load_entries(engine, entries(company, passwords), now=now).loaded.values())
    finally:
        engine.dispose()


def load_mailboxes_of(url: str, company: Company, *, now: datetime) -> int:
    """Add those of the company's mailboxes that are missing to a mailbox stub; return how many they were."""
    stub, database = MailboxStub(url), Database(url)
    try:
        there = _known(stub, [mailbox.id for mailbox in company.mailboxes])
        rows = [_mailbox(mailbox) for mailbox in company.mailboxes if mailbox.id not in there]
        return load_mailboxes(database.engine, rows, now=now) if rows else 0
    finally:
        stub.close()
        database.engine.dispose()


def _known(stub: MailboxStub, ids: Sequence[str]) -> set[str]:
    """Return the ids of mailboxes that are there already."""
    found: set[str] = set()
    for start in range(0, len(ids), _MOST_IDS):
        some = Ids(frozenset(ids[start : start + _MOST_IDS]))
        found |= {entry.ref.id for entry in stub.read(Question("mailbox", some, limit=1_000)).entries}
    return found


# --- parts to entries -----------------------------------------------------------------------------------------------


def entries(company: Company, passwords: Callable[[str], str | None] = no_password) -> Iterator[NewEntry]:
    """Yield what the directory has to hold, units first. Pure."""
    yield from map(_unit, company.units)
    yield from (_person(person, passwords(person.login)) for person in (*company.people, *company.service_accounts))
    yield from map(_computer, company.computers)
    yield from map(_contact, company.contacts)
    yield from map(_group, company.groups)


def _unit(unit: Unit) -> NewEntry:
    return NewEntry("ou", unit.dn, {"name": unit.name, "description": unit.description}, id=unit.id)


def _user(login: str) -> Ref | None:
    return Ref("user", stable_id("user", login)) if login else None


def _person(person: Person, password_hash: str | None) -> NewEntry:
    attributes: dict[str, object] = {
        "login": person.login,
        "upn": person.upn,
        "mail_nickname": person.login if person.mail else None,
        "display_name": person.display_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "initials": person.initials,
        "mail": person.mail,
        "addresses": person.addresses,
        "phone": person.phone,
        "mobile": person.mobile,
        "title": person.title,
        "department": person.department,
        "office": person.office,
        "company": "" if person.is_service else "Sample Company",
        "employee_id": person.employee_id,
        "employee_type": person.employee_type,
        "description": person.description,
        "manager": _user(person.manager),
        "created": person.created,
        "changed": person.changed,
    }
    return NewEntry("user", _dn(person.cn, person.unit), attributes | _states(person), (), password_hash, person.id)


def _states(person: Person) -> dict[str, object]:
    return {
        "enabled": person.state == "active",
        "pending": person.state == "pending",
        "disabled_at": person.disabled_at,
        "locked_at": person.locked_at,
        "enabled_from": person.enabled_from,
        "expires_on": person.expires_on,
        "password_set_on": person.password_set_on,
        "must_change": person.must_change,
        "mfa_enrolled": person.mfa_enrolled,
        "is_service": person.is_service,
        "last_logon": person.last_logon,
    }


def _computer(computer: Computer) -> NewEntry:
    attributes: dict[str, object] = {
        "name": computer.name,
        "description": computer.description,
        "system": computer.system,
        "owner": _user(computer.owner),
        "enabled": computer.enabled,
        "last_logon": computer.last_logon,
        "created": computer.created,
    }
    return NewEntry("computer", _dn(computer.name, computer.unit), attributes, id=computer.id)


def _contact(contact: Contact) -> NewEntry:
    attributes: dict[str, object] = {
        "display_name": contact.display_name,
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "mail": contact.mail,
        "phone": contact.phone,
        "company": contact.company,
        "description": contact.description,
    }
    return NewEntry("contact", _dn(contact.display_name, contact.unit), attributes, id=contact.id)


def _group(group: Group) -> NewEntry:
    attributes: dict[str, object] = {
        "name": group.name,
        "display_name": group.display_name,
        "description": group.description,
        "mail": group.mail,
        "department": group.department,
        "owner": _user(group.owner),
        "sensitive": group.sensitive,
    }
    inside = {"user": group.people, "group": group.groups, "computer": group.computers}
    members = tuple(Ref(kind, stable_id(kind, name)) for kind, names in inside.items() for name in names)
    return NewEntry("group", _dn(group.name, group.unit), attributes, members, id=group.id)


def _dn(cn: str, unit: str) -> str:
    """Return the DN of an object; no name of the sample needs another escape than that of a comma."""
    return f"CN={cn.replace(',', chr(92) + ',')},{unit}"


def _mailbox(mailbox: Mailbox) -> MailboxRow:
    rights = {
        "full_access": mailbox.full_access,
        "send_as": mailbox.send_as,
        "send_on_behalf": mailbox.send_on_behalf,
    }
    return MailboxRow(
        name=mailbox.name,
        address=mailbox.address,
        kind=mailbox.kind,
        owner=stable_id("user", mailbox.owner) if mailbox.owner else None,
        rights={right: [stable_id("user", login) for login in logins] for right, logins in rights.items()},
        further_addresses=[address for address in mailbox.addresses if address != mailbox.address],
        id=mailbox.id,
    )
