"""The store is away, locked, read-only, full or silent at any write of a worker: nothing is done without its intent, nothing
twice, and all comes to its end when the store is back."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import UnavailableError
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from runner.errors import RunnerError
from tests.runner.engine.troubled_store import KINDS, TroubledDatabase

AGENT, PERSON, DAY = "agent.rotterdam", "u-t.novak", "2031-03-01"
MOST_WRITES = 14


def away_once(desk, at):
    """Let the directory not answer at one of its changes; at 0 when it is read first."""
    seen = []

    def silent(_=None):
        seen.append(1)
        if len(seen) == max(at, 1):
            raise UnavailableError("The directory does not answer.")

    desk.directory.reading, desk.directory.before = (silent, None) if at == 0 else (None, silent)


SCENES = {
    "done": ("three-steps-later", {"day": DAY}, None),
    "put off": ("three-steps-later", {"day": DAY}, 0),
    "stopped in the middle": ("three-steps-later", {"day": DAY}, 3),
    "a password": ("later-password", {"at": f"{DAY}T00:00:00+01:00"}, None),
    "no password": ("later-password", {"at": f"{DAY}T00:00:00+01:00"}, 1),
}


@pytest.fixture
def troubled(desk):
    desk.database.inner = TroubledDatabase(desk.database.inner, str(desk.folder / "desk.db"))
    desk.told = []
    return desk


def handed_in(desk, form, answers, number):
    desk.clock.now = datetime(2031, 2, 1, 9, number, tzinfo=ZoneInfo("Europe/Amsterdam"))
    if form == "three-steps-later":
        answers = {**answers, "office": f"T{number}"}
    plan = desk.planned(AGENT, form, PERSON, answers)
    desk.confirm(AGENT, plan)
    desk.clock.now = datetime(2031, 3, 1, 0, 0, tzinfo=ZoneInfo("Europe/Amsterdam"))
    return plan.head.submission


def work(desk, steps):
    """Let a worker go on, as its thread does: what fails is told, and then it goes on."""
    workers = Workers(desk.services, 0, desk.told.append)
    for _ in range(steps):
        try:
            workers.step()
        except RunnerError as error:
            desk.told.append(str(error))


def come_to_rest(desk, id_):
    """Let time go by with the store in order, as the rounds of a process do."""
    for _ in range(12):
        desk.clock.forward(seconds=11)
        make_rounds(desk.services, 12)
        work(desk, 4)
        row = desk.store.submissions.get(id_)
        if row.state != "queued":
            return row
        desk.clock.now = max(row.due_at.astimezone(desk.clock.now.tzinfo), desk.clock.now)
    return desk.store.submissions.get(id_)


def attempt(desk, scene, kind, after, number):
    """Carry one submission out with trouble after so many writes; return how it ended and whether there was trouble."""
    form, answers, away_at = SCENES[scene]
    id_ = handed_in(desk, form, answers, number)
    before = len(desk.directory.changed)
    if away_at is not None:
        away_once(desk, away_at)
    desk.database.inner.trouble(kind, after)
    work(desk, 6)
    intents = [one for one in desk.journal("intent") if one["submission"] == id_] if kind != "full" else None
    done = [operation.id for operation in desk.directory.changed[before:]]
    assert intents is None or {one["operation"]["id"] for one in intents} >= set(done), "an effect without an intent"
    was_in_trouble = desk.database.inner.heal()
    row = come_to_rest(desk, id_)
    desk.directory.reading = desk.directory.before = None
    check(desk, row, [operation.id for operation in desk.directory.changed[before:]])
    return row.state, was_in_trouble


def check(desk, row, done):
    rows = {one.operation_id: one.state for one in desk.store.submissions.operations(row.id)}
    assert row.state in ("done", "partly_done", "failed", "unknown"), (row.state, row.node, desk.told[-3:])
    assert max(Counter(done).values(), default=0) <= 1, "something was done twice"
    assert not {"running", "planned"} & set(rows.values())
    ended = Counter(rows.values())
    assert ended["done"] <= len(done) <= ended["done"] + ended["unknown"]
    assert row.sealed is None
    assert row.shown_once is None or row.state in ("done", "unknown")
    assert desk.store.queue.waiting(("running",)) == []
    assert not desk.services.halt.reason
    assert desk.services.halt.under_way == []


def campaign(desk, scene, kinds, steps=1):
    ends = Counter()
    number = 0
    for kind in kinds:
        for after in range(0, MOST_WRITES, steps):
            number += 1
            try:
                state, was = attempt(desk, scene, kind, after, number)
            except AssertionError as wrong:
                raise AssertionError(f"{scene}, {kind} after {after}: {wrong}") from wrong
            ends[state] += 1
            if not was:
                break
    assert desk.store.journal.verify().ok
    return ends


@pytest.mark.parametrize("scene", ["put off", "stopped in the middle", "a password"])
def test_a_store_that_goes_away_at_any_write_of_a_worker(troubled, scene):
    ends = campaign(troubled, scene, ("away",))
    assert ends["done"] + ends["failed"] >= 2
    assert sum(ends.values()) >= 3


@pytest.mark.torture
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scene", SCENES)
def test_every_trouble_at_every_write_of_a_worker(troubled, scene, kind):
    campaign(troubled, scene, (kind,))
