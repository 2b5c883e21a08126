"""A submission that is opened again says until when what it gave lasts, and leads on as its last page did."""

from runner.pipeline.results import submission_page
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.grants.test_access_until_a_day import AGENT, TOMAS, VISIO, at


def test_the_last_day_and_the_way_on_stand_there_as_long_as_there_is_something_to_end(desk: TestDesk) -> None:
    answers = {"groups": [VISIO], "last_day": "2030-03-10"}
    plan = desk.planned(AGENT, "temporary-access", TOMAS, answers, reason="a project")
    assert desk.done(AGENT, plan).state == "done"

    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(plan.head.submission))
    assert [(one.label, one.text) for one in page.conditions] == [("Ends by itself", "APP-Visio: until 10 Mar 2030")]
    assert [(one.label, one.form, one.target) for one in page.next] == [("Let it last longer", "extend-access", TOMAS)]

    at(desk, 11)
    desk.carried_out()
    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(plan.head.submission))
    assert page.conditions == ()
