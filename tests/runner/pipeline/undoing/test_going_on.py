"""Continue: what was done is not done again, what is left is decided on and shown anew, what is unclear is looked at first."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Ref
from runner.errors import NotFoundError, RefusedError, UnfitError
from runner.pipeline.pages import WayPage

AGENT, SECOND = "agent.rotterdam", "second.rotterdam"
DONE = [("first", "done"), ("second", "done"), ("third", "done")]


def fail_at(desk, *ids, error, after=False):
    def hook(operation):
        if operation.id in ids:
            raise error

    desk.directory.before = desk.directory.after = None
    setattr(desk.directory, "after" if after else "before", hook)


def mend(desk):
    desk.directory.before = desk.directory.after = None


def stopped(desk, error, at="second", rule="stop", after=False):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": rule, "office": "A"})
    fail_at(desk, at, error=error, after=after)
    desk.done(AGENT, plan)
    mend(desk)
    return plan.head.submission


def continue_plan(desk, submission, who=AGENT):
    return desk.desk.ways.continue_plan(desk.actor(who), submission, "en")


def resume(desk, submission, who=AGENT, digest=""):
    digest = digest or continue_plan(desk, submission, who).digest
    return desk.desk.ways.resume(desk.actor(who), submission, digest, "en")


def close(desk, submission, operation, comment="I looked", who=AGENT, *, was_done):
    return desk.desk.ways.close_unknown(desk.actor(who), submission, operation, comment, was_done=was_done)


@pytest.mark.parametrize("error", [RejectedError("no"), UnavailableError("away")])
def test_what_is_left_is_done_and_what_was_done_is_not_repeated(desk, error):
    submission = stopped(desk, error)
    page = continue_plan(desk, submission)
    assert [one.id for one in page.operations] == ["second", "third"]
    assert [line.after for one in page.operations for line in one.lines] == ["A", "A"]
    done = resume(desk, submission)
    assert (done.state, desk.state(submission)) == ("done", "done")
    assert desk.operations(submission) == DONE
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]
    assert [one.get("continues") for one in desk.journal("intent")] == [None] * 3 + [True] * 2
    assert desk.store.journal.verify().ok


def test_what_stopped_can_stop_and_go_on_again(desk):
    submission = stopped(desk, RejectedError("no"))
    fail_at(desk, "third", error=RejectedError("no"))
    assert resume(desk, submission).state == "partly_done"
    mend(desk)
    assert resume(desk, submission).state == "done"
    assert desk.operations(submission) == DONE
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]


def test_steps_that_stand_alone_are_done_later_without_the_others(desk):
    submission = stopped(desk, RejectedError("no"), at="second_go", rule="continue")
    assert [one.id for one in continue_plan(desk, submission).operations] == ["second_go"]
    assert resume(desk, submission).state == "done"


def test_what_was_taken_back_does_not_go_on(desk):
    submission = stopped(desk, RejectedError("no"), at="third_undo", rule="undo")
    assert "Fill the form in again" in continue_plan(desk, submission).refused
    with pytest.raises(RefusedError):
        resume(desk, submission, digest="0" * 64)


def test_an_undone_submission_does_not_go_on_and_the_rest_of_it_is_never_done(desk):
    submission = stopped(desk, RejectedError("no"))
    ways = desk.desk.ways
    plan = ways.undo_plan(desk.actor(AGENT), submission, "en")
    assert [one.id for one in plan.operations] == ["first"]
    assert ways.undo(desk.actor(AGENT), submission, plan.digest, "", "en").state == "done"
    assert "was undone" in continue_plan(desk, submission).refused
    assert desk.value("u-t.novak", "office") is None


def test_an_unclear_step_that_was_done_counts_as_found(desk):
    submission = stopped(desk, UnknownOutcomeError("cut"), after=True)
    page = continue_plan(desk, submission)
    assert [one.id for one in page.operations] == ["third"]
    assert "Found done" in page.found[0].why
    before = len(desk.performed)
    assert resume(desk, submission).state == "done"
    assert (desk.operations(submission), len(desk.performed)) == (DONE, before + 1)
    found = desk.journal("reconcile")[-1]
    assert (found["outcome"]["code"], found["operation"]["id"]) == ("found_done", "second")


def test_an_unclear_step_that_was_not_done_is_planned_again(desk):
    submission = stopped(desk, UnknownOutcomeError("cut"))
    assert [one.id for one in continue_plan(desk, submission).operations] == ["second", "third"]
    assert resume(desk, submission).state == "done"
    assert desk.operations(submission) == DONE


def test_the_last_step_found_done_ends_it_without_doing_anything(desk):
    submission = stopped(desk, UnknownOutcomeError("cut"), at="third", after=True)
    page = continue_plan(desk, submission)
    assert page.operations == ()
    before = len(desk.performed)
    assert resume(desk, submission).state == "done"
    assert (len(desk.performed), desk.operations(submission)) == (before, DONE)


def test_a_plan_that_is_another_one_by_now_is_shown_again_before_going_on(desk):
    submission = stopped(desk, RejectedError("no"))
    digest = continue_plan(desk, submission).digest
    desk.do("directory.user.update", user=Ref("user", "u-t.novak"), set={"company": "Elsewhere"})
    before = len(desk.performed)
    page = resume(desk, submission, digest=digest)
    assert isinstance(page, WayPage)
    assert page.changed_meanwhile
    assert len(desk.performed) == before


def test_two_at_once_go_on_once(desk):
    submission = stopped(desk, RejectedError("no"))
    digest = continue_plan(desk, submission).digest
    with ThreadPoolExecutor(6) as pool:
        pages = list(pool.map(lambda _: resume(desk, submission, digest=digest), range(6)))
    assert {page.state for page in pages} <= {"done", "running", "partly_done"}
    assert desk.operations(submission) == DONE
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]
    assert desk.store.journal.verify().ok


def test_nobody_else_goes_on_with_it_and_rights_are_decided_anew(desk):
    submission = stopped(desk, RejectedError("no"))
    for who in (SECOND, "agent.utrecht", "auditor"):
        with pytest.raises(NotFoundError):
            continue_plan(desk, submission, who)
        with pytest.raises(NotFoundError):
            resume(desk, submission, who, digest="0" * 64)
    desk.do("directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=(Ref("group", "g-SD-Rotterdam"),))
    with pytest.raises(NotFoundError):
        continue_plan(desk, submission)
    assert [one.id for one in desk.directory.changed] == ["first"]


def test_a_made_password_is_made_anew_when_its_step_did_not_run(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    plan = desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission)
    verbs = []

    def away(operation):
        verbs.append(operation.verb)
        raise UnavailableError("away")

    desk.directory.before = away
    assert desk.done(AGENT, plan).state == "failed"
    mend(desk)
    done = resume(desk, submission)
    assert done.state == "done"
    secret = next(show.secret for show in done.shows if show.secret)
    assert secret.reveal() == desk.passwords[-1]
    assert desk.directory.inner.authenticate("z.lindqvist", secret).ref == Ref("user", "u-z.lindqvist")
    assert not any(password in repr(desk.journal()) for password in desk.passwords)


def test_a_caller_check_that_expired_is_not_rested_on(desk):
    submission = desk.verified(AGENT, "reset-password", "u-z.lindqvist")
    plan = desk.planned(AGENT, "reset-password", "u-z.lindqvist", submission=submission)
    desk.directory.before = lambda _: (_ for _ in ()).throw(UnavailableError("away"))
    desk.done(AGENT, plan)
    mend(desk)
    desk.clock.forward(hours=2)
    assert "caller check" in continue_plan(desk, submission).refused


def test_a_typed_password_is_not_kept_so_it_does_not_go_on(desk):
    answers = {"password": "Correct-Horse-7-Battery", "other": False}
    plan = desk.planned(AGENT, "typed-password", "u-t.novak", answers)
    desk.directory.before = lambda _: (_ for _ in ()).throw(UnavailableError("away"))
    assert desk.done(AGENT, plan).state == "failed"
    mend(desk)
    assert "was typed, which is not kept" in continue_plan(desk, plan.head.submission).refused


@pytest.mark.parametrize(
    ("was_done", "state", "row"), [(True, "partly_done", "done"), (False, "partly_done", "failed")]
)
def test_somebody_who_looked_closes_what_is_unclear(desk, was_done, state, row):
    submission = stopped(desk, UnknownOutcomeError("cut"))
    before = len(desk.performed)
    for who in (SECOND, "agent.utrecht"):
        with pytest.raises(NotFoundError):
            close(desk, submission, "second", who=who, was_done=True)
    with pytest.raises(UnfitError):
        close(desk, submission, "second", "  ", was_done=True)
    with pytest.raises(RefusedError):
        close(desk, submission, "first", was_done=True)
    page = close(desk, submission, "second", "I looked at it", who="auditor", was_done=was_done)
    assert page.state == state
    assert desk.operations(submission)[1] == ("second", row)
    record = desk.journal("reconcile")[-1]
    assert record["actor"]["login"] == "auditor"
    assert "I looked at it" in record["outcome"]["detail"]
    assert len(desk.performed) == before
    assert resume(desk, submission).state == "done"
    with pytest.raises(RefusedError):
        close(desk, submission, "second", was_done=True)


def test_what_a_lost_process_left_goes_on(desk):
    plan = desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})

    def lose(operation):
        if operation.id == "second":
            desk.store.submissions.mark_lost([desk.services.node], desk.clock())

    desk.directory.after = lose
    with pytest.raises(Exception, match="not running"):
        desk.confirm(AGENT, plan)
    mend(desk)
    submission = plan.head.submission
    assert desk.state(submission) == "unknown"
    assert [one.id for one in continue_plan(desk, submission).operations] == ["third"]
    assert resume(desk, submission).state == "done"
    assert [one.id for one in desk.directory.changed] == ["first", "second", "third"]
