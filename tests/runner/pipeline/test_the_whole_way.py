"""From opening a form to what is kept of it, on a real directory, mail system and store."""

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, StaleError
from runner.pipeline.pages import ChoosePage, FillPage, PlanPage, Posted, SubmissionPage, VerifyPage

AGENT = "agent.rotterdam"


def test_a_password_reset_goes_from_the_caller_check_to_a_password_shown_once(desk):
    page = desk.desk.open(desk.actor(AGENT), "reset-password", "u-z.lindqvist", "", "en")
    assert isinstance(page, VerifyPage)
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist", page.head.submission)
    plan = desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission)
    assert [operation.id for operation in plan.operations] == ["reset", "unlock_account"]
    assert desk.performed == []

    done = desk.done(AGENT, plan)

    assert (done.state, done.just_done) == ("done", True)
    assert [show.secret.reveal() for show in done.shows if show.secret] == desk.passwords
    assert desk.performed == ["directory.user.set_password", "directory.user.unlock"]
    assert (desk.value("u-z.lindqvist", "locked"), desk.value("u-z.lindqvist", "must_change")) == (False, True)
    assert desk.directory.inner.authenticate("z.lindqvist", done.shows[-1].secret).ref == Ref("user", "u-z.lindqvist")
    assert desk.kinds() == ["verify", "verify", "intent", "intent", "outcome", "outcome"]
    assert desk.store.journal.verify().ok


def test_the_person_and_the_manager_are_told_of_a_new_password_without_the_password(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    desk.done(AGENT, desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission))
    assert {mail.to for mail in desk.mails()} == {("z.lindqvist@sample.test",), ("p.dewit@sample.test",)}
    subjects = sorted((mail.to[0], mail.subject) for mail in desk.mails())
    reset = "The password of Zoë Lindqvist was reset"
    assert subjects == [
        ("p.dewit@sample.test", reset),
        ("z.lindqvist@sample.test", reset),
        ("z.lindqvist@sample.test", "Your account was changed"),
    ]
    for mail in desk.mails():
        assert desk.passwords[0] not in mail.subject + mail.body


def test_the_target_is_chosen_among_those_the_form_fits(desk):
    page = desk.desk.open(desk.actor(AGENT), "unlock-account", None, "o", "en")
    assert isinstance(page, ChoosePage)
    refused = {thing.label: bool(thing.refused) for thing in page.things}
    assert refused["Zoë Lindqvist"] is False
    assert refused["Tomáš Novák"] is True
    assert "Ruud Admin" not in refused
    assert "Ursula Bakker" not in refused


def test_memberships_change_in_both_directions(desk):
    answers = {"groups": {"add": ["g-APP-Atlas"], "remove": ["g-APP-Visio"]}}
    plan = desk.planned(AGENT, "manage-groups", "u-z.lindqvist", answers, reason="New project")
    assert desk.done(AGENT, plan).state == "done"
    groups = {ref.id for ref in desk.value("u-z.lindqvist", "groups")}
    assert "g-APP-Atlas" in groups
    assert "g-APP-Visio" not in groups


def test_a_shared_mailbox_is_made_with_the_rights_of_each_row(desk):
    answers = {
        "name": "Süd & Öst",
        "owner": "u-p.dewit",
        "access": [{"user": "u-p.dewit"}, {"user": "u-t.novak", "rights": ["full_access"]}],
    }
    page = desk.fill(AGENT, "create-shared-mailbox", None, answers)
    assert isinstance(page, PlanPage), page.errors
    done = desk.done(AGENT, page)
    assert done.state == "done", done
    found = desk.mailbox.inner.locate("sud-ost@sample.test", "mailbox")
    assert found is not None
    assert desk.operations(page.head.submission) == [("create", "done"), ("grant/1", "done"), ("grant/2", "done")]


def test_a_form_that_shows_no_plan_ends_at_once(desk):
    page = desk.fill(AGENT, "at-once", "u-t.novak", {"office": "RDM-3"})
    assert isinstance(page, SubmissionPage)
    assert page.state == "done"
    assert desk.value("u-t.novak", "office") == "RDM-3"


def test_wrong_answers_give_the_form_again_and_nothing_is_kept(desk):
    page = desk.fill(AGENT, "office", "u-t.novak", {"office": ""})
    assert isinstance(page, FillPage)
    assert page.errors == (("office", "Office", "Please answer this question."),)
    assert desk.performed == []
    with pytest.raises(NotFoundError):
        desk.store.submissions.get(page.head.submission)


