import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from runner.archiving import Archiver, file_sha256, read_archive
from runner.errors import RefusedError, SetUpError, StaleError
from runner.journal.checkpoints import Signer, new_signing_key, read_signing_key
from runner.journal.sealing_persons import ERASED
from runner.journal.verifying import verify
from runner.sealing import KeySealer, new_key
from runner.store.key_tables import journal_segments
from runner.store.person_keys import Keyring
from runner.store.store import Store
from runner.store.tables import journal
from runner.witnessing.checkpointing import Checkpointer
from runner.witnessing.examining import examine_journal
from tests.runner.migrated import migrated
from tests.runner.store.drafts import NOW, record

LATER = NOW + timedelta(days=400)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrated(database_url)
    with Store.open(database_url, Keyring(KeySealer(new_key()), secrets.token_bytes)) as opened:
        yield opened


@pytest.fixture
def signer() -> Signer:
    return read_signing_key(new_signing_key(secrets.token_bytes))


def fill(store: Store, count: int, moment: Any = NOW) -> None:
    body = {"target": {"kind": "user", "id": "id-bob"}, "reason": "Bob asked"}
    store.journal.append([replace(record(number=number, **body), time=moment) for number in range(count)])


def aged(store: Store, signer: Signer) -> None:
    """Thirty old records, closed by a checkpoint, and five new ones."""
    fill(store, 30)
    Checkpointer(store, signer).make(NOW)
    fill(store, 5, LATER)


def archiver(store: Store, folder: Path, **changes: Any) -> Archiver:
    return Archiver(store, folder / "archive", {"id": "cli"}, **changes)


def archived(store: Store, folder: Path) -> Any:
    found = archiver(store, folder)
    segment = found.next(LATER)
    assert segment is not None
    return found.archive(segment, lambda: LATER)


def write(store: Store, statement: Any) -> None:
    store.database.write(lambda connection: connection.execute(statement).rowcount)


def test_an_old_segment_goes_into_a_file_and_the_rest_still_verifies(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    head = store.journal.head()
    done = archived(store, tmp_path)
    assert (done.segment.first, done.segment.last) == (1, 30)
    assert read_archive(done.file).ok
    assert done.sha256 == file_sha256(done.file)
    assert done.file.stat().st_mode & 0o077 == 0
    verification = store.journal.verify()
    assert (verification.ok, verification.records, store.journal.start()) == (True, 6, (30, done.segment.hash))
    assert verify(store.journal.all_lines(), start=store.journal.start(), head=(head.seq, head.hash)).ok
    assert examine_journal(store, signer.key).ok
    (note,) = store.journal.search(kind="config")
    assert note.body["archive"]["sha256"] == done.sha256  # type: ignore[index, call-overload]
    assert archiver(store, tmp_path).next(LATER) is None


def test_segment_after_segment_joins_without_a_gap(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    first = archived(store, tmp_path)
    Checkpointer(store, signer).make(LATER)
    fill(store, 3, LATER + timedelta(days=400))
    found = archiver(store, tmp_path)
    segment = found.next(LATER + timedelta(days=1))
    assert segment is not None
    second = found.archive(segment, lambda: LATER)
    assert second.segment.start == (first.segment.last, first.segment.hash)
    assert [one[0] for one in store.retention.archived()] == [first.segment, second.segment]
    assert store.journal.verify().ok
    assert examine_journal(store, signer.key).ok
    Checkpointer(store, signer).make(LATER)
    assert examine_journal(store, signer.key).ok


def test_what_was_archived_can_be_erased_too(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    done = archived(store, tmp_path)
    lines = done.file.read_text(encoding="utf-8").splitlines()[:1]
    assert next(store.journal.opened(lines))["reason"] == "Bob asked"
    store.erasures.erase("id-bob", because="asked", actor={"id": "cli"}, now=LATER)
    assert next(store.journal.opened(lines))["reason"] == ERASED
    assert read_archive(done.file).ok
    assert store.journal.verify().ok


def test_only_what_is_old_counted_sent_on_and_closed_by_a_checkpoint_goes(store: Store, signer: Signer, tmp_path: Path):
    fill(store, 30)
    Checkpointer(store, signer).make(NOW)
    assert store.retention.oldest(LATER) is None  # its uses of bindings are not counted yet
    assert archiver(store, tmp_path).next(NOW) is None
    assert archiver(store, tmp_path, reached=29).next(LATER) is None
    assert archiver(store, tmp_path).next(LATER) is not None


def test_without_a_checkpoint_nothing_is_archived(store: Store, tmp_path: Path):
    fill(store, 30)
    assert archiver(store, tmp_path).next(LATER) is None


def test_a_journal_that_was_tampered_with_is_not_archived(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    line = store.journal.lines(after=4, limit=1)[0]
    write(store, update(journal).where(journal.c.seq == 5).values(line=line.replace("alice", "blame")))
    found = archiver(store, tmp_path)
    segment = found.next(LATER)
    assert segment is not None
    with pytest.raises(RefusedError, match="record 5 was edited"):
        found.archive(segment, lambda: LATER)
    assert list((tmp_path / "archive").iterdir()) == []
    assert len(store.journal.lines()) == 35


def test_a_run_that_was_interrupted_is_taken_up_and_a_foreign_file_is_left(
    store: Store, signer: Signer, tmp_path: Path
):
    aged(store, signer)
    found = archiver(store, tmp_path)
    segment = found.next(LATER)
    assert segment is not None
    done = found.archive(segment, lambda: LATER)
    with pytest.raises(StaleError, match="archived already"):
        found.archive(segment, lambda: LATER)
    assert read_archive(done.file).ok
    done.file.write_bytes(b"something else\n")
    with pytest.raises(RefusedError, match="Move it away"):
        found.archive(segment, lambda: LATER)
    assert done.file.read_bytes() == b"something else\n"


def test_a_folder_that_cannot_be_written_to_removes_nothing(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    (tmp_path / "archive").write_text("a file")
    found = archiver(store, tmp_path)
    segment = found.next(LATER)
    assert segment is not None
    with pytest.raises(SetUpError, match="Nothing was removed"):
        found.archive(segment, lambda: LATER)
    assert len(store.journal.lines()) == 35


def test_records_that_are_gone_without_an_archive_are_missed(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    last = store.journal.lines(after=29, limit=1)
    row = {"first_seq": 1, "before_hash": "0" * 64, "last_seq": 30, "file": "x", "sha256": "0" * 64}
    write(store, delete(journal).where(journal.c.seq <= 30))
    fault = store.journal.verify().fault
    assert fault is not None
    assert fault.sentence.startswith("record 1 is missing")
    digest = verify(last, start=(29, last[0].partition('"prev":"')[2][:64])).head[1]
    claim = insert(journal_segments).values(**row, last_hash=digest, noted_seq=31, archived_at=NOW)
    write(store, claim)
    fault = store.journal.verify().fault
    assert fault is not None
    assert "no record says that they were archived" in fault.sentence


def test_records_in_front_of_the_beginning_are_found(store: Store, signer: Signer, tmp_path: Path):
    aged(store, signer)
    row = store.database.read(lambda c: dict(c.execute(journal.select().where(journal.c.seq == 3)).mappings().one()))
    archived(store, tmp_path)
    write(store, insert(journal).values(row))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (3, "inserted")
