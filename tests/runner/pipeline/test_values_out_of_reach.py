"""A picker that holds somebody the actor may not see says so, shows no id, and keeps whom it holds."""

import pytest

from forms.answering.options import NOT_IN_SCOPE
from runner.pipeline.pages import FillPage, Posted

FORM = "update-contact-details"


def manager(page):
    return next(field for section in page.sections for field in section.fields if field.id == "manager")


def shown(field):
    return [(option.value, option.label) for option in field.options]


@pytest.fixture
def page(desk):
    """The form of an agent for somebody whose manager is in the other branch."""
    submission = desk.verified("agent.rotterdam", FORM, "u-t.novak")
    posted = Posted({"phone": "010 555 0100"})
    actor = desk.actor("agent.rotterdam")
    return desk.desk.evaluate(actor, FORM, "u-t.novak", posted, "en", submission=submission), submission


def test_a_readonly_picker_says_that_its_value_is_out_of_scope(desk):
    page = desk.desk.open(desk.actor("alice"), FORM, "u-alice", "", "en")
    assert isinstance(page, FillPage)
    assert manager(page).readonly
    assert shown(manager(page)) == [("u-p.dewit", NOT_IN_SCOPE)]


def test_a_picker_to_change_says_it_too(page):
    field = manager(page[0])
    assert (field.readonly, shown(field)) == (False, [("u-u.chef", NOT_IN_SCOPE)])


def test_an_untouched_form_keeps_whom_the_actor_may_not_see(desk, page):
    answers = {"manager": "u-u.chef", "office": "RDM-1"}
    plan = desk.planned("agent.rotterdam", FORM, "u-t.novak", answers, submission=page[1])
    assert [line.attribute for operation in plan.operations for line in operation.lines] == ["Office"]
    desk.done("agent.rotterdam", plan)
    assert desk.value("u-t.novak", "manager").id == "u-u.chef"


def test_an_id_that_was_posted_is_not_said_to_be_anybody(desk, page):
    actor = desk.actor("agent.rotterdam")
    for posted in ("u-u.bakker", "u-nobody"):
        answers = Posted({"manager": posted})
        answered = desk.desk.evaluate(actor, FORM, "u-t.novak", answers, "en", submission=page[1])
        assert shown(manager(answered)) == []
    refused = desk.fill("agent.rotterdam", FORM, "u-t.novak", {"manager": "u-u.bakker"}, submission=page[1])
    assert isinstance(refused, FillPage)
    assert desk.performed == []


def test_a_manager_who_is_visible_but_not_offered_any_more_keeps_the_name(desk):
    submission = desk.verified("agent.rotterdam", FORM, "u-z.lindqvist")
    actor = desk.actor("agent.rotterdam")
    page = desk.desk.evaluate(actor, FORM, "u-z.lindqvist", Posted({}), "en", submission=submission)
    assert shown(manager(page)) == [("u-p.dewit", "Pieter de Wit")]


def test_nothing_on_a_page_is_worked_out_of_an_id_that_somebody_made_up(desk):
    """Neither what follows another answer nor what is shown may tell of somebody whom the actor cannot see."""
    actor = desk.actor("agent.rotterdam")
    for made_up in ("u-u.bakker", "u-r.admin", "u-svc"):
        answers = {"who": made_up, "several": ["u-z.lindqvist", made_up], "rows": [{"one": made_up}]}
        page = desk.desk.evaluate(actor, "tells", "u-t.novak", Posted(answers), "en")
        told = {field.id: field.value for section in page.sections for field in section.fields}
        assert (told["of_one"], told["follows"], told["of_several"], told["of_rows"]) == ("", "", "Zoë Lindqvist", "")
    answers = {"who": "u-z.lindqvist", "rows": [{"one": "u-p.dewit"}], "groups": {"add": ["g-Audit"], "remove": []}}
    page = desk.desk.evaluate(actor, "tells", "u-t.novak", Posted(answers), "en")
    told = {field.id: field.value for section in page.sections for field in section.fields}
    assert (told["of_one"], told["follows"], told["of_rows"]) == ("Zoë Lindqvist", "z.lindqvist", "Pieter de Wit")
    assert told["of_groups"] == ""
    assert desk.performed == []
