"""What only lasts until a day, taken away or set over, and put back: it ends on its day all the same, or is not put back."""

from collections.abc import Mapping

import pytest

from connectors.errors import RejectedError, UnknownOutcomeError
from connectors.spi import Operation
from runner.errors import StaleError
from runner.pipeline.pages import WayPage
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.grants.test_access_until_a_day import (
    AGENT,
    ATLAS,
    TOMAS,
    VISIO,
    at,
    give,
    grants,
    is_member,
    refusing,
    states,
)

FAILS_AND_UNDOES = {"phone": "+31105550199"}


def fail(desk: TestDesk, **answers: object) -> str:
    """Use the form so that its last step is refused, which takes back what the steps before it did."""
    desk.directory.before = refusing("update_phone", RejectedError("The directory refuses this."))
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {**answers, **FAILS_AND_UNDOES})
    desk.confirm(AGENT, plan)
    desk.directory.before = None
    return plan.head.submission


def running(desk: TestDesk) -> list[object]:
    return [one.ends_at for one in grants(desk) if one.state == "running"]


@pytest.mark.parametrize("ends", [None, "2030-03-20"])
def test_access_for_a_while_that_a_failing_run_took_away_ends_on_its_day(desk: TestDesk, ends: str | None) -> None:
    give(desk, groups=[ATLAS, VISIO])
    before = running(desk)
    fail(desk, leave=[ATLAS], ends=ends)

    assert is_member(desk, TOMAS, ATLAS)
    assert set(running(desk)) == set(before)
    at(desk, 11)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)
    assert not is_member(desk, TOMAS, VISIO)


@pytest.mark.parametrize("ends", [None, "2030-03-20", "2030-03-06"])
def test_a_value_for_a_while_that_a_failing_run_set_over_ends_on_its_day(desk: TestDesk, ends: str | None) -> None:
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02")
    before = running(desk)
    fail(desk, office="3.03", ends=ends)

    assert desk.value(TOMAS, "office") == "2.02"
    assert running(desk) == before
    at(desk, 11)
    desk.carried_out()
    assert desk.value(TOMAS, "office") == "1.01"


