"""Policies, people and agents to decide about, the same every time; and the same in Cedar."""

import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime

from connectors.spi import Entry, Ref, Value
from runner.access.authority import Authority
from runner.access.model import Actor, ActorValue, Binding, Policy, Principal, ResourceSet, Role, Selector
from runner.access.resolving import resolve

AGENTS = 200
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ROOT = ("dc=test", "dc=sample", "ou=people")
DEPARTMENTS = tuple(f"Department {number}" for number in range(40))
PERMISSIONS = ("user.read", "user.unlock", "user.password.reset", "user.profile.manage")
ADMIN_GROUPS = 10
"""Groups inside the protected group; the first of them has the protected group inside, so that there is a loop."""


def authority_over(
    bindings: int, place_of: Callable[[str], tuple[str, ...]] = lambda unit: (*ROOT, f"ou={unit}")
) -> Authority:
    """Return who decides by that many bindings; every name is its id, ``place_of`` maps a unit to its place."""
    return Authority(resolve(make_policy(bindings), lambda kind, text: Ref(kind, text), place_of))


def make_policy(bindings: int) -> Policy:
    """Return that many bindings: most on a branch's group, some on a unit, some on the actor's department."""
    role = Role("desk", "Desk", frozenset(PERMISSIONS))
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


def make_people(people: int, bindings: int, chance: random.Random, groups: int = 10) -> list[Entry]:
    """Return people in one unit, so many groups and one department each; one in 500 is protected."""
    return [_person(number, bindings, chance, groups) for number in range(people)]


def _person(number: int, bindings: int, chance: random.Random, groups: int) -> Entry:
    unit, *branches = chance.choices(range(bindings), k=1 + groups)
    direct = frozenset(f"branch-{branch}" for branch in branches)
    if number % 500 == 0:
        direct |= {f"admins-{number // 500 % ADMIN_GROUPS}"}
    above = {"tier0", "admins-0"} if number % 500 == 0 else set()
    attributes: dict[str, Value] = {
        "login": f"user{number}",
        "department": chance.choice(DEPARTMENTS),
        "groups": tuple(Ref("group", group) for group in sorted(direct)),
    }
    place = (*ROOT, f"ou=unit-{unit}")
    return Entry(Ref("user", f"id-{number}"), "", place, attributes, direct | above)


def make_agents(bindings: int, chance: random.Random) -> list[Actor]:
    """Return 200 agents, of very many bindings fewer, with twelve bindings each, and one group of nothing."""
    agents = []
    for number in range(min(AGENTS, max(10, 200_000 // bindings))):
        groups = frozenset(f"desk-{chance.randrange(bindings)}" for _ in range(12)) | {"everybody"}
        attributes = {"department": chance.choice(DEPARTMENTS)}
        person = Entry(Ref("user", f"agent-{number}"), "", ROOT, attributes, groups)
        agents.append(Actor(f"account-{number}", "", "", person))
    return agents


def cedar_policies(bindings: int) -> str:
    """Return what `make_policy` says in Cedar, without the rule about accounts that hold rights."""
    return "\n".join(_cedar_policies(bindings))


def _cedar_policies(bindings: int) -> Iterator[str]:
    yield 'forbid(principal, action, resource in Group::"tier0");'
    actions = ", ".join(f'Action::"{name}"' for name in PERMISSIONS)
    for number in range(bindings):
        selector = _selector(number)
        when = "resource.department == principal.department"
        if selector.under is not None:
            when = f'resource.unit == "{selector.under}"'
        elif selector.in_group is not None:
            when = f'resource in Group::"{selector.in_group}"'
        yield f'permit(principal in Group::"desk-{number}", action in [{actions}], resource) when {{ {when} }};'


def cedar_entities(entries: Iterable[Entry]) -> str:
    """Return people in Cedar with the groups they are in; texts are folded, as Cedar compares them exactly."""
    return json.dumps([_cedar_entity(entry) for entry in entries])


def _cedar_entity(entry: Entry) -> dict[str, object]:
    attributes = {
        "department": str(entry.attributes["department"]).casefold(),
        "unit": entry.place[-1].removeprefix("ou="),
    }
    parents = [{"type": "Group", "id": group} for group in sorted(entry.groups)]
    return {"uid": {"type": "User", "id": entry.ref.id}, "attrs": attributes, "parents": parents}


def cedar_requests(asked: Sequence[tuple[Actor, str, Entry]]) -> list[dict[str, object]]:
    """Return the questions as Cedar takes them; every actor has a person."""
    return [
        {
            "principal": {"type": "User", "id": actor.person.ref.id},
            "action": {"type": "Action", "id": permission},
            "resource": {"type": "User", "id": entry.ref.id},
        }
        for actor, permission, entry in asked
        if actor.person is not None
    ]
