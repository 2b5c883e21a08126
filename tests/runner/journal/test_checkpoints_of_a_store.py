"""Checkpoints over a stored journal: when they are made, what they hold, and what contradicts them."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from runner.errors import RefusedError, StaleError
from runner.journal.checkpoints import new_signing_key, read_signing_key
from runner.journal.offline.notes import checkpoints_in
from runner.journal.offline.verifying import verify
from runner.journal.records import Record
from runner.store.checkpoints import Receiver
from runner.store.store import Store
from runner.witnessing import checkpointing
from runner.witnessing.breaking import declare_break
from runner.witnessing.checkpointing import BrokenJournalError, Checkpointer
from runner.witnessing.examining import examine_journal
from tests.runner.journal.second_verifier import complaint
from tests.runner.migrated import migrated

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SIGNER = read_signing_key(new_signing_key(random.Random(4).randbytes))


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url) as opened:
        yield opened


def add(store: Store, count: int, reason: str = "asked") -> None:
    store.journal.append(
        [Record("intent", NOW, {"submission": "s", "reason": f"{reason} {one}"}) for one in range(count)]
    )


def change(store: Store, *statements: str) -> None:
    for statement in statements:
        store.database.write(lambda connection, one=statement: connection.execute(text(one)).rowcount)


def exported(store: Store) -> tuple[bytes, str]:
    lines = b"".join(line.encode() + b"\n" for _, line in store.checkpoints.records_as_found())
    return lines, "\n".join(store.checkpoints.notes())


def is_found_good(store: Store) -> bool:
    """Whether the store's own examination, the stand-alone verifier and the second one find it good; they agree."""
    journal, notes = exported(store)
    offline = verify(journal.split(b"\n")[:-1], checkpoints_in(notes, [SIGNER.key])).ok
    assert offline == (complaint(journal, notes, SIGNER.public_text) == "")
    mine = examine_journal(store, SIGNER.key).ok
    assert mine == offline
    return mine


def test_a_checkpoint_is_made_after_a_hundred_records_or_a_minute(store: Store):
    making = Checkpointer(store, SIGNER)
    assert not making.is_due(NOW)
    assert making.make(NOW) is None
    add(store, 1)
    assert making.is_due(NOW)
    assert making.make(NOW) is not None
    add(store, 99)
    assert not making.is_due(NOW + timedelta(seconds=59))
    assert making.is_due(NOW + timedelta(seconds=60))
    assert making.is_due(NOW - timedelta(hours=1))
    add(store, 1)
    assert making.is_due(NOW)
    made = making.make(NOW)
    assert made is not None
    assert (made.number, made.size, made.head.seq, made.part) == (2, 101, 101, 1)
    assert is_found_good(store)


def test_only_what_is_new_is_read_and_a_long_journal_is_signed_in_slices(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checkpointing, "MOST_AT_ONCE", 40)
    add(store, 100)
    making = Checkpointer(store, SIGNER)
    sizes = [made.size for made in iter(lambda: making.make(NOW), None)]
    assert sizes == [40, 80, 100]
    read: list[int] = []
    lines = store.journal.lines
    monkeypatch.setattr(store.journal, "lines", lambda after, limit: read.append(limit) or lines(after, limit))
    add(store, 7)
    assert making.make(NOW) is not None
    assert sum(read) == 1 + 7
    monkeypatch.undo()
    assert is_found_good(store)


