"""Forms that were handed in: published once, by somebody else, and never over a version that is published."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from runner.errors import NotFoundError, RefusedError, RunnerError, StaleError
from runner.store.candidates import Candidate, Publisher
from runner.store.store import Store
from tests.runner.store.drafts import NOW, record

WAITING = Candidate("unlock", "2", "d2", "text", "a-alice", "alice", "p-alice", NOW)
BOB = Publisher("a-bob", "p-bob")


def test_what_was_handed_in_becomes_a_kept_version_when_somebody_else_publishes_it(store: Store) -> None:
    store.candidates.hand_in(WAITING, [record("config")])
    assert store.candidates.all() == [WAITING]
    assert store.candidates.publish("unlock", "d2", BOB, NOW, [record("config")]) == WAITING
    kept = store.form_versions.get("unlock", "2")
    assert (kept.digest, kept.text, kept.author, kept.is_draft) == ("d2", "text", "alice", False)
    assert store.candidates.all() == []
    assert store.journal.head().seq == 2
    for again in (WAITING, replace(WAITING, digest="d3")):
        with pytest.raises(StaleError, match="is published"):
            store.candidates.hand_in(again, [record("config")])
    assert store.journal.head().seq == 2


@pytest.mark.parametrize(
    ("digest", "by", "error"),
    [
        ("d2", Publisher("a-alice", None), RefusedError),
        ("d2", Publisher("another account", "p-alice"), RefusedError),
        ("d1", BOB, StaleError),
    ],
)
def test_the_author_under_any_account_and_whoever_saw_something_else_publishes_nothing(
    store: Store, digest: str, by: Publisher, error: type[RunnerError]
) -> None:
    store.candidates.hand_in(WAITING, [])
    with pytest.raises(error):
        store.candidates.publish("unlock", digest, by, NOW, [record("config")])
    assert store.form_versions.versions("unlock") == []
    assert store.candidates.get("unlock") == WAITING
    assert store.journal.head().seq == 0


def test_accounts_without_a_person_are_told_apart_by_themselves(store: Store) -> None:
    store.candidates.hand_in(replace(WAITING, author_person=None), [])
    assert store.candidates.publish("unlock", "d2", Publisher("a-bob", None), NOW, []).version == "2"


def test_a_newer_hand_in_takes_the_place_of_the_one_before(store: Store) -> None:
    store.candidates.hand_in(WAITING, [])
    newer = replace(WAITING, digest="d2b", author_id="a-bob", author_person="p-bob")
    store.candidates.hand_in(newer, [])
    assert store.candidates.all() == [newer]
    with pytest.raises(RefusedError):
        store.candidates.publish("unlock", "d2b", BOB, NOW, [])
    with pytest.raises(NotFoundError):
        store.candidates.publish("other", "d2", BOB, NOW, [])


def test_of_many_who_publish_at_once_one_does(store: Store) -> None:
    store.candidates.hand_in(WAITING, [])

    def publish(number: int) -> bool:
        try:
            store.candidates.publish("unlock", "d2", Publisher(f"a-{number}", None), NOW, [record("config")])
        except (NotFoundError, StaleError):
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(publish, range(8))) == 1
    assert store.journal.head().seq == 1
