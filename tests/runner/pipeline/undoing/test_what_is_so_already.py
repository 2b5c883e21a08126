"""The plan of an undo names what somebody has taken back since, and who it was, instead of leaving it out silently."""

from tests.runner.pipeline.desks import TestDesk

AGENT, TOMAS = "agent.rotterdam", "u-t.novak"
ATLAS, VISIO = "g-APP-Atlas", "g-APP-Visio"


def test_what_was_taken_away_since_is_named_with_who_did_it(desk: TestDesk) -> None:
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS, VISIO]})
    assert desk.done(AGENT, plan).state == "done"
    other = desk.planned("second.rotterdam", "until-a-day", TOMAS, {"leave": [VISIO]})
    assert desk.done("second.rotterdam", other).state == "done"

    page = desk.desk.ways.undo_plan(desk.actor(AGENT), plan.head.submission, "en")

    (stays,) = page.stays
    assert stays.title == "APP-Visio"
    assert stays.why.startswith("Already so. Changed by second.rotterdam, today ")


def test_nothing_is_said_where_all_of_it_is_left_to_take_back(desk: TestDesk) -> None:
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS, VISIO]})
    assert desk.done(AGENT, plan).state == "done"

    assert desk.desk.ways.undo_plan(desk.actor(AGENT), plan.head.submission, "en").stays == ()
