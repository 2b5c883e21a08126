"""A caller check that rests on something the directory does not have for this person is not offered and never counts."""

import pytest

from connectors.spi import Ref
from runner.errors import RefusedError
from runner.pipeline.pages import FillPage, PlanPage, Posted, VerifyPage

AGENT, FORM, CALLER = "agent.rotterdam", "reset-password", "u-z.lindqvist"


def set_phone(desk, phone):
    desk.do("directory.user.update", user=Ref("user", CALLER), set={"phone": phone})


def answer(desk, submission, method):
    return desk.desk.check_answer(desk.actor(AGENT), submission, FORM, CALLER, method, {"ask-0": "on"}, "en")


def submit(desk, submission):
    return desk.desk.submit(desk.actor(AGENT), submission, FORM, CALLER, Posted({}), "en")


def test_without_a_number_the_call_back_is_shown_as_not_available(desk):
    set_phone(desk, None)
    page = desk.desk.open(desk.actor(AGENT), FORM, CALLER, "", "en")
    method = next(method for method in page.methods if method.id == "call_back")
    assert (method.state, method.title, method.ask) == ("unavailable", "Called back on", ())
    assert method.detail == "What this needs is not on file for this person"


@pytest.mark.parametrize("form", ["reset-password", "unlock-account"])
def test_a_call_back_posted_by_hand_without_a_number_is_refused_and_recorded(desk, form):
    set_phone(desk, None)
    submission = desk.new()
    with pytest.raises(RefusedError, match="not available"):
        desk.desk.check_answer(desk.actor(AGENT), submission, form, CALLER, "call_back", {"ask-0": "on"}, "en")
    page = desk.desk.submit(desk.actor(AGENT), submission, form, CALLER, Posted({}), "en")
    assert (type(page), page.passed) == (VerifyPage, 0)
    assert [entry["operation"] for entry in desk.journal("deny")] == ["check the caller", "submit"]
    assert desk.performed == []
    assert "intent" not in desk.kinds()


def test_a_call_back_that_was_passed_does_not_count_when_the_number_is_gone(desk):
    submission = desk.verified(AGENT, FORM, CALLER)
    plan = submit(desk, submission)
    assert isinstance(plan, PlanPage)
    set_phone(desk, None)
    page = submit(desk, submission)
    assert (type(page), page.passed) == (VerifyPage, 1)
    confirmed = desk.confirm(AGENT, plan)
    assert isinstance(confirmed, VerifyPage)
    assert desk.performed == []
    assert "intent" not in desk.kinds()


def test_with_a_number_the_call_back_counts(desk):
    submission = desk.new()
    page = answer(desk, submission, "call_back")
    assert (page.passed, page.methods[2].title) == (1, "Called back on +31105550100")
    assert isinstance(answer(desk, submission, "in_person"), FillPage)
