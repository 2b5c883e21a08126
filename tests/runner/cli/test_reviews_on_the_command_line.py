import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.runner.cli.commands import Result, deskhand, is_one_sentence

DUE = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()


def begun(company: Path, *more: object) -> Result:
    command = ("access", "review", "begin", "--title", "Spring", "--reviewer", "alice", "--due", DUE, *more)
    return deskhand(*command, "--desk", company)


@pytest.fixture
def review(company: Path) -> str:
    done = begun(company, "--json")
    assert done.code == 0, done.text
    return str(done.json["id"])


def test_a_review_goes_from_its_beginning_to_the_evidence(company: Path, review: str):
    desk = ("--desk", company)
    listed = deskhand("access", "review", "list", *desk)
    assert review in listed.out
    assert "“Spring” by alice" in listed.out
    items = deskhand("access", "review", "show", review[:8], "--json", *desk).json["items"]
    place = {one["binding"]["binding"]: one["position"] for one in items}
    assert items[place["desk-rotterdam"] - 1]["binding"]["principals"][0]["people"] == 2

    kept = deskhand("access", "review", "decide", review, "keep", place["key-users"], place["leads"],
                    "--reason", "Still needed", "--as", "alice", *desk)  # fmt: skip
    assert (kept.code, kept.out) == (0, f"{place['key-users']}: keep\n{place['leads']}: keep\n")
    revoked = deskhand("access", "review", "decide", review, "revoke", place["desk-utrecht"],
                       "--reason", "=closed", "--as", "alice", *desk)  # fmt: skip
    assert revoked.code == 0
    shown = deskhand("access", "review", "show", review, *desk)
    assert "revoke  desk-utrecht [revoked]" in shown.out
    assert "alice: Still needed" in shown.out

    found = deskhand("access", "findings", "--json", *desk)
    assert found.code == 1
    assert {"desk-utrecht"} == {one["binding"] for one in found.json if one["code"] == "revoked_but_written"}
    rows = list(
        csv.DictReader(io.StringIO(deskhand("access", "review", "export", review, "--format", "csv", *desk).out))
    )
    assert [(row["binding"], row["reason"]) for row in rows if row["verdict"] == "revoke"] == [
        ("desk-utrecht", "'=closed")
    ]

    closed = deskhand("access", "review", "close", review, *desk)
    assert closed.out == f"“Spring” is closed; {len(items) - 3} bindings undecided.\n"
    back = deskhand("access", "review", "restore", review, place["desk-utrecht"], "--reason", "a mistake", *desk)
    assert (back.code, back.out) == (0, '"desk-utrecht" gives again what access.yaml says.\n')
    left = {
        one["binding"] for one in deskhand("access", "findings", "--json", *desk).json if one["code"] == "left_open"
    }
    assert len(left) == len(items) - 3
    assert deskhand("journal", "verify", *desk).code == 0
    journal = deskhand("journal", "list", "--kind", "config", *desk).out
    assert all(what in journal for what in ("Begin review", "Review: revoke", "Close review", "Restore binding"))


def test_what_a_person_may_not_do_is_refused_in_a_sentence(company: Path, review: str):
    desk = ("--desk", company)
    refused = [
        ("decide", review, "keep", 1, "--reason", "so", "--as", "agent.rotterdam"),
        ("decide", review, "keep", 1, "--reason", " ", "--as", "alice"),
        ("decide", review, "keep", 999, "--reason", "so", "--as", "alice"),
        ("close", review, "--as", "alice"),
        ("close", "0000"),
        ("close", ""),
        ("restore", review, 1, "--reason", "so"),
        ("restore", review, 999, "--reason", "so"),
        ("show", "none"),
        ("export", "none"),
        ("begin", "--title", "x", "--reviewer", "nobody", "--due", DUE),
        ("begin", "--title", "x", "--reviewer", "alice", "--due", "2020-01-01"),
        ("begin", "--title", "x", "--reviewer", "alice", "--due", DUE, "--as", "alice"),
    ]
    for arguments in refused:
        done = deskhand("access", "review", *arguments, *desk)
        assert (done.code, done.out) == (1, ""), arguments
        assert is_one_sentence(done.err), done.err
    assert deskhand("access", "review", "decide", review, "drop", 1, "--reason", "x", "--as", "alice", *desk).code == 2
    assert (
        deskhand("access", "review", "begin", "--title", "x", "--due", "soon", "--reviewer", "alice", *desk).code == 2
    )
    assert len(deskhand("access", "review", "list", "--json", *desk).json) == 1


def test_uses_are_listed_for_every_binding(company: Path):
    listed = deskhand("access", "uses", "--desk", company)
    assert listed.code == 0
    assert "desk-rotterdam" in listed.out
    rows = deskhand("access", "uses", "--json", "--desk", company).json
    assert {row["uses"] for row in rows} == {0}
    assert {row["last_used_at"] for row in rows} == {None}


def test_the_doctor_counts_findings_on_bindings_in_one_line(company: Path, review: str):
    before = deskhand("doctor", "--json", "--desk", company).json
    (line,) = [one for one in before if one["what"] == "bindings"]
    assert line["state"] == "ok"
    assert line["detail"].endswith("notices, see: deskhand access findings")
    deskhand("access", "review", "decide", review, "revoke", 1, "--reason", "so", "--as", "alice", "--desk", company)
    (line,) = [one for one in deskhand("doctor", "--json", "--desk", company).json if one["what"] == "bindings"]
    assert line == {"what": "bindings", "state": "warning", "detail": "1 finding, see: deskhand access findings"}


def test_an_export_into_a_file_is_for_its_owner_only(company: Path, review: str, tmp_path: Path):
    file = tmp_path / "review.json"
    assert deskhand("access", "review", "export", review, "--output", file, "--desk", company).code == 0
    assert json.loads(file.read_text("utf-8"))["review"]["id"] == review
    assert file.stat().st_mode & 0o077 == 0
