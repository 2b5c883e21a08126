"""Small random companies with a random access file, and somebody who does whatever is allowed. For tests of the graph."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from connectors.spi import Entry
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.definition import Catalogue, Form
from runner.access.authority import Authority
from runner.access.graph.building import Built, build
from runner.access.graph.carriers import Carriers
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve
from tests.runner.access.conftest import Town, parse_place

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
LIBRARY = Path(__file__).parents[3] / "forms" / "library"
USERS = tuple(f"u{number}" for number in range(8))
GROUPS = tuple(f"g{number}" for number in range(5))
UNITS = ("a", "b")
DEPARTMENTS = ("x", "y")
PERMISSIONS = (
    "user.read", "user.password.reset", "user.groups.manage", "group.members.manage", "user.move",
    "user.profile.manage", "group.manage",
)  # fmt: skip
FORMS = ("reset-password", "manage-groups", "offboard-user", "move-account", "person-details")


@cache
def library() -> Catalogue:
    files = {file.relative_to(LIBRARY).as_posix(): file.read_bytes() for file in LIBRARY.rglob("*.yaml")}
    return load_catalogue(files, {**DIRECTORY_VERBS, **MAILBOX_VERBS})[0]


@cache
def carriers() -> Carriers:
    return Carriers.of(library().forms.values())


def forms() -> tuple[Form, ...]:
    return tuple(library().forms.values())


def authority_of(policy: str, town: Town) -> Authority:
    read, problems = read_access("access.yaml", policy.encode())
    assert not [problem for problem in problems if problem.level == "error"], problems
    return Authority(resolve(read, town.locate, parse_place))


def graph_of(authority: Authority, town: Town) -> Built:
    def scan(kind: str) -> Iterator[Entry]:
        return (entry for entry in town.entries.values() if entry.ref.kind == kind)

    return build(authority, forms(), scan, NOW.date())


@dataclass
class World:
    """Rows as `Town.of` takes them, and the access file."""

    rows: dict[str, dict[str, Any]]
    policy: str

    @classmethod
    def random(cls, random: Random) -> "World":
        rows: dict[str, dict[str, Any]] = {unit: {"is": "ou", "in": "dc=t"} for unit in UNITS}
        for group in GROUPS:
            inside = random.sample(GROUPS, random.choice((0, 0, 1)))
            rows[group] = {"is": "group", "in": f"OU={random.choice(UNITS)},dc=t", "groups": inside}
            rows[group] |= {"department": random.choice(DEPARTMENTS)} if random.random() < 0.5 else {}
        for user in USERS:
            groups = random.sample(GROUPS, random.choice((0, 1, 1, 2)))
            rows[user] = {"in": f"OU={random.choice(UNITS)},dc=t", "groups": groups}
            rows[user] |= {"department": random.choice(DEPARTMENTS)} if random.random() < 0.7 else {}
            rows[user] |= {"manager": random.choice(USERS)} if random.random() < 0.4 else {}
        return cls(rows, _policy(random))

    def town(self) -> Town:
        return Town.of(self.rows)


def _policy(random: Random) -> str:
    lines = ["format: access/1", "roles:"]
    for number in range(4):
        held = random.sample(PERMISSIONS, random.randint(1, 5))
        held += ["access.manage"] if random.random() < 0.05 else []
        ordinary = ", holders: ordinary" if random.random() < 0.3 else ""
        lines.append(f"  - {{id: r{number}, title: R{number}, permissions: [{', '.join(held)}]{ordinary}}}")
    lines.append("resource_sets:")
    for number in range(5):
        resources = ", ".join(_selector(random) for _ in range(random.randint(1, 3)))
        left_out = f", except: [{_selector(random, fixed=True)}]" if random.random() < 0.4 else ""
        lines.append(f"  - {{id: s{number}, title: S{number}, resources: [{resources}]{left_out}}}")
    protected = random.choice(
        (f"users: {{in_group: {random.choice(GROUPS)}}}", f"users: {{id: {random.choice(USERS)}}}")
    )
    lines += [f"  - {{id: tier, title: Tier, resources: [{{{protected}}}]}}", "protected: [tier]", "bindings:"]
    for number in range(5):
        everyone, user = "everyone", f"{{user: {random.choice(USERS)}}}"
        principal = random.choice((everyone, user, *[f"{{group: {random.choice(GROUPS)}}}"] * 4))
        only = f", forms: [{', '.join(random.sample(FORMS, 2))}]" if random.random() < 0.3 else ""
        sets = ", ".join(f"s{one}" for one in random.sample(range(5), random.randint(1, 3)))
        lines.append(
            f"  - {{id: b{number}, principals: [{principal}], role: r{random.randrange(4)}, on: [{sets}]{only}}}"
        )
    return "\n".join(lines)


def _selector(random: Random, *, fixed: bool = False) -> str:
    kind = random.choice(("users", "users", "groups", "groups", "ous"))
    if kind == "ous":
        return random.choice(("{ous: all}", f'{{ous: {{under: "OU={random.choice(UNITS)},dc=t"}}}}'))
    group, unit = random.choice(GROUPS), random.choice(UNITS)
    department = random.choice((*DEPARTMENTS, *(() if fixed else ("$(actor.department)",))))
    ways = [f"in_group: {group}", f'under: "OU={unit},dc=t"', f"match: {{department: {department}}}"]
    if kind == "users" and not fixed:
        ways += ["match: {manager: $(actor)}", "match: {id: $(actor.id)}", f"id: {random.choice(USERS)}"]
    if kind == "groups":
        ways.append(f"id: {group}")
    return f"{{{kind}: all}}" if random.random() < 0.1 and not fixed else f"{{{kind}: {{{random.choice(ways)}}}}}"


@dataclass
class Attacker:
    """Somebody who uses every account they have to do what is decided to be allowed."""

    world: World
    random: Random
    accounts: set[str]
    groups: set[str]

    def act(self) -> None:  # noqa: C901 - one case for each thing that can be done
        """Try one thing as one of the accounts."""
        town = self.world.town()
        authority = self._authority
        mine = self.random.choice(sorted(self.accounts))
        other, group, unit = self.random.choice(USERS), self.random.choice(GROUPS), self.random.choice(UNITS)
        asking = _Asking(authority, town, town.actor(mine))
        rows = self.world.rows
        match self.random.choice(("reset", "reset", "add", "add", "leave", "move", "department", "manager", "group")):
            case "reset":
                if asking.may(_reset(), ("user.password.reset", other)):
                    self.accounts.add(other)
            case "add":
                both = (("user.groups.manage", other), ("group.members.manage", group))
                if asking.may(carriers().by_act["add"], *both) and asking.may_give(group):
                    rows[other]["groups"] = sorted({*rows[other]["groups"], group})
            case "leave":
                both = (("user.groups.manage", other), ("group.members.manage", group))
                if asking.may(None, *both):
                    rows[other]["groups"] = sorted({*rows[other]["groups"]} - {group})
            case "move":
                if asking.may(carriers().by_act["move"], ("user.move", other), ("user.move", unit)):
                    rows[other]["in"] = f"OU={unit},dc=t"
            case "department":
                if asking.may(_setting("department"), ("user.profile.manage", other)):
                    rows[other]["department"] = self.random.choice(DEPARTMENTS)
            case "manager":
                if asking.may(_setting("manager"), ("user.profile.manage", other)):
                    rows[other]["manager"] = self.random.choice(USERS)
            case "group":
                if asking.may(None, ("group.manage", group)):
                    rows[group]["department"] = self.random.choice(DEPARTMENTS)
        for account in self.accounts:
            self.groups.update(rows[account]["groups"])

    def __post_init__(self) -> None:
        self._authority = authority_of(self.world.policy, self.world.town())


def _reset() -> set[str]:
    return carriers().by_need["user.password.reset", "user"]


def _setting(attribute: str) -> set[str]:
    return carriers().by_attribute.get(attribute, set()) | carriers().by_attribute.get("*", set())


@dataclass
class _Asking:
    authority: Authority
    town: Town
    actor: Actor

    def may(self, among: set[str] | None, *needs: tuple[str, str]) -> bool:
        """Say whether one form could do it, and every permission is given in that form."""
        kinds = {name: self.town.entries[name].ref.kind for _, name in needs}
        forms = set.intersection(*(carriers().by_need.get((need, kinds[name]), set()) for need, name in needs))
        return any(
            all(
                self.authority.decide(self.actor, need, self.town.entries[name], form=form, now=NOW).allowed
                for need, name in needs
            )
            for form in sorted(forms if among is None else forms & among)
        )

    def may_give(self, group: str) -> bool:
        if not self.authority.gives_rights(self.town.entries[group]):
            return True
        return self.authority.holds(self.actor, "access.manage", "", form=None, now=NOW)
