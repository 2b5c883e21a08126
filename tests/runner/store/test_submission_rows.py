from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.spi import Secret, SecretLeakError
from runner.errors import NotFoundError, StaleError
from runner.store.records import Notification, OperationEnd
from runner.store.store import Store
from tests.runner.store.drafts import DRAFT, NOW, begin, check, planned, record, running, states, steps

LATER = NOW + timedelta(minutes=5)


def outcome(store: Store, operation_id: str, **changes: object) -> None:
    wanted = {"state": "done", "changes": [], "error": None, "inverse": None, "now": LATER}
    wanted |= {"records": [record("outcome", operation=operation_id)]} | changes
    store.submissions.operation_finished("s-1", operation_id, **wanted)  # type: ignore[arg-type]


def test_a_draft_is_stored_and_read_back_word_for_word(store: Store):
    assert store.submissions.start(DRAFT, [record("decision")]) == DRAFT
    assert store.submissions.get("s-1") == DRAFT
    assert store.journal.head().seq == 1


def test_starting_the_same_again_gives_the_first_and_records_nothing_new(store: Store):
    planned(store)
    again = store.submissions.start(replace(DRAFT, form_version="9"), [record("decision")])
    assert again.plan_digest == "digest"
    assert store.journal.head().seq == 0


@pytest.mark.parametrize("other", [{"actor_id": "id-eve"}, {"form_id": "reset"}, {"target_id": "id-carol"}])
def test_an_id_that_belongs_to_something_else_is_stale_and_changes_nothing(store: Store, other: dict[str, str]):
    store.submissions.start(DRAFT)
    with pytest.raises(StaleError):
        store.submissions.start(replace(DRAFT, **other), [record("decision")])
    assert store.submissions.get("s-1") == DRAFT
    assert store.journal.head().seq == 0


def test_many_starts_at_once_insert_one_draft(store: Store):
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: store.submissions.start(DRAFT, [record("decision")]), range(16)))
    assert found == [DRAFT] * 16
    assert store.journal.head().seq == 1


def test_a_plan_is_kept_while_it_is_a_draft(store: Store):
    found = planned(store)
    assert (found.answers, found.sealed, found.plan) == ({"why": "locked"}, b"sealed", [{"verb": "unlock"}])
    assert (found.plan_digest, found.ticket, found.reason) == ("digest", "INC-1", "asked")


def test_a_plan_is_not_kept_once_it_runs(store: Store):
    running(store)
    before = store.submissions.get("s-1")
    nothing = {"answers": {}, "sealed": None, "plan": None, "plan_digest": "other", "ticket": "", "reason": ""}
    with pytest.raises(StaleError):
        store.submissions.save_plan("s-1", **nothing, now=LATER)
    assert store.submissions.get("s-1") == before
    with pytest.raises(NotFoundError):
        store.submissions.save_plan("s-2", **nothing, now=LATER)


def test_beginning_runs_it_records_the_intent_and_drops_what_was_sealed(store: Store):
    running(store)
    found = store.submissions.get("s-1")
    assert (found.state, found.node, found.sealed, found.begun_at) == ("running", "node-1", None, NOW)
    assert states(store) == ["running", "planned", "planned"]
    (entry,) = store.journal.search(submission="s-1")
    assert entry.kind == "intent"


def test_beginning_with_another_plan_does_nothing(store: Store):
    before = planned(store)
    with pytest.raises(StaleError):
        begin(store, plan_digest="another")
    assert store.submissions.get("s-1") == before
    assert (states(store), store.journal.head().seq) == ([], 0)


def test_beginning_what_was_never_started_finds_nothing(store: Store):
    with pytest.raises(NotFoundError):
        begin(store, "s-9")
    assert store.journal.head().seq == 0


def test_of_fifty_that_begin_at_once_exactly_one_wins(store: Store):
    planned(store)

    def attempt(number: int) -> bool:
        try:
            begin(store, node=f"node-{number}")
        except StaleError:
            return False
        return True

    with ThreadPoolExecutor(50) as threads:
        won = list(threads.map(attempt, range(50)))
    assert won.count(True) == 1
    assert store.submissions.get("s-1").node == f"node-{won.index(True)}"
    assert (states(store), store.journal.head().seq) == (["running"], 1)


def test_fifty_different_ones_begin_at_once_and_the_chain_holds(store: Store):
    for number in range(50):
        planned(store, f"s-{number}")
    with ThreadPoolExecutor(50) as threads:
        list(threads.map(lambda number: begin(store, f"s-{number}"), range(50)))
    assert len(store.submissions.list(states=["running"], limit=100)) == 50
    assert store.journal.verify().ok
    assert store.journal.head().seq == 50


