import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from runner.errors import NotDurableError, StaleError
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import NOW, begin, planned, record, running, states


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


@pytest.fixture
def sqlite_store(file: Path) -> Iterator[Store]:
    migrated(f"sqlite:///{file}")
    with Store.open(f"sqlite:///{file}") as opened:
        yield opened


def refuses_to_begin(store: Store) -> None:
    before = store.submissions.get("s-1")
    head = store.journal.head()
    with pytest.raises(NotDurableError) as refused:
        begin(store)
    assert "nothing was done" in str(refused.value)
    assert store.submissions.get("s-1") == before
    assert (states(store), store.journal.head()) == ([], head)


def pragma(store: Store, setting: str) -> None:
    store.database.write(lambda connection: connection.execute(text(f"PRAGMA {setting}")).rowcount)


def test_a_full_disk_stores_nothing_and_reading_goes_on(sqlite_store: Store):
    planned(sqlite_store)
    pragma(sqlite_store, "max_page_count=1")
    large = [record(filler="x" * 200_000)]
    with pytest.raises(NotDurableError):
        begin(sqlite_store, records=large)
    assert (states(sqlite_store), sqlite_store.journal.head().seq) == ([], 0)
    assert sqlite_store.submissions.get("s-1").state == "draft"
    pragma(sqlite_store, "max_page_count=1000000")
    begin(sqlite_store)
    assert states(sqlite_store) == ["running"]


def test_when_one_of_many_waiting_writers_fails_the_others_are_stored(sqlite_store: Store):
    for number in range(40):
        planned(sqlite_store, f"s-{number}")
    pragma(sqlite_store, "max_page_count=220")

    def attempt(number: int) -> bool:
        try:
            begin(sqlite_store, f"s-{number}", records=[record(filler="x" * (600_000 if number % 5 == 0 else 10))])
        except NotDurableError:
            return False
        return True

    with ThreadPoolExecutor(40) as threads:
        stored = list(threads.map(attempt, range(40)))
    assert stored == [number % 5 != 0 for number in range(40)]
    assert sqlite_store.journal.head().seq == 32
    assert sqlite_store.journal.verify().ok


def test_a_store_that_became_read_only_stores_nothing(sqlite_store: Store):
    planned(sqlite_store)
    pragma(sqlite_store, "query_only=ON")
    refuses_to_begin(sqlite_store)


def test_a_file_opened_for_reading_only_is_readable_and_stores_nothing(sqlite_store: Store, file: Path):
    planned(sqlite_store)
    with Store.open(f"sqlite:///file:{file}?mode=ro&uri=true") as reading:
        refuses_to_begin(reading)


def test_a_locked_file_stores_nothing_after_a_while(sqlite_store: Store, file: Path):
    planned(sqlite_store)
    pragma(sqlite_store, "busy_timeout=100")
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        refuses_to_begin(sqlite_store)
    finally:
        other.execute("ROLLBACK")
        other.close()
    begin(sqlite_store)


def test_readers_do_not_wait_for_a_writer(sqlite_store: Store, file: Path):
    planned(sqlite_store)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE submissions SET reason = 'half written'")
    started = time.monotonic()
    assert sqlite_store.submissions.get("s-1").reason == "asked"
    assert time.monotonic() - started < 1
    other.execute("ROLLBACK")
    other.close()


def test_sqlite_is_set_to_lose_nothing(sqlite_store: Store):
    def settings(connection: object) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return [connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in names]  # type: ignore[attr-defined]

    assert sqlite_store.database.write(settings) == ["wal", 2, 1, 5000]


def test_a_server_that_became_read_only_stores_nothing(postgres_database_url: str):
    migrated(postgres_database_url)
    with Store.open(postgres_database_url) as store:
        planned(store)
        name = postgres_database_url.rpartition("/")[2]
        alter = text(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        store.database.write(lambda connection: connection.execute(alter).rowcount)
    with Store.open(postgres_database_url) as store:
        refuses_to_begin(store)


CHILD = """
import sys, time
from runner.store.store import Store
from tests.runner.store.drafts import NOW, running

store = Store.open(sys.argv[1])
store.nodes.register("child", "host-a", int(sys.argv[2]), NOW)
running(store, node="child")
print("begun", flush=True)
time.sleep(60)
"""


def test_a_process_killed_while_it_ran_leaves_running_and_then_unknown(database_url: str):
    migrated(database_url)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, database_url, "4242"], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"begun\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    with Store.open(database_url) as store:
        assert store.submissions.get("s-1").state == "running"
        dead = store.nodes.dead(NOW, "host-a", lambda pid: pid != 4242)
        assert [lost.id for lost in store.submissions.mark_lost(dead, NOW)] == ["s-1"]
        assert store.submissions.get("s-1").state == "unknown"
        assert states(store) == ["unknown", "skipped", "skipped"]
        assert [entry.kind for entry in store.journal.search(submission="s-1")] == ["reconcile", "intent"]
        assert store.journal.verify().ok


WRITER = """
import sys
from runner.store.store import Store
from tests.runner.store.drafts import running

store = Store.open(sys.argv[1])
for number in range(100_000):
    running(store, f"{sys.argv[2]}-{number}", count=1)
    print(f"{sys.argv[2]}-{number}", flush=True)
"""


def test_what_was_said_to_be_stored_survives_random_kills(sqlite_store: Store, file: Path):
    said: list[str] = []
    for life in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", WRITER, f"sqlite:///{file}", f"life{life}"],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
            text=True,
        )
        assert child.stdout is not None
        said += [child.stdout.readline().strip() for _ in range(5 + life * 3)]
        os.kill(child.pid, signal.SIGKILL)
        said += child.stdout.read().split()
        child.wait()
        child.stdout.close()
    intents = {entry.body["submission"] for entry in sqlite_store.journal.search(kind="intent", limit=10_000)}
    begun = {one.id for one in sqlite_store.submissions.list(states=["running"], limit=10_000)}
    assert set(said) <= begun
    assert sqlite_store.journal.verify().ok
    assert len(intents | begun) >= len(said)


def test_a_stopped_writer_leaves_nobody_waiting(sqlite_store: Store):
    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sqlite_store.database.write(stop)
    running(sqlite_store)
    with pytest.raises(StaleError):
        begin(sqlite_store)
    assert states(sqlite_store) == ["running", "planned", "planned"]
