from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from connectors.spi import Secret, SecretLeakError
from runner.journal.verifying import verify
from runner.store.store import Store
from runner.store.tables import journal, journal_head
from tests.runner.store.drafts import NOW, record


def fill(store: Store, count: int) -> None:
    store.journal.append([record("intent" if n % 2 else "outcome", f"s-{n % 3}", number=n) for n in range(count)])


def change(store: Store, *statements: object) -> None:
    for statement in statements:
        store.database.write(lambda connection, one=statement: connection.execute(one).rowcount)


def test_appended_records_are_a_chain_that_leaves_the_store_intact(store: Store):
    fill(store, 30)
    fill(store, 5)
    head = store.journal.head()
    assert head.seq == 35
    assert verify(store.journal.all_lines(), head=(head.seq, head.hash)).ok
    assert store.journal.verify().ok
    assert store.journal.lines(after=30) == list(store.journal.all_lines())[30:]
    assert len(store.journal.lines(limit=4)) == 4


def test_an_empty_journal_verifies(store: Store):
    assert store.journal.verify().ok
    assert store.journal.append([]) == []
    assert store.journal.head().seq == 0


def test_one_secret_keeps_all_records_of_the_call_out(store: Store):
    with pytest.raises(SecretLeakError):
        store.journal.append([record(), record(after=Secret("open sesame"))])
    assert store.journal.head().seq == 0


def test_records_are_found_by_what_they_speak_of_newest_first(store: Store):
    store.journal.append(
        [
            record("login", "s-1", actor={"id": "id-carol"}),
            replace(record("deny", "s-2", target="id-dave"), time=NOW + timedelta(hours=1)),
            replace(record("deny", "s-1"), time=NOW + timedelta(hours=2)),
        ]
    )

    def found(**wanted: object) -> list[int]:
        return [entry.seq for entry in store.journal.search(**wanted)]  # type: ignore[arg-type]

    assert found() == [3, 2, 1]
    assert found(kind="deny") == [3, 2]
    assert found(submission="s-1") == [3, 1]
    assert found(actor_id="id-carol") == [1]
    assert found(target_id="id-dave") == [2]
    assert found(since=NOW + timedelta(hours=1), until=NOW + timedelta(hours=2)) == [2]
    assert found(limit=1, offset=1) == [2]
    assert found(kind="deny", submission="s-9") == []
    assert store.journal.search(kind="login")[0].body["actor"] == {"id": "id-carol"}


def test_an_edited_row_is_found(store: Store):
    fill(store, 10)
    line = store.journal.lines(after=4, limit=1)[0]
    change(store, update(journal).where(journal.c.seq == 5).values(line=line.replace("alice", "blame")))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (5, "edited")


def test_a_deleted_row_is_found(store: Store):
    fill(store, 10)
    change(store, delete(journal).where(journal.c.seq == 5))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (5, "missing")


def test_rows_cut_off_at_the_end_are_found_by_the_head(store: Store):
    fill(store, 10)
    change(store, delete(journal).where(journal.c.seq > 7))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (8, "truncated")


def test_a_row_behind_the_head_is_found(store: Store):
    fill(store, 10)
    earlier = verify(store.journal.lines(limit=9)).head
    change(store, update(journal_head).values(seq=9, hash=earlier[1]))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (10, "inserted")


@pytest.mark.parametrize(
    "column", [{"submission_id": "s-9"}, {"kind": "export"}, {"actor_id": None}, {"hash": "0" * 64}]
)
def test_a_column_that_hides_a_record_from_searching_is_found(store: Store, column: dict[str, str | None]):
    fill(store, 10)
    change(store, update(journal).where(journal.c.seq == 4).values(column))
    fault = store.journal.verify().fault
    assert fault is not None
    assert (fault.seq, fault.problem) == (4, "edited")
