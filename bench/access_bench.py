"""Measure decisions: 1,000 bindings, 100,000 people, against looking a ready answer up in a set.

Run as ``python bench/access_bench.py [decisions]``; prints rates per second.
"""

import random
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter

from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve

BINDINGS, PEOPLE, AGENTS = 1_000, 100_000, 200
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ROOT = ("dc=test", "dc=sample", "ou=people")
DEPARTMENTS = tuple(f"Department {number}" for number in range(40))


def make_policy() -> Policy:
    """Return 1,000 bindings: most on a branch's group, some on a unit, some on the actor's department."""
    role = Role("desk", "Desk", frozenset({"user.read", "user.unlock", "user.password.reset", "user.profile.manage"}))
    sets = {f"set-{number}": ResourceSet(f"set-{number}", "", (_selector(number),)) for number in range(BINDINGS)}
    sets["tier0"] = ResourceSet("tier0", "", (Selector("user", in_group="tier0"),))
    bindings = tuple(
        Binding(f"binding-{number}", (Principal("group", f"desk-{number}"),), "desk", (f"set-{number}",))
        for number in range(BINDINGS)
    )
    return Policy({"desk": role}, sets, bindings, ("tier0",))


def _selector(number: int) -> Selector:
    if number % 10 == 0:
        return Selector("user", match=(("department", ActorValue("department")),))
    if number % 10 == 1:
        return Selector("user", under=f"unit-{number}")
    return Selector("user", in_group=f"branch-{number}")


def make_people(chance: random.Random) -> list[Entry]:
    """Return people in one unit, ten groups and one department each."""
    return [_person(number, chance) for number in range(PEOPLE)]


def _person(number: int, chance: random.Random) -> Entry:
    groups = frozenset(f"branch-{chance.randrange(BINDINGS)}" for _ in range(10))
    attributes = {"login": f"user{number}", "department": chance.choice(DEPARTMENTS)}
    return Entry(Ref("user", f"id-{number}"), "", (*ROOT, f"ou=unit-{chance.randrange(BINDINGS)}"), attributes, groups)


def make_agents(chance: random.Random) -> list[Actor]:
    """Return agents with twelve bindings each, and one group of nothing."""
    agents = []
    for number in range(AGENTS):
        groups = frozenset(f"desk-{chance.randrange(BINDINGS)}" for _ in range(12)) | {"everybody"}
        attributes = {"department": chance.choice(DEPARTMENTS)}
        person = Entry(Ref("user", f"agent-{number}"), "", ROOT, attributes, groups)
        agents.append(Actor(f"account-{number}", "", "", person))
    return agents


def rate(count: int, run: Callable[[], int]) -> float:
    """Return how often per second, best of three."""
    best = min(_seconds(run) for _ in range(3))
    return count / best


def _seconds(run: Callable[[], int]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


def decide_all(authority: Authority, asked: Sequence[tuple[Actor, str, Entry]]) -> int:
    """Return how many were allowed."""
    decide = authority.decide
    return sum(decide(actor, permission, entry, form=None, now=NOW).allowed for actor, permission, entry in asked)


def main(count: int) -> None:
    """Print the rates."""
    chance = random.Random(7)  # noqa: S311 - the same people every time
    resolved = resolve(make_policy(), lambda kind, text: Ref(kind, text), lambda text: (*ROOT, f"ou={text}"))
    authority, people, agents = Authority(resolved), make_people(chance), make_agents(chance)
    permissions = ("user.unlock", "user.password.reset", "user.delete")
    asked = [(chance.choice(agents), chance.choice(permissions), chance.choice(people)) for _ in range(count)]
    cold = _seconds(lambda: decide_all(authority, asked))
    allowed = decide_all(authority, asked)
    answers = {
        (actor.id, permission, entry.ref.id)
        for actor, permission, entry in asked
        if authority.decide(actor, permission, entry, form=None, now=NOW).allowed
    }
    ours = rate(count, lambda: decide_all(authority, asked))
    ready = rate(count, lambda: sum((a.id, p, e.ref.id) in answers for a, p, e in asked))
    lines = (
        f"{BINDINGS:,} bindings, {PEOPLE:,} people, {AGENTS} agents; {allowed:,} of {count:,} allowed",
        f"decisions per second   {ours:>12,.0f}   ({1e6 / ours:.2f} µs each; first round {count / cold:,.0f}/s)",
        f"ready answers in a set {ready:>12,.0f}   ours is {ours / ready:.2f} of it",
    )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
