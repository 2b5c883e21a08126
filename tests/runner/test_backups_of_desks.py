"""A backup holds one moment of a desk at work; put back, its journal holds, and nothing is done a second time."""

import itertools
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from runner.backup.restoring import Wanted, restore
from runner.errors import SetUpError
from runner.store.database import connect
from runner.store.records import Notification, OperationEnd
from runner.store.store import Store
from runner.store.tables import journal, submissions
from tests.runner.backed_up_desks import NOON, backed_up, small_desk
from tests.runner.store.drafts import planned, record, running

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> str:
    """URL of a second place of the same kind, in which there is nothing."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'restored.db'}"
    return str(request.getfixturevalue("postgres_cluster").new_database())


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Path:
    return small_desk(tmp_path / "desk", database_url)


def change(url: str, statement: Any) -> None:
    database = connect(url)
    database.write(lambda connection: connection.execute(statement).rowcount)
    database.close()


def work_until(stop: threading.Event, store: Store, worker: int, done: list[str]) -> None:
    for number in itertools.count():
        if stop.is_set():
            return
        name = f"w{worker}-{number}"
        running(store, name, count=1, node=f"node-{worker}", target_id=f"t-{worker}-{number}")
        ended = OperationEnd("step/0", "done", (), None, None)
        outcome = record("outcome", name, outcome={"code": "done"})
        store.submissions.finish(name, state="done", now=NOON, records=[outcome], operation=ended)
        done.append(name)


def test_a_backup_made_while_submissions_run_is_one_moment(
    desk: Path, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    stop, done = threading.Event(), list[str]()
    with Store.open(database_url) as store:
        threads = [threading.Thread(target=work_until, args=(stop, store, number, done)) for number in range(4)]
        for thread in threads:
            thread.start()
        try:
            while len(done) < 20:
                stop.wait(0.01)
            before = set(done)
            manifests = [backed_up(desk, tmp_path / f"{number}.backup") for number in range(2)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    restored = restore(tmp_path / "1.backup", tmp_path / "again", Wanted(elsewhere), LATER)
    assert manifests[0].journal_seq < manifests[1].journal_seq
    with Store.open(elsewhere) as store:
        assert store.journal.verify().ok
        head = store.journal.head().seq
        assert head == manifests[1].journal_seq + 1 + len(restored.settled.interrupted)
        found = store.submissions.list(limit=100_000)
        assert before <= {one.id for one in found if one.state == "done"}
        assert {one.state for one in found} <= {"done", "draft", "unknown"}
        for one in found:
            kinds = [entry.kind for entry in store.journal.search(submission=one.id)]
            expected = {"done": ["outcome", "intent"], "unknown": ["reconcile", "intent"], "draft": []}
            assert kinds == expected[one.state]
            operations = [operation.state for operation in store.submissions.operations(one.id)]
            assert operations == ([] if one.state == "draft" else [one.state])


def waiting_desk(url: str) -> None:
    """One that runs, one that waits for a yes, and three that wait for a worker: due, due later, and at once."""
    due = {"due": NOON + timedelta(hours=1), "later": NOON + timedelta(hours=9), "at-once": None}
    with Store.open(url) as store:
        running(store, "runs", count=2)
        for name in ("asks", *due, "draft"):
            planned(store, name, target_id=f"id-{name}")
        mail = Notification("m-1", None, ("bob@mail.example",), "Done", "It was done.", NOON)
        store.notifications.create([mail])
    change(url, update(submissions).where(submissions.c.id == "asks").values(state="awaiting_approval"))
    for name, moment in due.items():
        change(url, update(submissions).where(submissions.c.id == name).values(state="queued", due_at=moment))


def states_at(url: str) -> dict[str, str]:
    with Store.open(url) as store:
        return {one.id: one.state for one in store.submissions.list()}


def test_what_may_have_been_done_after_the_backup_is_not_done_again(
    desk: Path, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    waiting_desk(database_url)
    backed_up(desk, tmp_path / "a.backup")
    found = restore(tmp_path / "a.backup", tmp_path / "again", Wanted(elsewhere), LATER)
    assert [one.id for one in found.settled.interrupted] == ["runs"]
    assert {one.id for one in found.settled.unsure} == {"asks", "due", "at-once"}
    assert [one.id for one in found.settled.waiting] == ["later"]
    unclear = dict.fromkeys(("runs", "asks", "due", "at-once"), "unknown")
    assert states_at(elsewhere) == {**unclear, "later": "queued", "draft": "draft"}
    with Store.open(elsewhere) as store:
        assert [one.state for one in store.submissions.operations("runs")] == ["unknown", "skipped"]
        said = {entry.body["submission"] for entry in store.journal.search(kind="reconcile")}
        assert said == set(unclear)
        assert store.notifications.pending() == []
        assert store.journal.search(kind="config")[0].body["operation"] == "restored from a backup"
        assert store.journal.verify().ok
    assert states_at(database_url)["due"] == "queued"


def test_a_desk_that_only_moved_goes_on_with_what_waited(
    desk: Path, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    waiting_desk(database_url)
    backed_up(desk, tmp_path / "a.backup")
    found = restore(tmp_path / "a.backup", tmp_path / "again", Wanted(elsewhere, is_moved=True), LATER)
    assert found.settled.unsure == ()
    kept = {"asks": "awaiting_approval", "due": "queued", "at-once": "queued", "later": "queued", "draft": "draft"}
    assert states_at(elsewhere) == {**kept, "runs": "unknown"}
    with Store.open(elsewhere) as store:
        assert len(store.notifications.pending()) == 1


def test_a_head_that_was_noted_elsewhere_shows_what_was_lost(
    desk: Path, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    with Store.open(database_url) as store:
        store.journal.append([record(), record()])
        early = store.journal.head()
    manifest = backed_up(desk, tmp_path / "a.backup")
    with Store.open(database_url) as store:
        store.journal.append([record() for _ in range(5)])
        late = store.journal.head()
    file, again = tmp_path / "a.backup", tmp_path / "again"
    with pytest.raises(SetUpError, match="not of this journal"):
        restore(file, again, Wanted(elsewhere, head=(2, "f" * 64)), LATER)
    assert not again.exists()
    found = restore(file, again, Wanted(elsewhere, head=(late.seq, late.hash)), LATER)
    assert (found.lost, manifest.journal_seq) == (5, 3)
    with pytest.raises(SetUpError, match=r"is there already|is not empty"):
        restore(file, tmp_path / "other", Wanted(elsewhere, head=(early.seq, early.hash)), LATER)


def test_a_journal_that_was_tampered_with_before_is_backed_up_and_named(
    desk: Path, database_url: str, elsewhere: str, tmp_path: Path
) -> None:
    with Store.open(database_url) as store:
        store.journal.append([record() for _ in range(4)])
    change(database_url, update(journal).where(journal.c.seq == 2).values(line=journal.c.line.concat(" ")))
    manifest = backed_up(desk, tmp_path / "a.backup")
    assert "record 2" in manifest.journal_fault
    found = restore(tmp_path / "a.backup", tmp_path / "again", Wanted(elsewhere), LATER)
    assert found.manifest.journal_fault == manifest.journal_fault


def test_a_store_is_not_put_where_something_is(desk: Path, database_url: str, tmp_path: Path) -> None:
    backed_up(desk, tmp_path / "a.backup", with_keys=True)
    again = tmp_path / "again"
    with pytest.raises(SetUpError, match=r"is there already|is not empty: it has"):
        restore(tmp_path / "a.backup", again, Wanted(), LATER)
    assert not again.exists()
    assert states_at(database_url) == {}


def test_what_fails_after_the_store_was_loaded_leaves_nothing(
    desk: Path, elsewhere: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backed_up(desk, tmp_path / "a.backup")

    def fail(*_arguments: object, **_options: object) -> None:
        raise SetUpError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("runner.backup.stores.settle", fail)
        with pytest.raises(SetUpError, match="the disk is full"):
            restore(tmp_path / "a.backup", tmp_path / "again", Wanted(elsewhere), LATER)
    assert not (tmp_path / "again").exists()
    assert restore(tmp_path / "a.backup", tmp_path / "again", Wanted(elsewhere), LATER).settled.interrupted == ()


def test_a_missing_program_of_postgresql_is_named(
    postgres_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = small_desk(tmp_path / "desk", postgres_database_url)
    (tmp_path / "nothing").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(SetUpError, match=r"^pg_dump is missing.*postgresql-client"):
        backed_up(desk, tmp_path / "a.backup")
