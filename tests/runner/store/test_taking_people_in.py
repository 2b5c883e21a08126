"""Accounts of people who sign in with the directory, as rows on both databases: one each, found by the person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from runner.errors import NotDurableError
from runner.journal.records import Record
from runner.store.records import Account, DirectoryPerson
from runner.store.store import Store
from runner.store.taking_in import Done
from tests.runner.store.drafts import NOW

ALICE = DirectoryPerson("id-alice", ("alice", "alice@example.test"), "Alice", NOW)


def written(done: Done, account: Account, before: Account | None) -> Record:
    body = {"actor": {"id": account.id}, "operation": done, "login": account.login}
    return Record("config", NOW, {**body, "before": before.login if before else None})


def take_in(store: Store, person: DirectoryPerson = ALICE) -> Account:
    taken = store.taking_in.take_in(person, f"acc-{person.id}", NOW, written)
    assert taken.account is not None
    return taken.account


def operations(store: Store) -> list[object]:
    return [entry.body["operation"] for entry in sorted(store.journal.search(kind="config"), key=lambda one: one.seq)]


def test_a_person_is_taken_in_once_and_nothing_is_written_when_nothing_is_new(store: Store) -> None:
    account = take_in(store)
    assert account == Account("acc-id-alice", "alice", "Alice", "id-alice", False, "directory", NOW)
    assert [take_in(store) for _ in range(3)] == [account] * 3
    assert store.accounts.list() == [account]
    assert store.accounts.of_person("id-alice") == account
    assert store.accounts.of_person("id-bob") is None
    assert operations(store) == ["created"]


@pytest.mark.parametrize("several", [False, True])
def test_racing_sign_ins_make_one_account_each_and_no_login_twice(store: Store, several: bool) -> None:
    people = [replace(ALICE, id=f"id-{number % 4 if several else 0}") for number in range(8)]
    together = Barrier(len(people))

    def race(person: DirectoryPerson) -> str:
        together.wait()
        return take_in(store, person).id

    with ThreadPoolExecutor(len(people)) as threads:
        ids = list(threads.map(race, people))
    assert ids == [f"acc-{person.id}" for person in people]
    found = store.accounts.list()
    assert {one.person_id for one in found} == {person.id for person in people}
    assert len({one.login for one in found}) == len(found)
    assert [one.login for one in found].count("alice") == 1
    assert store.journal.verify().fault is None


def test_a_login_goes_from_one_person_to_the_other_in_one_transaction(store: Store) -> None:
    take_in(store)
    bob = take_in(store, replace(ALICE, id="id-bob"))
    assert [(one.login, one.person_id) for one in store.accounts.list()] == [
        ("alice", "id-bob"),
        ("alice#acc-id-alice", "id-alice"),
    ]
    assert operations(store) == ["created", "renamed", "created"]
    assert take_in(store).login == "alice"
    assert store.accounts.get(bob.id).login == "alice#acc-id-bob"


def test_a_login_of_a_local_account_is_left_to_it(store: Store) -> None:
    store.accounts.create(Account("own", "Alice", "Glass", None, disabled=False), NOW, password_hash="a hash")
    assert take_in(store).login == "alice@example.test"
    store.accounts.create(Account("two", "bob", "Glass", None, disabled=False), NOW)
    assert take_in(store, DirectoryPerson("id-bob", ("bob",), "Bob")).login == "bob#acc-id-bob"
    assert take_in(store, DirectoryPerson("id-odd", (), "Odd")).login == "person#acc-id-odd"


def test_what_cannot_be_recorded_is_not_done(store: Store) -> None:
    def failing(done: Done, account: Account, before: Account | None) -> Record:
        raise NotDurableError("no")

    with pytest.raises(NotDurableError):
        store.taking_in.take_in(ALICE, "acc", NOW, failing)
    assert store.accounts.list() == []
