"""Make the people of the sample company. Pure: the same clock and the same randomness give the same people."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random

from runner.sample.cast import cast, director
from runner.sample.names import LANGUAGES, Name
from runner.sample.parts import DOMAIN, Person
from runner.sample.places import BRANCHES, DEPARTMENTS, LEAVERS, Branch, Department

_WITHOUT_MAIL = frozenset({"Warehouse", "Production"})
_FAMILY_FIRST = frozenset({"Chinese", "Japanese", "Korean"})


@dataclass(slots=True)
class _Register:
    """What is already in use while people are being made."""

    random: Random
    logins: set[str] = field(default_factory=set)
    names: set[tuple[str, str]] = field(default_factory=set)
    count: int = 0

    def login(self, first: str, last: str) -> str:
        """Return a free login such as ``z.lindqvist``, at most 20 characters, numbered when taken."""
        letters = "".join(letter for letter in last.lower() if "a" <= letter <= "z")
        base = f"{first[:1].lower()}.{letters}"[:18]
        candidates = (base, *(f"{base}{number}" for number in range(2, 100)))
        login = next(candidate for candidate in candidates if candidate not in self.logins)
        self.logins.add(login)
        return login

    def cn(self, unit: str, display_name: str) -> str:
        """Return a name that is free in the unit; a namesake gets a number."""
        candidates = (display_name, *(f"{display_name} ({number})" for number in range(2, 100)))
        cn = next(candidate for candidate in candidates if (unit, candidate) not in self.names)
        self.names.add((unit, cn))
        return cn


def make_people(now: datetime, random: Random, count: int) -> tuple[Person, ...]:
    """Return ``count`` people, the cast of the demo first, then heads of departments, team leads and everybody else.

    ``now`` has a time zone.  Every manager stands before the people managed, so there are no loops.
    """
    register = _Register(random)
    people = [_in_register(register, person) for person in cast(now)]
    chief = director(people)
    heads: dict[str, str] = {}
    leads: dict[tuple[str, str], list[str]] = {}
    for department in DEPARTMENTS:
        head = _person(register, now, BRANCHES[0], department, chief.login, f"Head of {department.name}")
        heads[department.name] = head.login
        people.append(head)
    for branch, department in ((branch, department) for branch in BRANCHES for department in DEPARTMENTS):
        team = [
            person
            for person in people
            if person.title == f"Team lead, {department.name}" and person.branch == branch.name
        ]
        if not team:
            team = [_person(register, now, branch, department, heads[department.name], f"Team lead, {department.name}")]
            people.extend(team)
        leads[branch.name, department.name] = [person.login for person in team]
    while len(people) < count:
        branch, department = _place(random)
        manager = random.choice(leads[branch.name, department.name])
        people.append(_person(register, now, branch, department, manager, random.choice(department.titles)))
    return tuple(_with_heads(person, heads) for person in people)


def _in_register(register: _Register, person: Person) -> Person:
    register.logins.add(person.login)
    register.names.add((person.unit, person.cn))
    register.count += 1
    return replace(person, employee_id=_employee_id(register))


def _with_heads(person: Person, heads: dict[str, str]) -> Person:
    """Give members of the cast who have no manager the head of their department."""
    return person if person.manager or person.title == "Director" else replace(person, manager=heads[person.department])


def _place(random: Random) -> tuple[Branch, Department]:
    (branch,) = random.choices(BRANCHES, [branch.share for branch in BRANCHES])
    (department,) = random.choices(DEPARTMENTS, [department.share for department in DEPARTMENTS])
    return branch, department


def _employee_id(register: _Register) -> str:
    return str(100_000 + register.count)


def _names(register: _Register) -> tuple[str, Name, Name]:
    (language,) = register.random.choices(LANGUAGES, [language.weight for language in LANGUAGES])
    return language.title, register.random.choice(language.given), register.random.choice(language.family)


def _display_name(language: str, given: Name, family: Name) -> str:
    return family.written + given.written if language in _FAMILY_FIRST else f"{given.written} {family.written}"


def _person(
    register: _Register, now: datetime, branch: Branch, department: Department, manager: str, title: str
) -> Person:
    random = register.random
    language, given, family = _names(register)
    register.count += 1
    login = register.login(given.ascii, family.ascii)
    display_name = _display_name(language, given, family)
    has_mail = department.name not in _WITHOUT_MAIL or random.random() < 0.6
    mail = f"{login}@{DOMAIN}" if has_mail else ""
    created = now - timedelta(days=random.randint(30, 4000), minutes=random.randint(0, 1440))
    return Person(
        login=login,
        cn=register.cn(branch.unit, display_name),
        unit=branch.unit,
        first_name=given.written,
        last_name=family.written,
        display_name=display_name,
        initials=f"{given.ascii[:1]}.",
        mail=mail,
        addresses=_addresses(mail, given, family, register.count, random),
        phone=f"+31{branch.area}555{1000 + register.count:04d}",
        mobile=f"+316555{10000 + register.count:05d}" if random.random() < 0.7 else "",
        title=title,
        department=department.name,
        branch=branch.name,
        office=f"{branch.code}-{random.randint(0, 4)}.{random.randint(1, 40):02d}",
        manager=manager,
        employee_id=_employee_id(register),
        employee_type=random.choices(("Employee", "External", "Intern"), (90, 7, 3))[0],
        password_set_on=max(created, now - timedelta(days=random.randint(0, 360), minutes=random.randint(1, 1440))),
        mfa_enrolled=random.random() < 0.7,
        last_logon=max(created, now - timedelta(minutes=int(random.expovariate(1 / 4000)) + 3)),
        created=created,
    )


def _addresses(mail: str, given: Name, family: Name, number: int, random: Random) -> tuple[str, ...]:
    if not mail:
        return ()
    local = f"{given.ascii}.{family.ascii}".replace(" ", "").replace("'", "").lower()
    return (mail, f"{local}.{number}@{DOMAIN}") if random.random() < 0.2 else (mail,)


# --- states ---------------------------------------------------------------------------------------------------------

Change = Callable[[Person, Random], Person]


def with_states(people: Sequence[Person], now: datetime, random: Random) -> tuple[Person, ...]:
    """Return the people with a known number locked, expired, disabled and so on; managers and the cast stay.

    Every kind of state is given to other people, so that each can be counted.
    """
    managers = {person.manager for person in people}
    busy = managers | {person.login for person in cast(now)}
    ordinary = [person for person in people if person.login not in busy]
    random.shuffle(ordinary)
    chosen = iter(ordinary)
    changed: dict[str, Person] = {}
    for count, change in _states(now):
        changed |= {person.login: change(person, random) for person in _take(chosen, count)}
    return tuple(changed.get(person.login, person) for person in people)


def _take(people: Iterator[Person], count: int) -> list[Person]:
    return [next(people) for _ in range(count)]


def _states(now: datetime) -> tuple[tuple[int, Change], ...]:
    today = now.date()
    return (
        (39, lambda person, random: replace(person, locked_at=now - timedelta(minutes=random.randint(2, 6000)))),
        (30, lambda person, random: replace(person, expires_on=_days(today, -random.randint(1, 90)))),
        (34, lambda person, random: replace(person, expires_on=_days(today, random.randint(1, 30)))),
        (20, lambda person, _: _disabled(person, _some_time_before(now, person))),
        (40, lambda person, random: _leaver(person, now, random)),
        (25, lambda person, _: replace(person, must_change=True, password_set_on=None)),
        (12, lambda person, random: _newcomer(person, now, random)),
        (18, lambda person, _: replace(person, last_logon=None)),
        (22, lambda person, _: _idle(person, now)),
    )


def _days(today: date, days: int) -> date:
    return today + timedelta(days=days)


def _some_time_before(now: datetime, person: Person) -> datetime:
    """Return a moment within the past hundred days, another one for everybody."""
    return now - timedelta(days=int(person.employee_id) % 100, hours=1)


def _idle(person: Person, now: datetime) -> Person:
    """Let somebody who has been here for years sign in four to nine months ago for the last time."""
    last = now - timedelta(days=121 + int(person.employee_id) % 150, hours=2)
    created = min(person.created or last, last - timedelta(days=200))
    return replace(person, last_logon=last, created=created, password_set_on=min(person.password_set_on or last, last))


def _disabled(person: Person, at: datetime) -> Person:
    """Disable an account at a moment; nobody signed in, nor was anything made, after it."""
    before = at - timedelta(hours=3)
    moments = {
        name: min(moment, before)
        for name in ("created", "last_logon", "password_set_on")
        if (moment := getattr(person, name)) is not None
    }
    return replace(person, state="disabled", disabled_at=at, **moments)


def _leaver(person: Person, now: datetime, random: Random) -> Person:
    left = _days(now.date(), -random.randint(1, 360))
    return replace(
        _disabled(person, datetime.combine(left, time(17), now.tzinfo)),
        unit=LEAVERS,
        cn=f"{person.cn} {person.employee_id}",
        manager="",
        description=f"Left on {left.isoformat()}",
    )


def _newcomer(person: Person, now: datetime, random: Random) -> Person:
    return replace(
        person,
        state="pending",
        created=now - timedelta(days=random.randint(0, 5), minutes=5),
        enabled_from=_days(now.date(), random.randint(1, 30)),
        last_logon=None,
        password_set_on=None,
        mfa_enrolled=False,
    )
