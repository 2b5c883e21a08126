"""What needs a yes, runs later or ends by itself is said on the plan."""

AGENT = "agent.rotterdam"
FORM = "later-with-a-yes"


def conditions(page):
    return [(fact.label, fact.text) for fact in page.conditions]


def lines(page):
    return [(line.kind, line.attribute, line.before, line.after) for one in page.operations for line in one.lines]


def test_who_must_agree_stands_on_the_plan_by_name(desk):
    plan = desk.planned(AGENT, FORM, "u-t.novak", {"office": "A"})
    assert conditions(plan) == [("Needs a yes", "Manager: the manager")]
    plan = desk.planned(AGENT, FORM, "u-z.lindqvist", {"office": "A"})
    assert conditions(plan) == [("Needs a yes", "Manager: the manager (Pieter de Wit)")]
    assert (plan.refused, plan.asks) == ("", "approval")


def test_every_round_stands_there_with_how_many_are_needed(desk):
    plan = desk.planned(AGENT, FORM, "u-z.lindqvist", {"office": "VAULT"})
    assert conditions(plan) == [
        ("Needs a yes, 1 of 2", "Manager: the manager (Pieter de Wit)"),
        (
            "Needs a yes, 2 of 2",
            "Security: 2 of: a member of GG-Security or somebody with the role identity-lead or Pieter de Wit",
        ),
    ]


def test_the_day_it_runs_and_the_day_it_ends_stand_there(desk):
    answers = {"office": "KIOSK", "day": "2031-03-01", "groups": ["g-APP-Visio"], "ends": "2031-04-01"}
    plan = desk.planned(AGENT, FORM, "u-t.novak", answers)
    assert conditions(plan) == [("Runs", "1 Mar 2031"), ("Ends by itself", "Add the groups: when 1 Apr 2031 is over")]
    assert plan.asks == "later"


def test_what_moves_an_end_can_be_confirmed_although_nothing_else_changes(desk):
    answers = {"groups": ["g-APP-Atlas"], "ends": "2030-03-10"}
    desk.done(AGENT, desk.planned(AGENT, "until-a-day", "u-t.novak", answers))
    plan = desk.planned(AGENT, "until-a-day", "u-t.novak", answers | {"ends": "2030-03-20"})
    assert lines(plan) == [("end", "APP-Atlas", "until 10 Mar 2030", "until 20 Mar 2030")]
    assert not plan.nothing_to_do
    assert desk.planned(AGENT, "until-a-day", "u-t.novak", answers).nothing_to_do
    for_good = desk.planned(AGENT, "until-a-day", "u-t.novak", answers | {"ends": None})
    assert lines(for_good) == [("end", "APP-Atlas", "until 10 Mar 2030", "for good")]
    assert conditions(for_good) == []


def test_a_form_that_needs_none_of_it_says_nothing_of_it(desk):
    plan = desk.planned(AGENT, FORM, "u-t.novak", {"office": "KIOSK"})
    assert (plan.conditions, plan.refused) == ((), "")
