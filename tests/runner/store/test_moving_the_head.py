"""The head of the journal is moved from where a connection left it; that must never skip or fork the chain."""

import random

import pytest
from sqlalchemy import Connection

from connectors.spi import Secret, SecretLeakError
from runner.errors import NotDurableError
from runner.store.journalling import append
from runner.store.store import Store
from runner.store.tables import journal_head
from tests.runner.store.drafts import record


def test_stores_that_take_turns_write_one_chain(store: Store, database_url: str) -> None:
    chance = random.Random(11)
    with Store.open(database_url) as other:
        for number in range(60):
            chance.choice((store, other)).journal.append([record(number=n) for n in range(number % 3 + 1)])
    assert store.journal.head().seq == sum(number % 3 + 1 for number in range(60))
    assert store.journal.verify().ok


def test_a_transaction_that_is_rolled_back_leaves_no_gap_behind(store: Store) -> None:
    def fail(connection: Connection) -> None:
        append(connection, [record(number=1), record(number=2)])
        raise ZeroDivisionError

    for _ in range(3):
        store.journal.append([record()])
        with pytest.raises(ZeroDivisionError):
            store.database.write(fail)
        with pytest.raises(SecretLeakError):
            store.journal.append([record(), record(after=Secret("open sesame"))])
    assert store.journal.head().seq == 3
    assert store.journal.verify().ok


def test_two_appends_of_one_transaction_follow_each_other(store: Store) -> None:
    store.journal.append([record()])
    store.database.write(lambda connection: [append(connection, [record(number=n)]) for n in range(4)])
    assert store.journal.head().seq == 5
    assert store.journal.verify().ok


def test_a_head_that_is_lost_while_the_store_is_open_stops_the_journal(store: Store) -> None:
    store.journal.append([record()])
    store.database.write(lambda connection: connection.execute(journal_head.delete()).rowcount)
    with pytest.raises(NotDurableError):
        store.journal.append([record()])
    assert len(store.journal.lines()) == 1
