from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from connectors.spi import Secret
from runner.errors import RefusedError, TooManyError
from runner.identity.identity import Identity, identity_on
from runner.identity.passwords import Passwords
from runner.identity.throttle import Rule, Throttle
from runner.store.records import Account, Session
from runner.store.store import Store

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
RIGHT = "correct horse"
SENTENCE = "The login or the password is not right."


@pytest.fixture
def alice(identity: Identity) -> Account:
    account = identity.accounts.create("alice", "Alice", by="setup", now=NOW)
    identity.accounts.set_password(account.id, Secret(RIGHT), by="setup", now=NOW)
    return account


def sign_in(
    identity: Identity, login: str = "alice", password: str = RIGHT, now: datetime = NOW, address: str = "192.0.2.1"
) -> tuple[Session, str]:
    return identity.signing_in.sign_in(login, Secret(password), address=address, user_agent="Browser", now=now)


def outcomes(store: Store) -> list[tuple[str, str]]:
    found = [entry.body["outcome"] for entry in store.journal.search(kind="login", limit=500)]
    return [(one["code"], one["detail"]) for one in reversed(found)]  # type: ignore[index,call-overload]


def test_the_right_password_opens_a_session(store: Store, identity: Identity, alice: Account):
    session, token = sign_in(identity)
    assert identity.sessions.lookup(token, NOW) == (session, alice)
    assert (session.address, session.user_agent) == ("192.0.2.1", "Browser")
    assert outcomes(store) == [("signed_in", "")]


def test_unknown_wrong_and_disabled_look_the_same_and_are_recorded(store: Store, identity: Identity, alice: Account):
    blank = identity.accounts.create("bob", "Bob", by="setup", now=NOW)
    assert blank.disabled is False
    for login, password in [("nobody", RIGHT), ("alice", "wrong horse"), ("bob", RIGHT), ("a\x00b", RIGHT)]:
        with pytest.raises(RefusedError, match=f"^{SENTENCE}$"):
            sign_in(identity, login, password)
    identity.accounts.disable(alice.id, by="setup", now=NOW)
    with pytest.raises(RefusedError, match=f"^{SENTENCE}$"):
        sign_in(identity)
    reasons = ["unknown login", "wrong password", "wrong password", "unknown login", "disabled"]
    assert outcomes(store) == [("refused", reason) for reason in reasons]
    assert identity.sessions.own(alice.id, NOW) == []


def test_nothing_that_was_typed_is_written_anywhere(store: Store, identity: Identity, alice: Account, tmp_path: Path):
    for login, password in [("Hunter2-as-login", "x"), ("alice", "Hunter2-as-password"), ("alice", RIGHT)]:
        with suppress(RefusedError):
            sign_in(identity, login, password)
    token = sign_in(identity)[1]
    files = [path for path in tmp_path.iterdir() if path.is_file()]
    assert len(files) >= 2
    for path in files:
        stored = path.read_bytes().lower()
        for typed in ("hunter2", RIGHT, token.lower()):
            assert typed.encode() not in stored


def test_the_work_is_the_same_for_a_login_nobody_has(store: Store):
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            compared.append(str(hash))
            return bool(super().verify(hash, password))

    identity = identity_on(store, passwords=Passwords(Counting(time_cost=1, memory_cost=64, parallelism=1)))
    account = identity.accounts.create("alice", "Alice", by="setup", now=NOW)
    identity.accounts.set_password(account.id, Secret(RIGHT), by="setup", now=NOW)
    for login in ("alice", "nobody", "a\nb"):
        with pytest.raises(RefusedError):
            sign_in(identity, login, "wrong horse")
    assert len(compared) == 3


def test_guessing_one_login_gets_slower_and_a_success_forgives(store: Store, identity: Identity, alice: Account):
    for _ in range(6):
        with pytest.raises(RefusedError):
            sign_in(identity, password="wrong horse")
    with pytest.raises(TooManyError) as refused:
        sign_in(identity)
    assert refused.value.retry_after_seconds == 2
    assert outcomes(store)[-1] == ("throttled", "too many tries")
    assert identity.sessions.own(alice.id, NOW) == []
    later = NOW + timedelta(seconds=2)
    with pytest.raises(RefusedError):
        sign_in(identity, password="wrong horse", now=later)
    with pytest.raises(TooManyError) as refused:
        sign_in(identity, now=later)
    assert refused.value.retry_after_seconds == 4
    sign_in(identity, now=later + timedelta(seconds=4))
    sign_in(identity, now=later + timedelta(seconds=4))


def test_unknown_logins_are_slowed_down_just_the_same(identity: Identity, alice: Account):
    for _ in range(6):
        with pytest.raises(RefusedError):
            sign_in(identity, "nobody")
    with pytest.raises(TooManyError):
        sign_in(identity, "nobody")
    sign_in(identity)


def test_an_address_that_tries_many_logins_is_slowed_down(identity: Identity, alice: Account):
    for number in range(31):
        with pytest.raises(RefusedError):
            sign_in(identity, f"nobody-{number}")
    with pytest.raises(TooManyError):
        sign_in(identity)
    sign_in(identity, address="192.0.2.2")


def test_people_who_share_an_address_and_know_their_passwords_are_never_slowed_down(identity: Identity, alice: Account):
    for _ in range(80):
        sign_in(identity)


def test_guesses_at_the_same_time_cannot_outrun_the_count(store: Store):
    throttle = Throttle(store, Rule(free=5), Rule(free=1000))

    def attempt(_: int) -> bool:
        try:
            throttle.admit("alice", "192.0.2.1", NOW)
        except TooManyError:
            return False
        return True

    with ThreadPoolExecutor(30) as threads:
        assert list(threads.map(attempt, range(30))).count(True) == 6


def test_the_wait_grows_to_a_limit_and_is_forgiven_in_time():
    rule = Rule(free=2, forgiven_after=timedelta(hours=1))
    waits = [rule.wait(failures).total_seconds() for failures in (0, 2, 3, 4, 5, 11, 12, 500)]
    assert waits == [0, 0, 2, 4, 8, 512, 900, 900]
    row = None
    for _ in range(4):
        row = rule.next("key", row, NOW)
    assert row is not None
    assert row.failures == 4
    assert rule.next("key", row, NOW + timedelta(hours=1)).failures == 1


def test_what_is_forgiven_is_removed(store: Store):
    throttle = Throttle(store)
    throttle.admit("alice", "192.0.2.1", NOW)
    assert throttle.purge(NOW + timedelta(minutes=59)) == 0
    assert throttle.purge(NOW + timedelta(minutes=61)) == 2


def test_a_password_hashed_with_old_settings_is_hashed_anew_at_sign_in(
    store: Store, identity: Identity, alice: Account
):
    stronger = identity_on(store, passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)))
    sign_in(stronger)
    found = store.accounts.by_login("alice")
    assert found is not None
    assert "t=2" in str(found[1])
    sign_in(identity)


def test_what_a_browser_says_of_itself_is_cut_to_size(store: Store, identity: Identity, alice: Account):
    session, _ = identity.signing_in.sign_in(
        "alice", Secret(RIGHT), address="x" * 500, user_agent="\x1b[31m\r\n\u202e" + "y" * 5000, now=NOW
    )
    assert (len(session.address), len(session.user_agent)) == (64, 300)
    assert session.user_agent.isprintable() is True
