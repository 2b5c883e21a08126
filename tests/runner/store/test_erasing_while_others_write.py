"""Many write about one person while the person is erased: nothing is lost, nothing stays readable that was there before."""

import secrets
import threading

from runner.journal.sealing_persons import ERASED
from runner.sealing import KeySealer, new_key
from runner.store.person_keys import Keyring
from runner.store.store import Store
from tests.runner.migrated import migrated
from tests.runner.store.drafts import NOW, record

ROUNDS = 12
WRITERS = 3


def test_of_every_record_it_is_certain_whether_it_was_erased(database_url: str):
    migrated(database_url)
    key = new_key()
    stores = [Store.open(database_url, Keyring(KeySealer(key), secrets.token_bytes)) for _ in range(WRITERS + 1)]
    failures: list[BaseException] = []

    def write(store: Store, writer: int) -> None:
        try:
            for number in range(ROUNDS):
                about = {"target": {"kind": "user", "id": "id-bob"}, "reason": f"writer {writer}, {number}"}
                store.journal.append([record(**about)])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(store, n)) for n, store in enumerate(stores[1:])]
    for thread in threads:
        thread.start()
    for _ in range(3):
        stores[0].erasures.erase("id-bob", because="asked", actor={"id": "cli"}, now=NOW)
    for thread in threads:
        thread.join()
    found = sorted(stores[0].journal.search(limit=1_000), key=lambda entry: entry.seq)
    last_erasure = max(entry.seq for entry in found if entry.kind == "config")
    for entry in found:
        if entry.kind == "intent":
            assert (entry.body["reason"] == ERASED) == (entry.seq < last_erasure), entry.seq
    assert failures == []
    assert len(found) == WRITERS * ROUNDS + 3
    assert stores[0].journal.verify().ok
    for store in stores:
        store.close()
