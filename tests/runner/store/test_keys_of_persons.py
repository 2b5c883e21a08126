import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from runner.journal.sealing_persons import ERASED, UNREADABLE
from runner.journal.verifying import verify
from runner.sealing import KeySealer, new_key
from runner.store.journalling import append, locked_head
from runner.store.key_tables import person_keys
from runner.store.person_keys import Keyring, destroy
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import record

KEY = new_key()


def keyring(key: bytes = KEY) -> Keyring:
    return Keyring(KeySealer(key), secrets.token_bytes)


@pytest.fixture
def url(database_url: str) -> str:
    migrated(database_url)
    return database_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url, keyring()) as opened:
        yield opened


def about(person: str = "id-bob", reason: str = "Bob asked for it", **body: Any) -> Any:
    return record(target={"kind": "user", "id": person}, reason=reason, **body)


def reasons(store: Store) -> list[Any]:
    return [entry.body["reason"] for entry in reversed(store.journal.search(kind="intent"))]


def keys(store: Store) -> list[tuple[str, str]]:
    query = select(person_keys.c.person_id, person_keys.c.id).order_by(person_keys.c.created_at, person_keys.c.id)
    return store.database.read(lambda connection: [(row.person_id, row.id) for row in connection.execute(query)])


def destroyed(store: Store, person: str = "id-bob") -> int:
    def work(connection: Any) -> int:
        locked_head(connection)
        return destroy(connection, person)

    return store.database.write(work)


def test_what_is_said_of_a_person_is_stored_encrypted_and_read_plain(store: Store):
    store.journal.append([about(), about("id-carol", "Carol moved"), record("login", reason="nobody's")])
    assert reasons(store) == ["Bob asked for it", "Carol moved"]
    stored = "".join(store.journal.all_lines())
    assert "asked" not in stored
    assert "nobody's" in stored
    assert [entry.body["reason"] for entry in store.journal.search(target_id="id-carol")] == ["Carol moved"]
    assert sorted(person for person, _ in keys(store)) == ["id-bob", "id-carol"]
    assert store.journal.verify().ok


def test_a_person_has_one_key_across_transactions_and_processes(store: Store, url: str):
    with Store.open(url, keyring()) as other:
        for number in range(3):
            store.journal.append([about(reason=f"here {number}"), about(reason=f"again {number}")])
            other.journal.append([about(reason=f"there {number}")])
        assert len(keys(store)) == 1
        assert reasons(other) == reasons(store)
        assert len(reasons(store)) == 9


def test_without_its_key_a_person_is_erased_and_the_chain_still_holds(store: Store):
    store.journal.append([about(), about("id-carol", "Carol moved")])
    head = store.journal.head()
    assert destroyed(store) == 1
    assert reasons(store) == [ERASED, "Carol moved"]
    assert store.journal.verify().ok
    assert verify(store.journal.all_lines(), head=(head.seq, head.hash)).ok


def test_a_key_destroyed_by_another_process_is_never_used_again(store: Store, url: str):
    store.journal.append([about(reason="before")])
    with Store.open(url, keyring()) as other:
        other.journal.append([about("id-carol", "elsewhere")])

        def erase(connection: Any) -> None:
            locked_head(connection)
            destroy(connection, "id-bob")

        other.database.write(erase)
        other.journal.append([record("config")])
    store.journal.append([about(reason="after")])
    assert reasons(store) == [ERASED, "elsewhere", "after"]
    assert len(keys(store)) == 2


def test_a_key_made_in_a_transaction_that_failed_is_not_used(store: Store):
    store.journal.append([about("id-carol", "first")])

    def fail(connection: Any) -> None:
        append(connection, [about(reason="lost")])
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store.database.write(fail)
    store.journal.append([about(reason="kept")])
    assert reasons(store) == ["first", "kept"]
    assert sorted(person for person, _ in keys(store)) == ["id-bob", "id-carol"]


def test_records_from_before_and_records_without_persons_make_no_keys(url: str):
    with Store.open(url) as before:
        before.journal.append([about(reason="old")])
    with Store.open(url, keyring()) as store:
        store.journal.append([record(target={"kind": "group", "id": "g"}), record(target={"kind": "user", "id": "x"})])
        assert keys(store) == []
        assert store.journal.search()[-1].body["reason"] == "old"


def test_another_key_of_the_desk_reads_nothing_and_seals_under_keys_of_its_own(store: Store, url: str):
    store.journal.append([about(reason="mine")])
    with Store.open(url, keyring(new_key())) as other:
        other.journal.append([about(reason="theirs")])
        assert reasons(other) == [UNREADABLE, "theirs"]
    assert reasons(store) == ["mine", UNREADABLE]
    with Store.open(url) as without:
        assert reasons(without) == [UNREADABLE, UNREADABLE]
        assert without.journal.verify().ok


def test_a_rotated_key_of_the_desk_still_opens_what_it_sealed(store: Store, url: str):
    store.journal.append([about()])
    with Store.open(url, keyring(new_key() + b"\n" + KEY)) as rotated:
        rotated.journal.append([about(reason="later")])
        assert reasons(rotated) == ["Bob asked for it", "later"]


def test_many_persons_in_one_transaction_each_get_a_key(store: Store):
    store.journal.append([about(f"id-{number}", f"reason {number}") for number in range(1_200)])
    count = store.database.read(lambda c: c.execute(select(func.count()).select_from(person_keys)).scalar_one())
    assert count == 1_200
    found = list(store.journal.opened(store.journal.all_lines()))
    assert [body["reason"] for body in found] == [f"reason {number}" for number in range(1_200)]