def test_a_draft_can_be_left_opened_again_and_changed(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A", "moved": "on", "desk_number": "7"})
    again = desk.desk.step(desk.actor(AGENT), plan.head.submission, "en")
    assert (type(again), again.digest) == (PlanPage, plan.digest)
    form = desk.desk.edit(desk.actor(AGENT), plan.head.submission, "en")
    values = {view.id: view.value for section in form.sections for view in section.fields}
    assert (values["office"], values["desk_number"]) == ("A", "7")
    other = desk.planned(AGENT, "office", "u-t.novak", {"office": "B"}, submission=plan.head.submission)
    assert other.digest != plan.digest
    assert desk.store.submissions.get(plan.head.submission).answers == {"office": "B"}
    assert desk.performed == []


def test_answers_to_questions_that_are_not_asked_are_not_kept(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A", "desk_number": "secret corner"})
    assert desk.store.submissions.get(plan.head.submission).answers == {"office": "A"}
    desk.done(AGENT, plan)
    assert desk.value("u-t.novak", "description") is None


def test_nothing_to_change_is_said_and_done_without_a_change(desk):
    plan = desk.planned(AGENT, "update-contact-details", "u-t.novak", submission=_checked(desk, "u-t.novak"))
    assert plan.nothing_to_do
    assert desk.done(AGENT, plan).operations[0].state == "unchanged"


def test_a_manager_out_of_scope_may_stay_while_something_else_changes(desk):
    submission = _checked(desk, "u-t.novak")
    answers = {"office": "RDM-9", "manager": "u-u.chef"}
    plan = desk.planned(AGENT, "update-contact-details", "u-t.novak", answers, submission=submission)
    assert [line.attribute for line in plan.operations[0].lines] == ["Office"]
    assert desk.done(AGENT, plan).state == "done"
    assert desk.value("u-t.novak", "manager").id == "u-u.chef"


def test_somebody_changes_their_own_office_whoever_their_manager_is(desk):
    plan = desk.planned("alice", "update-contact-details", "u-alice", {"office": "UTR-1"})
    assert desk.done("alice", plan).state == "done"
    assert desk.value("u-alice", "office") == "UTR-1"


@pytest.mark.parametrize("field", ["mobile", "department", "manager", "title"])
def test_nobody_changes_what_their_access_hangs_on_themselves(desk, field):
    value = {"mobile": "+31655500999", "department": "Finance", "manager": "u-alice", "title": "Boss"}[field]
    page = desk.fill("alice", "update-contact-details", "u-alice", {field: value})
    assert isinstance(page, FillPage)
    assert page.errors[0][2] == "This is shown, but cannot be changed here."
    assert desk.performed == []


def test_a_text_to_type_and_boxes_are_asked_for(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "VAULT"})
    refused = desk.confirm(AGENT, plan)
    assert isinstance(refused, PlanPage)
    assert refused.errors[0][2] == "Type t.novak to confirm."
    assert desk.performed == []
    assert desk.confirm(AGENT, plan, typed="t.novak").state == "done"


def test_what_was_typed_in_a_picker_is_taken_when_it_finds_exactly_one(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"}, typed={"colleague": "lindqvist"})
    assert desk.store.submissions.get(plan.head.submission).answers["colleague"] == "u-z.lindqvist"
    page = desk.fill(AGENT, "office", "u-t.novak", {"office": "A"}, typed={"colleague": "agent"})
    assert page.errors[0][0] == "colleague"


def test_the_result_shows_names_as_they_are_written(desk):
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"display_name": "T. [x](//evil.test) *N*"})
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "<b>1</b>"})
    message = desk.done(AGENT, plan).message
    assert message == r"**T. \[x\](//evil.test) \*N\*** sits in \<b\>1\</b\>."


def test_a_submission_is_for_one_form_and_one_target(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    for form, target in (("office", "u-p.dewit"), ("at-once", "u-t.novak")):
        with pytest.raises(StaleError):
            desk.fill(AGENT, form, target, {"office": "B"}, submission=plan.head.submission)
    assert desk.performed == []


@pytest.mark.parametrize("text", ["", "x", "../../etc", "0" * 33, "not-a-uuid", "\0"])
def test_an_id_that_is_no_submission_is_not_found(desk, text):
    with pytest.raises(NotFoundError):
        desk.desk.step(desk.actor(AGENT), text, "en")
    with pytest.raises(NotFoundError):
        desk.desk.submit(desk.actor(AGENT), text, "office", "u-t.novak", Posted({"office": "A"}), "en")
    assert desk.performed == []


def _checked(desk, target):
    return desk.verified(AGENT, "update-contact-details", target)
