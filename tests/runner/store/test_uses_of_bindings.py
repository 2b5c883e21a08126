from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from runner.journal.records import Record
from runner.store import binding_uses
from runner.store.store import Store
from tests.runner.store.drafts import NOW

DESK, BRANCH = "desk/group:SD/all", "branch/group:SD-Rotterdam/rotterdam"


def intent(*rows: str | None, after: int = 0, login: str = "alice", kind: str = "intent") -> Record:
    body = {
        "actor": {"id": f"id-{login}", "login": login},
        "objects": [{"permission": "user.unlock", "on": "user", "binding": row} for row in rows],
    }
    return Record(kind, NOW + timedelta(minutes=after), body)  # type: ignore[arg-type]


def told(store: Store) -> dict[str, tuple[int, int, str]]:
    found = store.binding_uses.all().items()
    return {row: (use.count, use.last_seq, use.last_actor_login) for row, use in found}


def test_a_row_counts_once_for_each_intent_that_names_it(store: Store):
    store.journal.append(
        [
            intent(DESK, DESK, BRANCH),
            intent(DESK, after=5, login="bob"),
            intent(None),
            intent(DESK, kind="outcome"),
            Record("deny", NOW, {"actor": {"id": "id-eve"}, "decision": {"binding": BRANCH}}),
        ]
    )
    assert told(store) == {DESK: (2, 2, "bob"), BRANCH: (1, 1, "alice")}
    assert store.binding_uses.all()[DESK].last_used_at == NOW + timedelta(minutes=5)
    assert store.binding_uses.all()[DESK].last_actor_id == "id-bob"


def test_what_is_told_is_the_same_before_and_after_it_is_stored(store: Store):
    store.journal.append([intent(DESK) for _ in range(3)])
    before = told(store)
    assert store.binding_uses.follow() == 3
    assert told(store) == before
    assert store.binding_uses.follow() == 0
    assert told(store) == before
    store.journal.append([intent(DESK, BRANCH)])
    assert told(store) == {DESK: (4, 4, "alice"), BRANCH: (1, 4, "alice")}
    assert store.binding_uses.follow() == 1
    assert told(store) == {DESK: (4, 4, "alice"), BRANCH: (1, 4, "alice")}


def test_one_call_follows_no_more_than_the_steps_it_is_given(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(binding_uses, "STEP", 10)
    store.journal.append([intent(DESK) for _ in range(45)])
    assert [store.binding_uses.follow(2) for _ in range(4)] == [20, 20, 5, 0]
    assert told(store) == {DESK: (45, 45, "alice")}


def test_several_that_follow_at_once_count_every_record_once(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(binding_uses, "STEP", 7)
    store.journal.append([intent(DESK, BRANCH if number % 2 else None) for number in range(200)])
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: store.binding_uses.follow(), range(12)))
    store.binding_uses.follow()
    assert told(store) == {DESK: (200, 200, "alice"), BRANCH: (100, 200, "alice")}


def test_a_step_that_fails_while_it_is_stored_counts_nothing(store: Store, monkeypatch: pytest.MonkeyPatch):
    store.journal.append([intent(DESK)])

    def fail(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(binding_uses, "_add", fail)
        with pytest.raises(RuntimeError):
            store.binding_uses.follow()
    assert told(store) == {DESK: (1, 1, "alice")}
    assert store.binding_uses.follow() == 1
    assert told(store) == {DESK: (1, 1, "alice")}


def test_intents_of_another_shape_count_nothing(store: Store):
    odd = [None, "text", [None, 7, {"binding": 7}, {"binding": ""}, {}], {"binding": DESK}]
    store.journal.append([Record("intent", NOW, {"actor": "cli", "objects": one}) for one in odd])  # type: ignore[dict-item]
    store.journal.append([Record("intent", NOW, {"objects": [{"binding": BRANCH}]})])
    assert told(store) == {BRANCH: (1, 5, "")}


def test_more_rows_than_one_question_asks_for_are_stored(store: Store):
    rows = [f"b-{number}/everyone" for number in range(1_200)]
    for _ in range(2):
        store.journal.append([intent(*rows)])
        store.binding_uses.follow()
    assert {count for count, _, _ in told(store).values()} == {2}
    assert len(told(store)) == 1_200


def test_a_binding_keeps_the_time_it_was_seen_first(store: Store):
    store.binding_uses.see({"d-1": "desk"}, NOW)
    store.binding_uses.see({"d-1": "desk", "d-2": "branch"}, NOW + timedelta(days=1))
    store.binding_uses.see({}, NOW)
    assert store.binding_uses.first_seen() == {"d-1": NOW, "d-2": NOW + timedelta(days=1)}


def test_bindings_seen_by_several_at_once_are_stored_once(store: Store):
    seen = {f"d-{number}": "desk" for number in range(50)}
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: store.binding_uses.see(seen, NOW), range(6)))
    assert store.binding_uses.first_seen() == dict.fromkeys(seen, NOW)


@pytest.mark.torture
def test_a_long_journal_is_followed_to_its_end(store: Store):
    for _ in range(200):
        store.journal.append([intent(DESK, kind="intent" if number % 3 else "outcome") for number in range(1_000)])
    assert store.binding_uses.follow() == 200_000
    assert told(store)[DESK][0] == 133_200
