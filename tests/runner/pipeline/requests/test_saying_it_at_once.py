"""Many people decide at the same moment, on SQLite and on PostgreSQL: no word is lost, none counts twice, it is done once."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from runner.errors import NotFoundError, RefusedError, RunnerError, StaleError
from tests.runner.migrated import migrated
from tests.runner.pipeline.desks import make_folder, open_desk
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, PERSON, ask, digest, say
from tests.runner.pipeline.small_company import load_directory

VOTERS = (MANAGER, "alice", "agent.utrecht", "u.bakker")


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request, company_template, tmp_path):
    make_folder(tmp_path, company_template)
    urls = {}
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        urls = {"directory_url": cluster.new_database(), "store_url": cluster.new_database()}
        load_directory(urls["directory_url"])
        migrated(urls["store_url"])
    opened = open_desk(tmp_path, **urls)
    yield opened
    opened.close()


def at_once(count, work):
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            return work(number)
        except (StaleError, RefusedError, NotFoundError) as refused:
            return type(refused)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_it_goes_the_whole_way(desk):
    id_ = ask(desk, by="manager, two")
    for who in (MANAGER, "alice", "u.bakker"):
        say(desk, who, id_, comment="Good.")
    assert desk.carried_out() == 1
    assert (desk.state(id_), desk.value(f"u-{PERSON}", "office")) == ("done", "A")
    assert desk.kinds() == ["decision", "approval", "approval", "approval", "intent", "outcome"]
    assert desk.store.journal.verify().ok


def test_two_people_at_once_are_two(desk):
    for number in range(2):
        id_ = ask(desk, by="two", office=f"R{number}")
        wanted = digest(desk, id_)
        came = at_once(2, lambda one, id_=id_, wanted=wanted: say(desk, VOTERS[one], id_, digest=wanted))
        assert sorted(came) == ["awaiting_approval", "queued"]
        assert len(desk.store.approvals.of(id_)) == 2
        desk.carried_out()
        assert desk.state(id_) == "done"


@pytest.mark.parametrize("count", [12, pytest.param(50, marks=pytest.mark.torture)])
def test_many_at_once_let_it_run_once(desk, count):
    id_ = ask(desk, by="two")
    wanted = digest(desk, id_)
    for who in VOTERS:
        desk.actor(who)
    came = Counter(at_once(count, lambda one: say(desk, VOTERS[one % 4], id_, digest=wanted)))
    assert (came["awaiting_approval"], came["queued"]) == (1, 1)
    said = desk.store.approvals.of(id_)
    assert len(said) == len({one.person_id for one in said}) == 2
    assert desk.kinds().count("approval") == 2
    assert desk.carried_out() == 1
    assert (len(desk.performed), desk.state(id_)) == (1, "done")
    assert desk.store.journal.verify().ok


@pytest.mark.parametrize("other", ["cancel", "no"])
def test_a_yes_against_a_no_or_a_cancel_leaves_one_of_them(desk, other):
    for number in range(2):
        id_ = ask(desk, by="two", office=f"R{number}")
        say(desk, "alice", id_)
        wanted = digest(desk, id_)

        def work(one, id_=id_, wanted=wanted):
            if one == 0:
                return say(desk, MANAGER, id_, digest=wanted)
            if other == "cancel":
                return desk.desk.cancel(desk.actor(AGENT), id_).state
            return say(desk, "u.bakker", id_, "no", "No.", digest=wanted)

        came = at_once(2, work)
        state = desk.state(id_)
        assert state in ("queued", "cancelled", "rejected")
        yes = [one for one in desk.store.approvals.of(id_) if one.decision == "yes"]
        assert (state == "queued") == (len(yes) == 2) or state == "cancelled"
        assert came.count(state) == 1
        before = len(desk.performed)
        desk.carried_out()
        assert len(desk.performed) - before == (state == "queued")


def test_a_store_that_fails_says_nothing(desk):
    id_ = ask(desk)
    desk.actor(MANAGER)
    wanted = digest(desk, id_)
    desk.database.writes_left = 0
    with pytest.raises(RunnerError):
        say(desk, MANAGER, id_, digest=wanted)
    desk.database.writes_left = None
    assert (desk.state(id_), desk.store.approvals.of(id_)) == ("awaiting_approval", [])
    assert "approval" not in desk.kinds()
