from datetime import UTC, datetime

import pytest
from argon2 import Parameters, PasswordHasher, Type, extract_parameters
from argon2.exceptions import VerifyMismatchError

from connectors.directory.values import argon2_of_nobody
from connectors.spi import Secret
from runner.errors import NotFoundError, RefusedError, StaleError
from runner.identity.identity import Identity
from runner.identity.passwords import Passwords, owasp_hasher
from runner.store.store import Store

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def test_an_account_is_made_found_and_recorded(store: Store, identity: Identity):
    alice = identity.accounts.create(" alice ", "Alice", person_id="id-alice", by="setup", now=NOW)
    assert (alice.login, alice.person_id, alice.disabled) == ("alice", "id-alice", False)
    assert identity.accounts.get(alice.id) == alice
    assert identity.accounts.by_login("ALICE") == alice
    assert identity.accounts.list() == [alice]
    (entry,) = store.journal.search(kind="config")
    assert entry.body["outcome"] == {"code": "account_created"}
    assert entry.body["actor"] == {"id": "setup"}


def test_a_login_is_taken_whatever_its_case(store: Store, identity: Identity):
    identity.accounts.create("alice", "Alice", by="setup", now=NOW)
    bob = identity.accounts.create("bob", "Bob", by="setup", now=NOW)
    with pytest.raises(StaleError):
        identity.accounts.create("Alice", "Another", by="setup", now=NOW)
    with pytest.raises(StaleError):
        identity.accounts.rename(bob.id, "ALICE", "Bob", by="setup", now=NOW)
    assert [account.login for account in identity.accounts.list()] == ["alice", "bob"]
    assert store.journal.head().seq == 2


@pytest.mark.parametrize("login", ["", "  ", "x" * 201, "a\x00b", "a\nb", "a\u202eb", "a\ud800"])
def test_a_login_nobody_can_see_or_type_is_refused(store: Store, identity: Identity, login: str):
    with pytest.raises(RefusedError):
        identity.accounts.create(login, "Alice", by="setup", now=NOW)
    assert identity.accounts.by_login(login) is None
    assert (identity.accounts.list(), store.journal.head().seq) == ([], 0)


def test_renaming_keeps_the_rest_and_records_what_was(store: Store, identity: Identity):
    alice = identity.accounts.create("alice", "Alice", person_id="id-alice", by="setup", now=NOW)
    renamed = identity.accounts.rename(alice.id, "alicia", "Alicia", by="setup", now=NOW)
    assert identity.accounts.get(alice.id) == renamed
    assert renamed.person_id == "id-alice"
    assert store.journal.search(kind="config")[0].body["before"] == {"login": "alice", "name": "Alice"}


def test_changing_nobody_finds_nobody(store: Store, identity: Identity):
    with pytest.raises(NotFoundError):
        identity.accounts.disable("nobody", by="setup", now=NOW)
    with pytest.raises(NotFoundError):
        identity.accounts.set_password("nobody", Secret("correct horse"), by="setup", now=NOW)
    assert store.journal.head().seq == 0


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(store: Store, identity: Identity, password: str):
    alice = identity.accounts.create("alice", "Alice", by="setup", now=NOW)
    with pytest.raises(RefusedError):
        identity.accounts.set_password(alice.id, Secret(password), by="setup", now=NOW)
    found = store.accounts.by_login("alice")
    assert found is not None
    assert (found[1], store.journal.head().seq) == (None, 1)


def test_only_the_right_password_is_right(quick_passwords: Passwords):
    hashed = quick_passwords.hash(Secret("correct horse"))
    assert quick_passwords.is_right(hashed, Secret("correct horse"))
    for wrong in ("correct hors", "", "Correct horse", "x" * 5000, "\ud800"):
        assert not quick_passwords.is_right(hashed, Secret(wrong))
    assert not quick_passwords.is_right(None, Secret("a password that nobody has"))
    assert not quick_passwords.is_right("not a hash", Secret("correct horse"))


def test_a_password_typed_on_another_keyboard_is_the_same(quick_passwords: Passwords):
    hashed = quick_passwords.hash(Secret("caf\u00e9 caf\u00e9"))
    assert quick_passwords.is_right(hashed, Secret("cafe\u0301 cafe\u0301"))


def test_hashes_made_with_other_settings_are_outdated(quick_passwords: Passwords):
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    assert stronger.is_outdated(quick_passwords.hash(Secret("correct horse")))
    assert "$m=19456,t=2,p=1$" in owasp_hasher().hash("x")


def test_the_hash_of_nobody_is_one_at_its_costs_and_of_no_password():
    made = argon2_of_nobody(64, 2, 1)
    expected = Parameters(
        type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=2, memory_cost=64, parallelism=1
    )
    assert extract_parameters(made) == expected
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(made, "")
