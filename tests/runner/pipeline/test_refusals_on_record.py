"""Every attempt at what is not the actor's is on record, once; an ordinary mistake is not."""

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, StaleError
from runner.pipeline.pages import FillPage, PlanPage, Posted, VerifyPage

AGENT, SECOND = "agent.rotterdam", "second.rotterdam"


def denied(desk):
    return [entry["operation"] for entry in desk.journal("deny")]


@pytest.mark.parametrize(
    ("form", "target", "answers"),
    [
        ("office", "u-t.novak", {"office": "A", "colleague": "u-u.bakker"}),
        ("office", "u-t.novak", {"office": "A", "colleague": "u-nobody"}),
        ("create-shared-mailbox", None, {"name": "Team", "owner": "u-p.dewit", "access": [{"user": "u-u.bakker"}]}),
        ("manage-groups", "u-t.novak", {"groups": {"add": ["g-Domain Admins"], "remove": []}}),
        ("colleague", "u-t.novak", {"chosen": "u-u.bakker"}),
    ],
)
def test_an_answer_that_names_what_was_not_offered_is_on_record(desk, form, target, answers):
    page = desk.fill(AGENT, form, target, answers, reason="x" if form == "manage-groups" else "")
    assert isinstance(page, FillPage)
    (refusal,) = desk.journal("deny")
    assert refusal["operation"] == "plan"
    assert refusal["form"] == {"id": form}
    assert refusal["decision"]["reason"].startswith("An answer names what is not offered: ")
    assert desk.performed == []


@pytest.mark.parametrize(
    ("form", "answers"),
    [
        ("office", {}),
        ("office", {"office": "x" * 65}),
        ("office", {"office": "A", "moved": True}),
        ("manage-groups", {"groups": {"add": [], "remove": []}}),
        ("colleague", {"chosen": ""}),
    ],
)
def test_an_ordinary_mistake_is_not_on_record(desk, form, answers):
    page = desk.fill(AGENT, form, "u-t.novak", answers)
    assert isinstance(page, FillPage)
    assert denied(desk) == []
    assert desk.performed == []


def test_a_question_that_cannot_be_picked_from_is_on_record(desk):
    for field in ("nothing", "office", "colleague.inner", ""):
        with pytest.raises(NotFoundError):
            desk.desk.pick(desk.actor(AGENT), "office", "u-t.novak", field, "a", Posted({}), "en")
    assert denied(desk) == ["pick"] * 4


def test_a_submission_that_is_no_id_is_on_record_at_every_door(desk):
    actor = desk.actor(AGENT)
    for door in (
        lambda: desk.desk.submit(actor, "no-id", "office", "u-t.novak", Posted({"office": "A"}), "en"),
        lambda: desk.desk.plan(actor, "no-id", "office", "u-t.novak", Posted({"office": "A"}), "en"),
        lambda: desk.desk.check_start(actor, "no-id", "reset-password", "u-t.novak", "in_person", "en"),
        lambda: desk.desk.check_answer(actor, "no-id", "reset-password", "u-t.novak", "in_person", {}, "en"),
        lambda: desk.desk.step(actor, "no-id", "en"),
        lambda: desk.desk.edit(actor, "no-id", "en"),
        lambda: desk.desk.confirm(actor, "no-id", "x", "", (), "en"),
    ):
        with pytest.raises(NotFoundError):
            door()
    assert denied(desk) == ["open submission"] * 7
    assert desk.performed == []


def test_posting_to_what_somebody_else_began_is_on_record(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    id_, other = plan.head.submission, desk.actor(SECOND)
    for door in (
        lambda: desk.desk.submit(other, id_, "office", "u-t.novak", Posted({"office": "B"}), "en"),
        lambda: desk.desk.plan(other, id_, "office", "u-t.novak", Posted({"office": "B"}), "en"),
        lambda: desk.desk.check_answer(other, id_, "reset-password", "u-t.novak", "in_person", {"ask-0": "on"}, "en"),
        lambda: desk.desk.submit(desk.actor(AGENT), id_, "office", "u-p.dewit", Posted({"office": "B"}), "en"),
    ):
        with pytest.raises(StaleError):
            door()
    assert denied(desk) == ["submit"] * 4
    assert [entry["actor"]["login"] for entry in desk.journal("deny")] == [SECOND] * 3 + [AGENT]
    assert desk.performed == []
    assert desk.done(AGENT, plan).state == "done"


def test_a_plan_is_not_shown_again_after_the_caller_check_has_expired(desk):
    submission = desk.verified(AGENT, "reset-password", "u-t.novak")
    plan = desk.planned(AGENT, "reset-password", "u-t.novak", submission=submission)
    assert isinstance(desk.desk.step(desk.actor(AGENT), submission, "en"), PlanPage)
    desk.clock.forward(hours=2)
    page = desk.desk.step(desk.actor(AGENT), submission, "en")
    assert isinstance(page, VerifyPage)
    assert page.error == "The caller check has expired. Check the caller again."
    assert isinstance(desk.confirm(AGENT, plan), VerifyPage)
    assert desk.performed == []


def test_a_choice_names_no_manager_who_is_out_of_scope_or_protected(desk):
    person = {name: Ref("user", f"u-{name}") for name in ("t.novak", "p.dewit", "z.lindqvist", "n.mail", "r.admin")}
    for login, manager in (("z.lindqvist", "t.novak"), ("n.mail", "z.lindqvist"), ("f.former", "n.mail")):
        desk.do("directory.user.update", user=Ref("user", f"u-{login}"), set={"manager": person[manager]})
    desk.do("directory.user.update", user=person["n.mail"], set={"manager": person["r.admin"]})
    desk.do("directory.user.update", user=person["p.dewit"], set={"manager": person["t.novak"]})
    page = desk.desk.open(desk.actor(AGENT), "colleague", "u-z.lindqvist", "", "en")
    fields = {field.id: field for section in page.sections for field in section.fields}
    managers = {option.value: option.cells for option in fields["chosen"].options}
    assert managers["u-t.novak"] == ("Warehouse", "(not in your scope)")
    assert managers["u-n.mail"][1] == "(not in your scope)"
    assert managers["u-p.dewit"][1] == "Tomáš Novák"
    assert not {"Ulrich", "Ruud"} & set(repr(page).replace("'", " ").split())
