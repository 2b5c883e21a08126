"""Passwords and sign-in of the local directory."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from connectors.errors import RejectedError
from connectors.local.connector import LocalDirectory
from connectors.local.passwords import PasswordPolicy
from connectors.local.tables import create_tables, password_history, people
from connectors.spi import Ids, Operation, Question, Ref, Secret, SecretRef
from tests.connectors.local.sample_directory import NOW, QUICK, fill

GOOD, BETTER, BEST = (Secret(f"Lantaarn-Boot-{number}") for number in (47, 48, 49))


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(tmp_path: Path, clock: Clock) -> Iterator[LocalDirectory]:
    made = LocalDirectory(f"sqlite:///{tmp_path / 'directory.db'}", clock=clock, policy=QUICK)
    create_tables(made.engine)
    fill(made.engine)
    yield made
    made.close()


def run(directory: LocalDirectory, verb: str, secret: Secret | None = None, **arguments: object) -> str:
    given = {**arguments, "password": SecretRef("p")} if secret else arguments
    operation = Operation("step", f"directory.user.{verb}", given)
    return directory.perform(operation, directory.prepare(operation).guards, {"p": secret} if secret else {}).state


def user(login: str) -> Ref:
    return Ref("user", f"u-{login}")


def attribute(directory: LocalDirectory, login: str, name: str) -> object:
    return directory.read(Question("user", Ids(frozenset({f"u-{login}"})))).entries[0].attributes[name]


def stored(directory: LocalDirectory, login: str) -> tuple[object, int]:
    with directory.engine.connect() as connection:
        present = connection.scalar(select(people.c.password_hash).where(people.c.id == f"u-{login}"))
        history = select(password_history).where(password_history.c.person_id == f"u-{login}")
        return present, len(connection.execute(history).all())


def test_a_new_password_opens_the_account_by_login_and_by_sign_in_name(directory: LocalDirectory) -> None:
    run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
    assert directory.authenticate("ALICE", GOOD).state == "ok"
    assert directory.authenticate("Alice@Example.test", GOOD).ref == user("alice")
    assert attribute(directory, "alice", "last_logon") == NOW


def test_a_reset_password_must_be_changed_unless_it_is_said_otherwise(directory: LocalDirectory) -> None:
    run(directory, "set_password", GOOD, user=user("alice"))
    assert directory.authenticate("alice", GOOD).state == "must_change"


def test_a_reset_never_enables_never_unlocks_and_keeps_the_end_date(directory: LocalDirectory) -> None:
    for login, state in (("dorthe", "disabled"), ("bob", "locked"), ("gone", "disabled"), ("fiona", "disabled")):
        before = [attribute(directory, login, name) for name in ("enabled", "locked", "expires_on", "enabled_from")]
        run(directory, "set_password", GOOD, user=user(login), must_change=False)
        after = [attribute(directory, login, name) for name in ("enabled", "locked", "expires_on", "enabled_from")]
        assert after == before
        assert directory.authenticate(login, GOOD).state == state


def test_an_account_is_expired_after_its_last_day(directory: LocalDirectory, clock: Clock) -> None:
    run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
    run(directory, "set_expiry", user=user("alice"), on=NOW.date())
    assert directory.authenticate("alice", GOOD).state == "ok"
    clock.now = NOW + timedelta(days=1)
    assert directory.authenticate("alice", GOOD).state == "expired"
    assert attribute(directory, "alice", "expired") is True


def test_an_account_opens_by_itself_on_its_first_day(directory: LocalDirectory, clock: Clock) -> None:
    run(directory, "set_password", GOOD, user=user("fiona"), must_change=False)
    clock.now = NOW + timedelta(days=30)
    assert directory.authenticate("fiona", GOOD).state == "ok"


@pytest.mark.parametrize("login", ["nobody", "", "\x00", "alice", "dorthe", "' OR 1=1 --", "a" * 5000])
def test_a_wrong_password_and_an_unknown_login_look_the_same(directory: LocalDirectory, login: str) -> None:
    result = directory.authenticate(login, BETTER)
    assert (result.state, result.ref) == ("wrong", None)


def test_an_account_without_a_password_lets_nobody_in(directory: LocalDirectory) -> None:
    assert directory.authenticate("charlie", Secret("nobody has this password")).state == "wrong"
    assert directory.authenticate("charlie", Secret("")).state == "wrong"


def test_wrong_tries_lock_and_unlocking_or_waiting_opens(directory: LocalDirectory, clock: Clock) -> None:
    run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
    for _ in range(3):
        assert directory.authenticate("alice", BETTER).state == "wrong"
    assert directory.authenticate("alice", GOOD).state == "locked"
    assert attribute(directory, "alice", "locked") is True
    assert run(directory, "unlock", user=user("alice")) == "changed"
    assert directory.authenticate("alice", GOOD).state == "ok"
    for _ in range(3):
        directory.authenticate("alice", BETTER)
    clock.now += timedelta(minutes=30)
    assert directory.authenticate("alice", GOOD).state == "ok"


def test_tries_far_apart_and_tries_before_a_success_do_not_add_up(directory: LocalDirectory, clock: Clock) -> None:
    run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
    for _ in range(4):
        directory.authenticate("alice", BETTER)
        clock.now += timedelta(minutes=16)
    assert attribute(directory, "alice", "locked") is False
    for _ in range(3):
        directory.authenticate("alice", BETTER)
        directory.authenticate("alice", BETTER)
        assert directory.authenticate("alice", GOOD).state == "ok"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [("Short-1", "too short"), ("My-ALICE-password", "login or name"), ("xx-Jansen-xx-12", "login or name"),
     ("passwordPassword", "easy to guess"), ("x" * 300, "too long"), ("x" * 20 + "\x00", "too long")],
)  # fmt: skip
def test_a_weak_password_is_refused_and_the_old_one_stays(directory: LocalDirectory, secret: str, reason: str) -> None:
    run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
    before = stored(directory, "alice")
    with pytest.raises(RejectedError, match=reason) as caught:
        run(directory, "set_password", Secret(secret), user=user("alice"))
    assert secret not in str(caught.value)
    assert stored(directory, "alice") == before
    assert directory.authenticate("alice", GOOD).state == "ok"


def test_former_passwords_are_refused_until_they_are_long_gone(directory: LocalDirectory) -> None:
    for secret in (GOOD, BETTER, BEST):
        run(directory, "set_password", secret, user=user("alice"), must_change=False)
    before = stored(directory, "alice")
    for secret in (GOOD, BETTER, BEST):
        with pytest.raises(RejectedError, match="used before"):
            run(directory, "set_password", secret, user=user("alice"))
    assert stored(directory, "alice") == before
    run(directory, "set_password", Secret("Een-Heel-Ander-Woord"), user=user("alice"))
    assert run(directory, "set_password", GOOD, user=user("alice")) == "changed"
    assert stored(directory, "alice")[1] == QUICK.history


def test_a_password_that_was_not_handed_over_changes_nothing(directory: LocalDirectory) -> None:
    operation = Operation("step", "directory.user.set_password", {"user": user("alice"), "password": SecretRef("p")})
    with pytest.raises(RejectedError):
        directory.perform(operation, (), {"other": GOOD})
    assert stored(directory, "alice") == (None, 0)


def test_a_policy_can_lock_for_good_or_never(tmp_path: Path, clock: Clock) -> None:
    for name, policy, state in (
        ("good", replace(QUICK, lock_lasts=None), "locked"),
        ("never", replace(QUICK, tries=0), "ok"),
    ):
        directory = LocalDirectory(f"sqlite:///{tmp_path / name}.db", clock=clock, policy=policy)
        create_tables(directory.engine)
        fill(directory.engine)
        run(directory, "set_password", GOOD, user=user("alice"), must_change=False)
        for _ in range(4):
            directory.authenticate("alice", BETTER)
        clock.now += timedelta(days=400)
        assert directory.authenticate("alice", GOOD).state == state
        directory.close()


def test_the_default_costs_are_those_recommended() -> None:
    policy = PasswordPolicy()
    assert (policy.memory_kib, policy.rounds, policy.lanes) == (19_456, 2, 1)
