"""What has to be given anew was gone, so an older gift of it has no say any more: it ends on its own day, not later."""

import pytest

from connectors.errors import UnknownOutcomeError
from connectors.spi import Ref
from runner.pipeline.requests.desk import Requests
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.grants.test_access_until_a_day import AGENT, ATLAS, TOMAS, at, give, is_member

LATE, EARLY = "2030-03-20", "2030-03-06"


def taken_away_unclear(desk: TestDesk) -> str:
    """Take the group away by a step whose end nobody knows, though it was done; return the submission."""

    def cut(operation):
        if operation.id == "leave_them":
            raise UnknownOutcomeError("cut")

    desk.directory.after = cut
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS], "ends": None})
    desk.confirm(AGENT, plan)
    desk.directory.after = None
    assert desk.state(plan.head.submission) == "unknown"
    return plan.head.submission


def continued(desk: TestDesk) -> None:
    id_ = taken_away_unclear(desk)
    page = desk.desk.ways.continue_plan(desk.actor(AGENT), id_, "en")
    desk.desk.ways.resume(desk.actor(AGENT), id_, page.digest, "en")


def closed(desk: TestDesk) -> None:
    id_ = taken_away_unclear(desk)
    desk.desk.ways.close_unknown(desk.actor(AGENT), id_, "leave_them", "I looked.", was_done=True)


def past_the_desk(desk: TestDesk) -> None:
    desk.do("directory.user.leave_groups", user=Ref("user", TOMAS), groups=(Ref("group", ATLAS),))


def by_the_desk(desk: TestDesk) -> None:
    give(desk, leave=[ATLAS], ends=None)


@pytest.mark.parametrize("gone", [continued, closed, past_the_desk, by_the_desk])
def test_it_ends_on_the_day_it_was_given_until(desk: TestDesk, gone) -> None:
    give(desk, groups=[ATLAS], ends=LATE)
    gone(desk)
    assert not is_member(desk, TOMAS, ATLAS)
    give(desk, groups=[ATLAS], ends=EARLY)
    assert is_member(desk, TOMAS, ATLAS)
    at(desk, 8)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)
    at(desk, 22)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_what_somebody_agreed_to_ends_when_they_agreed(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends=LATE)
    past_the_desk(desk)
    plan = desk.planned(AGENT, "groups-with-a-yes", TOMAS, {"groups": [ATLAS], "ends": EARLY})
    desk.confirm(AGENT, plan)
    auditor = desk.actor("auditor")
    page = Requests(desk.services).request(auditor, plan.head.submission, "en")
    Requests(desk.services).say(auditor, plan.head.submission, page.digest, "yes")
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)
    at(desk, 8)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_what_is_given_back_later_on_is_still_taken_away_in_the_end(desk: TestDesk) -> None:
    """Taken away for a while, it comes back by itself: so the day on which it ends for good has to stay."""
    give(desk, groups=[ATLAS], ends=LATE)
    give(desk, leave=[ATLAS], ends="2030-03-10")
    give(desk, groups=[ATLAS], ends=EARLY)
    for day in (8, 12, 22):
        at(desk, day)
        desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_an_undo_says_which_ends_it_leaves_moved(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    longer = give(desk, groups=[ATLAS, "g-APP-Visio"], ends=LATE)
    page = desk.desk.ways.undo_plan(desk.actor(AGENT), longer, "en")
    assert [(one.title, one.why.partition(".")[0]) for one in page.stays] == [
        ("APP-Atlas", "This moved the day on which it ends")
    ]
    for_good = give(desk, groups=[ATLAS], office="7", ends=None)
    page = desk.desk.ways.undo_plan(desk.actor(AGENT), for_good, "en")
    assert [(one.title, one.why.partition(".")[0]) for one in page.stays] == [
        ("APP-Atlas", "This took its end away, and it has none now")
    ]


def test_who_agrees_sees_what_is_there_for_longer_or_for_good_and_agrees_to_that(desk: TestDesk) -> None:
    give(desk, "u-z.lindqvist", groups=[ATLAS], ends=LATE)
    answers = {"groups": [ATLAS, "g-APP-Visio"], "ends": EARLY}
    plan = desk.planned(AGENT, "groups-with-a-yes", "u-z.lindqvist", answers)
    wanted = {"APP-Atlas: until 20 Mar 2030 already", "APP-Visio: has no end, keeps none"}
    assert wanted <= {fact.text for fact in plan.conditions}
    desk.confirm(AGENT, plan)
    page = Requests(desk.services).request(desk.actor("auditor"), plan.head.submission, "en")
    assert wanted <= {fact.text for fact in page.facts}


def test_a_plan_that_ends_access_early_says_until_when_it_would_be_and_promises_no_undo(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends=LATE)
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS], "ends": None})
    (leave,) = [one for one in plan.operations if one.lines[0].kind == "remove"]
    assert [line.note for line in leave.lines] == ["otherwise until 20 Mar 2030"]
    assert (leave.can_undo, plan.can_undo) == (False, False)
    assert not desk.done(AGENT, plan).ways.can_undo


def test_a_part_that_was_there_for_good_is_put_back_and_the_rest_named(desk: TestDesk) -> None:
    desk.do("directory.user.join_groups", user=Ref("user", TOMAS), groups=(Ref("group", "g-APP-Visio"),))
    give(desk, groups=[ATLAS], ends=LATE)
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS, "g-APP-Visio"], "ends": None})
    assert plan.can_undo
    done = desk.done(AGENT, plan)
    assert done.ways.can_undo
    page = desk.desk.ways.undo_plan(desk.actor(AGENT), done.head.submission, "en")
    assert [one.title for one in page.stays] == ["APP-Atlas"]


def test_an_undo_says_until_when_it_would_be(desk: TestDesk) -> None:
    first = give(desk, groups=[ATLAS])
    give(desk, groups=[ATLAS], ends=LATE)
    page = desk.desk.ways.undo_plan(desk.actor(AGENT), first, "en")
    assert [line.note for one in page.operations for line in one.lines] == ["otherwise until 20 Mar 2030"]
