"""A caller check is state of the server: bound to agent, target, form and submission, used once, short-lived, enforced."""

import itertools

import pytest

from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.pipeline.pages import FillPage, PlanPage, Posted, SubmissionPage, VerifyPage

AGENT, FORM, CALLER = "agent.rotterdam", "reset-password", "u-z.lindqvist"
TICKED = {"ask-0": "on", "ask-1": "on", "ask-2": "on"}


def answer(desk, submission, method, answers=TICKED, who=AGENT, form=FORM, caller=CALLER):
    return desk.desk.check_answer(desk.actor(who), submission, form, caller, method, answers, "en")


def send(desk, submission, who=AGENT, form=FORM, caller=CALLER, method="code_to_mail"):
    return desk.desk.check_start(desk.actor(who), submission, form, caller, method, "en")


def submit(desk, submission, who=AGENT, form=FORM, caller=CALLER):
    return desk.desk.submit(desk.actor(who), submission, form, caller, Posted({}), "en")


def nothing_done(desk):
    return desk.performed == [] and "intent" not in desk.kinds()


def test_without_a_check_no_plan_is_made_and_that_is_recorded(desk):
    page = submit(desk, desk.new())
    assert isinstance(page, VerifyPage)
    assert page.error == "Check the caller first."
    assert [entry["operation"] for entry in desk.journal("deny")] == ["submit"]
    assert nothing_done(desk)


def shown(desk, submission, who=AGENT, form="checked-pages", caller=CALLER):
    """Return what each way of looking at a form answers: the page, or the refusal."""
    actor, posted = desk.actor(who), Posted({"office": "A"})

    def picked():
        try:
            return desk.desk.pick(actor, form, caller, "colleague", "novak", posted, "en", submission=submission)
        except RefusedError as refused:
            return str(refused)

    return (
        desk.desk.evaluate(actor, form, caller, posted, "en", submission=submission),
        desk.desk.turn(actor, submission or desk.new(), form, caller, posted, "en"),
        picked(),
    )


def test_no_question_is_shown_and_nobody_found_before_the_check_of_this_submission(desk):
    checked = desk.verified(AGENT, "checked-pages", CALLER)
    elsewhere = desk.verified(AGENT, "checked-pages", "u-t.novak")
    for submission in (desk.new(), "", elsewhere):
        before = len(desk.journal("deny"))
        evaluated, turned, picked = shown(desk, submission)
        assert (type(evaluated), type(turned)) == (VerifyPage, VerifyPage)
        assert {evaluated.error, turned.error, picked} == {"Check the caller first."}
        operations = [entry["operation"] for entry in desk.journal("deny")[before:]]
        assert operations == ["fill in", "fill in", "pick"]
    evaluated, turned, picked = shown(desk, checked)
    assert (type(evaluated), type(turned)) == (FillPage, FillPage)
    assert [thing.id for thing in picked.things] == ["u-t.novak"]


def test_one_check_is_not_enough_where_two_are_asked_for(desk):
    submission = desk.new()
    page = answer(desk, submission, "in_person")
    assert (type(page), page.passed, page.need) == (VerifyPage, 1, 2)
    assert isinstance(answer(desk, submission, "in_person"), VerifyPage)
    assert isinstance(submit(desk, submission), VerifyPage)
    assert isinstance(answer(desk, submission, "call_back"), FillPage)
    assert isinstance(submit(desk, submission), PlanPage)
    assert nothing_done(desk)


def test_a_code_by_mail_counts_when_it_is_typed_right(desk):
    submission = desk.new()
    assert send(desk, submission).methods[0].state == "sent"
    (mail,) = desk.mails()
    assert mail.to == ("z.lindqvist@sample.test",)
    assert isinstance(answer(desk, submission, "code_to_mail", {"code": "271 828"}), VerifyPage)
    assert [entry["outcome"]["code"] for entry in desk.journal("verify")] == ["sent", "passed"]
    assert "271828" not in repr(desk.journal())
    assert isinstance(answer(desk, submission, "in_person"), FillPage)


@pytest.mark.parametrize("code", ["", "0", "271829", "٢٧١٨٢٨", "271828 or 1=1", "None", "\0", "271828" * 50])
def test_a_wrong_code_does_not_count(desk, code):
    submission = desk.new()
    send(desk, submission)
    page = answer(desk, submission, "code_to_mail", {"code": code})
    assert (page.passed, page.error, page.attempts_left) == (0, "That is not the code that was sent.", 2)
    assert nothing_done(desk)


def test_boxes_all_have_to_be_ticked(desk):
    for answers in ({}, {"ask-0": ""}, {"ask-1": "on"}, {"ask-0": "on", "ask-1": "on"}):
        page = answer(desk, desk.new(), "id_document", answers)
        assert (page.passed, page.error) == (0, "Tick every box, or use another check.")
    assert nothing_done(desk)


@pytest.mark.parametrize("method", ["push", "manager_vouch"])
def test_a_kind_that_is_not_available_here_never_counts(desk, method):
    submission = desk.new()
    for door in (lambda: answer(desk, submission, method), lambda: send(desk, submission, method=method)):
        with pytest.raises(RefusedError, match="not available"):
            door()
    assert len(desk.journal("deny")) == 2
    assert isinstance(submit(desk, submission), VerifyPage)
    assert nothing_done(desk)


