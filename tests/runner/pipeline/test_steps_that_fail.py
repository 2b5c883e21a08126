"""What a failing step leaves behind, and that nothing is ever done without a permit and a durable intent."""

import pytest

from connectors.errors import RejectedError, StaleObjectError, UnavailableError, UnknownOutcomeError
from connectors.spi import Ref
from runner.errors import NotDurableError, NotFoundError, NotReachableError
from runner.journal.sealing_persons import PersonKey, hidden, persons_of
from runner.pipeline.pages import FillPage

AGENT = "agent.rotterdam"


def plan_of(desk, rule):
    return desk.planned(AGENT, "three-steps", "u-t.novak", {"rule": rule, "office": "A"})


def fail_at(*ids, error):
    def hook(operation):
        if operation.id in ids:
            raise error

    return hook


def attributes(desk):
    return tuple(desk.value("u-t.novak", name) for name in ("office", "company", "title"))


BEFORE = (None, None, "Stock controller")


@pytest.mark.parametrize(
    ("rule", "error", "state", "operations", "left"),
    [
        ("stop", RejectedError("no"), "partly_done", "done failed skipped", ("A", None, "Stock controller")),
        ("undo", RejectedError("no"), "failed", "undone failed skipped", BEFORE),
        ("continue", RejectedError("no"), "partly_done", "done failed done", ("A", None, "A")),
        ("stop", UnavailableError("away"), "partly_done", "done failed skipped", ("A", None, "Stock controller")),
        ("undo", UnavailableError("away"), "failed", "undone failed skipped", BEFORE),
        ("stop", UnknownOutcomeError("cut"), "unknown", "done unknown skipped", ("A", None, "Stock controller")),
        ("undo", UnknownOutcomeError("cut"), "unknown", "done unknown skipped", ("A", None, "Stock controller")),
        ("continue", UnknownOutcomeError("cut"), "unknown", "done unknown skipped", ("A", None, "Stock controller")),
        ("continue", KeyError("bug"), "unknown", "done unknown skipped", ("A", None, "Stock controller")),
        ("undo", ZeroDivisionError(), "unknown", "done unknown skipped", ("A", None, "Stock controller")),
    ],
)
def test_a_failing_step_does_what_its_rule_says(desk, rule, error, state, operations, left):
    plan = plan_of(desk, rule)
    second = {"stop": "second", "undo": "second_undo", "continue": "second_go"}[rule]
    desk.directory.before = fail_at(second, error=error)
    page = desk.done(AGENT, plan)
    assert page.state == desk.state(plan.head.submission) == state
    assert " ".join(found for _, found in desk.operations(plan.head.submission)) == operations
    assert attributes(desk) == left
    assert page.head.journey.steps[-1] == (page.state_text, state)
    said = {
        "done": "",
        "failed": "Not done: ",
        "skipped": "Not done: ",
        "unknown": "Unclear: ",
        "undone": "Taken back: ",
    }
    assert all(one.title.startswith(said[one.state]) for one in page.operations)
    assert desk.store.journal.verify().ok
    outcomes = [entry["outcome"]["code"] for entry in desk.journal("outcome")]
    assert sorted(outcomes) == sorted([*operations.split(), *(["done"] if "undone" in operations else [])])
    assert not any(thing in repr(page) for thing in ("KeyError", "bug", "ZeroDivision"))


def test_an_inverse_that_fails_leaves_the_step_done_and_says_so(desk):
    plan = plan_of(desk, "undo")

    def hook(operation):
        if operation.id == "third_undo":
            raise RejectedError("no")
        if operation.arguments["set"].get("company", "") is None:
            raise RejectedError("the inverse does not work")

    desk.directory.before = hook
    page = desk.done(AGENT, plan)
    assert page.state == "partly_done"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["undone", "done", "failed"]
    assert attributes(desk) == (None, "A", "Stock controller")
    assert "could not be taken back" in page.operations[1].detail
    assert "could not be taken back" in repr(desk.journal("outcome"))


def test_an_inverse_with_an_unknown_outcome_ends_the_taking_back(desk):
    plan = plan_of(desk, "undo")

    def hook(operation):
        if operation.id == "third_undo":
            raise RejectedError("no")
        if operation.arguments["set"].get("company", "") is None:
            raise UnknownOutcomeError("cut")

    desk.directory.before = hook
    page = desk.done(AGENT, plan)
    assert page.state == "unknown"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "unknown", "failed"]


@pytest.mark.parametrize(("who", "group"), [("u-t.novak", "g-GG-Location-Rotterdam"), (f"u-{AGENT}", "g-SD-Rotterdam")])
def test_what_is_no_longer_allowed_is_not_taken_back_either(desk, who, group):
    plan = plan_of(desk, "undo")

    def hook(operation):
        if operation.id == "third_undo":
            desk.do("directory.user.leave_groups", user=Ref("user", who), groups=(Ref("group", group),))
            raise RejectedError("no")

    desk.directory.before = hook
    page = desk.done(AGENT, plan)
    assert page.state == "partly_done"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["done", "done", "failed"]
    assert [operation.id for operation in desk.directory.changed] == ["first_undo", "second_undo"]
    assert attributes(desk) == ("A", "A", "Stock controller")
    details = [entry["outcome"]["detail"] for entry in desk.journal("outcome")]
    assert details.count("It could not be taken back: This is no longer allowed.") == 2


