"""PostgreSQL is restarted while workers carry submissions out: everything ends, nothing twice, nothing without an intent."""

import json
import time
from collections import Counter

import pytest

from runner.engine.losing import note_what_was_lost
from runner.engine.nodes import beat, sweep
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from runner.errors import RunnerError
from runner.store.schema import upgrade
from tests.runner.engine.waiting import queued
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.servers.postgres import Cluster

PEOPLE = ("u-t.novak", "u-z.lindqvist", "u-p.dewit", "u-n.mail", "u-second.rotterdam")
PATIENCE_SECONDS = 120


@pytest.fixture
def own_cluster():
    with Cluster.started() as cluster:
        yield cluster


@pytest.fixture
def desk(own_cluster, company_template, tmp_path):
    url = own_cluster.new_database()
    upgrade(url)
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path, store_url=url)
    yield opened
    opened.close()


def restarted_under_load(cluster, desk, *, jobs, restarts):
    """Hand submissions in, restart the database while they are carried out, and check what has to hold then."""
    ids = []
    for number in range(jobs):
        answers = {"rule": "stop", "office": f"job-{number}"}
        ids.append(queued(desk, "three-steps", PEOPLE[number % len(PEOPLE)], answers))
    asked = []
    desk.directory.before = lambda operation: asked.append(
        (operation.arguments["user"].id, dict(operation.arguments["set"]))
    )
    workers = Workers(desk.services, 3, lambda line: None, poll_seconds=0.05)
    workers.start()
    try:
        for _ in range(restarts):
            time.sleep(0.3)
            cluster.restart()
            keep_house(desk)
        wait_for_the_end(desk)
    finally:
        workers.stop(5)
    examine(desk, ids, asked)


def keep_house(desk):
    """Do what the housekeeping of a node does, as far as the database lets it."""
    desk.clock.forward(seconds=11)
    try:
        beat(desk.installation.services)
        sweep(desk.installation.services)
        make_rounds(desk.services, 2)
    except RunnerError:
        return


def wait_for_the_end(desk):
    over = time.monotonic() + PATIENCE_SECONDS
    while counts := {k: v for k, v in desk.store.queue.counts().items() if k in ("queued", "running")}:
        assert time.monotonic() < over, f"something is left: {counts}"
        keep_house(desk)
        time.sleep(0.2)


def examine(desk, ids, asked):
    rows = [desk.store.submissions.get(id_) for id_ in ids]
    assert {row.state for row in rows} <= {"done", "unknown"}, [(row.state, row.note) for row in rows]
    assert max(Counter((who, *sorted(changed.items())) for who, changed in asked).values()) == 1, "done twice"
    records = [json.loads(line) for line in desk.store.journal.all_lines()]
    intents = sum(1 for one in records if one["kind"] == "intent")
    assert len(asked) <= intents
    for row in rows:
        states = [one.state for one in desk.store.submissions.operations(row.id)]
        assert states == ["done"] * 3 if row.state == "done" else "unknown" in states
    reconciled = {one["submission"] for one in records if one["kind"] == "reconcile"}
    assert reconciled == {row.id for row in rows if row.state == "unknown"}
    assert desk.store.journal.verify().ok
    assert note_what_was_lost(desk.services) == 0
    assert not desk.services.halt.reason


def test_a_restart_under_load_loses_nothing_and_does_nothing_twice(own_cluster, desk):
    restarted_under_load(own_cluster, desk, jobs=20, restarts=1)


@pytest.mark.torture
def test_thirty_restarts_under_load(own_cluster, desk):
    restarted_under_load(own_cluster, desk, jobs=500, restarts=30)
