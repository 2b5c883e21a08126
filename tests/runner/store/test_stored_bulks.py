"""Bulks in the store: given to one worker at a time, kept part by part, counted, stopped, forgotten, blanked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from runner.errors import StaleError
from runner.journal.sealing_persons import ERASED
from runner.store.bulk_records import Bulk, BulkRow
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import DRAFT, NOW, record

SOON = NOW + timedelta(seconds=60)
BULK = Bulk(
    id="b-1",
    form_id="unlock-account",
    form_digest="sha256:00",
    form_title="Unlock account",
    actor_id="id-alice",
    actor_login="alice",
    language="en",
    state="preparing",
    total=3,
    names_by="login",
    columns=("office",),
    answers={"office": "A"},
    ticket="",
    reason="",
    digest="",
    retries="",
    note="",
    starter_id="",
    starter_login="",
    node="",
    leased_until=None,
    created_at=NOW,
    updated_at=NOW,
    ended_at=None,
)
ROWS = tuple(BulkRow("b-1", at, at + 2, f"person{at}", None, "", {"office": "B"}, "waiting") for at in range(3))


@pytest.fixture
def bulks(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url) as opened:
        opened.bulks.create(BULK, ROWS)
        yield opened


def leased(store: Store, now=NOW) -> Bulk:
    found = store.bulks.lease("node-1", now, now + timedelta(seconds=60))
    assert found is not None
    return found


def prepared(store: Store, count: int = 2) -> list[BulkRow]:
    found = []
    for row in store.bulk_work.rows("b-1", ("waiting",), count):
        id_ = f"s-{row.position}"
        draft = replace(DRAFT, id=id_, target_id=f"id-{row.position}", plan_digest="digest", bulk_id="b-1")
        ready = replace(row, state="ready", target_id=f"id-{row.position}", submission_id=id_, digest="digest")
        found.append((ready, draft))
    store.bulk_work.keep_prepared(leased(store), found)
    return [row for row, _ in found]


def queued(store: Store) -> None:
    rows = prepared(store)
    store.bulks.move("b-1", before=("preparing",), state="starting", now=NOW)
    moments = [(row, NOW - timedelta(seconds=1), record("decision", row.submission_id or "")) for row in rows]
    store.bulk_work.start(leased(store), moments, NOW)


def test_one_that_is_done_is_found_behind_any_that_wait(bulks: Store) -> None:
    queued(bulks)
    bulks.bulks.move("b-1", before=("starting",), state="running", now=NOW)
    assert bulks.bulks.done(limit=1) == []
    bulks.bulks.create(replace(BULK, id="b-2", state="running", updated_at=SOON), ())
    assert [one.id for one in bulks.bulks.done(limit=1)] == ["b-2"]


def test_a_bulk_is_given_to_one_worker_until_its_lease_ends(bulks: Store) -> None:
    first = leased(bulks)
    assert bulks.bulks.lease("node-2", NOW, SOON) is None
    second = bulks.bulks.lease("node-2", SOON + timedelta(seconds=1), SOON + timedelta(seconds=60))
    assert second is not None
    with pytest.raises(StaleError):
        bulks.bulk_work.keep_started(first, [])
    bulks.bulk_work.give_back(second, SOON)
    assert bulks.bulks.lease("node-1", NOW, SOON) is None


def test_rows_are_kept_with_their_drafts_and_counted(bulks: Store) -> None:
    prepared(bulks)
    assert bulks.bulks.counts("b-1") == ({"ready": 2, "waiting": 1}, {"draft": 2})
    assert [(place, state) for place, state, _ in bulks.bulks.digests("b-1")] == [
        (0, "ready"),
        (1, "ready"),
        (2, "waiting"),
    ]
    assert bulks.bulk_work.is_named_before(ROWS[2], "id-1")
    assert not bulks.bulk_work.is_named_before(ROWS[1], "id-1")


def test_started_rows_are_queued_once_and_go_behind_single_submissions(bulks: Store) -> None:
    queued(bulks)
    assert bulks.bulks.counts("b-1") == ({"started": 2, "waiting": 1}, {"queued": 2})
    bulks.submissions.start(replace(DRAFT, id="single", target_id="id-9", plan_digest="digest"))
    bulks.queue.move("single", before=("draft",), state="queued", now=NOW, values={"due_at": NOW})
    claimed = [bulks.queue.claim("node-1", NOW, ("single", "s-0")[:count]) for count in range(3)]
    assert [one.id if one else "" for one in claimed] == ["single", "s-0", "s-1"]


def test_a_draft_that_changed_is_refused(bulks: Store) -> None:
    rows = prepared(bulks)
    bulks.submissions.close("s-0", state="cancelled", now=NOW)
    bulks.bulks.move("b-1", before=("preparing",), state="starting", now=NOW)
    bulks.bulk_work.start(leased(bulks), [(row, NOW, record("decision", "s-1")) for row in rows], NOW)
    found = {one.row.position: one.row.state for one in bulks.bulks.lines("b-1", limit=10)}
    assert found == {0: "refused", 1: "started", 2: "waiting"}
    assert [why for why, _ in bulks.bulks.why_refused("b-1")] == ["It is no longer kept as it was. Nothing was done."]


def test_what_was_not_begun_is_cancelled_and_a_bulk_ends_when_nothing_is_left(bulks: Store) -> None:
    queued(bulks)
    bulks.bulks.move("b-1", before=("starting",), state="stopping", now=NOW)
    with pytest.raises(StaleError):
        bulks.bulks.move("b-1", before=("stopping",), state="ended", now=NOW, is_finished=True)
    open_ = bulks.bulk_work.not_begun("b-1", 10)
    assert [one.id for one in open_] == ["s-0", "s-1"]
    bulks.bulk_work.cancel(leased(bulks), [(one, record("outcome", one.id)) for one in open_], "stopped", NOW)
    bulks.bulk_work.leave_out("b-1", "started")
    assert bulks.bulks.counts("b-1") == ({"started": 2, "left_out": 1}, {"cancelled": 2})
    cancelled = bulks.bulks.lines("b-1", ran_as=("cancelled",), limit=10)
    assert [(one.row.position, one.note) for one in cancelled] == [(0, "stopped"), (1, "stopped")]
    bulks.bulks.move("b-1", before=("stopping",), state="ended", now=NOW, is_finished=True)


def test_what_nobody_started_is_forgotten(bulks: Store) -> None:
    bulks.bulks.move("b-1", before=("preparing",), state="checked", now=NOW)
    assert bulks.bulks.expire(NOW, SOON) == 0
    assert bulks.bulks.expire(SOON, SOON) == 1
    assert (bulks.bulks.get("b-1").state, bulks.bulks.get("b-1").answers) == ("expired", {})
    assert {one.row.named for one in bulks.bulks.lines("b-1", limit=10)} == {""}


def test_erasing_a_person_blanks_their_rows(bulks: Store) -> None:
    prepared(bulks)
    bulks.submissions.close("s-1", state="cancelled", now=NOW)
    bulks.erasures.erase("id-1", actor={"id": "id-alice", "login": "alice"}, because="asked", now=NOW)
    found = {one.row.position: (one.row.named, one.row.answers) for one in bulks.bulks.lines("b-1", limit=10)}
    assert found[1] == (ERASED, {})
    assert found[0] == ("person0", {"office": "B"})