def test_taking_back_has_an_intent_of_its_own_before_it_begins(desk):
    plan = plan_of(desk, "undo")
    before: list[list[str]] = []

    def hook(operation):
        if operation.id == "third_undo":
            raise RejectedError("no")
        before.append([entry["operation"]["id"] for entry in desk.journal("intent") if "takes_back" in entry])

    desk.directory.before = hook
    page = desk.done(AGENT, plan)
    assert page.state == "failed"
    assert before == [[], [], ["second_undo"], ["second_undo", "first_undo"]]
    begun = desk.journal("intent")[-1]
    assert begun["submission"] == plan.head.submission
    assert begun["target"]["id"] == "u-t.novak"
    assert begun["operation"] == {"id": "first_undo", "verb": "directory.user.update"}
    assert begun["takes_back"]["arguments"]["set"] == {"office": None}
    assert persons_of(begun) == ("u-t.novak",)
    assert hidden(begun, "id", [PersonKey("key", bytes(32))], bytes(12))["takes_back"] == {
        "verb": begun["operation"]["verb"]
    }
    assert begun["decision"]["effect"] == "permit"
    said = [text.partition(":")[0] for _, text in page.journal]
    assert said == ["Allowed and begun", "Done", "Failed", "Taking back began", "Undone"]


def test_what_may_not_be_taken_back_has_no_intent(desk):
    plan = plan_of(desk, "undo")

    def hook(operation):
        if operation.id == "third_undo":
            desk.do(
                "directory.user.leave_groups", user=Ref("user", f"u-{AGENT}"), groups=(Ref("group", "g-SD-Rotterdam"),)
            )
            raise RejectedError("no")

    desk.directory.before = hook
    assert desk.done(AGENT, plan).state == "partly_done"
    assert not [entry for entry in desk.journal("intent") if "takes_back" in entry]


def test_a_thing_that_was_made_is_taken_back_with_what_hangs_on_it(desk):
    rows = [{"user": "u-p.dewit"}, {"user": "u-t.novak"}]
    plan = desk.planned(AGENT, "create-shared-mailbox", None, {"name": "Team", "owner": "u-p.dewit", "access": rows})
    desk.mailbox.before = fail_at("grant/2", error=RejectedError("no"))
    page = desk.done(AGENT, plan)
    found = desk.operations(plan.head.submission)
    assert desk.mailbox.inner.locate("team@sample.test", "mailbox") is None
    assert (page.state, found) == ("failed", [("create", "undone"), ("grant/1", "undone"), ("grant/2", "failed")])


def test_what_is_taken_back_is_guarded_like_what_is_done(desk):
    plan = plan_of(desk, "undo")
    desk.directory.before = fail_at("third_undo", error=RejectedError("no"))
    assert desk.done(AGENT, plan).state == "failed"
    for _, guards in desk.directory.performed:
        assert [guard.ref for guard in guards] == [Ref("user", "u-t.novak")]


def test_what_others_change_at_the_same_time_is_decided_on_again_until_it_holds_still(desk):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    tries = []

    def hook(operation):
        tries.append(operation)
        if len(tries) < 12:
            raise StaleObjectError("changed")

    desk.directory.before = hook
    assert desk.done(AGENT, plan).state == "done"
    assert len(tries) == 12


def test_a_system_that_is_away_for_a_moment_is_tried_again_as_often_as_the_form_says(desk):
    plan = plan_of(desk, "stop")
    tries = []

    def hook(operation):
        if operation.id == "second":
            tries.append(1)
            if len(tries) < 3:
                raise UnavailableError("away")

    desk.directory.before = hook
    assert desk.done(AGENT, plan).state == "done"
    assert len(tries) == 3


def test_an_unknown_outcome_is_never_tried_again(desk):
    plan = plan_of(desk, "stop")
    desk.directory.before = fail_at("second", error=UnknownOutcomeError("cut"))
    desk.done(AGENT, plan)
    again = desk.confirm(AGENT, plan)
    assert again.state == "unknown"
    assert desk.directory.verbs_performed == ["directory.user.update"] * 2
    assert [line.state for line in desk.desk.home(desk.actor(AGENT), "en").attention] == ["unknown"]


def test_an_object_that_changes_all_the_time_is_given_up_on(desk):
    plan = plan_of(desk, "stop")
    desk.directory.before = fail_at("first", error=StaleObjectError("changed"))
    assert desk.done(AGENT, plan).state == "failed"
    assert attributes(desk) == BEFORE
    assert len(desk.directory.performed) == 20


@pytest.mark.parametrize("answer", [None, "done", {"state": "changed"}, object()])
def test_an_answer_that_is_no_outcome_is_unknown(desk, answer):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    desk.directory.perform = lambda *_: answer
    assert desk.done(AGENT, plan).state == "unknown"


