from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from connectors.spi import Secret
from runner.errors import NotFoundError
from runner.identity.identity import Identity
from runner.identity.sessions import client
from runner.store.database import SqliteDatabase
from runner.store.records import Account
from runner.store.store import Store

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
BROWSER = client("192.0.2.1", "Browser")


@pytest.fixture
def alice(identity: Identity) -> Account:
    return identity.accounts.create("alice", "Alice", by="setup", now=NOW)


def after(**span: float) -> datetime:
    return NOW + timedelta(**span)


def test_a_session_ends_when_idle(identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    assert identity.sessions.lookup(token, after(minutes=29)) is not None
    assert identity.sessions.lookup(token, after(minutes=58)) is not None
    assert identity.sessions.lookup(token, after(minutes=89)) is None


def test_a_session_ends_when_old_however_busy(identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    for minutes in range(20, 600, 20):
        assert identity.sessions.lookup(token, after(minutes=minutes)) is not None
    assert identity.sessions.lookup(token, after(minutes=600)) is None


def test_a_session_is_found_in_one_query_and_noted_once_a_minute(store: Store, identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    database = store.database
    assert isinstance(database, SqliteDatabase)
    reads: list[str] = []
    writes: list[str] = []
    event.listen(database.reader, "before_cursor_execute", lambda *given: reads.append(given[2]))
    event.listen(database.writer, "before_cursor_execute", lambda *given: writes.append(given[2]))
    for seconds in range(0, 60, 10):
        identity.sessions.lookup(token, after(seconds=seconds))
    assert (len(reads), writes) == (6, [])
    identity.sessions.lookup(token, after(seconds=61))
    identity.sessions.lookup(token, after(seconds=62))
    assert len([one for one in writes if one.startswith("UPDATE")]) == 1


def test_a_disabled_account_is_out_at_once(identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    identity.accounts.disable(alice.id, by="setup", now=NOW)
    assert identity.sessions.lookup(token, NOW) is None
    with pytest.raises(NotFoundError):
        identity.sessions.open(alice, BROWSER, NOW)
    identity.accounts.enable(alice.id, by="setup", now=NOW)
    assert identity.sessions.lookup(token, NOW) is None


def test_a_new_password_ends_every_session(identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    identity.accounts.set_password(alice.id, Secret("correct horse"), by="setup", now=NOW)
    assert identity.sessions.lookup(token, NOW) is None


def test_one_session_or_all_can_be_revoked_and_it_is_recorded(store: Store, identity: Identity, alice: Account):
    opened = [identity.sessions.open(alice, BROWSER, after(seconds=number)) for number in range(3)]
    now = after(seconds=5)
    assert [session.id for session in identity.sessions.own(alice.id, now)] == [one[0].id for one in reversed(opened)]
    assert identity.sessions.revoke(opened[0][0].id, alice, now)
    assert identity.sessions.lookup(opened[0][1], now) is None
    assert identity.sessions.revoke_all(alice, now, keep=opened[1][0].id) == 1
    assert identity.sessions.lookup(opened[1][1], now) is not None
    assert identity.sessions.lookup(opened[2][1], now) is None
    codes = [entry.body["outcome"] for entry in store.journal.search(kind="login")]
    assert codes == [{"code": "sessions_ended"}, {"code": "session_ended"}]


def test_nobody_revokes_the_session_of_another(store: Store, identity: Identity, alice: Account):
    session, token = identity.sessions.open(alice, BROWSER, NOW)
    bob = identity.accounts.create("bob", "Bob", by="setup", now=NOW)
    seq = store.journal.head().seq
    assert not identity.sessions.revoke(session.id, bob, NOW)
    assert identity.sessions.lookup(token, NOW) is not None
    assert store.journal.head().seq == seq


@pytest.mark.parametrize("token", ["", "x", "\ud800", "\x00", "y" * 10_000])
def test_a_token_nobody_was_given_finds_nothing(identity: Identity, alice: Account, token: str):
    identity.sessions.open(alice, BROWSER, NOW)
    assert identity.sessions.lookup(token, NOW) is None


def test_a_token_holds_256_bits_and_no_two_are_alike(identity: Identity, alice: Account):
    tokens = {identity.sessions.open(alice, BROWSER, NOW)[1] for _ in range(10)}
    assert len(tokens) == 10
    assert all(len(token) == 43 for token in tokens)


def test_a_store_that_takes_no_writes_ends_no_session(store: Store, identity: Identity, alice: Account):
    _, token = identity.sessions.open(alice, BROWSER, NOW)
    store.database.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only=ON").rowcount)
    assert identity.sessions.lookup(token, after(minutes=5)) is not None


def test_sessions_that_are_over_are_removed(identity: Identity, alice: Account):
    identity.sessions.open(alice, BROWSER, NOW)
    assert identity.sessions.purge(after(minutes=30)) == 0
    assert identity.sessions.purge(after(minutes=31)) == 1
