"""Undo and Continue beside what else there is: yeses, access that ends by itself, steps without a way back."""

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Ref
from tests.runner.pipeline.requests.asking_for_a_yes import ask, say

AGENT, PERSON = "agent.rotterdam", "u-t.novak"


def fail_at(desk, *ids, error, when="before"):
    def hook(operation):
        if operation.id in ids:
            raise error

    setattr(desk.directory, when, hook)


def mend(desk):
    desk.directory.before = desk.directory.after = None


def continue_plan(desk, submission):
    return desk.desk.ways.continue_plan(desk.actor(AGENT), submission, "en")


def undo(desk, submission):
    ways, actor = desk.desk.ways, desk.actor(AGENT)
    return ways.undo(actor, submission, ways.undo_plan(actor, submission, "en").digest, "", "en")


def agreed_and_failed(desk):
    id_ = ask(desk)
    say(desk, "u.chef", id_)
    fail_at(desk, "update", error=RejectedError("no"))
    desk.carried_out()
    mend(desk)
    assert desk.state(id_) == "failed"
    return id_


def test_the_rest_of_what_was_agreed_to_goes_on_as_it_was_agreed_to(desk):
    id_ = agreed_and_failed(desk)
    plan = continue_plan(desk, id_)
    assert desk.desk.ways.resume(desk.actor(AGENT), id_, plan.digest, "en").state == "done"
    assert desk.value(PERSON, "office") == "A"
    assert undo(desk, id_).state == "done"
    assert desk.value(PERSON, "office") is None


def test_the_rest_of_what_was_agreed_to_does_nothing_else(desk):
    id_ = agreed_and_failed(desk)
    desk.do("directory.user.update", user=Ref("user", PERSON), set={"office": "Elsewhere"})
    assert "something else by now than was agreed to" in continue_plan(desk, id_).refused


def test_the_rest_of_what_was_agreed_to_moves_no_other_end(desk):
    given = {"groups": ["g-APP-Atlas"], "ends": "2030-03-10"}
    desk.done(AGENT, desk.planned(AGENT, "until-a-day", PERSON, given))
    wanted = {"groups": ["g-APP-Atlas", "g-APP-Visio"]}
    id_ = desk.confirm(AGENT, desk.planned(AGENT, "groups-with-a-yes", PERSON, wanted)).head.submission
    say(desk, "auditor", id_)
    fail_at(desk, "join", error=RejectedError("no"))
    desk.carried_out()
    mend(desk)
    again = continue_plan(desk, id_)
    assert [(line.kind, line.after) for line in again.operations[0].lines] == [("add", "member"), ("end", "for good")]
    desk.done(AGENT, desk.planned(AGENT, "until-a-day", PERSON, given | {"ends": "2030-04-20"}))
    assert "something else by now than was agreed to" in continue_plan(desk, id_).refused


def test_what_needs_a_yes_by_now_is_not_gone_on_with(desk):
    plan = desk.planned(AGENT, "a-yes-for-guests", PERSON, {"office": "A"})
    fail_at(desk, "second", error=RejectedError("no"))
    assert desk.done(AGENT, plan).state == "partly_done"
    mend(desk)
    assert not continue_plan(desk, plan.head.submission).refused
    desk.do("directory.user.update", user=Ref("user", PERSON), set={"company": "Guests"})
    assert "needs somebody's yes" in continue_plan(desk, plan.head.submission).refused


def test_access_for_a_while_ends_with_the_undo_and_is_not_taken_back_again(desk):
    group = Ref("group", "g-APP-Visio")
    answers = {"groups": [group.id], "ends": "2030-06-01"}
    plan = desk.planned(AGENT, "until-a-day", PERSON, answers)
    assert desk.done(AGENT, plan).state == "done"
    assert len(desk.store.grants.running(submission_id=plan.head.submission)) == 1
    assert undo(desk, plan.head.submission).state == "done"
    assert desk.store.grants.running() == []
    assert group not in desk.value(PERSON, "groups")


def test_what_was_found_done_and_was_to_end_says_that_it_does_not(desk):
    plan = desk.planned(AGENT, "until-a-day", PERSON, {"groups": ["g-APP-Visio"], "ends": "2030-06-01"})
    fail_at(desk, "join", error=UnknownOutcomeError("cut"), when="after")
    assert desk.done(AGENT, plan).state == "unknown"
    mend(desk)
    assert "does not end by itself" in continue_plan(desk, plan.head.submission).found[0].why


def test_a_step_for_a_while_that_goes_on_later_ends_by_itself_too(desk):
    plan = desk.planned(AGENT, "until-a-day", PERSON, {"groups": ["g-APP-Visio"], "ends": "2030-06-01"})
    fail_at(desk, "join", error=RejectedError("no"))
    assert desk.done(AGENT, plan).state == "failed"
    mend(desk)
    id_ = plan.head.submission
    assert desk.desk.ways.resume(desk.actor(AGENT), id_, continue_plan(desk, id_).digest, "en").state == "done"
    assert len(desk.store.grants.running(submission_id=id_)) == 1


def one_way(desk):
    return desk.planned("second.rotterdam", "one-way", PERSON, {"offices": ["A", "B"]})


def test_a_plan_says_of_each_step_whether_it_can_be_undone(desk):
    plan = one_way(desk)
    assert not plan.can_undo
    assert [(one.id, one.can_undo) for one in plan.operations] == [
        ("kept", False),
        ("each/1", True),
        ("each/2", True),
        ("last", True),
    ]


def test_items_are_taken_back_last_first_and_what_has_no_way_back_says_so(desk):
    plan = one_way(desk)
    fail_at(desk, "last", error=UnavailableError("away"))
    page = desk.done("second.rotterdam", plan)
    mend(desk)
    assert page.state == "partly_done"
    assert [one.state for one in page.operations] == ["done", "undone", "undone", "failed"]
    assert "cannot be taken back" in page.operations[0].detail
    assert [one.id for one in desk.directory.changed] == ["kept", "each/1", "each/2", "each/2", "each/1"]
    assert (desk.value(PERSON, "office"), desk.value(PERSON, "company")) == (None, "Kept")
    assert desk.store.journal.verify().ok


def test_an_undo_that_stopped_goes_on_and_tells_nobody_of_the_form(desk):
    plan = desk.planned(AGENT, "three-steps", PERSON, {"rule": "stop", "office": "A"})
    desk.done(AGENT, plan)
    fail_at(desk, "second", error=UnavailableError("away"))
    stopped = undo(desk, plan.head.submission)
    mend(desk)
    assert stopped.state == "partly_done"
    id_, ways = stopped.head.submission, desk.desk.ways
    page = continue_plan(desk, id_)
    assert [one.id for one in page.operations] == ["second", "first"]
    assert ways.resume(desk.actor(AGENT), id_, page.digest, "en").state == "done"
    assert [desk.value(PERSON, name) for name in ("office", "company", "title")] == [None, None, "Stock controller"]
