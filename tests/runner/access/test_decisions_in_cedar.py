"""The same model in Cedar answers as ours does: who may do what to whom, what is protected, and by which binding."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from secrets import randbits

import pytest
from cedarpy import AuthzResult, Entities, PolicySet, is_authorized_batch

from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.model import Actor, Decision
from runner.access.resolving import resolve
from tests.runner.access.cedar_statement import Statement, asked
from tests.runner.access.conftest import parse_place
from tests.runner.access.random_desks import DAYS, FORMS, Desk, random_desk

CODES = {"allowed", "protected", "no_binding", "not_in_scope", "window", "other_form", "self", "unresolved"}


@dataclass(frozen=True, slots=True)
class Asked:
    actor: Actor
    permission: str
    ref: Ref
    form: str | None
    day: date


def questions(desk: Desk, count: int, chance: random.Random) -> list[Asked]:
    """Ask of what roles give and of what is there; one in four times about the actor's own account or its groups."""
    permissions = sorted(frozenset().union(*(role.permissions for role in desk.policy.roles.values())))
    return [_question(desk, permissions, chance) for _ in range(count)]


def _question(desk: Desk, permissions: Sequence[str], chance: random.Random) -> Asked:
    actor, permission = chance.choice(desk.actors), chance.choice(permissions)
    ref = chance.choice(desk.things).ref
    if actor.person is not None and chance.random() < 0.15:
        ref = actor.person.ref
    return Asked(actor, permission, ref, chance.choice(FORMS), chance.choice(DAYS))


def our_answers(desk: Desk, asked_: Sequence[Asked]) -> list[Decision]:
    def locate(kind: str, text: str) -> Ref | None:
        thing = desk.find(kind, text)
        return thing.ref if thing else None

    authority, entries = Authority(resolve(desk.policy, locate, parse_place)), desk.entries()
    return [_decided(authority, entries, one) for one in asked_]


def _decided(authority: Authority, entries: Mapping[Ref, Entry], one: Asked) -> Decision:
    now = datetime.combine(one.day, time(12), UTC)
    return authority.decide(one.actor, one.permission, entries[one.ref], form=one.form, now=now)


def cedar_answers(desk: Desk, asked_: Sequence[Asked]) -> list[AuthzResult]:
    statement = Statement(desk)
    policies, entities = PolicySet.from_str(statement.policies), Entities.from_json_str(statement.entities)
    requests = [asked(one.actor, one.permission, one.ref, one.form, one.day) for one in asked_]
    return is_authorized_batch(requests, policies, entities)


def differences(desk: Desk, asked_: Sequence[Asked], seen: Counter[str]) -> Iterator[tuple[Asked, str]]:
    for one, ours, theirs in zip(asked_, our_answers(desk, asked_), cedar_answers(desk, asked_), strict=True):
        seen[ours.code] += 1
        if difference := _difference(desk, ours, theirs):
            yield one, difference


def _difference(desk: Desk, ours: Decision, theirs: AuthzResult) -> str:
    diagnostics = theirs.diagnostics
    ids = set(diagnostics.id_annotations_by_reason.values())
    if diagnostics.errors:
        return f"Cedar could not evaluate: {diagnostics.errors[0]}"
    if ours.allowed != theirs.allowed:
        return f"ours: {ours}; Cedar: {theirs.decision.value} {sorted(ids)}"
    if (ours.code == "protected") != (ids == {"protected"}):
        return f"ours: {ours}; Cedar's reasons: {sorted(ids)}"
    if ours.allowed and ours.binding != min(ids, key=_order(desk).index):
        return f"ours: {ours.binding}; Cedar's bindings: {sorted(ids)}"
    return ""


def _order(desk: Desk) -> list[str]:
    rows = ((one.id, principal, name) for one in desk.policy.bindings for principal in one.principals for name in one.on)
    return [f"{binding}/{principal}/{name}" for binding, principal, name in rows]


def campaign(seed: int, desks: int, each: int) -> Counter[str]:
    """Ask of so many desks so many questions each; the first difference ends it, with the seed that repeats it."""
    seen: Counter[str] = Counter()
    for number in range(desks):
        chance = random.Random(f"{seed}/{number}")
        desk = random_desk(chance)
        for one, difference in differences(desk, questions(desk, each, chance), seen):
            pytest.fail(f"seed {seed}, desk {number}: {difference}\n{one}")
    return seen


def test_a_hundred_thousand_random_decisions_are_those_of_cedar():
    seen = campaign(randbits(32), desks=200, each=500)
    assert seen.total() == 100_000
    assert set(seen) == CODES
    assert seen["allowed"] >= 5_000, seen
