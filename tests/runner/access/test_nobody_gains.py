"""Random companies, and all that somebody may do there: nobody reaches the protected tier or gains by taking over."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from connectors.spi import Entry, Operation, Ref, Value
from connectors.verbs import DIRECTORY_VERBS
from forms.planning import PlannedOperation, Requirement
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve
from runner.pipeline.authorising import decide_operation

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
ROOT = ("dc=test", "dc=sample")
UNITS = ("ou=a", "ou=b", "ou=tier0")
PEOPLE = tuple(f"p{number}" for number in range(7))
GROUPS = tuple(f"g{number}" for number in range(6))
TIER = "g0"
PERMISSIONS = (
    "user.read", "user.password.reset", "user.mfa.reset", "user.profile.manage", "user.groups.manage",
    "group.members.manage", "user.move", "user.enable", "user.delete", "audit.read",
)  # fmt: skip
TAKING_OVER = ("directory.user.set_password", "directory.user.reset_mfa")


@dataclass
class Company:
    """A directory that changes: who is in which group directly (people and groups), where, in which department."""

    members: dict[str, set[str]]
    place: dict[str, str]
    department: dict[str, str]
    privileged: frozenset[str]
    service: frozenset[str]
    known: dict[Ref, Entry] = field(default_factory=dict)

    def around(self, id_: str) -> frozenset[str]:
        """Return every group that something is in, through others too, loops included."""
        found: set[str] = set()
        waiting = [group for group in GROUPS if id_ in self.members[group]]
        while waiting:
            group = waiting.pop()
            if group not in found:
                found.add(group)
                waiting += [outer for outer in GROUPS if group in self.members[outer]]
        return frozenset(found)

    def entry(self, ref: Ref) -> Entry:
        if ref not in self.known:
            self.known[ref] = self._read(ref)
        return self.known[ref]

    def join(self, person: str, group: str) -> None:
        self.members[group].add(person)
        self.known.clear()

    def move(self, person: str, unit: str) -> None:
        self.place[person] = unit
        self.known.clear()

    def copy(self) -> "Company":
        members = {group: set(found) for group, found in self.members.items()}
        return replace(self, members=members, place=dict(self.place), known={})

    def _read(self, ref: Ref) -> Entry:
        if ref.kind == "ou":
            return Entry(ref, "", (*ROOT, ref.id), {"name": ref.id})
        groups = self.around(ref.id)
        direct: Value = tuple(Ref("group", group) for group in GROUPS if ref.id in self.members[group])
        if ref.kind == "group":
            return Entry(ref, "", ROOT, {"name": ref.id, "groups": direct}, groups)
        values: dict[str, Value] = {
            "login": ref.id,
            "groups": direct,
            "department": self.department[ref.id],
            "privileged": ref.id in self.privileged,
            "is_service": ref.id in self.service,
        }
        return Entry(ref, "", (*ROOT, self.place[ref.id]), values, groups)

    def is_tier(self, person: str) -> bool:
        """Say whether somebody is of the protected tier, as the directory says it itself."""
        marked = person in self.privileged | self.service
        return marked or TIER in self.around(person) or self.place[person] == "ou=tier0"


def random_company(chance: random.Random) -> Company:
    things = (*PEOPLE, *GROUPS)
    members = {group: set(chance.sample(things, chance.randint(0, 4))) for group in GROUPS}
    return Company(
        members,
        {person: chance.choices(UNITS, (5, 5, 1))[0] for person in PEOPLE},
        {person: chance.choice(("Sales", "Finance")) for person in PEOPLE},
        frozenset(person for person in PEOPLE if chance.random() < 0.08),
        frozenset(person for person in PEOPLE if chance.random() < 0.08),
    )


def random_policy(chance: random.Random) -> Policy:
    roles = {
        name: Role(name, name, frozenset(chance.sample(PERMISSIONS, chance.randint(2, 7))), ordinary=False)
        for name in ("first", "second")
    }
    sets = {name: _random_set(chance, name) for name in ("one", "two", "three")}
    tier = (Selector("user", in_group=TIER), Selector("user", under="ou=tier0"))
    bindings = tuple(
        Binding(
            f"b{number}",
            (_random_principal(chance),),
            chance.choice(tuple(roles)),
            tuple(chance.sample(tuple(sets), chance.randint(1, 3))),
            chance.choice((None, None, None, frozenset({"f"}))),
        )
        for number in range(chance.randint(2, 5))
    )
    return Policy(roles, {**sets, "tier": ResourceSet("tier", "", tier)}, bindings, ("tier",))


def _random_principal(chance: random.Random) -> Principal:
    return (
        Principal("user", chance.choice(PEOPLE)) if chance.random() < 0.3 else Principal("group", chance.choice(GROUPS))
    )


def _random_set(chance: random.Random, name: str) -> ResourceSet:
    selectors = (
        Selector("user"),
        Selector("user", under=chance.choice(UNITS)),
        Selector("user", in_group=chance.choice(GROUPS)),
        Selector("user", match=(("department", ActorValue("department")),)),
        Selector("user", match=(("department", "Sales"),)),
        Selector("group"),
        Selector("group", ids=tuple(chance.sample(GROUPS, 3))),
        Selector("ou"),
    )
    excluded = (Selector("user", in_group=chance.choice(GROUPS)),) if chance.random() < 0.3 else ()
    return ResourceSet(name, name, tuple(chance.sample(selectors, chance.randint(1, 4))), excluded)


@dataclass
class Attack:
    """One person, and everybody whose account that person took over, doing whatever the gate lets them do."""

    company: Company
    authority: Authority
    taken: set[str]
    changed: set[str] = field(default_factory=set)

    def permits(self, verb: str, **arguments: Ref) -> bool:
        """Say whether the gate permits an operation to somebody who was taken over, outside a form or inside one."""
        return any(self._permits(Ref("user", who), form, verb, arguments) for who in self.taken for form in ("f", "g"))

    def _permits(self, who: Ref, form: str, verb: str, arguments: dict[str, Ref]) -> bool:
        person = self.company.entry(who)
        reader: Any = SimpleNamespace(
            services=SimpleNamespace(authority=SimpleNamespace(current=lambda: self.authority)),
            actor=Actor(who.id, who.id, who.id, person),
            now=NOW,
            entry=self.company.entry,
        )
        values: dict[str, Value] = {
            name: (ref,) if name in ("groups", "members") else ref for name, ref in arguments.items()
        }
        needs = tuple(Requirement(need.permission, arguments[need.on]) for need in DIRECTORY_VERBS[verb].needs)
        planned = PlannedOperation(Operation("s", verb, values), "", needs, "stop", undo=False, retry=0)
        form_: Any = SimpleNamespace(id=form)
        return decide_operation(reader, form_, planned).refused is None

    def step(self) -> bool:
        """Do everything that is permitted now; says whether that changed anything."""
        before = (
            set(self.taken),
            {group: set(found) for group, found in self.company.members.items()},
            dict(self.company.place),
        )
        for person in PEOPLE:
            self._take_over(person)
            self._rearrange(person)
        return before != (self.taken, self.company.members, self.company.place)

    def _take_over(self, person: str) -> None:
        for verb in TAKING_OVER:
            if person not in self.taken and self.permits(verb, user=Ref("user", person)):
                self.changed.add(person)
                self.taken.add(person)

    def _rearrange(self, person: str) -> None:
        user = Ref("user", person)
        for group in GROUPS:
            if person not in self.company.members[group] and (
                self.permits("directory.user.join_groups", user=user, groups=Ref("group", group))
                or self.permits("directory.group.add_members", group=Ref("group", group), members=user)
            ):
                self.changed.add(person)
                self.company.join(person, group)
        for unit in UNITS:
            if self.company.place[person] == "ou=a" and self.permits(
                "directory.user.move", user=user, ou=Ref("ou", unit)
            ):
                self.changed.add(person)
                self.company.move(person, unit)


def allowed_to(authority: Authority, company: Company, who: str) -> Iterator[tuple[str, str]]:
    """Yield every permission somebody has on somebody else."""
    actor = Actor(who, who, who, company.entry(Ref("user", who)))
    for person in PEOPLE:
        entry = company.entry(Ref("user", person))
        for permission in PERMISSIONS:
            if any(authority.decide(actor, permission, entry, form=form, now=NOW).allowed for form in ("f", "g")):
                yield permission, person


def campaign(seeds: range) -> dict[str, int]:
    """Attack one random company after the other; returns how much was done in all of them."""
    seen = {"taken over": 0, "changed": 0, "grew": 0, "of the tier": 0}
    for seed in seeds:
        chance = random.Random(seed)
        company, policy = random_company(chance), random_policy(chance)
        locate = lambda kind, text: Ref(kind, text)  # noqa: E731
        authority = Authority(resolve(policy, locate, lambda text: (*ROOT, text)))
        tier = {person for person in PEOPLE if company.is_tier(person)}
        for who in PEOPLE:
            attack = Attack(company.copy(), authority, {who})
            while attack.step():
                seen["grew"] += 1
            assert not tier & (attack.taken - {who}), f"seed {seed}: {who} took over somebody of the tier"
            assert not tier & attack.changed, f"seed {seed}: {who} changed somebody of the tier"
            now = {person for person in PEOPLE if attack.company.is_tier(person)}
            assert now == tier, f"seed {seed}: {who} made somebody one of the tier, or the other way round"
            _nothing_gained(seed, attack, who)
            seen["taken over"] += len(attack.taken) - 1
            seen["changed"] += len(attack.changed)
            seen["of the tier"] += len(tier)
    return seen


def _nothing_gained(seed: int, attack: Attack, who: str) -> None:
    """Whoever was taken over may do to others nothing that the attacker may not do."""
    mine = set(allowed_to(attack.authority, attack.company, who))
    for other in attack.taken - {who}:
        theirs = {pair for pair in allowed_to(attack.authority, attack.company, other) if pair[1] not in (who, other)}
        assert theirs <= mine, f"seed {seed}: {who} gains {sorted(theirs - mine)} by taking over {other}"


def test_nobody_reaches_the_protected_tier_or_gains_by_taking_an_account_over() -> None:
    seen = campaign(range(60))
    assert all(count > 50 for count in seen.values()), seen


@pytest.mark.torture
def test_ten_thousand_companies() -> None:
    seen = campaign(range(1_000, 11_000))
    assert all(count > 10_000 for count in seen.values()), seen
