"""The same model in Cedar answers as ours does: who may do what to whom, what is protected, and by which binding."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from secrets import randbits

import pytest
from cedarpy import AuthzResult, Entities, PolicySet, is_authorized_batch

from connectors.matching import matches
from connectors.spi import Entry, Ref
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.model import Actor, Decision
from runner.access.resolving import resolve
from tests.runner.access.cedar_statement import Statement
from tests.runner.access.cedar_words import asked
from tests.runner.access.conftest import parse_place
from tests.runner.access.random_desks import DAYS, FORMS, Desk, random_desk
from tests.runner.access.smaller_desks import shown, smallest

CODES = {"allowed", "protected", "no_binding", "not_in_scope", "window", "other_form", "self", "unresolved"}


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    actor: Actor
    permission: str
    ref: Ref
    form: str | None
    day: date

    @property
    def now(self) -> datetime:
        return datetime.combine(self.day, time(12), UTC)

    def request(self) -> Mapping[str, object]:
        return asked(self.actor, self.permission, self.ref, self.form, self.day)


def questions(desk: Desk, count: int, chance: random.Random) -> list[Asked]:
    """Ask of what roles give, mostly on things it can be given on, often people; also about the actor's own account."""
    given = frozenset().union(*(role.permissions for role in desk.policy.roles.values()))
    return [_question(desk, sorted(given), chance) for _ in range(count)]


def _question(desk: Desk, permissions: Sequence[str], chance: random.Random) -> Asked:
    actor = chance.choice(desk.actors)
    people = [thing for thing in desk.things if thing.kind == "user"]
    ref = chance.choice(people if chance.random() < 0.4 else desk.things).ref
    if actor.person is not None and chance.random() < 0.1:
        ref = actor.person.ref
    fitting = [name for name in permissions if {ref.kind, ""} & set(PERMISSIONS[name][0])]
    permission = chance.choice(fitting if fitting and chance.random() < 0.9 else permissions)
    return Asked(actor, permission, ref, chance.choice(FORMS), chance.choice(DAYS))


def authority_of(desk: Desk) -> Authority:
    def locate(kind: str, text: str) -> Ref | None:
        thing = desk.find(kind, text)
        return thing.ref if thing else None

    return Authority(resolve(desk.policy, locate, parse_place), desk.own_accounts)


def our_answers(desk: Desk, asked_: Sequence[Asked]) -> list[Decision]:
    authority, entries = authority_of(desk), desk.entries()
    return [_decided(authority, entries[one.ref], one) for one in asked_]


def _decided(authority: Authority, entry: Entry, one: Asked) -> Decision:
    return authority.decide(one.actor, one.permission, entry, form=one.form, now=one.now)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Cedar says: ``reasons`` are the ids of the rows that allow it, or of the rules that forbid it."""

    allowed: bool
    reasons: frozenset[str]
    errors: tuple[str, ...]

    @classmethod
    def of(cls, result: AuthzResult) -> "Answer":
        why = result.diagnostics
        return cls(result.allowed, frozenset(why.id_annotations_by_reason.values()), tuple(why.errors))


def cedar_answers(desk: Desk, asked_: Sequence[Asked]) -> list[Answer]:
    """Ask Cedar; what only the rule about holders forbids is asked once more without that rule."""
    statement = Statement(desk)
    entities = Entities.from_json_str(statement.entities.text)
    answers = _ask(statement, entities, asked_)
    barred = {one: answer for one, answer in answers.items() if answer.reasons == {"holder"}}
    for one, answer in _ask(statement, entities, list(barred), holders=False).items():
        answers[one] = Answer(False, frozenset({"protected"} if answer.allowed else ()), answer.errors)
    return [answers[one] for one in asked_]


def _ask(
    statement: Statement, entities: Entities, asked_: Sequence[Asked], *, holders: bool = True
) -> dict[Asked, Answer]:
    found: dict[Asked, Answer] = {}
    for kind in sorted({one.ref.kind for one in asked_}):
        alike = [one for one in asked_ if one.ref.kind == kind]
        policies = PolicySet.from_str(statement.policies(kind, holders=holders))
        results = is_authorized_batch([one.request() for one in alike], policies, entities)
        found |= zip(alike, map(Answer.of, results), strict=True)
    return found


def differences(desk: Desk, asked_: Sequence[Asked], seen: Counter[str]) -> Iterator[tuple[Asked, str]]:
    for one, ours, theirs in zip(asked_, our_answers(desk, asked_), cedar_answers(desk, asked_), strict=True):
        seen[ours.code] += 1
        if is_different(desk, ours, theirs):
            yield one, f"ours: {ours}; Cedar: {theirs}"


def is_different(desk: Desk, ours: Decision, theirs: Answer) -> bool:
    """Compare the answer, whether it is due to protection, and the first binding of the file that allows it."""
    protected = bool(theirs.reasons & {"protected"})
    if theirs.errors or ours.allowed != theirs.allowed or (ours.code == "protected") != protected:
        return True
    return ours.allowed and ours.binding != min(theirs.reasons, key=_order(desk).index)


def _order(desk: Desk) -> list[str]:
    return [
        "/".join(part for part in (one.id, str(principal), name) if part)
        for one in desk.policy.bindings
        for principal in one.principals
        for name in one.on or ("",)
    ]


def campaign(seed: int, desks: int, each: int) -> Counter[str]:
    """Ask of so many desks so many questions each; the first difference ends it, with the smallest desk that has it."""
    seen: Counter[str] = Counter()
    for number in range(desks):
        chance = random.Random(f"{seed}/{number}")
        desk = random_desk(chance)
        for one, difference in differences(desk, questions(desk, each, chance), seen):
            pytest.fail(f"seed {seed}, desk {number}: {difference}\n{one}\n{smallest_case(desk, one)}")
    return seen


def smallest_case(desk: Desk, one: Asked) -> str:
    found = smallest(desk, lambda smaller: any(differences(smaller, [one], Counter())))
    left = next(differences(found, [one], Counter()))[1]
    person = one.actor.person.ref if one.actor.person else None
    things = {thing.ref: thing for thing in desk.things}
    return f"At its smallest: {left}\n{shown(found, things[one.ref], things.get(person))}"


def assert_not_one_sided(seen: Counter[str]) -> None:
    assert set(seen) == CODES
    assert seen["allowed"] >= seen.total() * 0.05, seen


def test_twenty_thousand_random_decisions_are_those_of_cedar():
    seen = campaign(randbits(32), desks=100, each=200)
    assert seen.total() == 20_000
    assert_not_one_sided(seen)


def test_a_search_finds_exactly_what_is_allowed():
    seed = randbits(32)
    for number in range(60):
        chance = random.Random(f"{seed}/{number}")
        desk = random_desk(chance)
        authority, entries = authority_of(desk), desk.entries()
        for one in questions(desk, 40, chance):
            scope = authority.scope(one.actor, [one.permission], one.ref.kind, form=one.form, now=one.now)
            for entry in (entry for ref, entry in entries.items() if ref.kind == one.ref.kind):
                allowed = _decided(authority, entry, one).allowed
                assert matches(scope, entry) == allowed, (seed, number, one, entry.ref)


@pytest.mark.torture
def test_a_million_random_decisions_are_those_of_cedar():
    seen = campaign(randbits(32), desks=1_600, each=625)
    assert seen.total() == 1_000_000
    assert_not_one_sided(seen)
