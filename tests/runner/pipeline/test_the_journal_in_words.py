"""The timeline of a submission says in sentences what became of it: of what waited, and of what ends by itself."""

from datetime import UTC, datetime

import pytest

from runner.pipeline.requests.desk import Requests
from runner.pipeline.results import submission_page
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.requests.asking_for_a_yes import AGENT, ask, digest


def timeline(desk: TestDesk, id_: str) -> list[str]:
    page = submission_page(desk.services, desk.actor(AGENT), desk.store.submissions.get(id_))
    return [said for _, said in page.journal]


@pytest.mark.parametrize("ends", ["no", "cancel"])
def test_how_waiting_ended_is_a_sentence(desk: TestDesk, ends: str) -> None:
    id_ = ask(desk, person="z.lindqvist")
    if ends == "no":
        Requests(desk.services).say(desk.actor("p.dewit"), id_, digest(desk, id_), "no", "Not this year.")
    else:
        desk.desk.cancel(desk.actor(AGENT), id_)

    said = timeline(desk, id_)
    assert said[0] == "Confirmed, and somebody is asked for a yes"
    assert (
        said[-1]
        == {
            "no": "Not agreed to: Pieter de Wit did not agree: Not this year.",
            "cancel": "Cancelled before it began: agent.rotterdam cancelled it",
        }[ends]
    )


def test_what_was_given_until_a_day_says_until_when_and_what_became_of_it(desk: TestDesk) -> None:
    plan = desk.planned(AGENT, "until-a-day", "u-t.novak", {"groups": ["g-APP-Atlas"], "ends": "2030-03-10"})
    assert desk.done(AGENT, plan).state == "done"
    assert "Ends by itself when 10 Mar 2030 is over" in timeline(desk, plan.head.submission)

    desk.clock.now = datetime(2030, 3, 11, 6, tzinfo=UTC)
    assert desk.carried_out() == 1
    assert timeline(desk, plan.head.submission)[-2:] == [
        "Its day is over, and taking it back began: Add the groups",
        "Taken back, since its day is over: Add the groups",
    ]
