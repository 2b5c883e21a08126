"""Undo and Continue on PostgreSQL, where requests really run beside one another."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import RejectedError
from runner.errors import RefusedError, StaleError
from runner.pipeline.pages import SubmissionPage
from tests.runner.migrated import migrated
from tests.runner.pipeline.desks import make_folder, open_desk

AGENT, SECOND, PERSON = "agent.rotterdam", "second.rotterdam", "u-t.novak"


@pytest.fixture
def desk(postgres_cluster, company_template, tmp_path):
    store_url = postgres_cluster.new_database()
    migrated(store_url)
    make_folder(tmp_path, company_template)
    opened = open_desk(tmp_path, store_url=store_url)
    yield opened
    opened.close()


def at_once(work, *each):
    start = threading.Barrier(len(each))

    def one(given):
        start.wait()
        try:
            page = work(given)
        except (RefusedError, StaleError) as refused:
            return type(refused)
        return page.state if isinstance(page, SubmissionPage) else "plan"

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(one, each))


def test_many_go_on_and_take_back_at_once_and_it_happens_once(desk):
    ways = desk.desk.ways
    plan = desk.planned(AGENT, "three-steps", PERSON, {"rule": "stop", "office": "A"})

    def fail(operation):
        if operation.id == "second":
            raise RejectedError("no")

    desk.directory.before = fail
    desk.done(AGENT, plan)
    desk.directory.before = None
    submission = plan.head.submission
    digest = ways.continue_plan(desk.actor(AGENT), submission, "en").digest
    states = at_once(lambda _: ways.resume(desk.actor(AGENT), submission, digest, "en"), *range(8))
    assert "done" in states
    assert set(states) <= {"done", "running"}
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]
    digests = {who: ways.undo_plan(desk.actor(who), submission, "en").digest for who in (AGENT, SECOND)}
    states = at_once(lambda who: ways.undo(desk.actor(who), submission, digests[who], "", "en"), *[AGENT, SECOND] * 4)
    assert "done" in states
    assert set(states) <= {"done", "running", "plan", RefusedError, StaleError}
    assert [one.id for one in desk.directory.changed[3:]] == ["third", "second", "first"]
    assert len(desk.store.continuing.undos_of([submission])) == 1
    assert desk.store.journal.verify().ok