TAMPERING = {
    "an edited record": (
        "UPDATE journal SET line = replace(line, 'asked 3', 'asked 9') WHERE seq = 4",
        "record 4 was edited",
    ),
    "a removed record": ("DELETE FROM journal WHERE seq = 5", "record 5 is missing"),
    "a row in front": (
        "INSERT INTO journal SELECT 0, hash, time, kind, submission_id, actor_id, target_id, line FROM journal WHERE seq = 3",
        "record 0 stands in front of record 1",
    ),
    "an edited column": ("UPDATE journal SET kind = 'deny' WHERE seq = 6", "columns beside record 6"),
    "a note that nobody signed": ("UPDATE checkpoints SET note = replace(note, 'time', 'tine')", "is not signed"),
    "a note under another number": ("UPDATE checkpoints SET number = 7 WHERE number = 2", "checkpoint 2 is missing"),
    "other peaks": ("UPDATE checkpoints SET size = 11 WHERE number = 1", "no longer say what was signed"),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_what_was_done_to_the_database_is_named(store: Store, case: str):
    statement, says = TAMPERING[case]
    making = Checkpointer(store, SIGNER)
    for _ in range(3):
        add(store, 10)
        making.make(NOW)
    assert is_found_good(store)
    change(store, statement)
    found = examine_journal(store, SIGNER.key)
    assert not found.ok
    assert says in found.fault


def rolled_back(store: Store, to: int) -> None:
    """Take the records behind a number away, as one who writes the database would, and the head with them."""
    (last,) = store.journal.lines(to - 1, 1)
    del last
    hash_there = f"(SELECT hash FROM journal WHERE seq = {to})"
    change(
        store,
        f"UPDATE journal_head SET seq = {to}, hash = {hash_there}",
        f"DELETE FROM journal WHERE seq > {to}",
    )


def test_a_journal_rolled_back_before_its_newest_checkpoint_signs_nothing(store: Store):
    making = Checkpointer(store, SIGNER)
    add(store, 20)
    making.make(NOW)
    rolled_back(store, 12)
    with pytest.raises(BrokenJournalError, match="ends before record 20"):
        making.is_due(NOW)
    add(store, 30, "forged")
    with pytest.raises(BrokenJournalError, match="no longer what it was"):
        making.make(NOW)
    assert not is_found_good(store)


def test_what_is_new_has_to_follow_the_newest_checkpoint(store: Store):
    making = Checkpointer(store, SIGNER)
    add(store, 20)
    making.make(NOW)
    add(store, 20)
    change(store, "UPDATE journal SET line = replace(line, 'asked 3', 'asked 4') WHERE seq = 24")
    with pytest.raises(BrokenJournalError, match="record 24 was edited"):
        making.make(NOW)
    assert len(store.checkpoints.behind()) == 1


@pytest.mark.parametrize(
    "statements",
    [
        ("UPDATE journal SET line = 'scribbled over' WHERE seq = 4",),
        ("DELETE FROM journal WHERE seq IN (7, 8)",),
        ("DELETE FROM journal WHERE seq > 25",),
        ("UPDATE journal SET seq = 60 WHERE seq = 30",),
        ("UPDATE checkpoints SET note = 'gone'",),
    ],
)
def test_behind_a_declared_break_the_journal_verifies_again(store: Store, statements: tuple[str, ...]):
    making = Checkpointer(store, SIGNER)
    for _ in range(3):
        add(store, 10)
        making.make(NOW)
    change(store, *statements)
    found = examine_journal(store, SIGNER.key)
    assert not found.ok
    store.checkpoints.note_fault(found.fault, NOW)
    declared = declare_break(store, SIGNER, {"id": "1", "login": "alice"}, "The disk failed", found.fault, NOW)
    assert (declared.part, store.checkpoints.fault()) == (2, "")
    add(store, 15, "later")
    assert making.make(NOW) is not None
    examined = examine_journal(store, SIGNER.key)
    assert (examined.fault, examined.breaks) == ("", 1)
    if "gone" not in statements[0]:
        assert is_found_good(store)
    (record,) = store.journal.search(kind="checkpoint")
    assert record.body["reason"] == "The disk failed"
    assert record.body["outcome"]["detail"] == found.fault
    change(store, "DELETE FROM journal WHERE seq = 2")
    assert not examine_journal(store, SIGNER.key).ok


def test_a_break_needs_a_reason_and_a_journal_that_stands_still(store: Store, monkeypatch: pytest.MonkeyPatch):
    add(store, 3)
    with pytest.raises(RefusedError, match="needs a reason"):
        declare_break(store, SIGNER, None, " ", "", NOW)
    monkeypatch.setattr(store.checkpoints, "last_seq", lambda: 2)
    with pytest.raises(StaleError, match="moved meanwhile"):
        declare_break(store, SIGNER, None, "because", "", NOW)
    assert store.checkpoints.newest() is None


def test_two_processes_cannot_store_the_same_checkpoint(store: Store):
    add(store, 5)
    made = Checkpointer(store, SIGNER).make(NOW)
    assert made is not None
    with pytest.raises(StaleError):
        store.checkpoints.add(made)


def test_a_receiver_never_goes_back(store: Store):
    store.checkpoints.note_receiver(Receiver("file x", 5, reached_at=NOW))
    store.checkpoints.note_receiver(Receiver("file x", 3, problem="late"))
    assert store.checkpoints.receiver("file x") == Receiver("file x", 5, reached_at=NOW)
    assert store.checkpoints.receiver("file y") == Receiver("file y")


def test_the_first_fault_that_is_noted_stays(store: Store):
    assert store.checkpoints.fault() == ""
    store.checkpoints.note_fault("record 3 was edited", NOW)
    store.checkpoints.note_fault("another", NOW)
    assert store.checkpoints.fault() == "record 3 was edited"


def test_a_journal_without_checkpoints_is_examined_by_its_chain(store: Store):
    add(store, 5)
    found = examine_journal(store, None)
    assert (found.fault, found.records, found.covered, found.checkpoints) == ("", 5, 0, 0)
    Checkpointer(store, SIGNER).make(NOW)
    assert "key that signed them is missing" in examine_journal(store, None).fault
