"""What is given until a day: a grant, taken back when the day is over, exactly and once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.errors import RejectedError
from connectors.spi import Operation
from runner.errors import RefusedError
from runner.pipeline.pages import FillPage
from runner.store.grant_records import Grant
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.recording_connector import Hook

AGENT, ZOE, TOMAS = "agent.rotterdam", "u-z.lindqvist", "u-t.novak"
ATLAS, VISIO = "g-APP-Atlas", "g-APP-Visio"


def give(desk: TestDesk, target: str = TOMAS, **answers: object) -> str:
    """Give something, until 10 March unless it says otherwise, and return the submission."""
    plan = desk.planned(AGENT, "until-a-day", target, {"ends": "2030-03-10", **answers})
    page = desk.done(AGENT, plan)
    assert page.state == "done", page
    return plan.head.submission


def grants(desk: TestDesk) -> list[Grant]:
    states = ("running", "failed", "ending", "ended", "gone")
    return sorted(desk.store.grants.running(states=states), key=lambda one: one.created_at)


def states(desk: TestDesk) -> list[str]:
    return [one.state for one in grants(desk)]


def is_member(desk: TestDesk, person: str, group: str) -> bool:
    return group in desk.entry(person).groups


def at(desk: TestDesk, day: int, hour: int = 0, minute: int = 0, month: int = 3) -> None:
    """Set the clock to a moment in Amsterdam, which is an hour ahead in March until the 31st."""
    zone = desk.services.now().tzinfo
    desk.clock.now = datetime(2030, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def test_a_membership_ends_when_its_last_day_is_over(desk: TestDesk) -> None:
    submission = give(desk, groups=[ATLAS, VISIO])

    (grant,) = grants(desk)
    assert (grant.submission_id, grant.state, grant.operation_id) == (submission, "running", "join")
    at(desk, 10, 23, 59)
    assert desk.carried_out() >= 0
    assert is_member(desk, TOMAS, ATLAS)
    at(desk, 11)
    assert desk.carried_out() == 1
    assert not is_member(desk, TOMAS, ATLAS)
    assert not is_member(desk, TOMAS, VISIO)
    assert states(desk) == ["ended"]


def test_what_was_there_before_stays(desk: TestDesk) -> None:
    give(desk, ZOE, groups=[VISIO])
    assert grants(desk) == []

    give(desk, ZOE, groups=[VISIO, ATLAS])
    at(desk, 11)
    desk.carried_out()

    assert is_member(desk, ZOE, VISIO)
    assert not is_member(desk, ZOE, ATLAS)


def test_every_ending_has_its_intent_before_and_its_outcome_after(desk: TestDesk) -> None:
    submission = give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.carried_out()

    told = [one for one in desk.journal() if one.get("grant")]
    assert [one["kind"] for one in told] == ["decision", "intent", "outcome"]
    assert all(one["submission"] == submission for one in told)
    assert told[1]["operation"]["verb"] == "directory.user.leave_groups"
    assert told[1]["decision"]["effect"] == "permit"
    assert told[2]["outcome"]["code"] == "ended"


def test_a_form_may_say_that_it_is_not_taken_back(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], keep=True)

    assert grants(desk) == []


def test_without_a_day_it_is_for_good(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends=None)

    assert grants(desk) == []


@pytest.mark.parametrize(("day", "word"), [("2030-03-03", "over"), ("9999-12-31", "far away")])
def test_a_day_that_is_over_is_refused_at_its_question(desk: TestDesk, day: str, word: str) -> None:
    page = desk.fill(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS], "ends": day})

    assert isinstance(page, FillPage)
    (problem,) = page.errors
    assert problem[0] == "ends"
    assert word in str(problem)
    assert desk.performed == []


def test_today_is_no_day_that_is_over(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends="2030-03-04")
    at(desk, 5)
    desk.carried_out()

    assert not is_member(desk, TOMAS, ATLAS)


def test_a_value_goes_back_to_what_it_was(desk: TestDesk) -> None:
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02")
    at(desk, 11)
    desk.carried_out()

    assert desk.value(TOMAS, "office") == "1.01"


def test_a_value_that_somebody_else_set_since_is_left_alone(desk: TestDesk) -> None:
    give(desk, office="2.02")
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "3.03"})
    at(desk, 11)
    desk.carried_out()

    assert desk.value(TOMAS, "office") == "3.03"
    assert states(desk) == ["gone"]
    assert "changed again" in grants(desk)[0].error


def test_a_membership_that_somebody_took_away_before_is_gone(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    desk.do("directory.user.leave_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(ATLAS, "group").ref,))
    at(desk, 11)
    desk.carried_out()

    assert states(desk) == ["gone"]


@pytest.mark.parametrize("gone", ["person", "group"])
def test_a_person_or_a_group_that_is_gone_leaves_nothing_to_take_back(desk: TestDesk, gone: str) -> None:
    give(desk, groups=[ATLAS, VISIO])
    if gone == "person":
        desk.do("directory.user.delete", user=desk.entry(TOMAS).ref)
    else:
        desk.do("directory.group.delete", group=desk.entry(ATLAS, "group").ref)
    at(desk, 11)
    desk.carried_out()

    assert states(desk) == ["gone" if gone == "person" else "ended"]
    if gone == "group":
        assert not is_member(desk, TOMAS, VISIO)


def test_who_gave_it_may_have_lost_every_right_since(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    desk.do("directory.user.delete", user=desk.entry("u-agent.rotterdam").ref)
    at(desk, 11)
    desk.carried_out()

    assert not is_member(desk, TOMAS, ATLAS)


def test_leaving_a_group_for_a_while_ends_too(desk: TestDesk) -> None:
    give(desk, ZOE, leave=[VISIO])
    at(desk, 11)
    desk.carried_out()

    assert is_member(desk, ZOE, VISIO)


def test_what_a_run_undid_by_itself_leaves_no_grant(desk: TestDesk) -> None:
    desk.directory.before = refusing("update_phone")
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS], "phone": "+31105550199", "ends": "2030-03-10"})
    desk.confirm(AGENT, plan)

    assert not is_member(desk, TOMAS, ATLAS)
    assert states(desk) == ["gone"]


def refusing(step: str, error: Exception | None = None) -> Hook:
    """Let the directory refuse one step."""

    def before(operation: Operation) -> None:
        if operation.id == step:
            raise error or RejectedError("The directory refuses this.")

    return before


# --- the last word -------------------------------------------------------------------------------------------------------


def test_giving_it_until_a_later_day_lets_it_last_longer_although_nothing_had_to_be_changed(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, groups=[ATLAS], ends="2030-03-20")
    at(desk, 11)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)

    at(desk, 21)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)
    assert states(desk) == ["gone", "ended"]


def test_giving_it_until_an_earlier_day_cuts_nothing_short(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends="2030-03-20")
    give(desk, groups=[ATLAS], ends="2030-03-10")
    at(desk, 11)
    desk.carried_out()

    assert is_member(desk, TOMAS, ATLAS)
    assert [one.ends_at for one in grants(desk)] == [datetime(2030, 3, 20, 23, tzinfo=UTC)]


def test_giving_it_for_good_makes_it_stay(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS, VISIO])
    give(desk, groups=[ATLAS], ends=None)
    at(desk, 11)
    desk.carried_out()

    assert is_member(desk, TOMAS, ATLAS)
    assert not is_member(desk, TOMAS, VISIO)


@pytest.mark.parametrize("until", [None, "2030-03-20"])
def test_what_was_taken_away_and_given_anew_is_not_taken_by_the_older_grant(desk: TestDesk, until: str | None) -> None:
    give(desk, groups=[ATLAS])
    desk.do("directory.user.leave_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(ATLAS, "group").ref,))
    give(desk, groups=[ATLAS], ends=until)
    at(desk, 11)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)

    at(desk, 21)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS) == (until is None)


def test_taking_it_away_at_the_desk_ends_the_grant_at_once(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, leave=[ATLAS], ends=None)
    assert states(desk) == ["gone"]

    desk.do("directory.user.join_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(ATLAS, "group").ref,))
    at(desk, 11)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)


def test_what_was_undone_is_not_taken_back_a_second_time(desk: TestDesk) -> None:
    submission = give(desk, groups=[ATLAS])
    plan = desk.desk.ways.undo_plan(desk.actor(AGENT), submission, "en")
    desk.desk.ways.undo(desk.actor(AGENT), submission, plan.digest, "", "en")
    assert not is_member(desk, TOMAS, ATLAS)
    assert states(desk) == ["gone"]

    give(desk, groups=[ATLAS], ends=None)
    at(desk, 11)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)


def test_a_value_set_twice_goes_back_to_what_was_before_both(desk: TestDesk) -> None:
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02")
    give(desk, office="3.03", ends="2030-03-20")
    at(desk, 11)
    desk.carried_out()
    assert desk.value(TOMAS, "office") == "3.03"

    at(desk, 21)
    desk.carried_out()
    assert desk.value(TOMAS, "office") == "1.01"


def test_a_shorter_value_goes_back_to_the_longer_one_and_that_to_the_first(desk: TestDesk) -> None:
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02", ends="2030-03-20")
    give(desk, office="3.03")
    at(desk, 11)
    desk.carried_out()
    assert desk.value(TOMAS, "office") == "2.02"

    at(desk, 21)
    desk.carried_out()
    assert desk.value(TOMAS, "office") == "1.01"


# --- clocks ------------------------------------------------------------------------------------------------------------


def test_a_clock_that_jumps_does_no_harm(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, ZOE, groups=[ATLAS], ends="2030-03-12")
    at(desk, 11)
    desk.carried_out()
    desk.clock.forward(hours=-1)
    desk.carried_out()
    desk.clock.forward(hours=2)
    desk.carried_out()

    assert sorted(states(desk)) == ["ended", "running"]
    assert is_member(desk, ZOE, ATLAS)
    assert desk.performed.count("directory.user.leave_groups") == 1


@pytest.mark.parametrize(
    ("last", "ends_at"),
    [
        ("2030-03-30", datetime(2030, 3, 30, 23, tzinfo=UTC)),
        ("2030-03-31", datetime(2030, 3, 31, 22, tzinfo=UTC)),
        ("2030-10-26", datetime(2030, 10, 26, 22, tzinfo=UTC)),
        ("2030-10-27", datetime(2030, 10, 27, 23, tzinfo=UTC)),
    ],
)
def test_days_on_which_the_clocks_change_end_at_their_midnight(desk: TestDesk, last: str, ends_at: datetime) -> None:
    give(desk, groups=[ATLAS], ends=last)

    assert grants(desk)[0].ends_at == ends_at
    desk.clock.now = ends_at - timedelta(seconds=1)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)
    desk.clock.now = ends_at
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)
    assert date.fromisoformat(last) == (ends_at - timedelta(hours=1)).date()


# --- what is left of a run that stopped ---------------------------------------------------------------------------------


def stopped(desk: TestDesk) -> str:
    """Let a run be refused that was to give something until 10 March."""
    desk.directory.before = refusing("join", RejectedError("Not now."))
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"groups": [ATLAS], "ends": "2030-03-10"})
    assert desk.done(AGENT, plan).state == "failed"
    desk.directory.before = None
    return plan.head.submission


def test_what_is_left_is_given_on_its_last_day_and_ends_with_it(desk: TestDesk) -> None:
    submission, ways, actor = stopped(desk), desk.desk.ways, desk.actor(AGENT)
    at(desk, 10, 23)
    ways.resume(actor, submission, ways.continue_plan(actor, submission, "en").digest, "en")
    assert is_member(desk, TOMAS, ATLAS)
    at(desk, 11)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_what_is_left_is_not_given_when_its_last_day_is_over(desk: TestDesk) -> None:
    submission, ways, actor = stopped(desk), desk.desk.ways, desk.actor(AGENT)
    digest = ways.continue_plan(actor, submission, "en").digest
    at(desk, 11)
    assert "“Add the groups” was to last until 10 Mar 2030" in ways.continue_plan(actor, submission, "en").refused
    with pytest.raises(RefusedError, match="that day is over"):
        ways.resume(actor, submission, digest, "en")
    assert not is_member(desk, TOMAS, ATLAS)
