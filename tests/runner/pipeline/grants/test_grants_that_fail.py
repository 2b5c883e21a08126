"""Access that cannot be taken back: tried again, loud until it is gone, safe to interrupt, and never two at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Operation, Ref
from runner.engine.rounds import release_grants_in_lost_hands
from runner.errors import BusyError, NotDurableError, StaleError
from runner.pipeline.grants.ending import end_due
from runner.pipeline.grants.recording import taking_back
from runner.pipeline.services import Channels
from runner.store.grant_records import Grant, KeyedGrant, Settled, Settling
from tests.runner.pipeline.desks import TestDesk
from tests.runner.pipeline.grants.test_access_until_a_day import (
    AGENT,
    ATLAS,
    TOMAS,
    VISIO,
    ZOE,
    at,
    give,
    grants,
    is_member,
    refusing,
    states,
)

OPERATOR = "operator@sample.test"
_ATLAS = Ref("group", ATLAS)


@pytest.fixture(autouse=True)
def _operated(desk: TestDesk) -> None:
    object.__setattr__(desk.services, "channels", Channels("https://desk.example", OPERATOR))


def alarms(desk: TestDesk) -> list[str]:
    return [one.body for one in desk.store.notifications.list(limit=200) if one.to == (OPERATOR,)]


def test_a_system_that_does_not_answer_is_asked_again_after_longer_and_longer_pauses(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.directory.before = refusing("join", UnavailableError("The directory does not answer."))
    pauses = []
    for _ in range(10):
        assert desk.carried_out() == 1
        (grant,) = grants(desk)
        assert grant.retry_at is not None
        pauses.append((grant.retry_at - desk.clock.now).total_seconds())
        desk.clock.now = grant.retry_at
    assert pauses == sorted(pauses)
    assert pauses[0] == 10
    assert pauses[-1] == 900
    assert grants(desk)[0].state == "failed"
    assert len(alarms(desk)) == 1

    desk.directory.before = None
    desk.carried_out()
    assert states(desk) == ["ended"]
    assert not is_member(desk, TOMAS, ATLAS)


def test_a_refusal_stays_loud_and_is_tried_every_day(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.directory.before = refusing("join", RejectedError("The directory refuses this."))
    desk.carried_out()
    (grant,) = grants(desk)
    assert (grant.state, grant.error) == ("failed", "The directory refuses this.")
    assert grant.retry_at == desk.clock.now + timedelta(days=1)
    (sentence,) = alarms(desk)
    assert "Add the groups" in sentence
    assert "The directory refuses this." in sentence
    assert desk.journal()[-1]["outcome"]["code"] == "failed"

    assert desk.carried_out() == 0
    desk.clock.forward(days=1)
    desk.carried_out()
    assert len(alarms(desk)) == 2
    desk.directory.before = None
    desk.clock.forward(days=1)
    desk.carried_out()
    assert states(desk) == ["ended"]


def test_one_that_failed_can_be_tried_at_once(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.directory.before = refusing("join")
    desk.carried_out()
    desk.directory.before = None
    desk.store.grants.retry(grants(desk)[0].id, desk.clock.now)
    desk.carried_out()

    assert states(desk) == ["ended"]
    with pytest.raises(StaleError):
        desk.store.grants.retry(grants(desk)[0].id, desk.clock.now)


@pytest.mark.parametrize("happened", [True, False])
def test_what_may_have_happened_is_looked_at_before_it_is_done_again(desk: TestDesk, happened: bool) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)

    def cut(operation: Operation) -> None:
        raise UnknownOutcomeError("cut")

    if happened:
        desk.directory.after = cut
    else:
        desk.directory.before = cut
    desk.carried_out()
    assert states(desk) == ["running"]
    desk.directory.after = desk.directory.before = None
    desk.clock.forward(minutes=1)
    desk.carried_out()

    assert states(desk) == ["ended"]
    assert not is_member(desk, TOMAS, ATLAS)


def test_a_store_that_fails_after_the_change_loses_nothing(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.database.writes_left = 1
    with pytest.raises(NotDurableError):
        end_due(desk.services)
    desk.database.writes_left = None
    assert states(desk) == ["ending"]
    assert not is_member(desk, TOMAS, ATLAS)

    desk.clock.forward(minutes=16)
    assert release_grants_in_lost_hands(desk.services) == 1
    desk.carried_out()
    assert states(desk) == ["ended"]


def test_without_a_stored_intent_nothing_is_taken_back(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    desk.database.writes_left = 0
    with pytest.raises(NotDurableError):
        end_due(desk.services)

    assert is_member(desk, TOMAS, ATLAS)
    assert states(desk) == ["running"]


def test_what_a_dead_node_had_in_hand_is_done_by_another(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    now = desk.clock.now
    (taken,) = desk.store.grants.claim("a-node-that-died", now, lambda grant: taking_back(now, grant))
    assert desk.carried_out() == 0
    release_grants_in_lost_hands(desk.services)
    desk.carried_out()

    assert states(desk) == ["ended"]
    assert not is_member(desk, TOMAS, ATLAS)
    with pytest.raises(StaleError):
        desk.store.grants.finish(taken, state="ended", now=now)


def test_nothing_is_taken_back_from_whom_a_submission_runs_for(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, ZOE, groups=[ATLAS])
    at(desk, 11)

    def meanwhile(operation: Operation) -> None:
        if operation.id == "update":
            end_due(desk.services)

    desk.directory.before = meanwhile
    plan = desk.planned(AGENT, "until-a-day", TOMAS, {"office": "9"})
    desk.done(AGENT, plan)

    assert is_member(desk, TOMAS, ATLAS)
    assert not is_member(desk, ZOE, ATLAS)


def test_no_submission_begins_for_somebody_from_whom_something_is_being_taken(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    at(desk, 11)
    refused = []

    def meanwhile(operation: Operation) -> None:
        if operation.id == "join":
            plan = desk.planned(AGENT, "office", TOMAS, {"office": "9"})
            try:
                desk.store.submissions.begin(
                    plan.head.submission,
                    plan_digest=plan.digest,
                    operations=[],
                    node=desk.services.node,
                    now=desk.clock.now,
                    records=[],
                    target_id=TOMAS,
                )
            except BusyError as busy:
                refused.append(busy)

    desk.directory.before = meanwhile
    desk.carried_out()

    assert len(refused) == 1
    assert states(desk) == ["ended"]


def test_one_that_cannot_be_read_any_more_is_loud_and_keeps_no_other_waiting(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, ZOE, groups=[ATLAS])
    broken = grants(desk)[0]
    desk.store.grants.settle(_rewriting(replace(broken, inverse={"verb": "badge.take", "arguments": {}})))
    at(desk, 11)
    desk.carried_out()

    assert sorted(states(desk)) == ["ended", "failed"]
    assert len(alarms(desk)) == 1


def _rewriting(grant: Grant) -> Settling:
    keys = frozenset({"member group:g-APP-Atlas user:u-t.novak"})
    return Settling(keys, lambda _: Settled((KeyedGrant(grant, keys),)))


# --- who is told -------------------------------------------------------------------------------------------------------


def test_people_are_told_before_and_after_once_each(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], leave=[VISIO], office="2.02")
    at(desk, 8, 1)
    desk.carried_out()
    desk.carried_out()
    at(desk, 11)
    desk.carried_out()

    events = [(one.event, one.to) for one in desk.store.notifications.list(limit=200)]
    assert events.count(("ending_soon", ("t.novak@sample.test",))) == 1
    assert events.count(("ending_soon", ("desk@sample.test",))) == 1
    assert events.count(("ended", ("t.novak@sample.test",))) == 1
    assert events.count(("ended", (f"{AGENT}@sample.test",))) == 1


def test_what_lasts_for_two_days_only_is_not_said_to_end_soon(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS], ends="2030-03-05")
    give(desk, ZOE, groups=[ATLAS], ends="2030-03-06")

    assert [one.warn_at for one in grants(desk)] == [None, grants(desk)[1].ends_at - timedelta(days=1)]


def test_a_node_that_was_taken_for_lost_and_goes_on_takes_nothing_a_second_time(desk: TestDesk) -> None:
    give(desk, groups=[ATLAS])
    give(desk, ZOE, groups=[ATLAS])
    at(desk, 11)
    asked: list[str] = []

    def pause(operation: Operation) -> None:
        asked.append(str(operation.arguments["user"]))
        if len(asked) == 1:  # everything else happens while this node stands still
            desk.clock.forward(minutes=16)
            release_grants_in_lost_hands(desk.services)
            desk.carried_out()
            for one in (TOMAS, ZOE):
                desk.do("directory.user.join_groups", user=desk.entry(one).ref, groups=(_ATLAS,))

    desk.directory.before = pause
    end_due(desk.services)

    assert len(asked) == 3
    assert states(desk) == ["ended", "ended"]
    assert is_member(desk, TOMAS, ATLAS)
    assert is_member(desk, ZOE, ATLAS)
