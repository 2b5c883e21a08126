"""Undo: the inverse of what was done, shown first, only if nothing changed since, by who may, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from connectors.errors import RejectedError, UnavailableError
from connectors.spi import Ref
from runner.errors import NotFoundError, NotReachableError, RefusedError, StaleError
from runner.pipeline.pages import SubmissionPage, WayPage

AGENT, SECOND = "agent.rotterdam", "second.rotterdam"


def office(desk, value="A", who=AGENT):
    plan = desk.planned(who, "office", "u-t.novak", {"office": value})
    assert desk.done(who, plan).state == "done"
    return plan.head.submission


def undo_plan(desk, submission, who=AGENT):
    return desk.desk.ways.undo_plan(desk.actor(who), submission, "en")


def undo(desk, submission, who=AGENT, digest="", reason=""):
    digest = digest or undo_plan(desk, submission, who).digest
    return desk.desk.ways.undo(desk.actor(who), submission, digest, reason, "en")


def test_what_was_done_is_shown_the_other_way_round_and_taken_back(desk):
    submission = office(desk)
    before = len(desk.performed)
    page = undo_plan(desk, submission)
    line = next(one for one in page.operations[0].lines if one.attribute == "Office")
    assert (line.before, line.after, page.refused, page.stays) == ("A", "", "", ())
    assert page.told.startswith(AGENT)
    assert len(desk.performed) == before
    done = undo(desk, submission, reason="wrong person")
    assert isinstance(done, SubmissionPage)
    assert (done.state, desk.value("u-t.novak", "office")) == ("done", None)
    taking = desk.store.submissions.get(done.head.submission)
    original = desk.store.submissions.get(submission)
    assert (taking.undoes, taking.form_id, taking.form_version) == (submission, "office", original.form_version)
    assert (taking.reason, original.state) == ("wrong person", "done")
    intent = desk.journal("intent")[-1]
    assert (intent["undoes"], intent["submission"], intent["decision"]["effect"]) == (submission, taking.id, "permit")
    assert desk.journal("outcome")[-1]["outcome"]["code"] == "done"
    assert desk.store.journal.verify().ok


def test_several_steps_are_taken_back_last_first(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})
    desk.done(AGENT, plan)
    page = undo_plan(desk, plan.head.submission)
    assert [one.id for one in page.operations] == ["third", "second", "first"]
    assert undo(desk, plan.head.submission).state == "done"
    assert [desk.value("u-t.novak", name) for name in ("office", "company", "title")] == [
        None,
        None,
        "Stock controller",
    ]


def test_it_is_taken_back_once(desk):
    submission = office(desk)
    digest = undo_plan(desk, submission).digest
    first = undo(desk, submission, digest=digest)
    before = len(desk.performed)
    again = undo(desk, submission, digest=digest)
    assert again.head.submission == first.head.submission
    with pytest.raises(RefusedError, match="undone already"):
        undo(desk, submission, SECOND, digest=digest)
    assert "undone already" in undo_plan(desk, submission).refused
    assert "is an undo itself" in undo_plan(desk, first.head.submission).refused
    assert len(desk.performed) == before


def test_two_at_once_take_it_back_once(desk):
    submission = office(desk)
    digests = {who: undo_plan(desk, submission, who).digest for who in (AGENT, SECOND)}

    def one(who):
        try:
            return undo(desk, submission, who, digest=digests[who]).state
        except (RefusedError, StaleError) as refused:
            return type(refused)

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(one, [AGENT, SECOND] * 4))
    assert "done" in states
    assert set(states) <= {"done", "running", RefusedError, StaleError}
    assert len(desk.performed) == 2
    assert len(desk.store.continuing.undos_of([submission])) == 1
    assert desk.store.journal.verify().ok


def test_what_was_changed_since_stays_and_says_by_whom(desk):
    submission = office(desk)
    office(desk, "B", SECOND)
    page = undo_plan(desk, submission)
    assert "is “B” now; this left “A”" in page.refused
    assert f"Changed by {SECOND}" in page.refused
    before = len(desk.performed)
    with pytest.raises(RefusedError):
        undo(desk, submission, digest="0" * 64)
    assert (len(desk.performed), desk.value("u-t.novak", "office")) == (before, "B")


def test_a_part_that_was_changed_since_stays_and_the_others_are_taken_back(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})
    desk.done(AGENT, plan)
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"company": "Elsewhere"})
    page = undo_plan(desk, plan.head.submission)
    assert [one.id for one in page.operations] == ["third", "first"]
    assert "Elsewhere" in page.stays[0].why
    assert "does not know by whom" in page.stays[0].why
    assert undo(desk, plan.head.submission).state == "done"
    assert [desk.value("u-t.novak", name) for name in ("office", "company")] == [None, "Elsewhere"]


def test_a_plan_that_is_another_one_by_now_is_shown_again(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})
    desk.done(AGENT, plan)
    digest = undo_plan(desk, plan.head.submission).digest
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"company": "Elsewhere"})
    before = len(desk.performed)
    page = undo(desk, plan.head.submission, digest=digest)
    assert isinstance(page, WayPage)
    assert page.changed_meanwhile
    assert len(desk.performed) == before


def test_a_colleague_who_may_use_the_form_takes_it_back_and_nobody_else(desk):
    submission = office(desk)
    for who in ("agent.utrecht", "alice", "auditor"):
        with pytest.raises(NotFoundError):
            undo_plan(desk, submission, who)
        with pytest.raises(NotFoundError):
            undo(desk, submission, who, digest="0" * 64)
    assert len(desk.performed) == 1
    assert undo(desk, submission, SECOND).state == "done"
    assert desk.store.continuing.undos_of([submission])[0].actor_login == SECOND


def test_whoever_lost_the_right_takes_nothing_back(desk):
    submission = office(desk)
    digest = undo_plan(desk, submission).digest
    actor = desk.actor(AGENT)
    desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=(Ref("group", "g-SD-Rotterdam"),))
    assert desk.desk.ways.undo(actor, submission, digest, "", "en").state == "failed"
    with pytest.raises(NotFoundError):
        undo_plan(desk, submission)
    assert len(desk.performed) == 1
    assert desk.journal("deny")


def test_a_password_that_was_handed_out_is_not_taken_back(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    desk.done(AGENT, desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission))
    before = len(desk.performed)
    assert "A password that was handed out cannot be undone" in undo_plan(desk, submission).refused
    with pytest.raises(RefusedError):
        undo(desk, submission, digest="0" * 64)
    assert len(desk.performed) == before


def test_drafts_what_waits_and_what_failed_are_not_taken_back(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    for submission in (plan.head.submission, desk.new()):
        with pytest.raises(NotFoundError):
            undo_plan(desk, submission)
    desk.directory.before = lambda _: (_ for _ in ()).throw(RejectedError("no"))
    assert desk.done(AGENT, plan).state == "failed"
    assert "Only what was done" in undo_plan(desk, plan.head.submission).refused


def test_a_failed_try_to_take_back_can_be_made_again(desk):
    submission = office(desk)

    def away(_):
        raise UnavailableError("away")

    desk.directory.before = away
    assert undo(desk, submission).state == "failed"
    desk.directory.before, desk.directory.preparing = None, away
    with pytest.raises(NotReachableError):
        undo_plan(desk, submission)
    desk.directory.preparing = None
    assert undo(desk, submission).state == "done"


def test_nothing_is_taken_back_when_the_intent_cannot_be_stored(desk):
    submission = office(desk)
    digest = undo_plan(desk, submission).digest
    before = len(desk.performed)
    desk.database.writes_left = 0
    with pytest.raises(Exception, match="could not be stored"):
        undo(desk, submission, digest=digest)
    desk.database.writes_left = None
    assert len(desk.performed) == before
    assert desk.store.continuing.undos_of([submission]) == []


def test_nobody_takes_anything_back_as_somebody_else(desk):
    submission = office(desk)
    digest = undo_plan(desk, submission).digest
    seen = replace(desk.actor(AGENT), simulated_by="auditor")
    with pytest.raises(RefusedError, match="seeing the desk as somebody else"):
        desk.desk.ways.undo(seen, submission, digest, "", "en")
    assert len(desk.performed) == 1