def test_a_secret_in_a_record_or_a_row_is_refused_and_nothing_is_stored(store: Store):
    before = planned(store)
    secret = Secret("open sesame")
    with pytest.raises(SecretLeakError):
        begin(store, records=[record(changes=[secret])])
    with pytest.raises(SecretLeakError):
        begin(store, operations=[replace(steps(1)[0], arguments={"password": secret})])
    with pytest.raises(SecretLeakError):
        store.submissions.start(replace(DRAFT, id="s-2", answers={"password": secret}))
    assert store.submissions.get("s-1") == before
    assert (states(store), store.journal.head().seq) == ([], 0)
    with pytest.raises(NotFoundError):
        store.submissions.get("s-2")


def test_operations_end_one_after_the_other(store: Store):
    running(store, count=2)
    outcome(store, "step/0", changes=[{"after": "x"}], inverse={"verb": "lock"}, next_running="step/1")
    first, second = store.submissions.operations("s-1")
    assert (first.state, first.changes, first.inverse, first.finished_at) == (
        "done",
        [{"after": "x"}],
        {"verb": "lock"},
        LATER,
    )
    assert (second.state, second.started_at) == ("running", LATER)
    store.submissions.finish(
        "s-1",
        state="partly_done",
        now=LATER,
        records=[record("outcome")],
        operation=OperationEnd("step/1", "failed", error="no"),
    )
    found = store.submissions.get("s-1")
    assert (found.state, found.finished_at, states(store)) == ("partly_done", LATER, ["done", "failed"])
    assert store.submissions.operations("s-1")[1].error == "no"


def test_an_operation_does_not_end_twice(store: Store):
    running(store)
    outcome(store, "step/0")
    with pytest.raises(StaleError):
        outcome(store, "step/0", state="failed")
    assert (states(store)[0], store.journal.head().seq) == ("done", 2)


def test_finishing_skips_what_never_started_and_happens_once(store: Store):
    running(store)
    end = OperationEnd("step/0", "failed", error="no")
    store.submissions.finish("s-1", state="failed", now=LATER, records=[record("outcome")], operation=end)
    assert states(store) == ["failed", "skipped", "skipped"]
    with pytest.raises(StaleError):
        store.submissions.finish("s-1", state="done", now=LATER, records=[record("outcome")])
    assert (store.submissions.get("s-1").state, store.journal.head().seq) == ("failed", 2)


def test_mails_are_made_with_the_outcome_or_not_at_all(store: Store):
    running(store)
    mail = Notification("m-1", "s-1", ("bob@example.org",), "Unlocked", "Your account was unlocked.", NOW)
    wrong = OperationEnd("step/9", "done")
    with pytest.raises(StaleError):
        store.submissions.finish("s-1", state="done", now=LATER, records=[], operation=wrong, notifications=[mail])
    assert store.notifications.pending() == []
    store.submissions.finish("s-1", state="done", now=LATER, records=[], notifications=[mail])
    assert store.notifications.pending() == [mail]


def test_beginning_uses_up_the_caller_check_or_does_nothing(store: Store):
    before = planned(store)
    store.verifications.create(check())
    with pytest.raises(StaleError):
        begin(store, consume=["v-1"])
    assert store.submissions.get("s-1") == before
    assert store.journal.head().seq == 0
    store.verifications.pass_("v-1", NOW)
    begin(store, consume=["v-1"])
    assert store.verifications.get("v-1").consumed_at == NOW


def test_a_draft_can_be_cancelled_and_then_never_begins(store: Store):
    planned(store)
    store.submissions.close("s-1", state="cancelled", now=LATER, records=[record("decision")])
    found = store.submissions.get("s-1")
    assert (found.state, found.sealed, found.finished_at) == ("cancelled", None, LATER)
    with pytest.raises(StaleError):
        begin(store)
    assert states(store) == []


def test_what_a_dead_node_ran_becomes_unknown_and_is_recorded(store: Store):
    running(store, "s-1", node="dead")
    store.nodes.register("alive", "host", 8, NOW)
    running(store, "s-2", node="alive")
    outcome(store, "step/0", next_running="step/1")
    (lost,) = store.submissions.mark_lost(["dead"], LATER)
    assert (lost.id, lost.state, lost.finished_at) == ("s-1", "unknown", LATER)
    assert states(store) == ["done", "unknown", "skipped"]
    assert (store.submissions.get("s-2").state, states(store, "s-2")[0]) == ("running", "running")
    (entry,) = store.journal.search(kind="reconcile")
    assert (entry.body["submission"], entry.body["operation"], entry.body["node"]) == ("s-1", "step/1", "dead")
    assert store.submissions.mark_lost(["dead"], LATER) == []


