"""What a comparison says is exactly what decisions say differently: on random companies, policies and changes of them."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.bits import numbers_in
from runner.access.census import Census
from runner.access.comparison.comparing import compare
from runner.access.model import Actor
from runner.access.resolving import resolve
from tests.runner.access.conftest import parse_place
from tests.runner.access.random_desks import Desk, random_desk

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def authority_for(desk, policy):
    def locate(kind, text):
        thing = desk.find(kind, text)
        return thing.ref if thing else None

    return Authority(resolve(policy, locate, parse_place), desk.own_accounts)


def changed(chance, policy, other):
    """Return the policy with a few things changed, or another one altogether."""
    if chance.random() < 0.15:
        return other
    for _ in range(chance.choice((0, 1, 1, 2))):
        what = chance.choice(("binding", "role", "set", "protected", "forms", "ordinary", "covers"))
        if what == "binding":
            gone = chance.choice(policy.bindings)
            policy = replace(policy, bindings=(*(one for one in policy.bindings if one is not gone), other.bindings[0]))
        elif what == "role":
            role = chance.choice(sorted(policy.roles))
            policy = replace(policy, roles={**policy.roles, role: other.roles[role]})
        elif what == "ordinary":
            role = policy.roles[chance.choice(sorted(policy.roles))]
            policy = replace(policy, roles={**policy.roles, role.id: replace(role, ordinary=not role.ordinary)})
        elif what == "covers":
            role = policy.roles[chance.choice(sorted(policy.roles))]
            covers = tuple(chance.sample(sorted(policy.roles), chance.randint(0, 2)))
            policy = replace(policy, roles={**policy.roles, role.id: replace(role, covers=covers)})
        elif what == "set":
            policy = replace(policy, sets={**policy.sets, "set-1": other.sets["set-1"]})
        elif what == "protected":
            policy = replace(policy, sets={**other.sets, **policy.sets}, protected=other.protected)
        else:
            (first, *rest) = policy.bindings
            policy = replace(policy, bindings=(replace(first, forms=chance.choice((None, frozenset({"hire"})))), *rest))
    names = set(policy.sets)
    return replace(policy, bindings=tuple(replace(b, on=tuple(n for n in b.on if n in names)) for b in policy.bindings))


def decided(authority, census, actors, forms):
    """Everything that is allowed: (who, permission, kind, thing, form)."""
    found = set()
    for who, actor in actors.items():
        for permission in sorted({name for row in authority.view(actor).rows for name in row.permissions}):
            for form in forms:
                for kind in PERMISSIONS[permission][0]:
                    if not kind:
                        if authority.holds(actor, permission, "", form=form, now=NOW):
                            found.add((who, permission, "", "", form))
                        continue
                    for entry in census.entries(kind):
                        if authority.decide(actor, permission, entry, form=form, now=NOW).allowed:
                            found.add((who, permission, kind, entry.ref.id, form))
    return found


def said(comparison, forms):
    """What a comparison says, in the same words: (gains, who, permission, kind, thing, form)."""
    census = comparison.census
    found = []
    for change in comparison.changes:
        for form in said_forms(change, forms):
            for permission in change.permissions:
                for who, thing in told(census, change):
                    found.append((change.gains, who, permission, change.kind, thing, form))
    assert len(found) == len(set(found)), "the same is said twice"
    return set(found)


def said_forms(change, forms):
    """None stands for outside any form, and for every form that no binding names."""
    return [form for form in forms if not change.forms or (None if form == "elsewhere" else form) in change.forms]


def told(census, change):
    for number in numbers_in(change.people):
        (person,) = census.entries("user", 1 << number)
        if change.scope == "own":
            yield person.ref.id, person.ref.id
            continue
        bits = change.things
        if change.scope == "each":
            (bits,) = [things for people, things in change.pairs if people == 1 << number]
        elif change.scope == "others":
            bits &= ~(1 << number)
        if change.scope == "installation":
            yield person.ref.id, ""
        else:
            yield from ((person.ref.id, thing) for thing in census.ids(change.kind, bits))
    for client in change.clients:
        if change.scope == "installation":
            yield f"client {client}", ""
        else:
            yield from ((f"client {client}", thing) for thing in census.ids(change.kind, change.things))


def check(seed):
    chance = random.Random(seed)
    desk, other = random_desk(chance), random_desk(chance)
    before = authority_for(desk, desk.policy)
    after = authority_for(desk, changed(chance, desk.policy, other.policy))
    census = Census.of(desk.entries().values())
    named = {name for side in (before, after) for row in side.resolved.rows for name in row.forms or ()}
    forms = (None, "elsewhere", *sorted(named))
    clients = sorted(
        {row.principal_id for side in (before, after) for row in side.resolved.rows if row.principal == "client"}
    )
    actors = {entry.ref.id: Actor("", "", "", entry) for entry in census.entries("user")}
    actors |= {f"client {client}": Actor("", "", "", None, client=client) for client in clients}
    comparison = compare(before, after, census, NOW)
    old, new = (decided(side, census, actors, forms) for side in (before, after))
    expected = {(False, *one) for one in old - new} | {(True, *one) for one in new - old}
    assert said(comparison, forms) == expected, seed
    for kind in census.kinds:
        was, is_now = ({e.ref.id for e in census.entries(kind) if side.is_protected(e)} for side in (before, after))
        assert set(census.ids(kind, comparison.protected.get(kind, 0))) == is_now - was, seed
        assert set(census.ids(kind, comparison.unprotected.get(kind, 0))) == was - is_now, seed
    return bool(expected)


@pytest.mark.parametrize("start", range(6))
def test_a_comparison_says_what_decisions_say(start):
    assert sum(check(1_000 * start + number) for number in range(8)) >= 2


@pytest.mark.torture
def test_a_comparison_says_what_decisions_say_on_very_many_companies():
    assert sum(check(100_000 + number) for number in range(1_500)) > 500


@pytest.mark.parametrize("seed", [1_000_462, 2_001_092])
def test_somebody_who_is_named_as_their_own_manager_is_oneself_twice(seed):
    assert check(seed)


def test_the_same_policy_changes_nothing():
    desk: Desk = random_desk(random.Random(7))
    comparison = compare(*(authority_for(desk, desk.policy) for _ in range(2)), Census.of(desk.entries().values()), NOW)
    assert comparison.is_empty
