"""Who is gone, and who only stood still: nothing that lives is taken for lost, whatever clocks and process ids say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from runner.engine.nodes import beat, gone, sweep
from tests.runner.pipeline.desks import TestDesk

AGENT, TOMAS = "agent.rotterdam", "u-t.novak"


@pytest.fixture
def other(desk: TestDesk):
    """Another process of the same desk, on another machine."""
    desk.store.nodes.register("other", "elsewhere", 1, desk.clock())
    return replace(desk.services, node="other")


def test_what_a_node_begins_before_it_signs_on_again_is_not_lost(desk, other, monkeypatch):
    live, inner = desk.services, desk.directory.perform
    desk.store.nodes.leave(live.node)  # it stood still for so long that it was forgotten
    plan = desk.planned(AGENT, "office", TOMAS, {"office": "A"})
    swept = []

    def perform(*arguments):
        swept.append(sweep(other))
        return inner(*arguments)

    monkeypatch.setattr(desk.directory, "perform", perform)
    desk.confirm(AGENT, plan)
    assert swept == [[]]
    assert (desk.state(plan.head.submission), desk.value(TOMAS, "office")) == ("done", "A")
    beat(live)
    assert live.node in {one.id for one in desk.store.nodes.all()}


def test_what_nobody_signs_on_for_again_is_lost_after_a_while(desk, other, monkeypatch):
    desk.store.nodes.leave(desk.services.node)
    plan = desk.planned(AGENT, "office", TOMAS, {"office": "A"})
    found = []

    def end_there(*_):
        desk.clock.forward(seconds=29)
        found.append(sweep(other))
        desk.clock.forward(seconds=2)
        desk.store.nodes.heartbeat("other", desk.clock())
        found.append([one.id for one in sweep(other)])
        raise SystemExit

    monkeypatch.setattr(desk.directory, "perform", end_there)
    with pytest.raises(SystemExit):
        desk.confirm(AGENT, plan)
    assert found == [[], [plan.head.submission]]
    assert desk.state(plan.head.submission) == "unknown"


def test_a_process_that_got_the_id_of_one_before_its_clock_was_set_back_lives(desk, other):
    nodes, now = desk.store.nodes, desk.clock()
    nodes.register("dead", "pod-0", 1, now + timedelta(hours=1))
    nodes.register("living", "pod-0", 1, now)
    assert {"dead", "living"} & {*gone(other)} == {"dead"}
    for _ in range(20):
        desk.clock.forward(seconds=2)
        beat(replace(desk.services, node="living"))
        beat(other)
        assert "living" not in gone(other)
