"""The plan says of what is there already that it ends later, or never, instead of on a day that will not come."""

from tests.runner.pipeline.desks import TestDesk

AGENT, ZOE, TOMAS = "agent.rotterdam", "u-z.lindqvist", "u-t.novak"
ATLAS, VISIO = "g-APP-Atlas", "g-APP-Visio"


def ends(desk: TestDesk, person: str, groups: list[str], day: str) -> list[tuple[str, str]]:
    plan = desk.planned(AGENT, "until-a-day", person, {"groups": groups, "ends": day})
    return [(fact.label, fact.text) for fact in plan.conditions]


def test_what_is_there_for_good_is_not_said_to_end(desk: TestDesk) -> None:
    assert ends(desk, ZOE, [VISIO], "2030-03-10") == [("Does not end", "APP-Visio: has no end, keeps none")]
    assert ends(desk, ZOE, [VISIO, ATLAS], "2030-03-10") == [
        ("Ends by itself", "APP-Atlas: when 10 Mar 2030 is over"),
        ("Does not end", "APP-Visio: has no end, keeps none"),
    ]


def test_an_end_that_comes_later_is_kept_and_said(desk: TestDesk) -> None:
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS], "ends": "2030-03-20"})
    assert desk.done(AGENT, plan).state == "done"

    assert ends(desk, TOMAS, [ATLAS], "2030-03-10") == [("Keeps its end", "APP-Atlas: until 20 Mar 2030 already")]
    assert ends(desk, TOMAS, [ATLAS], "2030-03-20") == [("Keeps its end", "APP-Atlas: until 20 Mar 2030 already")]
