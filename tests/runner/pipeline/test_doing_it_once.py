"""Stale plans, repeated and concurrent confirmations: what was confirmed happens once, or nothing does."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import RejectedError
from connectors.spi import Ref, Secret
from runner.engine.rounds import end_drafts
from runner.errors import StaleError
from runner.pipeline.pages import FillPage, PlanPage, SubmissionPage

AGENT = "agent.rotterdam"


def test_a_plan_that_would_do_something_else_by_now_is_shown_again(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"office": "B"})
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, PlanPage)
    assert (page.changed_meanwhile, page.operations[0].lines[0].before) == (True, "B")
    assert desk.performed == []
    assert desk.done(AGENT, page).state == "done"


@pytest.mark.parametrize("digest", ["", "0" * 64, "x"])
def test_a_digest_that_is_not_the_plans_confirms_nothing(desk, digest):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    page = desk.desk.confirm(desk.actor(AGENT), plan.head.submission, digest, "", (), "en")
    assert isinstance(page, PlanPage)
    assert desk.performed == []


def test_a_draft_that_nobody_touched_for_a_week_ends_and_is_never_done(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "Unmistakable"})
    desk.clock.forward(days=7)
    assert end_drafts(desk.installation.services) == 0
    desk.clock.forward(seconds=1)
    assert end_drafts(desk.installation.services) == 1
    actor, id_ = desk.actor(AGENT), plan.head.submission
    again = desk.fill(AGENT, "office", "u-t.novak", {"office": "B"}, submission=id_)
    for page in (desk.confirm(AGENT, plan), desk.desk.step(actor, id_, "en"), again):
        assert isinstance(page, SubmissionPage)
        assert (page.state, page.operations) == ("expired", ())
        assert page.message.endswith("Open the form again.")
    assert (desk.performed, desk.kinds()) == ([], [])
    assert "Unmistakable" not in repr(desk.store.submissions.get(id_))
    assert isinstance(desk.planned(AGENT, "office", "u-t.novak", {"office": "B"}), PlanPage)


def test_confirming_twice_does_it_once_and_gives_the_same_answer(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    first, second = desk.done(AGENT, plan), desk.done(AGENT, plan)
    assert (first.state, first.operations) == (second.state, second.operations)
    assert second.just_done is False
    assert len(desk.performed) == 1


@pytest.mark.parametrize("form", ["office", "at-once"])
def test_sending_the_form_again_after_it_ran_gives_what_is_kept(desk, form):
    page = desk.fill(AGENT, form, "u-t.novak", {"office": "A"})
    if isinstance(page, PlanPage):
        page = desk.done(AGENT, page)
    again = desk.fill(AGENT, form, "u-t.novak", {"office": "B"}, submission=page.head.submission)
    assert isinstance(again, SubmissionPage)
    assert again.state == "done"
    assert len(desk.performed) == 1
    assert desk.value("u-t.novak", "office") == "A"


def test_twenty_confirmations_at_once_do_it_once(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    actor, start = desk.actor(AGENT), threading.Barrier(20)

    def confirm(_):
        start.wait()
        try:
            return desk.desk.confirm(actor, plan.head.submission, plan.digest, "", (), "en").state
        except StaleError:
            return "stale"

    with ThreadPoolExecutor(20) as pool:
        states = list(pool.map(confirm, range(20)))
    assert len(desk.performed) == 1
    assert desk.kinds() == ["intent", "outcome"]
    assert set(states) <= {"done", "stale", "running"}
    assert "done" in states


def test_answers_that_do_not_fit_any_more_give_the_form_again(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A", "colleague": "u-z.lindqvist"})
    groups = (Ref("group", "g-GG-Location-Rotterdam"),)
    desk.do("directory.user.leave_groups", user=Ref("user", "u-z.lindqvist"), groups=groups)
    page = desk.confirm(AGENT, plan)
    assert isinstance(page, FillPage)
    assert page.errors[0][0] == "colleague"
    assert desk.performed == []


def test_a_swap_race_never_changes_somebody_out_of_scope(desk):
    """A person leaves the scope between the last decision and the change, again and again."""
    plans = [desk.planned(AGENT, "office", "u-t.novak", {"office": f"R{round_}"}) for round_ in range(25)]
    groups, person = (Ref("group", "g-GG-Location-Rotterdam"),), Ref("user", "u-t.novak")

    def swap(_):
        desk.do("directory.user.leave_groups", user=person, groups=groups)

    desk.directory.before = swap
    for plan in plans:
        assert desk.done(AGENT, plan).state == "failed"
        desk.do("directory.user.join_groups", user=person, groups=groups)
        assert desk.value("u-t.novak", "office") is None
    assert desk.directory.changed == []


def refuse(_):
    raise RejectedError("The directory says no.")


def test_a_refused_plan_is_recorded_and_leaves_nothing(desk):
    desk.directory.preparing = refuse
    page = desk.fill(AGENT, "at-once", "u-t.novak", {"office": "A"})
    assert page.errors[0][2] == "The directory says no."
    assert desk.kinds() == ["deny"]
    assert desk.performed == []


def test_a_confirmation_that_was_overtaken_says_so_and_not_that_the_person_does_not_fit_any_more(desk):
    for _ in range(20):
        desk.directory.inner.authenticate("t.novak", Secret("wrong"))
    assert desk.value("u-t.novak", "locked") is True
    submission = desk.verified(AGENT, "unlock-account", "u-t.novak")
    plan = desk.planned(AGENT, "unlock-account", "u-t.novak", submission=submission)

    def overtake():
        desk.directory.reading = None
        assert desk.done(AGENT, plan).state == "done"

    actor = desk.actor(AGENT)
    desk.directory.reading = overtake
    with pytest.raises(StaleError):
        desk.desk.confirm(actor, submission, plan.digest, "", (), "en")
    assert desk.performed == ["directory.user.unlock"]
