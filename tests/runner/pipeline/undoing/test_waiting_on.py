"""A run that a worker does and that a silent system stops in the middle goes on by itself, where it stopped."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Ref
from runner.errors import RefusedError

AGENT, PERSON = "agent.rotterdam", "u-t.novak"


def handed_in(desk, **answers):
    plan = desk.planned(AGENT, "three-steps-later", PERSON, {"office": "A", "day": "2031-03-01", **answers})
    assert desk.done(AGENT, plan).state == "queued"
    desk.clock.now = datetime(2031, 3, 1, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))
    return plan.head.submission


def fail_at(desk, *ids, error):
    def hook(operation):
        if operation.id in ids:
            raise error

    desk.directory.before = hook


def changed(desk):
    return [one.id for one in desk.directory.changed]


def test_it_goes_on_where_it_stopped_when_the_system_answers_again(desk):
    submission = handed_in(desk)
    fail_at(desk, "second", error=UnavailableError("The directory does not answer."))
    assert desk.carried_out() == 1
    waiting = desk.store.submissions.get(submission)
    assert (waiting.state, waiting.attempts, waiting.note) == ("queued", 1, "The directory does not answer.")
    assert desk.operations(submission) == [("first", "done"), ("second", "planned"), ("third", "planned")]
    assert not any(mail.subject == "It ended" for mail in desk.mails())
    assert desk.carried_out() == 0
    desk.clock.forward(seconds=6)
    assert desk.carried_out() == 1
    assert desk.store.submissions.get(submission).attempts == 2
    desk.directory.before = None
    desk.clock.forward(seconds=6)
    assert desk.carried_out() == 0
    desk.clock.forward(seconds=6)
    assert desk.carried_out() == 1
    assert desk.state(submission) == "done"
    assert changed(desk) == ["first", "second", "third"]
    assert [mail.body.strip() for mail in desk.mails() if mail.subject == "It ended"] != []
    assert desk.store.journal.verify().ok


def test_it_may_stop_at_the_first_step_as_well(desk):
    submission = handed_in(desk)
    fail_at(desk, "first", error=UnavailableError("away"))
    desk.carried_out()
    assert desk.state(submission) == "queued"
    desk.directory.before = None
    desk.clock.forward(seconds=6)
    desk.carried_out()
    assert (desk.state(submission), changed(desk)) == ("done", ["first", "second", "third"])


@pytest.mark.parametrize(
    ("error", "state"), [(RejectedError("no"), "partly_done"), (UnknownOutcomeError("cut"), "unknown")]
)
def test_nothing_else_is_tried_again_by_itself(desk, error, state):
    submission = handed_in(desk)
    fail_at(desk, "second", error=error)
    desk.carried_out()
    desk.directory.before = None
    desk.clock.forward(days=1)
    assert (desk.carried_out(), desk.state(submission)) == (0, state)


def test_it_does_not_wait_for_ever(desk):
    submission = handed_in(desk)
    fail_at(desk, "second", error=UnavailableError("away"))
    for _ in range(110):
        desk.carried_out()
        desk.clock.forward(minutes=16)
    assert desk.state(submission) == "partly_done"
    assert desk.carried_out() == 0
    assert desk.operations(submission)[0] == ("first", "done")


def test_what_waited_longer_than_its_last_day_is_not_given_any_more(desk):
    submission = handed_in(desk, ends="2031-03-02")
    fail_at(desk, "second", error=UnavailableError("away"))
    desk.carried_out()
    desk.directory.before = None
    desk.clock.forward(days=2)
    desk.carried_out()
    ended = desk.store.submissions.get(submission)
    assert (ended.state, changed(desk)) == ("partly_done", ["first"])
    assert "was to last until 2 Mar 2031" in ended.note


def test_what_was_begun_is_not_cancelled_and_not_taken_back_while_it_waits(desk):
    submission = handed_in(desk)
    fail_at(desk, "second", error=UnavailableError("away"))
    desk.carried_out()
    page = desk.desk.step(desk.actor(AGENT), submission, "en")
    assert not page.can_cancel
    with pytest.raises(RefusedError, match="it was begun"):
        desk.desk.cancel(desk.actor(AGENT), submission)
    assert "Only what was done" in desk.desk.ways.undo_plan(desk.actor(AGENT), submission, "en").refused


def test_whoever_lost_the_right_meanwhile_changes_nothing_more(desk):
    submission = handed_in(desk)
    fail_at(desk, "second", error=UnavailableError("away"))
    desk.carried_out()
    desk.directory.before = None
    desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=(Ref("group", "g-SD-Rotterdam"),))
    desk.clock.forward(seconds=6)
    desk.carried_out()
    assert (desk.state(submission), changed(desk)) == ("partly_done", ["first"])
    assert desk.operations(submission) == [("first", "done"), ("second", "skipped"), ("third", "skipped")]
    assert desk.store.journal.verify().ok
