"""Workers go on whatever happens to one of them, and leave alone what others are at."""

import threading
import time
from dataclasses import replace

import pytest

from connectors.errors import UnavailableError
from runner.engine import rounds
from runner.engine import workers as workers_module
from runner.engine.rounds import Round, make_rounds
from runner.engine.workers import Workers
from runner.errors import NotDurableError
from runner.housekeeping import Housekeeping
from runner.pipeline import carrying
from runner.pipeline.carrying import carry_out_waiting, give_up
from tests.runner.engine.waiting import queued

PERSON, OTHER = "u-t.novak", "u-z.lindqvist"


def until(said, seconds=10):
    end = time.monotonic() + seconds
    while not said():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.02)


@pytest.fixture
def running(desk, monkeypatch):
    """Return a function that starts workers; they end with the test."""
    monkeypatch.setattr(workers_module, "_AFTER_A_FAULT_SECONDS", 0.05)
    started = []

    def start(count):
        workers = Workers(desk.services, count, lambda line: None, poll_seconds=0.05)
        workers.start()
        started.append(workers)
        return workers

    yield start
    ended = [workers.stop(10) for workers in started]
    assert all(ended)


def test_a_fault_that_nobody_foresaw_ends_no_worker(desk, running, monkeypatch):
    def faulty(*_):
        raise KeyError("a bug")

    monkeypatch.setattr(workers_module, "carry_out_waiting", faulty)
    monkeypatch.setattr(workers_module, "give_up", faulty)
    workers = running(2)
    id_ = queued(desk, "office", PERSON, {"office": "A"})
    desk.services.bell.ring()
    time.sleep(0.3)
    assert all(thread.is_alive() for thread in workers._threads)
    monkeypatch.undo()
    until(lambda: desk.state(id_) == "done")


def test_while_one_worker_is_held_up_the_others_see_what_becomes_due(desk, running, monkeypatch):
    release, held = threading.Event(), threading.Event()

    def hang(operation):
        if "SLOW" in repr(operation.arguments):
            held.set()
            release.wait(20)

    desk.directory.before = hang
    running(2)
    slow = queued(desk, "office", PERSON, {"office": "SLOW"})
    until(held.is_set)
    monkeypatch.setattr(desk.services.bell, "answer", None)
    time.sleep(0.2)
    quick = queued(desk, "office", OTHER, {"office": "QUICK"})
    until(lambda: desk.state(quick) == "done")
    assert desk.state(slow) == "running"
    release.set()
    until(lambda: desk.state(slow) == "done")


def test_a_store_that_hangs_keeps_nobody_from_ringing_or_stopping(desk, monkeypatch):
    release, held = threading.Event(), threading.Event()

    def hang(*_, **__):
        held.set()
        release.wait(20)

    monkeypatch.setattr(desk.store.queue, "claim", hang)
    workers = Workers(desk.services, 3, lambda line: None, poll_seconds=0.05)
    workers.start()
    until(held.is_set)
    started = time.monotonic()
    desk.services.bell.ring()
    assert not workers.stop(0.3)
    assert time.monotonic() - started < 2
    release.set()
    assert workers.stop(10)


def test_what_another_node_has_by_now_is_neither_put_off_nor_ended(desk):
    id_ = queued(desk, "office", PERSON, {"office": "A"})
    mine = desk.store.queue.claim(desk.services.node, desk.clock())
    desk.store.queue.release(["nobody", desk.services.node])

    def silent():
        desk.directory.reading = None
        desk.store.nodes.register("other", "elsewhere", 1, desk.clock())
        assert desk.store.queue.claim("other", desk.clock()).id == id_
        raise UnavailableError("The directory does not answer.")

    desk.directory.reading = silent
    assert carry_out_waiting(desk.services, mine).became == "gone"
    row = desk.store.submissions.get(id_)
    assert (row.state, row.node, row.attempts) == ("queued", "other", 0)


