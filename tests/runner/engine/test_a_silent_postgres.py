"""Workers on a PostgreSQL that falls silent while they are at a submission: it ends when the server is back, done once."""

import time

import pytest
from sqlalchemy import make_url

from runner.engine import workers as workers_module
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from runner.errors import RunnerError
from runner.store.database import PostgresDatabase
from runner.store.schema import upgrade
from tests.runner.engine.waiting import queued
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.servers.swallowing import SwallowingLine

PERSON = "u-t.novak"


@pytest.fixture
def line(postgres_database_url):
    upgrade(postgres_database_url)
    opened = SwallowingLine(make_url(postgres_database_url).port)
    yield opened
    opened.close()


@pytest.fixture
def desk(line, postgres_database_url, company_template, tmp_path):
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path, store_url=postgres_database_url)
    opened.database.inner.close()
    opened.database.inner = PostgresDatabase(make_url(postgres_database_url).set(port=line.port), 0.3)
    yield opened
    line.swallows = ""
    opened.close()


@pytest.mark.parametrize("swallows", [pytest.param("all", marks=pytest.mark.torture), "answers"])
@pytest.mark.parametrize("moment", ["while it plans", "before the change", "after the change"])
def test_what_was_under_way_comes_to_its_end(desk, line, monkeypatch, moment, swallows):
    monkeypatch.setattr(workers_module, "_AFTER_A_FAULT_SECONDS", 0.1)
    id_ = queued(desk, "office", PERSON, {"office": "A"})

    def fall_silent(_=None):
        line.swallows = swallows

    hook = {"while it plans": "reading", "before the change": "before", "after the change": "after"}[moment]
    setattr(desk.directory, hook, fall_silent)
    told = []
    workers = Workers(desk.services, 1, told.append, poll_seconds=0.05)  # an idle one would tell sooner
    workers.start()
    try:
        wait(lambda: told)
        setattr(desk.directory, hook, None)
        line.swallows = ""
        wait(lambda: ended(desk, id_))
    finally:
        assert workers.stop(20)
    assert desk.state(id_) == ("done" if moment == "while it plans" else "unknown")
    assert len(desk.directory.changed) == 1
    assert [entry["kind"] for entry in desk.journal() if entry["kind"] in ("intent", "outcome", "reconcile")] == [
        "intent",
        "outcome" if moment == "while it plans" else "reconcile",
    ]
    assert desk.services.halt.reason == ""


def ended(desk, id_):
    desk.clock.forward(seconds=3)
    try:
        make_rounds(desk.services, 2)
        return desk.state(id_) not in ("queued", "running")
    except RunnerError:
        return False


def wait(said, seconds=30):
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.05)