def test_a_node_that_leaves_something_unfinished_stays_to_be_found(store: Store):
    store.nodes.register("node-1", "host", 7, NOW)
    running(store, "s-1", node="node-1")
    store.nodes.leave("node-1")
    assert [node.id for node in store.nodes.all()] == ["node-1"]
    store.submissions.mark_lost(["node-1"], LATER)
    store.nodes.leave("node-1")
    assert store.nodes.all() == []


def test_who_was_taken_for_lost_cannot_go_on(store: Store):
    running(store)
    store.submissions.mark_lost(["node-1"], LATER)
    seq = store.journal.head().seq
    with pytest.raises(StaleError):
        outcome(store, "step/0", next_running="step/1")
    with pytest.raises(StaleError):
        store.submissions.finish("s-1", state="done", now=LATER, records=[record("outcome")])
    assert (store.submissions.get("s-1").state, store.journal.head().seq) == ("unknown", seq)
    assert states(store) == ["unknown", "skipped", "skipped"]


def test_submissions_are_listed_newest_first_by_what_is_asked(store: Store):
    planned(store, "s-1")
    planned(store, "s-2", created_at=LATER)
    running(store, "s-3", actor_id="id-carol", created_at=LATER + timedelta(minutes=1))
    assert [one.id for one in store.submissions.list()] == ["s-3", "s-2", "s-1"]
    assert [one.id for one in store.submissions.list(actor_id="id-alice")] == ["s-2", "s-1"]
    assert [one.id for one in store.submissions.list(target_id="id-bob", states=["running"])] == ["s-3"]
    assert [one.id for one in store.submissions.list(limit=1, offset=1)] == ["s-2"]
    assert store.submissions.list(states=[]) == []


def test_only_what_began_is_counted(store: Store):
    planned(store, "s-1")
    running(store, "s-2")
    running(store, "s-3", target_id="id-carol")
    count = store.submissions.count_since
    assert count(form_id="unlock-account", since=NOW) == 2
    assert count(form_id="unlock-account", since=NOW, target_id="id-carol", actor_id="id-alice") == 1
    assert count(form_id=None, since=NOW + timedelta(microseconds=1)) == 0


def test_drafts_that_nobody_touched_end_and_keep_nothing_that_was_answered(store: Store):
    planned(store)
    store.submissions.start(replace(DRAFT, id="s-2", updated_at=LATER))
    running(store, "s-3")
    store.submissions.start(replace(DRAFT, id="s-4", created_at=LATER, updated_at=LATER))
    week = LATER + timedelta(days=7)
    assert store.submissions.expire(LATER, week) == 1
    ended = store.submissions.get("s-1")
    assert (ended.state, ended.answers, ended.sealed, ended.plan, ended.plan_digest) == (
        "expired",
        {},
        None,
        None,
        None,
    )
    assert (ended.ticket, ended.reason, ended.finished_at) == ("", "", week)
    assert (ended.actor_id, ended.form_id, ended.target_id) == ("id-alice", "unlock-account", "id-bob")
    assert [store.submissions.get(f"s-{number}").state for number in (2, 3, 4)] == ["draft", "running", "draft"]
    assert store.submissions.expire(LATER, week) == 0


def test_what_ended_can_neither_be_kept_anew_nor_begun(store: Store):
    planned(store)
    store.submissions.expire(LATER, LATER)
    with pytest.raises(StaleError):
        begin(store)
    with pytest.raises(StaleError):
        store.submissions.save_plan(
            "s-1", answers={"a": 1}, sealed=None, plan=None, plan_digest="digest", ticket="", reason="", now=LATER
        )
    assert store.submissions.get("s-1").answers == {}


def test_a_draft_either_begins_or_ends(store: Store):
    def begun(number: int) -> bool:
        try:
            begin(store, f"s-{number}")
        except StaleError:
            return False
        return True

    for number in range(8):
        planned(store, f"s-{number}")
    with ThreadPoolExecutor(9) as threads:
        ending = threads.submit(store.submissions.expire, LATER, LATER)
        won = list(threads.map(begun, range(8)))
    assert sum(won) + ending.result() == 8
    for number, has_begun in enumerate(won):
        found = store.submissions.get(f"s-{number}")
        assert (found.state, bool(found.answers)) == (("running", True) if has_begun else ("expired", False))
