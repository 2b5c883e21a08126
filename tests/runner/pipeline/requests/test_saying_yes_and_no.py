"""A yes lets a request run, a no ends it; both are bound to what stood on the page, recorded, and told."""

import pytest

from runner.cli.changes import operation_json, operation_lines
from runner.errors import NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.requests.desk import Requests
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, MANAGER, PERSON, SECOND, ask, digest, note, say, user


def mails(desk, event):
    return [one for one in desk.store.notifications.list(limit=100) if one.event == event]


def test_nothing_is_done_before_the_yes_and_once_after_it(desk):
    id_ = ask(desk)
    assert desk.carried_out() == 0
    assert say(desk, MANAGER, id_) == "queued"
    assert desk.carried_out() == 1
    assert (desk.state(id_), desk.value(f"u-{PERSON}", "office")) == ("done", "A")
    assert desk.kinds() == ["decision", "approval", "intent", "outcome"]
    assert len(desk.performed) == 1
    assert desk.store.journal.verify().ok


def test_the_record_says_who_agreed_to_what(desk):
    id_ = ask(desk)
    wanted = digest(desk, id_)
    say(desk, MANAGER, id_, comment="Fine with me.")
    [body] = desk.journal("approval")
    assert body["actor"]["login"] == MANAGER
    assert body["requested_by"]["login"] == AGENT
    assert (body["operation"], body["decision"]["effect"], body["digest"]) == ("say yes", "permit", wanted)
    assert (body["comment"], body["stage"], body["instead_of"]) == ("Fine with me.", 0, None)


def test_a_no_ends_it_and_says_why(desk):
    id_ = ask(desk)
    assert say(desk, MANAGER, id_, "no", "There is no desk left.") == "rejected"
    assert desk.carried_out() == 0
    assert note(desk, id_) == "Ulrich Chef did not agree: There is no desk left."
    assert [body["decision"]["effect"] for body in desk.journal("approval")] == ["deny"]
    assert desk.journal("outcome")[-1]["outcome"]["code"] == "rejected"
    with pytest.raises(StaleError, match="already"):
        say(desk, MANAGER, id_, digest="0" * 64)


@pytest.mark.parametrize("comment", ["", "  \n "])
def test_a_no_needs_a_reason(desk, comment):
    id_ = ask(desk)
    with pytest.raises(UnfitError, match="why not"):
        say(desk, MANAGER, id_, "no", comment)
    assert desk.state(id_) == "awaiting_approval"


def test_a_comment_without_end_is_refused(desk):
    id_ = ask(desk)
    with pytest.raises(UnfitError, match="2,000"):
        say(desk, MANAGER, id_, "yes", "x" * 2_001)


def test_somebody_who_is_not_asked_learns_nothing_of_it(desk):
    id_ = ask(desk)
    for who in (SECOND, "agent.utrecht", "auditor", "p.dewit"):
        with pytest.raises(NotFoundError):
            say(desk, who, id_)
    assert desk.state(id_) == "awaiting_approval"
    assert [body["operation"] for body in desk.journal("deny")] == ["say yes"] * 4


def test_a_yes_to_what_stood_on_the_page_before_is_none(desk):
    id_ = ask(desk)
    with pytest.raises(StaleError, match="as it was on your page"):
        say(desk, MANAGER, id_, digest="0" * 64)
    assert desk.store.approvals.of(id_) == []


def test_people_are_told_by_mail(desk):
    id_ = ask(desk)
    [asked] = mails(desk, "asked")
    assert asked.to == ("u.chef@sample.test",)
    [submitted] = mails(desk, "submitted")
    assert submitted.to == ("agent.rotterdam@sample.test",)
    assert "Ulrich Chef" in submitted.body
    say(desk, MANAGER, id_)
    [approved] = mails(desk, "approved")
    assert approved.to == ("agent.rotterdam@sample.test",)
    assert "Ulrich Chef" in approved.body


