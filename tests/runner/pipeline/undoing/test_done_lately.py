"""The same form for the same person a few minutes ago is a warning, no more."""

from runner.pipeline.pages import Posted

AGENT, SECOND, PERSON = "agent.rotterdam", "second.rotterdam", "u-t.novak"


def lately(desk, who, form="office", person=PERSON):
    return desk.desk.open(desk.actor(who), form, person, "", "en").head.lately


def test_it_is_said_on_the_form_and_on_the_plan_by_whom_and_when_for_ten_minutes(desk):
    assert lately(desk, AGENT) == ""
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    assert lately(desk, SECOND) == ""
    assert plan.head.lately == ""
    assert desk.done(AGENT, plan).head.lately == ""
    desk.clock.forward(minutes=3)
    said = "agent.rotterdam used this form for the same person 3 minutes ago. It was done."
    assert lately(desk, SECOND) == said
    assert desk.planned(SECOND, "office", PERSON, {"office": "B"}).head.lately == said
    assert lately(desk, AGENT).startswith("You used this form")
    assert lately(desk, SECOND, "three-steps") == lately(desk, SECOND, "office", "u-p.dewit") == ""
    desk.clock.forward(minutes=8)
    assert lately(desk, SECOND) == ""


def test_it_hinders_nothing(desk):
    desk.done(AGENT, desk.planned(AGENT, "office", PERSON, {"office": "A"}))
    desk.clock.forward(seconds=1)
    assert desk.done(SECOND, desk.planned(SECOND, "office", PERSON, {"office": "B"})).state == "done"
    page = desk.desk.evaluate(desk.actor(AGENT), "office", PERSON, Posted({"office": "C"}), "en")
    assert "second.rotterdam" in page.head.lately


def test_what_was_taken_back_and_what_only_waits_are_told_as_they_are(desk):
    plan = desk.planned(AGENT, "office", PERSON, {"office": "A"})
    desk.done(AGENT, plan)
    undo = desk.desk.ways.undo_plan(desk.actor(AGENT), plan.head.submission, "en")
    desk.desk.ways.undo(desk.actor(AGENT), plan.head.submission, undo.digest, "", "en")
    assert lately(desk, SECOND) == ""
    later = desk.planned(AGENT, "three-steps-later", PERSON, {"office": "A", "day": "2031-03-01"})
    desk.done(AGENT, later)
    assert "It waits to run." in lately(desk, SECOND, "three-steps-later")
