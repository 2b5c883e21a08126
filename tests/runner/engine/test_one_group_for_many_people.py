"""Many people get one group at the same time: each submission changes the group, and none fails because another one did."""

import time

from runner.engine.workers import Workers
from tests.runner.engine.waiting import queued

PEOPLE = ("t.novak", "z.lindqvist", "p.dewit", "n.mail", "second.rotterdam")
ROUNDS = 4


def ended(desk, ids):
    desk.services.bell.ring()
    end = time.monotonic() + 30
    while {desk.state(id_) for id_ in ids} & {"queued", "running"}:
        assert time.monotonic() < end
        time.sleep(0.01)
    return [desk.state(id_) for id_ in ids]


def test_nobody_is_left_out_because_others_were_quicker(desk):
    told: list[str] = []
    workers = Workers(desk.services, 4, told.append, poll_seconds=0.01)
    workers.start()
    try:
        for number in range(ROUNDS):
            question = "leave" if number % 2 else "groups"
            ids = [queued(desk, "until-a-day", f"u-{one}", {question: ["g-APP-Atlas"]}) for one in PEOPLE]
            assert ended(desk, ids) == ["done"] * len(PEOPLE), desk.journal("outcome")[-len(PEOPLE) :]
    finally:
        is_stopped = workers.stop(20)
    assert is_stopped
    assert told == []
