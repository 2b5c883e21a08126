"""The people of the sample company with a part in the demo: those who sign in, and whom they help. Performs no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from runner.sample.parts import DOMAIN, Person, SignIn, stable_id
from runner.sample.places import BRANCHES

TIME_ZONE = ZoneInfo("Europe/Amsterdam")
DIRECTOR = "h.grachtenvoort"


@dataclass(frozen=True, slots=True)
class _Part:
    """One row of the cast; ``what`` is filled in for those who can sign in, ``groups`` are theirs from the start."""

    login: str
    first_name: str
    last_name: str
    title: str
    department: str
    branch: str
    number: int
    manager: str = ""
    groups: str = ""
    what: str = ""


_PARTS = (
    _Part(DIRECTOR, "Hélène", "Grachtenvoort", "Director", "Sales", "Rotterdam", 1),
    _Part("p.dewit", "Pieter", "de Wit", "Team lead, Sales", "Sales", "Rotterdam", 112, groups="Approvers",
          what="Manager of the sales team in Rotterdam: agrees to what it asks for, sees all open requests, asks for software"),
    _Part("z.lindqvist", "Zoë", "Lindqvist", "Account manager", "Sales", "Rotterdam", 134, "p.dewit"),
    _Part("t.novak", "Tomáš", "Novák", "Stock controller", "Warehouse", "Rotterdam", 135),
    _Part("a.haddad", "Amina", "Haddad", "Treasury analyst", "Finance", "Rotterdam", 136),
    _Part("agent.rotterdam", "Femke", "Aydınlar", "Service desk agent", "IT", "Rotterdam", 101, groups="SD-Rotterdam",
          what="Helps everybody in Rotterdam: passwords, locks, contact details, groups, shared mailboxes, reports"),
    _Part("agent.utrecht", "Joris", "Okonkwo", "Service desk agent", "IT", "Utrecht", 102, groups="SD-Utrecht",
          what="The same as the agent in Rotterdam, for the people of Utrecht only"),
    _Part("firstline", "Noa", "Verbrugh", "First-line agent", "IT", "Groningen", 103, groups="SD-FirstLine",
          what="Unlocks accounts and resets passwords of ordinary staff, nothing else"),
    _Part("keyuser.sales", "Milan", "Strandvoogd", "Sales assistant", "Sales", "Rotterdam", 104, "p.dewit", "KeyUsers",
          "Keeps contact details and mailing lists of the own department, Sales, up to date"),
    _Part("author", "Ilse", "Þórbergsen", "System administrator", "IT", "Utrecht", 105, groups="Form-Authors",
          what="Writes and publishes forms, and looks up who may do what"),
    _Part("approver", "Rachid", "Ben Youssouf", "Team lead, Finance", "Finance", "Utrecht", 106, groups="Approvers",
          what="Agrees to requests, as the owner of AutoCAD too, and sees all open ones; asks for software"),
    _Part("auditor", "Éva", "Sørgaard", "Privacy officer", "Legal", "Rotterdam", 107, groups="Audit",
          what="Sees everybody, all reports, who may do what, the journal and the queue; changes nobody else"),
    _Part("lead", "Şenay", "Hofmeijer", "System administrator", "IT", "Rotterdam", 108, groups="Identity-Leads",
          what="Second line: all of the library, for all staff: joiners, leavers, files of people, computers, mail"),
    _Part("access.admin", "Sanne", "Kwakernaat", "Identity administrator", "IT", "Rotterdam", 111, groups="Access-Admins",
          what="Decides who may do what to whom: explores and explains the rights, begins and closes their reviews"),
    _Part("alice", "Alice", "Tulpenburg", "Sales representative", "Sales", "Rotterdam", 109, "p.dewit",
          what="An ordinary employee: own contact details, software to ask for"),
    _Part("bob", "Bob", "Kraanvogel", "Order picker", "Warehouse", "Utrecht", 110,
          what="An ordinary employee in another branch"),
)  # fmt: skip


def cast(now: datetime) -> tuple[Person, ...]:
    """Return the people of the demo in the state they have at ``now``, the director first. Pure."""
    return tuple(_in_state(_person(part, now), now) for part in _PARTS)


def director(people: Sequence[Person]) -> Person:
    """Return the one person without a manager above. Pure."""
    return next(person for person in people if person.login == DIRECTOR)


def groups_of_the_cast() -> tuple[tuple[str, str], ...]:
    """Return pairs of group and login. Pure."""
    return tuple((group, part.login) for part in _PARTS for group in part.groups.split())


def sign_ins() -> tuple[SignIn, ...]:
    """Return who can sign in to the demo. Pure."""
    return tuple(
        SignIn(part.login, stable_id("user", part.login), f"{part.title}, {part.branch}", part.what)
        for part in _PARTS
        if part.what
    )


def _person(part: _Part, now: datetime) -> Person:
    branch = next(branch for branch in BRANCHES if branch.name == part.branch)
    display_name = f"{part.first_name} {part.last_name}"
    mail = f"{part.login}@{DOMAIN}"
    created = datetime(2021, 3, 3, 9, 0, tzinfo=TIME_ZONE)
    return Person(
        login=part.login,
        cn=display_name,
        unit=branch.unit,
        first_name=part.first_name,
        last_name=part.last_name,
        display_name=display_name,
        initials=f"{part.first_name[0]}.",
        mail=mail,
        addresses=(mail,),
        phone=f"+31{branch.area}555{part.number:04d}",
        mobile=f"+316555{part.number:05d}",
        title=part.title,
        department=part.department,
        branch=part.branch,
        office=f"{branch.code}-2.{part.number % 40:02d}",
        manager=part.manager,
        employee_type="Employee",
        password_set_on=now - timedelta(days=20 + part.number % 30, hours=3),
        mfa_enrolled=True,
        last_logon=now - timedelta(minutes=7 + part.number % 40),
        created=min(created, now - timedelta(days=400)),
    )


def _in_state(person: Person, now: datetime) -> Person:
    if person.login == "a.haddad":
        return replace(person, expires_on=now.date() + timedelta(days=9))
    if person.login != "z.lindqvist":
        return person
    locked_at = _this_morning(now)
    return replace(
        person,
        mobile="+31655500192",
        locked_at=locked_at,
        last_logon=locked_at - timedelta(minutes=15),
        password_set_on=now - timedelta(days=94),
    )


def _this_morning(now: datetime) -> datetime:
    """Return 09:12 of this day; early in the day, a moment ago."""
    return min(datetime.combine(now.astimezone(TIME_ZONE), time(9, 12), TIME_ZONE), now - timedelta(minutes=19))
