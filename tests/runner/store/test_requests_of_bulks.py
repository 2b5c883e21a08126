"""Rows of bulks that wait for a yes: counted as one, told of once by whichever node comes first, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from runner.errors import StaleError
from runner.store.records import Notification
from runner.store.request_records import Principal
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import DRAFT, NOW
from tests.runner.store.test_stored_bulks import BULK

ANNA, GROUP = Principal("user", "anna"), Principal("group", "approvers")
LATER = NOW + timedelta(minutes=5)
MAIL = Notification("n-1", "s-0", ("anna@example.org",), "A yes", "", LATER)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url) as opened:
        opened.bulks.create(replace(BULK, state="running"), ())
        for number in range(3):
            row = replace(DRAFT, id=f"s-{number}", target_id=f"id-{number}", bulk_id="b-1")
            waiting(opened, row, (ANNA,) if number == 2 else (ANNA, GROUP))
        waiting(opened, replace(DRAFT, id="single"), (ANNA,))
        yield opened


def waiting(store: Store, row, principals) -> None:
    store.submissions.start(row)
    values = {"asked_at": NOW, "expires_at": NOW + timedelta(days=1)}
    store.queue.move(row.id, before=("draft",), state="awaiting_approval", now=NOW, values=values)
    store.approvals.put_before(row.id, "digest", principals)


def test_a_bulk_is_one_thing_that_waits_and_its_rows_stand_in_no_list_of_single_ones(store: Store) -> None:
    assert store.approvals.count_for((ANNA,), "anna") == 2
    assert [one.id for one, _ in store.approvals.waiting_for((ANNA,), "anna")] == ["single"]
    assert len(store.approvals.waiting_for((GROUP,), "anna", bulk_id="b-1")) == 2
    [asked] = store.bulk_requests.waiting_for((ANNA, GROUP), "anna", 10)
    assert (asked.bulk_id, asked.count, asked.asked_at) == ("b-1", 3, NOW)
    assert store.bulk_requests.waiting_for((GROUP,), "id-0", bulk_id="b-1")[0].count == 1
    assert store.bulk_requests.waiting_for((ANNA,), "anna", bulk_id="b-2") == []


def test_what_is_late_is_read_in_parts_and_only_what_is_sure_for_those_who_are_asked_themselves(store: Store) -> None:
    late = store.approvals.late(LATER + timedelta(days=1), limit=3)
    assert [one.id for one in late] == ["s-0", "s-1", "s-2"]
    assert [one.id for one in store.approvals.late(LATER + timedelta(days=1), late[1])] == ["s-2", "single"]
    behind = store.approvals.waiting_for((ANNA, GROUP), "x", sure_for=(GROUP,), bulk_id="b-1", behind=1)
    assert [(one.id, is_sure) for one, is_sure in behind] == [("s-1", True), ("s-2", False)]
    found = store.bulk_requests.rows_for((ANNA, GROUP), (GROUP,), "id-0", "b-1")
    assert sorted(found) == [("s-1", True), ("s-2", False)]


def test_it_is_told_of_once_when_nothing_of_it_moves_any_more(store: Store) -> None:
    assert store.bulk_requests.untold(NOW - timedelta(seconds=1)) == []
    assert store.bulk_requests.untold(NOW) == ["b-1"]
    untold = store.bulk_requests.untold_of("b-1")
    assert untold.before == {ANNA: ("s-0", "s-1", "s-2"), GROUP: ("s-0", "s-1")}
    ids = list(untold.notes)
    store.bulk_requests.note_told(ids, None, LATER, [MAIL])
    with pytest.raises(StaleError):
        store.bulk_requests.note_told(ids, None, LATER, [replace(MAIL, id="n-2")])
    assert store.bulk_requests.untold(LATER) == []
    assert [one.id for one in store.notifications.list()] == ["n-1"]
    assert store.bulk_requests.untold(LATER, DRAFT.form_id, LATER) == ["b-1"]
    assert store.bulk_requests.untold(LATER, DRAFT.form_id, NOW) == []
    assert [one.id for one in store.approvals.unanswered(DRAFT.form_id, LATER)] == ["single"]


def test_a_bulk_that_is_still_handed_in_is_not_told_of(store: Store) -> None:
    store.bulks.move("b-1", before=("running",), state="starting", now=NOW)
    assert store.bulk_requests.untold(LATER) == []