def test_what_another_node_runs_by_now_is_not_called_unclear(desk, monkeypatch):
    id_ = queued(desk, "office", PERSON, {"office": "A"})
    mine = desk.store.queue.claim(desk.services.node, desk.clock())
    seen = []

    def look(_):
        monkeypatch.setattr(desk.store.submissions, "get", lambda _: elsewhere(desk, id_))
        give_up(desk.services, mine)
        monkeypatch.undo()
        seen.append(desk.state(id_))

    desk.directory.before = look
    assert desk.carried_out() == 1
    assert (seen, desk.state(id_)) == (["running"], "done")


def elsewhere(desk, id_):
    found = desk.store.queue.waiting(("running",))
    return replace(next(one for one in found if one.id == id_), node="other")


def test_what_failed_in_its_middle_is_unclear_here(desk, monkeypatch):
    id_ = queued(desk, "office", PERSON, {"office": "A"})

    def faulty(*_):
        raise KeyError("a bug")

    monkeypatch.setattr(carrying, "send_mails", faulty)
    told = []
    Workers(desk.services, 0, told.append).step()
    assert (desk.state(id_), len(told)) == ("done", 1)
    desk.directory.after = lambda _: monkeypatch.setattr(desk.store.submissions, "finish", faulty)
    other = queued(desk, "office", OTHER, {"office": "A"})
    Workers(desk.services, 0, told.append).step()
    assert (desk.state(other), len(told)) == ("unknown", 2)
    assert desk.services.halt.under_way == []


def test_a_confirmation_that_comes_second_does_not_hide_what_is_under_way(desk):
    plan = desk.planned("agent.rotterdam", "office", PERSON, {"office": "A"})
    found = []

    def again(_):
        with desk.services.halt.at(plan.head.submission):
            pass
        found.append(list(desk.services.halt.under_way))

    desk.directory.after = again
    assert desk.done("agent.rotterdam", plan).state == "done"
    assert set(found[0]) == {plan.head.submission}
    assert desk.services.halt.under_way == []


def test_a_round_that_fails_does_not_keep_others_from_being_made(desk, monkeypatch):
    made = []

    def fail(_):
        raise UnavailableError("away")

    def store_away(_):
        raise NotDurableError("no store")

    monkeypatch.setattr(rounds, "ROUNDS", (Round(2, fail), Round(2, made.append), Round(2, fail, asks=True)))
    with pytest.raises(UnavailableError):
        make_rounds(desk.services, 2)
    make_rounds(desk.services, 1)
    assert len(made) == 1
    monkeypatch.setattr(rounds, "ROUNDS", (Round(2, store_away), Round(2, made.append)))
    with pytest.raises(NotDurableError):
        make_rounds(desk.services, 2)
    assert len(made) == 1


def test_a_system_that_hangs_keeps_no_process_from_beating(desk, monkeypatch):
    release, held = threading.Event(), threading.Event()

    def hang(_):
        held.set()
        release.wait(20)

    monkeypatch.setattr("runner.housekeeping.HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setattr("runner.housekeeping.make_rounds", lambda *_, asking: hang(None) if asking else None)
    house = Housekeeping(desk.installation)
    house.start()
    until(held.is_set)
    desk.clock.forward(seconds=40)
    until(lambda: desk.store.nodes.all()[0].seen_at == desk.clock())
    release.set()
    house.stop()
    assert not any(thread.is_alive() for thread in house._threads)


def test_a_fault_that_nobody_foresaw_does_not_end_the_heart(desk, monkeypatch, capsys):
    beats = []

    def faulty(_):
        beats.append(1)
        raise KeyError("a bug")

    monkeypatch.setattr("runner.housekeeping.HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr("runner.housekeeping.beat", faulty)
    house = Housekeeping(desk.installation)
    house.start()
    until(lambda: len(beats) > 2)
    house.stop()
    assert "housekeeping" in capsys.readouterr().err
