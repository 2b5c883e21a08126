"""Two web nodes behind nginx and two workers on one PostgreSQL: all processes of the command line."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from connectors.spi import Ref
from tests.several_nodes.nodes import wait_until
from tests.several_nodes.visitors import submission_of

AGENT = "agent.rotterdam"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def workers(several):
    return several.work(1, 1)


def test_a_visitor_is_signed_in_on_both_nodes_and_over_tls(arrive, ports):
    visitor = arrive(AGENT)
    for _ in range(4):
        assert visitor.get("/").status == 200
    assert {f"127.0.0.1:{port}" for port in ports} == set(visitor.served_by)
    assert all(name.startswith("__Host-") for name in visitor.cookies)


def test_what_two_nodes_are_sent_at_once_is_done_once(several, arrive):
    visitor = arrive(AGENT)
    plan = visitor.plan("office", "u-z.lindqvist", **{"answer.office": "A"})
    id_, tabs = submission_of(plan), [visitor.twin() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda tab: tab.confirm(plan), tabs))
    assert len({one for tab in tabs for one in tab.served_by}) == 2
    assert {page.status for page in pages} <= {200, 409}
    assert several.wait_for(id_, "done") == "done"
    assert several.kinds(id_) == ["intent", "outcome"]
    assert several.value("z.lindqvist", "office") == "A"


def test_what_waits_for_its_day_is_carried_out_by_a_worker(several, arrive, workers):
    visitor = arrive(AGENT)
    answers = {"answer.office": "KIOSK", "answer.day": TOMORROW}
    plan = visitor.plan("later-with-a-yes", "u-t.novak", **answers)
    assert visitor.confirm(plan).status == 200
    id_ = submission_of(plan)
    assert several.state(id_) == "queued"
    several.due_now(id_)
    assert several.wait_for(id_, "done", "failed") == "done", several.ask(
        "SELECT note FROM submissions WHERE id = %s", id_
    )
    assert several.kinds(id_) == ["decision", "intent", "outcome"]
    assert several.value("t.novak", "office") == "KIOSK"


def test_a_yes_that_another_node_asked_for_lets_a_worker_begin(several, arrive, workers):
    visitor, manager = arrive(AGENT), arrive("u.chef")
    plan = visitor.plan("needs-a-yes", "u-t.novak", **{"answer.office": "B", "answer.by": "manager"})
    assert visitor.confirm(plan).status == 200
    id_ = submission_of(plan)
    assert several.state(id_) == "awaiting_approval"
    page = manager.get(f"/requests/{id_}")
    assert manager.send(page, f"/requests/{id_}", decision="yes").status == 200
    assert several.wait_for(id_, "done", "failed") == "done"
    assert several.value("t.novak", "office") == "B"


def test_a_leaver_at_six_is_closed_by_a_worker(several, arrive, workers):
    visitor = arrive("lead")
    page = visitor.get("/forms/offboard-user/for/u-n.mail")
    answers = {"answer.at": f"{TOMORROW}T18:00", "ticket": "INC-1", "reason": "Leaves"}
    plan = visitor.send(page, "/forms/offboard-user/submit", **answers)
    done = visitor.confirm(plan, typed="n.mail", acknowledged="0")
    id_ = submission_of(plan)
    assert several.state(id_) == "queued", done.html
    several.due_now(id_)
    assert several.wait_for(id_, "done", "failed", "partly_done") == "done"
    assert several.value("n.mail", "enabled") is False


def test_a_right_that_is_taken_away_is_gone_on_both_nodes_with_the_next_request(several, arrive, ports):
    visitor = arrive("second.rotterdam")
    assert [visitor.get("/people/u-p.dewit").status for _ in range(2)] == [200, 200]
    member = {"group": Ref("group", "g-SD-Rotterdam"), "members": (Ref("user", "u-second.rotterdam"),)}
    several.do("directory.group.remove_members", **member)
    assert [visitor.get("/people/u-p.dewit").status for _ in range(2)] == [404, 404]
    assert len(set(visitor.served_by[-2:])) == 2
    several.do("directory.group.add_members", **member)


def test_a_web_node_that_dies_in_the_middle_is_found_by_the_others(several, arrive, ports, workers):
    visitor = arrive(AGENT)
    plan = visitor.plan("office", "u-p.dewit", **{"answer.office": "C"})
    id_ = submission_of(plan)
    with several.held(), ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(visitor.confirm, plan)
        wait_until(several.is_somebody_held)
        node = several.node_of(id_)
        node.kill()
        assert several.wait_for(id_, "unknown") == "unknown"
        assert confirming.result().status in (200, 409, 502, 504)
    assert several.kinds(id_) == ["intent", "reconcile"]
    assert several.value("p.dewit", "office") != "C"
    again = visitor.get(f"/submissions/{id_}")
    assert (again.status, "nclear" in again.html) == (200, True)


def test_workers_that_are_asked_to_end_end_what_they_are_at_first(several, arrive, workers):
    visitor, ids = arrive(AGENT), []
    for person in ("u-p.dewit", "u-z.lindqvist", "u-t.novak"):
        plan = visitor.plan("later-with-a-yes", person, **{"answer.office": "KIOSK", "answer.day": TOMORROW})
        visitor.confirm(plan)
        ids.append(submission_of(plan))
    with several.held():
        for id_ in ids:
            several.due_now(id_)
        wait_until(lambda: sorted(map(several.state, ids)) == ["queued", "running", "running"])
        for worker in workers:
            worker.ask_to_end()
        assert [worker.child.poll() for worker in workers] == [None, None]
    assert [worker.ended() for worker in workers] == [0, 0]
    assert sorted(map(several.state, ids)) == ["done", "done", "queued"]
    several.work(1)
    assert [several.wait_for(id_, "done") for id_ in ids] == ["done"] * 3


def test_the_journal_of_all_nodes_is_one_chain(several, arrive, workers):
    with several.store() as store:
        assert store.journal.verify().ok
    assert several.ask("SELECT count(*) FROM submissions WHERE state = 'running'") == [(0,)]