def test_somebody_without_an_address_gets_no_code(desk):
    page = desk.desk.open(desk.actor(AGENT), FORM, "u-n.mail", "", "en")
    assert next(method.state for method in page.methods if method.id == "code_to_mail") == "unavailable"
    with pytest.raises(RefusedError):
        send(desk, desk.new(), caller="u-n.mail")
    assert desk.mails() == []


@pytest.mark.parametrize("method", ["", "nothing", "__class__", "code_to_mail' or 1=1"])
def test_a_method_that_the_policy_does_not_have_is_refused(desk, method):
    with pytest.raises(RefusedError, match="does not belong"):
        answer(desk, desk.new(), method)
    assert len(desk.journal("deny")) == 1


def test_a_check_serves_nobody_and_nothing_else(desk):
    submission = desk.verified(AGENT, FORM, CALLER)
    for who, form, caller in itertools.product(
        (AGENT, "second.rotterdam"), (FORM, "unlock-account"), (CALLER, "u-n.mail")
    ):
        if (who, form, caller) == (AGENT, FORM, CALLER):
            continue
        assert isinstance(submit(desk, desk.new(), who, form, caller), VerifyPage)
        try:
            page = submit(desk, submission, who, form, caller)
        except StaleError:
            continue
        assert isinstance(page, VerifyPage)
    assert isinstance(submit(desk, desk.new()), VerifyPage)
    assert nothing_done(desk)
    assert isinstance(submit(desk, submission), PlanPage)


def test_nobody_answers_a_check_in_the_submission_of_somebody_else(desk):
    submission = desk.new()
    send(desk, submission)
    for who, caller in (("second.rotterdam", CALLER), (AGENT, "u-n.mail")):
        with pytest.raises(StaleError):
            answer(desk, submission, "in_person", who=who, caller=caller)
        with pytest.raises(StaleError):
            answer(desk, submission, "code_to_mail", {"code": "271828"}, who=who, caller=caller)
    assert desk.store.verifications.for_submission(submission)[0].state == "sent"


def test_a_check_expires_before_the_plan_and_before_the_confirmation(desk):
    submission = desk.verified(AGENT, FORM, CALLER)
    plan = submit(desk, submission)
    desk.clock.forward(minutes=10)
    page = desk.confirm(AGENT, plan)
    assert (type(page), page.error) == (VerifyPage, "The caller check has expired. Check the caller again.")
    assert isinstance(submit(desk, submission), VerifyPage)
    assert nothing_done(desk)
    assert len(desk.journal("deny")) == 2
    desk.verified(AGENT, FORM, CALLER, submission)
    assert desk.confirm(AGENT, submit(desk, submission)).state == "done"


def test_an_old_code_is_no_code(desk):
    submission = desk.new()
    send(desk, submission)
    desk.clock.forward(minutes=10)
    page = answer(desk, submission, "code_to_mail", {"code": "271828"})
    assert (page.passed, page.error) == (0, "There is no valid code. Send a new one.")


def test_a_check_is_used_once(desk):
    submission = desk.verified(AGENT, FORM, CALLER)
    assert isinstance(desk.done(AGENT, submit(desk, submission)), SubmissionPage)
    assert all(row.consumed_at for row in desk.store.verifications.for_submission(submission))
    again = submit(desk, submission)
    assert (type(again), again.just_done) == (SubmissionPage, False)
    assert isinstance(submit(desk, desk.new()), VerifyPage)
    with pytest.raises(RefusedError, match="already done"):
        answer(desk, submission, "in_person")
    assert desk.performed.count("directory.user.set_password") == 1


def test_checks_of_another_policy_do_not_count(desk):
    submission = desk.verified(AGENT, FORM, CALLER)
    policies = desk.services.catalogue.verification.policies
    assert {"caller-basic", "caller-strong"} <= policies.keys()
    rows = desk.store.verifications.for_submission(submission)
    assert {row.policy for row in rows} == {"caller-strong"}
    assert isinstance(submit(desk, submission, form="unlock-account"), VerifyPage)


def test_a_check_that_became_needed_after_the_plan_is_asked_for_at_the_confirmation(desk):
    """Somebody's own details need no check; when the account stands for somebody else by then, they do."""
    plan = desk.planned("alice", "update-contact-details", "u-alice", {"office": "A"})
    impostor = desk.actor("alice")
    object.__setattr__(impostor, "person", desk.entry("u-agent.utrecht"))
    page = desk.desk.confirm(impostor, plan.head.submission, plan.digest, "", (), "en")
    assert isinstance(page, VerifyPage)
    assert nothing_done(desk)


def test_no_check_is_started_for_somebody_out_of_reach(desk):
    for caller in ("u-u.bakker", "u-r.admin"):
        with pytest.raises(NotFoundError):
            send(desk, desk.new(), caller=caller)
    assert desk.mails() == []


def test_a_mail_that_cannot_be_sent_is_said_and_counts_for_nothing(desk):
    desk.do("directory.user.update", user=Ref("user", CALLER), set={"title": "x"})
    (desk.folder / "outbox").write_text("a file where the folder should be")
    page = send(desk, desk.new())
    assert page.error.startswith("The code could not be sent")
    assert page.passed == 0
