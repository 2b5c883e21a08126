"""Make the groups of the sample company. Pure."""

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from runner.sample.cast import groups_of_the_cast
from runner.sample.parts import DOMAIN, Group, Person
from runner.sample.places import BRANCHES, DEPARTMENTS, GROUPS, LEAVERS, LISTS, REQUESTABLE, ROLES, slug

_ROLES = {
    "SD-Rotterdam": "Service desk agents for Rotterdam",
    "SD-Utrecht": "Service desk agents for Utrecht",
    "SD-FirstLine": "First line, all branches",
    "KeyUsers": "Key users of departments",
    "Identity-Leads": "Second line for accounts and access",
    "Access-Admins": "People who decide who may do what",
    "Form-Authors": "People who write forms",
    "Approvers": "People who are asked to agree",
    "Audit": "Security officers and auditors",
}
_GIVING = frozenset({"Access-Admins", "Audit", "Form-Authors", "Identity-Leads"})

_APPS = (  # noqa: SIM905 - words are easier to read and to add to
    "VSCode Visio PowerBI-Pro AutoCAD Project SQLStudio Photos-Pro Illustrator-Pro Wiki Planner TimeSheets Expenses"
    " CRM CRM-Reports ERP-Read ERP-Orders Warehouse-Scanner RoutePlanner CustomsDesk Payslips Recruiting"
    " Contracts LabNotebook Statistics Translate Whiteboard VideoEditor PDF-Editor MindMap PasswordSafe"
    " Fleet-Monitor"
).split()

_APPS_OF = {
    "CRM": "Sales",
    "CRM-Reports": "Sales",
    "Warehouse-Scanner": "Warehouse",
    "RoutePlanner": "Logistics",
    "Fleet-Monitor": "Logistics",
    "CustomsDesk": "Logistics",
    "Payslips": "Human Resources",
    "Recruiting": "Human Resources",
    "Contracts": "Legal",
    "LabNotebook": "Research",
    "Statistics": "Research",
    "VideoEditor": "Marketing",
    "ERP-Orders": "Purchasing",
    "SQLStudio": "IT",
}

_OWNERS = {"AutoCAD": "approver"}
"""Whose software it is, by app; the head of IT owns the others."""

# name, description, may only be handed out with the owner's consent
_REQUESTABLE = (
    ("GG-VPN", "Work from outside", False),
    ("GG-Sales-Leads", "Sees the leads of all sales teams", True),
    ("GG-Old-Intranet", "The intranet before the new one", False),
    ("GG-Printing-Colour", "Print in colour", False),
    ("GG-Printing-Plotter", "Print on the plotter", False),
    ("GG-Guest-WiFi", "Hand out guest access to the wireless network", False),
    ("GG-Meeting-Rooms", "Book the large meeting rooms", False),
    ("GG-Parking-Rotterdam", "Park below the building in Rotterdam", False),
    ("GG-Parking-Utrecht", "Park behind the station in Utrecht", False),
    ("GG-Share-Tenders", "Shared folder for tenders", False),
    ("GG-Share-Photos", "Shared folder for photos", False),
    ("GG-Share-Drawings", "Shared folder for drawings", False),
    ("GG-Share-Policies", "Shared folder for policies", False),
    ("GG-Test-Lab", "Use the test laboratory", False),
    ("GG-USB-Storage", "Write to USB storage", True),
    ("GG-External-Mail", "Read mail on private devices", False),
    ("GG-External", "People who are not on the payroll", False),
    ("GG-VPN-External", "Work from outside without a company laptop", False),
    ("GG-Audit-Read", "Read access for visiting auditors", True),
)

_EMPTY = ("GG-Printing-Plotter", "GG-Test-Lab")

_SENSITIVE = (
    ("GG-Board", "Papers of the board"),
    ("GG-Payroll", "Salaries"),
    ("GG-Mergers", "Plans that nobody talks about yet"),
    ("GG-Whistleblower-Desk", "Reports of misconduct"),
    ("GG-Camera-Footage", "Recordings of the cameras"),
)

_PROJECTS = (  # noqa: SIM905 - words are easier to read and to add to
    "Albatross Bergamot Compass Delta Ember Fjord Gravel Harbour Indigo Juniper Kestrel Lantern Meadow Nimbus"
).split()


def make_groups(people: Sequence[Person], random: Random) -> tuple[Group, ...]:
    """Return the groups of a company with these people: 151, nested ones, a loop of two, and sensitive ones.

    Those who left are in no group.
    """
    staff = [person for person in people if person.unit != LEAVERS]
    heads = {person.department: person.login for person in staff if person.title.startswith("Head of ")}
    return (
        *_locations(staff),
        *_departments(staff, heads),
        *_requestable(staff, heads, random),
        *_lists(staff, heads),
        *_projects(staff, random),
        *_sensitive(heads, staff, random),
        *_roles(staff),
    )


def _logins(people: Sequence[Person], **wanted: str) -> tuple[str, ...]:
    return tuple(
        person.login for person in people if all(getattr(person, name) == value for name, value in wanted.items())
    )


def _locations(staff: Sequence[Person]) -> Iterator[Group]:
    for branch in BRANCHES:
        yield Group(
            f"GG-Location-{branch.name}",
            GROUPS,
            f"Everybody in {branch.name}",
            people=_logins(staff, branch=branch.name),
        )
    yield Group("GG-Location-All", GROUPS, "Every branch", groups=tuple(f"GG-Location-{b.name}" for b in BRANCHES))