# --- the store ------------------------------------------------------------------------------------------------------


def test_nothing_is_done_when_the_intent_cannot_be_stored(desk):
    plan = plan_of(desk, "stop")
    desk.database.writes_left = 0
    with pytest.raises(NotDurableError):
        desk.confirm(AGENT, plan)
    desk.database.writes_left = None
    assert desk.performed == []
    assert desk.state(plan.head.submission) == "draft"
    assert desk.kinds() == []
    assert desk.done(AGENT, plan).state == "done"


@pytest.mark.parametrize("stored", [1, 2, 3])
def test_an_outcome_that_cannot_be_stored_stops_the_desk(desk, stored):
    plan, other = plan_of(desk, "stop"), desk.planned(AGENT, "office", "u-z.lindqvist", {"office": "B"})
    desk.database.writes_left = stored
    with pytest.raises(NotDurableError, match="unclear"):
        desk.confirm(AGENT, plan)
    desk.database.writes_left = None
    assert len(desk.directory.changed) == stored
    with pytest.raises(NotDurableError, match="nothing more"):
        desk.confirm(AGENT, other)
    assert len(desk.performed) == stored
    assert desk.desk.step(desk.actor(AGENT), plan.head.submission, "en").state == "running"
    assert desk.store.journal.verify().ok


def test_a_refusal_that_cannot_be_recorded_is_still_a_refusal(desk):
    desk.database.writes_left = 0
    with pytest.raises(NotDurableError):
        desk.fill(AGENT, "office", "u-u.bakker", {"office": "A"})
    assert desk.performed == []


# --- the directory away: no permit ------------------------------------------------------------------------------------

FAULTS = {
    "away": UnavailableError("The directory cannot be reached."),
    "refusing": RejectedError("The directory says no."),
    "cut": UnknownOutcomeError("The connection was cut."),
    "timeout": TimeoutError("timed out"),
    "garbage": ValueError("not a reply"),
    "nothing": AttributeError("NoneType"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_directory_that_cannot_be_read_gives_no_permit_at_any_door(desk, fault):
    plan = desk.planned(AGENT, "office", "u-t.novak", {"office": "A"})
    actor, submission = desk.actor(AGENT), plan.head.submission
    error = FAULTS[fault]

    def away():
        raise error

    expected = NotReachableError if fault in ("away", "cut") else (type(error), NotReachableError, NotFoundError)
    desk.directory.reading = away
    desk.services.authority.expire()
    for door in (
        lambda: desk.desk.home(actor, "en"),
        lambda: desk.desk.find(actor, "novak", "en"),
        lambda: desk.desk.person(actor, "u-t.novak", "en"),
        lambda: desk.desk.open(actor, "office", "u-t.novak", "", "en"),
        lambda: desk.desk.step(actor, submission, "en"),
        lambda: desk.desk.confirm(actor, submission, plan.digest, "", (), "en"),
    ):
        with pytest.raises(expected):
            door()
    assert desk.performed == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_directory_that_fails_at_the_last_decision_gives_no_permit(desk, fault):
    plan = plan_of(desk, "stop")
    error = FAULTS[fault]

    def away():
        if "intent" in desk.kinds():
            raise error

    desk.directory.reading = away
    try:
        assert desk.done(AGENT, plan).state == "failed"
    except (TimeoutError, ValueError, AttributeError):  # a connector that breaks its contract may spoil the page
        desk.directory.reading = None
    assert desk.performed == []
    assert desk.state(plan.head.submission) == "failed"
    assert [state for _, state in desk.operations(plan.head.submission)] == ["failed", "skipped", "skipped"]


def test_a_directory_that_is_away_right_after_the_change_does_not_lose_the_outcome(desk):
    submission = desk.verified(AGENT, "reset-password", "u-t.novak")
    plan = desk.planned(AGENT, "reset-password", "u-t.novak", submission=submission)

    def away():
        raise UnavailableError("The directory cannot be reached.")

    desk.directory.after = lambda _: setattr(desk.directory, "reading", away)
    page = desk.done(AGENT, plan)
    assert (page.state, desk.state(submission)) == ("done", "done")
    assert [show.secret.reveal() for show in page.shows if show.secret] == desk.passwords


@pytest.mark.parametrize("fault", FAULTS)
def test_a_plan_that_cannot_be_prepared_is_not_shown(desk, fault):
    desk.directory.preparing = fail_at("update", error=FAULTS[fault])
    if fault == "refusing":
        page = desk.fill(AGENT, "office", "u-t.novak", {"office": "A"})
        assert isinstance(page, FillPage)
        assert page.errors[0][2] == "The directory says no."
        assert desk.kinds() == ["deny"]
    else:
        with pytest.raises(NotReachableError if fault in ("away", "cut") else type(FAULTS[fault])):
            desk.fill(AGENT, "office", "u-t.novak", {"office": "A"})
    assert desk.performed == []
