"""Measure decisions, with 1,000 bindings and 100,000 people, against looking a ready answer up in a set."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

from bench.figures import Figure
from bench.slices import Effort, timed
from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve

AGENTS = 200
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ROOT = ("dc=test", "dc=sample", "ou=people")
DEPARTMENTS = tuple(f"Department {number}" for number in range(40))


def make_policy(bindings: int) -> Policy:
    """Return that many bindings: most on a branch's group, some on a unit, some on the actor's department."""
    role = Role("desk", "Desk", frozenset({"user.read", "user.unlock", "user.password.reset", "user.profile.manage"}))
    sets = {f"set-{number}": ResourceSet(f"set-{number}", "", (_selector(number),)) for number in range(bindings)}
    sets["tier0"] = ResourceSet("tier0", "", (Selector("user", in_group="tier0"),))
    bound = tuple(
        Binding(f"binding-{number}", (Principal("group", f"desk-{number}"),), "desk", (f"set-{number}",))
        for number in range(bindings)
    )
    return Policy({"desk": role}, sets, bound, ("tier0",))


def _selector(number: int) -> Selector:
    if number % 10 == 0:
        return Selector("user", match=(("department", ActorValue("department")),))
    if number % 10 == 1:
        return Selector("user", under=f"unit-{number}")
    return Selector("user", in_group=f"branch-{number}")


def make_people(effort: Effort, chance: random.Random) -> list[Entry]:
    """Return people in one unit, ten groups and one department each."""
    return [_person(number, effort.bindings, chance) for number in range(effort.people)]


def _person(number: int, bindings: int, chance: random.Random) -> Entry:
    groups = frozenset(f"branch-{chance.randrange(bindings)}" for _ in range(10))
    attributes = {"login": f"user{number}", "department": chance.choice(DEPARTMENTS)}
    return Entry(Ref("user", f"id-{number}"), "", (*ROOT, f"ou=unit-{chance.randrange(bindings)}"), attributes, groups)


def make_agents(bindings: int, chance: random.Random) -> list[Actor]:
    """Return agents with twelve bindings each, and one group of nothing."""
    agents = []
    for number in range(AGENTS):
        groups = frozenset(f"desk-{chance.randrange(bindings)}" for _ in range(12)) | {"everybody"}
        attributes = {"department": chance.choice(DEPARTMENTS)}
        person = Entry(Ref("user", f"agent-{number}"), "", ROOT, attributes, groups)
        agents.append(Actor(f"account-{number}", "", "", person))
    return agents


def measure(effort: Effort) -> list[Figure]:
    """Decide the same questions again and again, in turn with looking their answers up."""
    chance = random.Random(7)  # noqa: S311 - the same people every time
    policy = make_policy(effort.bindings)
    resolved = resolve(policy, lambda kind, text: Ref(kind, text), lambda text: (*ROOT, f"ou={text}"))
    authority, people, agents = (
        Authority(resolved),
        make_people(effort, chance),
        make_agents(effort.bindings, chance),
    )
    permissions = ("user.unlock", "user.password.reset", "user.delete")
    asked = [
        (chance.choice(agents), chance.choice(permissions), chance.choice(people)) for _ in range(effort.decisions)
    ]
    answers = {_key(*one) for one in asked if authority.decide(*one, form=None, now=NOW).allowed}
    pairs = [
        (timed(lambda: decide_all(authority, asked)), timed(lambda: [_key(*one) in answers for one in asked]))
        for _ in range(effort.rounds)
    ]
    ours, ready = (effort.decisions / median(column) for column in zip(*pairs, strict=True))
    return [
        Figure(
            f"decisions, {effort.bindings:,} bindings, {effort.people:,} people",
            ours,
            "/s",
            "ready answers looked up in a set",
            ready,
            goal=0.2,
        )
    ]


def decide_all(authority: Authority, asked: Sequence[tuple[Actor, str, Entry]]) -> int:
    """Return how many were allowed."""
    decide = authority.decide
    return sum(decide(actor, permission, entry, form=None, now=NOW).allowed for actor, permission, entry in asked)


def _key(actor: Actor, permission: str, entry: Entry) -> tuple[str, str, str]:
    return actor.id, permission, entry.ref.id