@pytest.mark.parametrize("ends", [None, "2030-03-20"])
def test_an_end_that_a_failing_run_moved_is_where_it_was(desk: TestDesk, ends: str | None) -> None:
    give(desk, groups=[ATLAS])
    before = running(desk)
    submission = fail(desk, groups=[ATLAS], ends=ends)

    assert running(desk) == before
    assert ("join", "undone") in desk.operations(submission)
    at(desk, 11)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_access_that_was_put_back_or_not_as_nobody_knows_ends_on_its_day(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])

    def cut(operation: Operation) -> None:
        if operation.verb == "directory.user.join_groups":
            raise UnknownOutcomeError("cut")

    desk.directory.after = cut
    submission = fail(desk, leave=[ATLAS], ends=None)
    desk.directory.after = None

    assert desk.state(submission) == "unknown"
    assert is_member(desk, TOMAS, ATLAS)
    at(desk, 11)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_putting_it_back_stands_in_the_journal(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    (grant,) = grants(desk)
    fail(desk, leave=[ATLAS], ends=None)

    codes = [_code(one) for one in desk.journal() if one.get("grant") == grant.id]
    assert codes == ["take back later", "overtaken", "restored"]
    assert states(desk) == ["running"]


def _code(body: Mapping[str, object]) -> object:
    outcome = body.get("outcome")
    return outcome["code"] if isinstance(outcome, Mapping) else body["operation"]


# --- by an undo of its own ------------------------------------------------------------------------------------------------


def undo_page(desk: TestDesk, submission: str) -> WayPage:
    return desk.desk.ways.undo_plan(desk.actor(AGENT), submission, "en")


def undo(desk: TestDesk, submission: str) -> str:
    digest = undo_page(desk, submission).digest
    return desk.desk.ways.undo(desk.actor(AGENT), submission, digest, "", "en").state  # type: ignore[union-attr]


@pytest.mark.parametrize("ends", [None, "2030-03-20", "2030-03-06"])
def test_a_value_that_was_for_a_while_is_not_put_back_for_good_and_the_page_says_why(
    desk: TestDesk, ends: str | None
) -> None:
    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02")
    submission = give(desk, office="3.03", ends=ends)

    assert "only until a day" in undo_page(desk, submission).refused
    assert desk.value(TOMAS, "office") == "3.03"


def test_a_part_that_was_for_a_while_stays_away_and_the_page_says_why(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    desk.do("directory.user.join_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(VISIO, "group").ref,))
    submission = give(desk, leave=[ATLAS, VISIO], ends=None)

    (stays,) = undo_page(desk, submission).stays
    assert "only until a day" in stays.why
    assert undo(desk, submission) == "done"
    assert is_member(desk, TOMAS, VISIO)
    assert not is_member(desk, TOMAS, ATLAS)


def test_a_part_among_more_than_are_looked_at_in_one_go_stays_away_as_well(
    desk: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.store.granting._MOST_AT_ONCE", 1)
    desk.do("directory.user.join_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(ATLAS, "group").ref,))
    give(desk, groups=[VISIO])
    submission = give(desk, leave=[ATLAS, VISIO], ends=None)
    assert undo(desk, submission) == "done"
    assert is_member(desk, TOMAS, ATLAS)
    assert not is_member(desk, TOMAS, VISIO)


def test_an_undo_moves_no_end_of_what_it_does_not_change(desk: TestDesk) -> None:
    for group in (ATLAS, VISIO):
        desk.do("directory.user.join_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(group, "group").ref,))
    submission = give(desk, leave=[ATLAS, VISIO], ends=None)
    give(desk, groups=[ATLAS])
    assert undo(desk, submission) == "done"
    at(desk, 11)
    desk.carried_out()

    assert is_member(desk, TOMAS, VISIO)
    assert not is_member(desk, TOMAS, ATLAS)


# --- when it is interrupted -----------------------------------------------------------------------------------------------


def interrupted(desk: TestDesk, when: str) -> str:
    """Let a process be lost while a failing run takes back what it took away, before or after the directory did so."""
    give(desk, groups=[ATLAS])

    def lose(operation: Operation) -> None:
        if operation.verb == "directory.user.join_groups":
            desk.store.submissions.mark_lost([desk.services.node], desk.clock())

    setattr(desk.directory, when, lose)
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS], "ends": None, **FAILS_AND_UNDOES})
    refuse = refusing("update_phone", RejectedError("The directory refuses this."))
    other = desk.directory.before

    def both(operation: Operation) -> None:
        refuse(operation)
        if other is not None:
            other(operation)

    desk.directory.before = both
    with pytest.raises(StaleError):
        desk.confirm(AGENT, plan)
    desk.directory.before = desk.directory.after = None
    return plan.head.submission


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_is_lost_while_it_takes_back_leaves_it_unclear_and_ending_on_its_day(
    desk: TestDesk, when: str
) -> None:
    submission = interrupted(desk, when)
    assert desk.state(submission) == "unknown"
    assert dict(desk.operations(submission)) == {"leave_them": "unknown", "update_phone": "failed"}
    assert states(desk) == ["running"]
    at(desk, 11)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)


def test_what_could_not_be_taken_back_stays_as_the_run_left_it(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])

    def refuse(operation: Operation) -> None:
        if operation.id == "update_phone" or operation.verb == "directory.user.join_groups":
            raise RejectedError("The directory refuses this.")

    desk.directory.before = refuse
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"leave": [ATLAS], "ends": "2030-03-20", **FAILS_AND_UNDOES})
    assert desk.done(AGENT, plan).state == "partly_done"
    desk.directory.before = None
    assert not is_member(desk, TOMAS, ATLAS)
    assert sorted(states(desk)) == ["gone"]
    desk.do("directory.user.join_groups", user=desk.entry(TOMAS).ref, groups=(desk.entry(ATLAS, "group").ref,))
    at(desk, 11)
    desk.carried_out()
    assert is_member(desk, TOMAS, ATLAS)


@pytest.mark.parametrize("ends", ["2030-03-08", "2030-03-20"])
def test_what_was_given_and_could_not_be_taken_back_ends_on_its_day(desk: TestDesk, ends: str) -> None:
    def refuse(operation: Operation) -> None:
        if operation.id == "update_phone" or operation.verb == "directory.user.leave_groups":
            raise RejectedError("The directory refuses this.")

    desk.do("directory.user.update", user=desk.entry(TOMAS).ref, set={"office": "1.01"})
    give(desk, office="2.02")
    desk.directory.before = refuse
    answers = {"groups": [ATLAS], "ends": ends, **FAILS_AND_UNDOES}
    assert desk.done(AGENT, desk.planned(AGENT, "until-a-day", TOMAS, answers)).state == "partly_done"
    desk.directory.before = None
    assert states(desk) == ["running", "running"]
    at(desk, 21)
    desk.carried_out()
    assert not is_member(desk, TOMAS, ATLAS)
    assert desk.value(TOMAS, "office") == "1.01"
