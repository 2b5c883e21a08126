"""Grants as rows, on both databases: taken by one node each, given back, ended, told of once."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from runner.errors import BusyError, NotFoundError, StaleError
from runner.journal.records import Record
from runner.store.grant_records import INTERRUPTED, OBJECT, Grant, KeyedGrant, Settled, Settling
from runner.store.records import Notification
from runner.store.store import Store
from tests.runner.store.drafts import NOW, planned, running

GRANT = Grant(
    id="g-1",
    submission_id="s-1",
    operation_id="add",
    form_id="manage-groups",
    actor_id="id-alice",
    actor_login="alice",
    target_kind="user",
    target_id="id-bob",
    target_label="Bob",
    group_id="id-staff",
    title="Add Bob",
    inverse={"verb": "directory.user.leave_groups", "arguments": {}},
    state="running",
    ends_at=NOW,
    warn_at=NOW - timedelta(days=7),
    retry_at=None,
    attempts=0,
    error="",
    node="",
    created_at=NOW,
    updated_at=NOW,
    ended_at=None,
)
MAIL = Notification("m-1", "s-1", ("bob@sample.test",), "Ended", "Text", NOW)


def keep(store: Store, *grants: Grant) -> None:
    made = tuple(KeyedGrant(one, frozenset({f"member {one.id}", OBJECT + str(one.target_id)})) for one in grants)
    store.grants.settle(Settling(frozenset({"nothing"}), lambda _: Settled(made=made)))


def intent(grant: Grant) -> Record:
    return Record("intent", NOW, {"submission": grant.submission_id, "grant": grant.id})


@pytest.fixture
def given(store: Store) -> Store:
    planned(store)
    keep(store, GRANT, replace(GRANT, id="g-2", ends_at=NOW + timedelta(hours=1)))
    store.nodes.register("node-1", "here", 1, NOW)
    return store


def test_what_is_due_is_taken_once_with_its_intent(given: Store) -> None:
    (mine,) = given.grants.claim("node-1", NOW, intent)
    assert (mine.id, mine.state, mine.node, mine.attempts) == ("g-1", "ending", "node-1", 1)
    assert given.grants.claim("node-1", NOW, intent) == []
    assert [one.body["grant"] for one in given.journal.search(limit=5) if one.kind == "intent"] == ["g-1"]


def test_many_that_take_at_the_same_time_take_each_once(given: Store) -> None:
    keep(given, *(replace(GRANT, id=f"more-{number}", target_id=f"t-{number}") for number in range(30)))
    taken: list[str] = []

    def take() -> None:
        while found := given.grants.claim("node-1", NOW, intent, limit=4):
            taken.extend(one.id for one in found)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 31


def test_nothing_is_taken_about_an_object_for_which_a_submission_runs(given: Store) -> None:
    running(given, "s-2", target_id="id-bob")
    assert given.grants.claim("node-1", NOW, intent) == []


def test_no_submission_begins_for_an_object_from_which_something_is_taken(given: Store) -> None:
    given.grants.claim("node-1", NOW, intent)
    planned(given, "s-2", target_id="id-bob")
    with pytest.raises(BusyError):
        given.submissions.begin(
            "s-2", plan_digest="digest", operations=[], node="node-1", now=NOW, records=[], target_id="id-bob"
        )
    assert given.submissions.get("s-2").state == "draft"


def test_people_are_told_when_the_last_of_a_submission_has_ended(given: Store) -> None:
    keep(given, replace(GRANT, id="g-3"))
    first, second = given.grants.claim("node-1", NOW, intent)
    given.grants.finish(first, state="ended", now=NOW, records=[intent(first)], told=[MAIL])
    assert given.notifications.list() == []
    given.grants.finish(second, state="gone", now=NOW, records=[intent(second)], told=[MAIL])
    assert len(given.notifications.list()) == 1
    with pytest.raises(StaleError):
        given.grants.finish(second, state="ended", now=NOW)


def test_what_lost_nodes_hold_is_given_back(given: Store) -> None:
    given.grants.claim("gone", NOW, intent)
    assert given.grants.release(NOW) == 1
    (again,) = given.grants.due(NOW)
    assert (again.state, again.error) == ("running", INTERRUPTED)
    given.grants.claim("node-1", NOW, intent)
    assert given.grants.release(NOW + timedelta(minutes=14)) == 0
    assert given.grants.release(NOW + timedelta(minutes=16)) == 1


def test_what_is_put_off_waits_until_its_moment(given: Store) -> None:
    (mine,) = given.grants.claim("node-1", NOW, intent)
    later = NOW + timedelta(minutes=5)
    given.grants.put_off(mine, state="failed", retry_at=later, error="Away.", now=NOW, told=[MAIL])
    assert given.grants.claim("node-1", NOW, intent) == []
    assert given.grants.counts(NOW) == {"failed": 1, "running": 1, "overdue": 1}
    assert [one.id for one in given.grants.claim("node-1", later, intent)] == ["g-1"]


def test_the_running_ones_about_the_same_thing_are_settled_with_a_transaction(given: Store) -> None:
    seen: list[str] = []

    def settle(found: object) -> Settled:
        seen.extend(one.id for one in found)  # type: ignore[attr-defined]
        return Settled(changed=(KeyedGrant(replace(GRANT, state="gone"), frozenset()),))

    given.grants.settle(Settling(frozenset({"member g-1", "member g-9"}), settle))
    assert seen == ["g-1"]
    assert given.grants.get("g-1").state == "gone"
    assert given.grants.due(NOW) == []
    assert [one.id for one in given.grants.running(object_id="id-bob")] == ["g-2"]
    with pytest.raises(NotFoundError):
        given.grants.get("g-9")


def test_however_many_things_and_grants_there_are_all_are_found(given: Store) -> None:
    keep(given, *(replace(GRANT, id=f"more-{number:03}", target_id="t-9") for number in range(501)))
    assert [one.id for one in given.grants.about([*(f"a {number}" for number in range(501)), "member g-2"])] == ["g-2"]
    assert len(given.grants.about([OBJECT + "t-9"])) == 501
    seen: list[int] = []

    def settle(found: Sequence[Grant]) -> Settled:
        seen.append(len(found))
        return Settled()

    given.grants.settle(Settling(frozenset({OBJECT + "t-9"}), settle))
    assert seen == [501]


def test_people_are_warned_once(given: Store) -> None:
    early = NOW - timedelta(days=1)
    found = given.grants.to_warn(early)
    assert [one.id for one in found] == ["g-1", "g-2"]
    given.grants.warned(found, early, [MAIL], [])
    assert given.grants.to_warn(early) == []
    with pytest.raises(StaleError):
        given.grants.warned(found, early, [MAIL], [])
    assert len(given.notifications.list()) == 1
