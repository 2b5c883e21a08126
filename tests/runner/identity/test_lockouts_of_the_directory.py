"""Two lockouts: Deskhand stops asking long before the directory would lock somebody out everywhere."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from connectors.errors import UnavailableError
from connectors.spi import Entry
from runner.errors import NotReachableError, RefusedError, TooManyError
from tests.runner.identity.directory_door import Door
from tests.runner.identity.people_directory import NOW, THEIRS, PeopleDirectory, person

ALIASES = ("alice", "ALICE", " alice ", "alice@example.test", "Alice@EXAMPLE.test", "EXAMPLE\\alice", "corp~alice")


def guess(door: Door, login: str, minute: float = 0, address: str = "192.0.2.1") -> None:
    with suppress(RefusedError, TooManyError):
        door.come_in(login, "wrong", NOW + timedelta(minutes=minute), address)


def test_the_directory_is_asked_four_times_however_many_ways_the_login_is_written(door: Door) -> None:
    for number in range(28):
        guess(door, ALIASES[number % len(ALIASES)], address=f"192.0.2.{number}")
    assert len(door.directory.asked) == 4
    with pytest.raises(TooManyError, match=r"^Too many tries\. Try again in 30 minutes\.$") as refused:
        door.come_in("corp~alice", THEIRS, address="198.51.100.1")
    assert refused.value.retry_after_seconds == 1_800
    assert ("throttled", "the directory is asked no further") in door.outcomes()
    assert door.accounts() == {}


def test_guesses_at_the_same_time_do_not_outrun_the_count(door: Door) -> None:
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda number: guess(door, ALIASES[number % 7], address=f"192.0.2.{number}"), range(24)))
    assert len(door.directory.asked) == 4


@pytest.mark.parametrize("every", [0.5, 4, 7.4, 29, 31])
def test_nobody_is_locked_out_of_a_directory_that_allows_five_in_half_an_hour(door: Door, every: float) -> None:
    tried_at: list[float] = []
    for number in range(200):
        before = len(door.directory.asked)
        guess(door, ALIASES[number % len(ALIASES)], number * every, address=f"192.0.{number}.1")
        tried_at += [number * every] * (len(door.directory.asked) - before)
    most = max(sum(1 for other in tried_at if moment <= other < moment + 30) for moment in tried_at)
    assert most <= 4


def test_a_directory_that_locks_at_five_never_locks_in_one_burst(door: Door) -> None:
    door.use(PeopleDirectory({"id-alice": person("id-alice", "alice")}, lock=5))
    for number in range(40):
        guess(door, ALIASES[number % 7], number * 0.5, address=f"192.0.2.{number}")
    assert door.directory.wrong == {"id-alice": 4}
    assert door.account("alice", now=NOW + timedelta(minutes=50)).person_id == "id-alice"


def test_an_unknown_login_is_slowed_down_just_the_same(door: Door) -> None:
    for login in ("nobody", "NOBODY", "nobody@example.test", "EXAMPLE\\nobody"):
        guess(door, login)
    for login in ("nobody", "nobody@elsewhere.test"):
        with pytest.raises(TooManyError, match="Try again in 30 minutes"):
            door.come_in(login)
    assert len(door.directory.asked) == 4


def test_how_often_it_is_asked_is_a_setting(door: Door) -> None:
    door.use(tries=2, within=timedelta(minutes=5))
    for _ in range(3):
        guess(door, "alice")
    with pytest.raises(TooManyError, match="Try again in 5 minutes"):
        door.come_in()
    assert len(door.directory.asked) == 2
    assert door.account(now=NOW + timedelta(minutes=5)).login == "alice"


def test_coming_in_forgives_what_failed_before(door: Door) -> None:
    for _ in range(5):
        for _ in range(3):
            guess(door, "alice")
        door.account("alice")
    assert len(door.directory.asked) == 20


def test_the_right_password_of_somebody_locked_forgives_nothing(door: Door) -> None:
    door.directory.state = "locked"
    for _ in range(4):
        door.refused()
    with pytest.raises(TooManyError):
        door.come_in()
    assert len(door.directory.asked) == 4


def test_one_person_is_slowed_down_and_nobody_else(door: Door) -> None:
    for _ in range(9):
        guess(door, "alice")
    assert door.account("bob", address="192.0.2.9").login == "bob"


def test_a_session_that_is_open_is_not_disturbed_by_guesses(door: Door) -> None:
    _, token = door.come_in("alice")
    for _ in range(9):
        guess(door, "alice")
    assert door.identity.sessions.lookup(token, NOW) is not None


def test_a_directory_that_counts_and_then_does_not_answer_is_still_asked_four_times(door: Door) -> None:
    door.directory.fails, door.directory.fails_late = UnavailableError("cut"), True
    for number in range(30):
        with pytest.raises((NotReachableError, TooManyError)):
            door.come_in(ALIASES[number % 7], "wrong", address=f"192.0.2.{number}")
    assert len(door.directory.asked) == 4


@dataclass
class TwoOfOneLogin(PeopleDirectory):
    """A directory that says a login may mean both, and lets in who is named by the sign-in name."""

    def called(self, login: str) -> tuple[Entry, ...]:
        return tuple(self.people.values())


def test_coming_in_forgives_nothing_of_a_namesake(door: Door) -> None:
    door.use(TwoOfOneLogin())
    door.directory.add(person("id-alice", "alice"), person("id-other", "alice2", upn="alice@other.test"))
    for minute in range(12):
        guess(door, "alice", minute)
        with suppress(TooManyError):
            door.come_in("alice@other.test", now=NOW + timedelta(minutes=minute), address="192.0.2.9")
    assert door.directory.wrong == {"id-alice": 2}
    assert door.directory.asked.count("alice@other.test") == 2


def test_coming_in_by_a_login_that_the_directory_does_not_tell_forgives_it_too(door: Door) -> None:
    for minute in range(9):
        assert door.account("EXAMPLE\\alice", now=NOW + timedelta(minutes=minute)).login == "alice"
