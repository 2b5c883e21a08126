"""Submissions from a seeded generator: what is unknown, hidden, twice or of a wrong type never reaches a plan.

Every text that is posted where it does not belong carries a mark with the name of its question; a mark of a question
that was not asked must not be found in any operation.
"""

import random
import time
from typing import Any

import pytest

from forms.answering.schema import is_answered_by_people
from forms.answering.wire import PICKERS
from forms.definition import Field, Form
from tests.forms.answering.answering_desk import ENTRIES
from tests.forms.answering.test_answers_at_random import FORMS, LIBRARY, TARGETS, attempt, check, leaves, target_kind

FEW, MANY = 300, 100_000
SECONDS = 1_800.0  # after which the long campaign ends, wherever it is
IDS = tuple(entry.ref.id for entry in ENTRIES)
TEXTS = ("sales-north", "Board room", "5", "", " ", "\0", "é" * 40, "x" * 1_100, "$(target)", "a@example.org", "CN=x")
DATES = ("2030-05-01", "2030-02-30", "2029-01-01", "9999-12-31", "2030-05-01T09:00:00+01:00", "yesterday")


def mark(id_: str) -> str:
    return f"mark-{id_.replace('_', '-')}"


def junk(chance: random.Random, id_: str, depth: int = 0) -> Any:
    """Return any JSON, with the mark of the question in its texts."""
    kind = chance.randrange(10 if depth < 3 else 7)
    if kind == 7:
        return [junk(chance, id_, depth + 1) for _ in range(chance.randrange(4))]
    if kind in (8, 9):
        keys = chance.choices(["add", "remove", "id", "value", mark(id_)], k=chance.randrange(4))
        return {key: junk(chance, id_, depth + 1) for key in keys}
    whole = chance.choice([0, -1, 10**20, 7])
    return (None, chance.random() < 0.5, whole, chance.choice([0.5, float("nan"), -1e300]), mark(id_),
            chance.choice(IDS), chance.choice(TEXTS))[kind]  # fmt: skip


def fitting(chance: random.Random, field: Field) -> Any:
    """Return an answer of about the right shape."""
    if field.type == "boolean":
        return chance.random() < 0.5
    if field.type in PICKERS:
        ids = [chance.choice(IDS) for _ in range(chance.choice([1, 1, 2]))]
        return ids if field.multiple else ids[0]
    if field.type == "membership":
        return {side: chance.choices(IDS, k=chance.randrange(3)) for side in ("add", "remove")}
    if field.type in ("choice", "choices"):
        fixed = [option.value for option in field.options.fixed] if field.options else []
        values = chance.choices([*fixed, "Sales", "Finance", *IDS[:6]], k=chance.randrange(1, 4))
        return values if field.type == "choices" else values[0]
    if field.type in ("rows", "csv"):
        rows = [{one.id: fitting(chance, one) for one in field.fields} for _ in range(chance.randrange(1, 4))]
        return rows + rows[:1] if chance.random() < 0.2 else rows
    if field.type in ("date", "datetime"):
        return chance.choice(DATES)
    if field.type == "number":
        return chance.choice([0, 1, 5, 30, -1, 1.5])
    return chance.choice([mark(field.id), mark(field.id), *TEXTS])


def case(seed: int) -> tuple[Form, str, dict[str, Any]]:
    """Return a form, a target and what is posted; the same for the same seed."""
    chance = random.Random(seed)
    form = LIBRARY.forms[chance.choice(FORMS)]
    careless = chance.choice([0.0, 0.0, 0.1, 0.4])
    posted: dict[str, Any] = {}
    for field in form.fields:
        if is_answered_by_people(field):
            if field.required is True or chance.random() < 0.7:
                posted[field.id] = junk(chance, field.id) if chance.random() < careless else fitting(chance, field)
        elif chance.random() < careless / 4:
            posted[field.id] = junk(chance, field.id)
    if chance.random() < careless / 2:
        unknown = chance.choice(["target", "operations", "actor", "steps", "password", "x" * 300, "", "\0"])
        posted[unknown] = junk(chance, "unknown")
    return form, chance.choice(TARGETS[target_kind(form)]), posted


def judged(seed: int) -> bool:
    """Say whether a submission was taken, after looking for marks that should not be there."""
    form, target, posted = case(seed)
    try:
        found = attempt(form, target, posted)
        if found is None:
            return False
        assert check(form, target, posted)
        worked, made = found
        hidden = {id_ for id_, answer in worked.answers.items() if not answer.asked or answer.readonly}
        texts = [leaf for one in made.operations for leaf in leaves(one.operation.arguments) if isinstance(leaf, str)]
        texts += [one.title for one in made.operations] + [one.note for one in made.operations]
        leaked = {id_ for id_ in {*hidden, "unknown"} for text in texts if mark(id_) in text}
        assert not leaked - {id_ for id_ in form.order if id_ not in hidden}, leaked
    except Exception as error:
        error.add_note(f"seed {seed}: {form.id} for {target}")
        raise
    return True


def test_submissions_from_seeds_are_taken_whole_or_refused() -> None:
    taken = sum(judged(seed) for seed in range(FEW))
    assert FEW * 0.03 < taken < FEW * 0.9


@pytest.mark.torture
def test_a_hundred_thousand_submissions_are_taken_whole_or_refused() -> None:
    ends, done, taken = time.monotonic() + SECONDS, 0, 0
    for seed in range(FEW, FEW + MANY):
        taken += judged(seed)
        done += 1
        if time.monotonic() > ends:
            break
    print(f"{done:,} submissions, {taken:,} taken")
    assert taken > 0.03 * done


def test_a_mark_of_a_question_that_is_not_asked_is_looked_for_where_it_could_be() -> None:
    seen = set()
    for seed in range(FEW * 3):
        form, target, posted = case(seed)
        found = attempt(form, target, posted) if posted else None
        if found is not None:
            worked, made = found
            seen |= {"hidden" for id_, answer in worked.answers.items() if id_ in posted and not answer.asked}
            texts = [leaf for one in made.operations for leaf in leaves(one.operation.arguments)]
            seen |= {"marked" for leaf in texts if isinstance(leaf, str) and "mark-" in leaf}
        if seen == {"hidden", "marked"}:
            return
    assert seen == {"hidden", "marked"}
