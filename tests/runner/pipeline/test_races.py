"""Requests that overtake one another: nobody out of scope is touched, nothing is done twice, no limit is jumped."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError, StaleError, TooManyError
from runner.pipeline.pages import PlanPage, Posted, SubmissionPage

AGENT, PERSON = "agent.rotterdam", Ref("user", "u-t.novak")
LOCATION = (Ref("group", "g-GG-Location-Rotterdam"),)
REFUSALS = (NotFoundError, RefusedError, StaleError, TooManyError)


def at_once(count, work):
    """Run ``work(number)`` in threads that start together; refusals come back as their types."""
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            return work(number)
        except REFUSALS as refused:
            return type(refused)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


class Rival:
    """Takes a person out of the agent's scope and back again, and looks whether anything changed in between."""

    def __init__(self, desk):
        self.desk = desk
        self.is_over = threading.Event()
        self.absences = 0
        self.touched = []
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def run(self):
        while not self.is_over.is_set():
            self.desk.do("directory.user.leave_groups", user=PERSON, groups=LOCATION)
            before = self.desk.value(PERSON.id, "office")
            self.is_over.wait(0.02)
            after = self.desk.value(PERSON.id, "office")
            self.desk.do("directory.user.join_groups", user=PERSON, groups=LOCATION)
            self.absences += 1
            if before != after:
                self.touched.append((before, after))
            self.is_over.wait(0.08)


def race(desk, rounds):
    done = 0
    with Rival(desk) as rival:
        for number in range(rounds):
            try:
                page = desk.fill(AGENT, "office", PERSON.id, {"office": f"R{number}"})
                page = desk.confirm(AGENT, page) if isinstance(page, PlanPage) else page
                done += isinstance(page, SubmissionPage) and page.state == "done"
            except REFUSALS:
                pass
    assert rival.touched == []
    assert rival.absences > rounds / 40
    assert len(desk.directory.changed) == done
    return done


def confirm_twenty_times(desk, number):
    person = ("u-t.novak", "u-p.dewit", "u-z.lindqvist")[number % 3]
    plan = desk.planned(AGENT, "office", person, {"office": f"C{number}"})
    before = len(desk.performed)
    pages = at_once(20, lambda _: desk.confirm(AGENT, plan))
    states = [page if isinstance(page, type) else page.state for page in pages]
    assert len(desk.performed) == before + 1
    assert set(states) <= {"done", "running", StaleError}
    assert "done" in states
    assert desk.value(person, "office") == f"C{number}"


def test_a_person_who_comes_and_goes_is_only_touched_while_in_scope(desk):
    race(desk, 30)


@pytest.mark.torture
def test_two_thousand_rounds_never_touch_a_person_out_of_scope(desk):
    assert race(desk, 2_000) > 50
    assert desk.store.journal.verify().ok


@pytest.mark.torture
def test_five_hundred_rounds_of_twenty_confirmations_do_each_once(desk):
    for number in range(500):
        confirm_twenty_times(desk, number)
    assert len(list(desk.store.journal.all_lines())) == 1_000
    assert desk.store.journal.verify().ok


def test_a_limit_for_a_person_holds_when_all_come_at_once(desk):
    pages = at_once(10, lambda number: desk.fill(AGENT, "at-once", "u-t.novak", {"office": f"L{number}"}))
    began(desk, pages, most=2)


def test_a_limit_of_an_agent_holds_when_all_come_at_once(desk):
    people = ["u-t.novak", "u-p.dewit", "u-z.lindqvist", "u-n.mail"] * 2
    pages = at_once(8, lambda number: desk.fill(AGENT, "at-once", people[number], {"office": f"L{number}"}))
    began(desk, pages, most=3)


def began(desk, pages, most):
    """Check that no more submissions began than a limit lets, and that each refusal is recorded."""
    assert 1 <= desk.kinds().count("intent") <= most
    assert len(desk.directory.changed) <= most
    assert pages.count(TooManyError) == desk.kinds().count("deny")
    begun = [page for page in pages if isinstance(page, SubmissionPage)]
    assert len(begun) == desk.kinds().count("intent")


def test_two_agents_for_one_person_are_each_shown_what_the_other_did(desk):
    first = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    second = desk.planned("second.rotterdam", "office", "u-t.novak", {"office": "B"})
    plans = ((AGENT, first), ("second.rotterdam", second))
    pages = at_once(2, lambda number: desk.confirm(*plans[number]))
    states = [page.state if isinstance(page, SubmissionPage) else "shown again" for page in pages]
    assert "done" in states
    assert len(desk.directory.changed) == states.count("done")
    assert desk.store.journal.verify().ok


def test_the_same_answers_posted_at_once_are_one_draft(desk):
    submission, actor = desk.new(), desk.actor(AGENT)
    post = Posted({"office": "A"})
    pages = at_once(10, lambda _: desk.desk.submit(actor, submission, "office", "u-t.novak", post, "en"))
    assert {page.digest for page in pages if isinstance(page, PlanPage)} == {
        desk.store.submissions.get(submission).plan_digest
    }
    assert desk.performed == []