def test_stages_come_one_after_the_other(desk):
    id_ = ask(desk, by="manager, person")
    with pytest.raises(NotFoundError):
        say(desk, "auditor", id_)
    assert say(desk, MANAGER, id_) == "awaiting_approval"
    assert sorted(one.to for one in mails(desk, "asked")) == [("auditor@sample.test",), ("u.chef@sample.test",)]
    with pytest.raises((NotFoundError, RefusedError)):
        say(desk, MANAGER, id_)
    assert say(desk, "auditor", id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"
    assert sorted(one.stage for one in desk.store.approvals.of(id_)) == [0, 5]


def test_two_of_several_are_two_different_people(desk):
    id_ = ask(desk, by="two")
    assert say(desk, "agent.utrecht", id_) == "awaiting_approval"
    with pytest.raises(RefusedError, match="already"):
        say(desk, "agent.utrecht", id_)
    assert desk.carried_out() == 0
    assert say(desk, "alice", id_) == "queued"


def test_nobody_counts_twice_over_the_stages(desk):
    id_ = ask(desk, by="manager, two")
    assert say(desk, MANAGER, id_) == "awaiting_approval"
    assert say(desk, "alice", id_) == "awaiting_approval"
    with pytest.raises(RefusedError, match="already"):
        say(desk, MANAGER, id_)
    assert say(desk, "agent.utrecht", id_) == "queued"


def test_two_accounts_of_one_human_count_once(desk):
    for login in ("agent.utrecht", "alice"):
        desk.do("directory.user.update", user=user(login), set={"employee_id": "00471"})
    id_ = ask(desk, by="two")
    assert say(desk, "agent.utrecht", id_) == "awaiting_approval"
    with pytest.raises(RefusedError, match="already"):
        say(desk, "alice", id_)


def for_a_while(desk, ends, groups=("g-APP-Atlas",)):
    given = {"groups": list(groups), "ends": ends}
    desk.done(AGENT, desk.planned(AGENT, "until-a-day", f"u-{PERSON}", given))


def asked_for_good(desk, groups=("g-APP-Atlas",)):
    plan = desk.planned(AGENT, "groups-with-a-yes", f"u-{PERSON}", {"groups": list(groups)})
    return desk.confirm(AGENT, plan).head.submission


def lines_of(desk, id_):
    page = Requests(desk.services).request(desk.actor("auditor"), id_, "en")
    return [(line.attribute, line.before, line.after) for one in page.operations for line in one.lines]


def test_who_agrees_reads_that_something_stays_for_good(desk):
    for_a_while(desk, "2030-03-10")
    id_ = asked_for_good(desk)
    assert lines_of(desk, id_) == [("APP-Atlas", "until 10 Mar 2030", "for good")]
    [line] = Requests(desk.services).inbox(desk.actor("auditor")).groups[0].lines
    assert line.what == "APP-Atlas: for good"
    assert say(desk, "auditor", id_) == "queued"
    desk.carried_out()
    assert (desk.state(id_), desk.store.grants.running()) == ("done", [])
    [done] = Requests(desk.services).request(desk.actor("auditor"), id_, "en").operations
    assert (done.state, done.lines[0].after) == ("done", "for good")


def test_what_is_new_and_what_stays_for_good_stand_side_by_side(desk):
    for_a_while(desk, "2030-03-10")
    id_ = asked_for_good(desk, ["g-APP-Atlas", "g-APP-Visio"])
    assert lines_of(desk, id_) == [
        ("APP-Visio", "not a member", "member"),
        ("APP-Atlas", "until 10 Mar 2030", "for good"),
    ]


def test_until_when_it_lasts_stands_with_what_changes(desk):
    given = {"groups": ["g-APP-Visio"], "ends": "2030-03-10"}
    id_ = desk.confirm(AGENT, desk.planned(AGENT, "groups-with-a-yes", f"u-{PERSON}", given)).head.submission
    [operation] = Requests(desk.services).request(desk.actor("auditor"), id_, "en").operations
    assert [line.note for line in operation.lines] == ["until 10 Mar 2030"]
    assert list(operation_lines(operation))[1].endswith("APP-Visio: not a member -> member, until 10 Mar 2030")
    assert operation_json(operation)["changes"][0]["note"] == "until 10 Mar 2030"


def test_another_end_is_another_plan_and_needs_a_yes_again(desk):
    for_a_while(desk, "2030-03-10")
    id_ = asked_for_good(desk)
    for_a_while(desk, "2030-04-20")
    assert say(desk, "auditor", id_) == "awaiting_approval"
    assert "needs a yes again" in note(desk, id_)
    assert lines_of(desk, id_) == [("APP-Atlas", "until 20 Apr 2030", "for good")]
    assert len(desk.store.grants.running()) == 1
    assert say(desk, "auditor", id_) == "queued"


def test_another_plan_goes_back_to_everybody(desk):
    id_ = ask(desk, by="manager, person")
    say(desk, MANAGER, id_)
    desk.do("directory.user.update", user=user(PERSON), set={"office": "C"})
    before = desk.store.submissions.get(id_)
    assert say(desk, "auditor", id_) == "awaiting_approval"
    now = desk.store.submissions.get(id_)
    assert (now.stage, now.plan_digest != before.plan_digest) == (0, True)
    assert "needs a yes again" in now.note
    assert say(desk, MANAGER, id_) == "awaiting_approval"
    assert say(desk, "auditor", id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"


def test_a_request_whose_asker_may_no_longer_do_it_ends_with_the_reason(desk):
    id_ = ask(desk)
    members = (user(AGENT),)
    group = type(user(AGENT))("group", "g-SD-Rotterdam")
    desk.do("directory.group.remove_members", group=group, members=members)
    assert say(desk, MANAGER, id_) == "failed"
    assert (desk.performed, desk.carried_out()) == ([], 0)
    assert note(desk, id_)
    assert desk.kinds()[-2:] == ["approval", "outcome"]


def test_rights_that_go_between_the_yes_and_the_run_keep_it_from_running(desk):
    id_ = ask(desk)
    assert say(desk, MANAGER, id_) == "queued"
    group = type(user(AGENT))("group", "g-SD-Rotterdam")
    desk.do("directory.group.remove_members", group=group, members=(user(AGENT),))
    desk.carried_out()
    assert (desk.state(id_), desk.performed) == ("failed", [])


def test_what_changed_between_the_yes_and_the_run_asks_again(desk):
    id_ = ask(desk)
    say(desk, MANAGER, id_)
    desk.do("directory.user.update", user=user(PERSON), set={"office": "C"})
    assert desk.carried_out() == 1
    assert (desk.state(id_), desk.performed) == ("awaiting_approval", [])
    assert say(desk, MANAGER, id_) == "queued"
    desk.carried_out()
    assert desk.state(id_) == "done"
