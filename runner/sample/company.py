"""Make the sample company: two thousand invented people and what surrounds them. Pure and repeatable.

The same ``now`` and ``seed`` give the same company; ids, names and logins depend on the seed only, so that a
company made tomorrow is the same one with newer dates.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from runner.sample.cast import sign_ins
from runner.sample.groups import make_groups
from runner.sample.parts import DOMAIN, Company, Computer, Contact, Mailbox, Person
from runner.sample.people import make_people, with_states
from runner.sample.places import BRANCHES, CONTACTS, SERVICE_ACCOUNTS, units

PEOPLE = 2_000

_SERVICES = (  # noqa: SIM905 - words are easier to read and to add to
    "backup scanner printing monitoring badge-reader mail-relay erp-sync hr-feed website telephony deployment reports"
).split()

# name, local part of the address, department that owns and reads it
_SHARED = (
    ("Information desk", "info", "Customer Care"),
    ("Complaints", "complaints", "Customer Care"),
    ("Returns", "returns", "Customer Care"),
    ("Sales Rotterdam", "sales.rotterdam", "Sales"),
    ("Sales Utrecht", "sales.utrecht", "Sales"),
    ("Sales Groningen", "sales.groningen", "Sales"),
    ("Tenders", "tenders", "Sales"),
    ("Invoices", "invoices", "Finance"),
    ("Payroll", "payroll", "Finance"),
    ("Jobs", "jobs", "Human Resources"),
    ("Personnel desk", "personnel", "Human Resources"),
    ("Privacy", "privacy", "Legal"),
    ("Contracts", "contracts", "Legal"),
    ("Press", "press", "Marketing"),
    ("Events", "events", "Marketing"),
    ("Orders to suppliers", "purchasing", "Purchasing"),
    ("Customs", "customs", "Logistics"),
    ("Goods in", "goods-in", "Warehouse"),
    ("Service desk", "servicedesk", "IT"),
    ("Laboratory", "laboratory", "Research"),
)

_ROOMS = (("Rotterdam – Maas", "room.maas"), ("Utrecht – Dom", "room.dom"), ("Groningen – Aa", "room.aa"))

_PARTNERS = (
    ("Margriet", "Kolenbrander", "Blue Heron Freight"),
    ("Olivier", "Chantereau", "Atelier Quatre-Vents"),
    ("Birgit", "Ahornfeld", "Nordlicht Maschinen"),
    ("Kofi", "Danquah-Ruys", "Lagoon Packaging"),
    ("Renske", "Overdiep", "Overdiep Accountants"),
    ("Wanda", "Srebrnowska", "Silver Line Customs"),
)


def make_company(now: datetime, seed: int = 1, size: int = PEOPLE) -> Company:
    """Return the company as it is at ``now``, which has a time zone; ``size`` is how many people it has. Pure."""
    random = Random(seed)  # noqa: S311 - people are invented here, not secrets
    people = make_people(now, random, size)
    people = with_states(people, now, random)
    return Company(
        units=units(),
        people=people,
        service_accounts=tuple(_service_accounts(now)),
        groups=make_groups(people, random),
        computers=tuple(_computers(people, now, random)),
        contacts=tuple(_contacts()),
        mailboxes=(*_personal_mailboxes(people), *_shared_mailboxes(people, random), *_rooms()),
        sign_ins=sign_ins(),
        leads={person.department: person.login for person in people if person.title.startswith("Head of ")},
    )


def _service_accounts(now: datetime) -> Iterator[Person]:
    for service in _SERVICES:
        name = f"svc-{service}"
        yield Person(
            login=name,
            cn=name,
            unit=SERVICE_ACCOUNTS,
            first_name="",
            last_name=service,
            display_name=name,
            description=f"Account of the program for {service.replace('-', ' ')}",
            is_service=True,
            password_set_on=now - timedelta(days=900),
            created=now - timedelta(days=1800),
        )


def _computers(people: Sequence[Person], now: datetime, random: Random) -> Iterator[Computer]:
    """Give a workstation to every second person of a branch; Zoë Lindqvist has RDM-WS-0417."""
    for branch in BRANCHES:
        owners = [person.login for person in people if person.branch == branch.name and person.state == "active"][::2]
        if branch.code == "RDM":
            owners = [login for login in owners if login != "z.lindqvist"]
            owners.insert(416, "z.lindqvist")
        for number, owner in enumerate(owners, 1):
            yield Computer(
                name=f"{branch.code}-WS-{number:04d}",
                unit=branch.workstations,
                system=random.choice(("Windows 11", "Windows 11", "Windows 11", "macOS 15", "Debian 13")),
                owner=owner,
                enabled=random.random() < 0.96,
                last_logon=now - timedelta(minutes=random.randint(2, 90_000)),
                created=now - timedelta(days=random.randint(90, 1500)),
            )


def _contacts() -> Iterator[Contact]:
    for number, (first, last, company) in enumerate(_PARTNERS, 1):
        mail = f"{first}.{last}@{company.replace(' ', '-')}.example".lower()
        yield Contact(f"{first} {last} ({company})", CONTACTS, first, last, mail, f"+3120555010{number}", company)


def _personal_mailboxes(people: Sequence[Person]) -> Iterator[Mailbox]:
    for person in people:
        if person.mail and person.state != "disabled":
            yield Mailbox(person.display_name, person.mail, "personal", person.login, person.addresses)


def _shared_mailboxes(people: Sequence[Person], random: Random) -> Iterator[Mailbox]:
    heads = {person.department: person.login for person in people if person.title.startswith("Head of ")}
    for name, local, department in _SHARED:
        staff = [p.login for p in people if p.department == department and p.mail and p.state == "active"]
        readers = tuple(random.sample(staff, 6))
        address = f"{local}@{DOMAIN}"
        yield Mailbox(
            name, address, "shared", heads[department], (address,), readers, readers[:3], _on_behalf(local, readers)
        )


def _on_behalf(local: str, readers: tuple[str, ...]) -> tuple[str, ...]:
    """Let the last reader of every second mailbox or so write on its behalf."""
    return readers[-1:] if len(local) % 2 else ()


def _rooms() -> Iterator[Mailbox]:
    for name, local in _ROOMS:
        yield Mailbox(name, f"{local}@{DOMAIN}", "room", addresses=(f"{local}@{DOMAIN}",))
