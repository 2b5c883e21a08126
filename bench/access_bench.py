"""Measure decisions at 10, 1,000 and 10,000 bindings: against ready answers in a set, and against Cedar's engine.

Cedar is asked fewer of the same questions in one batch, with policies and people parsed beforehand, and is given only
the people asked about and no rule about accounts that hold rights: it has less to do than Deskhand.
"""

import random
from collections.abc import Sequence
from functools import partial
from statistics import median
from typing import TypeAlias

from cedarpy import Entities, PolicySet, is_authorized_batch

from bench.access_cases import (
    NOW,
    authority_over,
    cedar_entities,
    cedar_policies,
    cedar_requests,
    make_agents,
    make_people,
)
from bench.figures import Figure
from bench.slices import Effort, timed
from connectors.spi import Entry
from runner.access.authority import Authority
from runner.access.model import Actor

Asked: TypeAlias = tuple[Actor, str, Entry]
_PERMISSIONS = ("user.unlock", "user.password.reset", "user.delete")
_POLICIES_A_SLICE = 100_000  # how many policies Cedar looks at in one slice: about 0.2 s


def measure(effort: Effort) -> list[Figure]:
    """Decide at a hundredth of the bindings, at that many, and at ten times as many."""
    sizes = sorted({max(1, effort.bindings // 100), effort.bindings, effort.bindings * 10})
    return [figure for bindings in sizes for figure in _decisions(effort, bindings)]


def _decisions(effort: Effort, bindings: int) -> list[Figure]:
    chance = random.Random(7)  # noqa: S311 - the same people every time
    authority, people = authority_over(bindings), make_people(effort.people, bindings, chance)
    agents = make_agents(bindings, chance)
    asked = [
        (chance.choice(agents), chance.choice(_PERMISSIONS), chance.choice(people)) for _ in range(effort.decisions)
    ]
    answers = {_key(*one) for one in asked if authority.decide(*one, form=None, now=NOW).allowed}
    cedar = CedarEngine(bindings, asked[: max(10, _POLICIES_A_SLICE // bindings)])
    cedar.must_agree(authority)
    rounds = [
        (
            timed(lambda: decide_all(authority, asked)) / len(asked),
            timed(lambda: [_key(*one) in answers for one in asked]) / len(asked),
            timed(cedar.decide_all) / len(cedar.asked),
        )
        for _ in range(effort.rounds)
    ]
    ours, ready, theirs = (1 / median(column) for column in zip(*rounds, strict=True))
    what = f"decisions, {bindings:,} bindings, {effort.people:,} people"
    goal = 0.2 if bindings == effort.bindings else None
    return [
        Figure(what, ours, "/s", "ready answers looked up in a set", ready, goal=goal),
        Figure(what, ours, "/s", "Cedar's engine on the same cases", theirs, goal=1),
        Figure(
            f"an agent's first change, decided, {bindings:,} bindings",
            first_change(bindings, [one for one in asked if _key(*one) in answers] or asked),
            "s",
            "a decision of Cedar's",
            1 / theirs,
        ),
    ]


def first_change(bindings: int, allowed: Sequence[Asked]) -> float:
    """Return how long it takes, in seconds, to decide on a change for an agent of whom nothing is known yet."""
    authority = authority_over(bindings)
    firsts = {actor.id: (actor, permission, entry) for actor, permission, entry in allowed}
    return median(timed(partial(decide_all, authority, [one])) for one in list(firsts.values())[:10])


class CedarEngine:
    """Cedar with the policies for that many bindings, ready to be asked."""

    def __init__(self, bindings: int, asked: Sequence[Asked]) -> None:
        self.asked = [one for one in asked if one[0].person is not None]
        entries = {entry.ref: entry for actor, _, person in asked for entry in (actor.person, person) if entry}
        self._entities = Entities.from_json_str(cedar_entities(entries.values()))
        self._policies = PolicySet.from_str(cedar_policies(bindings))
        self._requests = cedar_requests(self.asked)

    def decide_all(self) -> list[bool]:
        """Return what is allowed, question by question."""
        return [one.allowed for one in is_authorized_batch(self._requests, self._policies, self._entities)]

    def must_agree(self, authority: Authority) -> None:
        """Raise `RuntimeError` unless Deskhand answers every question alike: two that differ cannot be compared."""
        ours = [authority.decide(*one, form=None, now=NOW).allowed for one in self.asked]
        if ours != self.decide_all():
            raise RuntimeError("Deskhand and Cedar answer differently, so their times mean nothing.")


def decide_all(authority: Authority, asked: Sequence[Asked]) -> int:
    """Return how many were allowed."""
    decide = authority.decide
    return sum(decide(actor, permission, entry, form=None, now=NOW).allowed for actor, permission, entry in asked)


def _key(actor: Actor, permission: str, entry: Entry) -> tuple[str, str, str]:
    return actor.id, permission, entry.ref.id
