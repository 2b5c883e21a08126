import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from forms.answering.csv_formulas import restored
from runner.delegation.reviews.campaigns import items_digest
from runner.delegation.reviews.export import COLUMNS, exported
from runner.errors import NotFoundError
from runner.journal.chain import canonical
from runner.store.review_records import By, Campaign, ReviewItem
from tests.runner.delegation.review_desks import Reviews
from tests.runner.pipeline.desks import TestDesk

NOW = datetime(2030, 3, 4, 9, 0, tzinfo=UTC)
EVIL = '=cmd|"/c calc"!A1'
SNAPSHOT = {
    "binding": EVIL,
    "digest": "d" * 64,
    "role": {"id": "@role", "title": "Desk", "permissions": ["user.read", "user.unlock"]},
    "principals": [
        {"kind": "group", "name": "+SD;=1", "id": "g-1", "people": 10_000, "more": True},
        {"kind": "client", "name": "hr", "id": None, "people": None, "more": False},
    ],
    "sets": [{"id": "-set", "title": "All", "counts": [{"kind": "user", "count": 7, "more": False}]}],
    "forms": None,
    "from": None,
    "until": "2030-05-01",
    "uses": {"count": 3, "last_used_at": "2030-03-01T00:00:00.000000Z", "last_used_by": "=alice", "record": 9},
}
CAMPAIGN = Campaign(
    "c-1", "\t=Spring", "all bindings", date(2030, 4, 1), "p", "i", NOW, By("cli", "cli"), (By("1", "bob"),)
)
ITEM = ReviewItem("c-1", 1, EVIL, "d" * 64, SNAPSHOT, "revoke", "－ nobody; =1+1\n=2", NOW, By("1", "bob"))


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_no_cell_of_an_export_is_a_formula_and_each_is_read_back():
    (row,) = rows(exported(CAMPAIGN, [ITEM], "csv"))
    assert tuple(row) == COLUMNS
    starts = tuple("=+-@\t\r＝＋－＠")
    assert [name for name, cell in row.items() if cell.startswith(starts)] == []
    assert [
        part for cell in row.values() for part in cell.replace("\n", ";").split(";") if part.strip().startswith("=")
    ] == []
    read = {name: restored(cell) for name, cell in row.items()}
    assert (read["binding"], read["reason"], read["review"]) == (EVIL, ITEM.reason, "\t=Spring")
    assert (read["people"], read["sets"], read["forms"]) == ("more than 10000, ?", "-set (user 7)", "everywhere")
    assert (read["principals"], read["verdict"], read["decided_by"]) == ("group +SD;=1, client hr", "revoke", "bob")


def test_an_undecided_item_is_exported_as_such():
    (row,) = rows(exported(CAMPAIGN, [replace(ITEM, verdict="", reason="", decided_at=None, decided_by=None)], "csv"))
    assert (row["verdict"], row["decided_at"], row["decided_by"]) == ("", "", "")
    (item,) = json.loads(exported(CAMPAIGN, [ReviewItem("c-1", 1, "b", "d", SNAPSHOT)], "json"))["items"]
    assert (item["verdict"], item["decided_at"]) == (None, None)


def test_the_snapshots_of_an_export_are_those_the_journal_vouches_for(desk: TestDesk):
    reviews = Reviews(desk)
    begun = reviews.begun("alice")
    reviews.reviewing.decide(reviews.actor("alice"), begun, 1, "revoke", "so")
    whole = json.loads(reviews.reviewing.export(reviews.actor("auditor"), begun, "json"))
    digest = sha256(canonical([item["snapshot"] for item in whole["items"]]).encode()).hexdigest()
    (record,) = reviews.records("begin review")
    assert record["after"]["items_digest"] == digest == whole["review"]["items_digest"]  # type: ignore[index]
    assert items_digest(desk.store.reviews.items(begun)) == digest
    assert whole["items"][0]["verdict"] == "revoke"
    assert len(rows(reviews.reviewing.export(reviews.actor("alice"), begun, "csv"))) == reviews.bindings


def test_an_export_is_recorded_and_refused_to_who_may_not_see_the_review(desk: TestDesk):
    reviews = Reviews(desk)
    begun = reviews.begun("alice")
    reviews.reviewing.export(reviews.actor("alice"), begun, "csv")
    (record,) = desk.journal("export")
    assert (record["operation"], record["actor"]["login"]) == ("export review as csv", "alice")
    with pytest.raises(NotFoundError):
        reviews.reviewing.export(reviews.actor("p.dewit"), begun, "csv")
    assert len(desk.journal("export")) == 1
    assert len(desk.journal("deny")) == 1
