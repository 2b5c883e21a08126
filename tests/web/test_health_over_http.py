"""Whether a process answers, and whether it takes submissions: two addresses, which nobody has to sign in for."""

import threading
import time

import pytest

from runner.engine.releases import REPLACED
from runner.errors import NotDurableError
from runner.pipeline.finishing import NOT_RECORDED
from runner.web.answering import Answering
from runner.witnessing.keeping import keeping_of
from runner.witnessing.read_only import READ_ONLY
from tests.web.real_site import RealSite


def asked(site: RealSite, path: str) -> tuple[int, object]:
    answer = site.visit().get(path)
    return answer.status_code, answer.json


def test_a_desk_at_work_answers_and_is_ready(site: RealSite) -> None:
    assert asked(site, "/health") == (200, {"status": "ok"})
    assert asked(site, "/health/ready") == (200, {"status": "ok"})


@pytest.mark.parametrize("reason", [READ_ONLY, REPLACED, NOT_RECORDED])
def test_a_halted_process_answers_and_is_not_ready_and_says_why(site: RealSite, reason: str) -> None:
    site.desk.services.halt.reason = reason
    assert asked(site, "/health") == (200, {"status": "ok"})
    assert asked(site, "/health/ready") == (503, {"status": "halted", "reason": reason})
    site.desk.services.halt.reason = ""
    assert asked(site, "/health/ready") == (200, {"status": "ok"})


def test_a_fault_in_the_journal_that_any_process_found_makes_this_one_not_ready(site: RealSite) -> None:
    keeping = keeping_of(site.desk.installation, lambda _: None)
    site.desk.store.checkpoints.note_fault("record 2 was changed", site.desk.services.clock())
    keeping.round()
    status, said = asked(site, "/health/ready")
    assert (status, said) == (503, {"status": "halted", "reason": READ_ONLY})


@pytest.mark.parametrize("how", ["silent", "gone"])
def test_a_process_whose_store_does_not_answer_is_not_ready_and_says_so_soon(
    site: RealSite, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    goes_on = threading.Event()

    def lost(_: object) -> None:
        if how == "silent":
            goes_on.wait()
        raise NotDurableError("the store does not answer")

    monkeypatch.setattr("runner.web.health.is_newer", lost)
    started = time.monotonic()
    status, said = asked(site, "/health/ready")
    goes_on.set()
    assert (status, "does not answer" in str(said)) == (503, True)
    assert time.monotonic() - started < 5
    monkeypatch.undo()
    while asked(site, "/health/ready") != (200, {"status": "ok"}):
        assert time.monotonic() - started < 10


def test_while_an_answer_is_waited_for_nothing_more_is_asked() -> None:
    goes_on, put = threading.Event(), list[int]()

    def ask() -> None:
        put.append(1)
        goes_on.wait()

    store = Answering(ask, patience_seconds=0.02)
    assert [store.answers(), store.answers()] == [False, False]
    goes_on.set()
    store.patience_seconds = 5
    assert store.answers()
    assert len(put) <= 2