def _departments(staff: Sequence[Person], heads: dict[str, str]) -> Iterator[Group]:
    for department in DEPARTMENTS:
        name = f"GG-Dept-{slug(department.name)}"
        parts = tuple(f"{name}-{branch.name}" for branch in BRANCHES)
        for branch, part in zip(BRANCHES, parts, strict=True):
            people = _logins(staff, branch=branch.name, department=department.name)
            yield Group(part, GROUPS, f"{department.name} in {branch.name}", department=department.name, people=people)
        owner = heads[department.name]
        yield Group(
            name, GROUPS, department.name, department=department.name, owner=owner, people=(owner,), groups=parts
        )
    yield Group("GG-Staff", GROUPS, "All staff", groups=tuple(f"GG-Dept-{slug(d.name)}" for d in DEPARTMENTS))


def _requestable(staff: Sequence[Person], heads: dict[str, str], random: Random) -> Iterator[Group]:
    everybody = [person.login for person in staff]
    for app in _APPS:
        people = tuple(random.sample(everybody, random.randint(4, 160)))
        yield Group(
            f"APP-{app}",
            REQUESTABLE,
            f"May use {app.replace('-', ' ')}",
            department=_APPS_OF.get(app, ""),
            owner=_OWNERS.get(app, heads["IT"]),
            people=people,
        )
    for name, description, is_sensitive in _REQUESTABLE:
        owner = "p.dewit" if name == "GG-Sales-Leads" else heads[random.choice(DEPARTMENTS).name]
        members = {*random.sample(everybody, random.randint(3, 90)), *_always_in(name)} - _never_in(name)
        members = set() if name in _EMPTY else members
        yield Group(name, REQUESTABLE, description, owner=owner, sensitive=is_sensitive, people=tuple(sorted(members)))


def _always_in(name: str) -> set[str]:
    return {"z.lindqvist", "alice"} if name in {"GG-VPN", "GG-Old-Intranet"} else set()


def _never_in(name: str) -> set[str]:
    return {"z.lindqvist"} if name == "GG-Sales-Leads" else set()


def _lists(staff: Sequence[Person], heads: dict[str, str]) -> Iterator[Group]:
    for department in DEPARTMENTS:
        name = f"DL-{slug(department.name)}"
        members = tuple(person.login for person in staff if person.department == department.name and person.mail)[:60]
        yield Group(
            name,
            LISTS,
            f"Mailing list of {department.name}",
            display_name=f"{department.name} (all)",
            mail=f"{name.lower()}@{DOMAIN}",
            department=department.name,
            owner=heads[department.name],
            people=members,
        )
    for branch in BRANCHES:
        name = f"DL-{branch.name}"
        yield Group(
            name,
            LISTS,
            f"Mailing list of {branch.name}",
            display_name=f"{branch.name} (all)",
            mail=f"{name.lower()}@{DOMAIN}",
            groups=(f"GG-Location-{branch.name}",),
        )


def _projects(staff: Sequence[Person], random: Random) -> Iterator[Group]:
    """Project groups; those of Delta and its partners are members of each other."""
    everybody = [person.login for person in staff]
    for project in _PROJECTS:
        people = tuple(random.sample(everybody, random.randint(3, 25)))
        inside = ("GG-Project-Delta-Partners",) if project == "Delta" else ()
        yield Group(f"GG-Project-{project}", GROUPS, f"Project {project}", people=people, groups=inside)
    yield Group(
        "GG-Project-Delta-Partners",
        GROUPS,
        "Partners in project Delta",
        people=tuple(random.sample(everybody, 6)),
        groups=("GG-Project-Delta",),
    )


def _sensitive(heads: dict[str, str], staff: Sequence[Person], random: Random) -> Iterator[Group]:
    everybody = [person.login for person in staff]
    owners = (heads["Legal"], heads["Finance"], heads["Legal"], heads["Human Resources"], heads["IT"])
    for (name, description), owner in zip(_SENSITIVE, owners, strict=True):
        people = (owner, *random.sample(everybody, 4))
        yield Group(name, GROUPS, description, owner=owner, sensitive=True, people=tuple(dict.fromkeys(people)))


def _roles(staff: Sequence[Person]) -> Iterator[Group]:
    cast = groups_of_the_cast()
    for name, description in _ROLES.items():
        people = tuple(login for group, login in cast if group == name)
        yield Group(name, ROLES, description, sensitive=name in _GIVING, people=people)
    administrators = islice(
        (
            person.login
            for person in staff
            if person.title == "System administrator" and person.login not in dict(cast).values()
        ),
        7,
    )
    first, second, third, *others = administrators
    yield Group(
        "Tier0-Admins",
        ROLES,
        "Whoever holds the keys",
        sensitive=True,
        people=(first,),
        groups=("Domain Admins", "Tier0-Server-Admins"),
    )
    yield Group("Tier0-Server-Admins", ROLES, "Administrators of the servers", sensitive=True, people=(second, third))
    yield Group("Domain Admins", ROLES, "Administrators of the directory", sensitive=True, people=tuple(others[:2]))
    yield Group("Domain Users", GROUPS, "Every account", people=tuple(person.login for person in staff))
