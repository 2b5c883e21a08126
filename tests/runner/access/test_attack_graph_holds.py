"""The attack graph says at most too much: whatever somebody really gets by allowed steps, it had said before."""

from random import Random

import pytest

from runner.access.graph.paths import search
from tests.runner.access.graph_worlds import NOW, USERS, Attacker, World, authority_of, graph_of


def _attack(seed: int, steps: int) -> tuple[set[str], set[str]]:
    """Return what an attacker got that the graph did not foresee, and all they got."""
    random = Random(seed)
    world = World.random(random)
    town = world.town()
    authority = authority_of(world.policy, town)
    built = graph_of(authority, town)
    start = max(USERS, key=lambda name: (len(authority.bindings_of(town.actor(name), NOW)), name))
    number = built.graph.number("user", town.entries[start].ref.id)
    assert number is not None
    reached = search(built.graph, [number]).levels
    attacker = Attacker(world, random, {start}, set(world.rows[start]["groups"]))
    for _ in range(steps):
        attacker.act()
    foreseen = {built.graph.nodes[one].id for one in reached}
    got = attacker.accounts | attacker.groups
    return {name for name in got if town.entries[name].ref.id not in foreseen}, got - {start}


def test_whoever_does_all_that_is_allowed_gets_nothing_the_graph_did_not_foresee() -> None:
    gained = 0
    for seed in range(60):
        unforeseen, got = _attack(seed, 120)
        assert not unforeseen, f"seed {seed}: {unforeseen}"
        gained += len(got) > 2
    assert gained > 10, "these worlds are too dull to show anything"


@pytest.mark.torture
def test_nor_in_thousands_of_companies() -> None:
    for seed in range(1_000, 3_000):
        unforeseen, _ = _attack(seed, 200)
        assert not unforeseen, f"seed {seed}: {unforeseen}"
