"""Slow guessing down: each failure beyond the first few doubles the wait, per login and per address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from math import ceil

from runner.counting import counted
from runner.errors import TooManyError
from runner.store.accounts import login_key
from runner.store.records import ThrottleRow
from runner.store.store import Store


@dataclass(frozen=True, slots=True)
class Rule:
    """``free`` failures cost nothing; the next costs ``first_wait``, each further one twice as much, up to ``longest``.

    All is forgiven when nothing failed for ``forgiven_after``.
    """

    free: int
    first_wait: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=15)
    forgiven_after: timedelta = timedelta(hours=1)

    def wait(self, failures: int) -> timedelta:
        """Return how long to wait after so many failures. Pure."""
        if failures <= self.free:
            return timedelta(0)
        doublings = min(failures - self.free - 1, 30)
        return min(self.first_wait * (1 << doublings), self.longest)

    def next(self, key: str, row: ThrottleRow | None, now: datetime) -> ThrottleRow:
        """Return the row after one more failure. Pure."""
        is_fresh = row is not None and now - row.failed_at < self.forgiven_after
        failures = (row.failures if row is not None and is_fresh else 0) + 1
        return ThrottleRow(key, failures, now, now + self.wait(failures))


def at_most(tries: int, within: timedelta) -> Rule:
    """Return the rule by which no more than so many tries fail within any such time, at most an hour. Pure."""
    return Rule(tries - 1, first_wait=within, longest=within, forgiven_after=within)


PER_LOGIN = Rule(free=5)
PER_ADDRESS = Rule(free=30)


class Throttle:
    """Counts a try as failed before it is judged, so that tries at the same time cannot outrun the count."""

    def __init__(self, store: Store, per_login: Rule = PER_LOGIN, per_address: Rule = PER_ADDRESS) -> None:
        self._store = store
        self._per_login = per_login
        self._per_address = per_address

    def admit(self, login: str, address: str, now: datetime) -> None:
        """Count a try; raises `TooManyError` when this login or this address has to wait, and nothing was counted."""
        by_login, by_address = _login_key(login), _address_key(address)
        steps = {
            by_login: lambda row: self._per_login.next(by_login, row, now),
            by_address: lambda row: self._per_address.next(by_address, row, now),
        }
        blocked_until = self._store.throttle.count(steps, now)
        if blocked_until is not None:
            raise TooManyError("Too many tries. Wait a little and try again.", _seconds(blocked_until, now))

    def admit_persons(self, persons: Iterable[str], rule: Rule, now: datetime) -> None:
        """Count a try with the directory's password; raises `TooManyError`, and nothing was counted."""
        keys = [_person_key(person) for person in persons]
        blocked_until = self._store.throttle.count({key: partial(_next, rule, key, now) for key in keys}, now)
        if blocked_until is not None:
            seconds = _seconds(blocked_until, now)
            raise TooManyError(f"Too many tries. Try again in {counted(ceil(seconds / 60), 'minute')}.", seconds)

    def forgive_persons(self, persons: Iterable[str]) -> None:
        """Forget tries that failed with the directory's password."""
        self._store.throttle.forget([_person_key(person) for person in persons])

    def unjudged(self, address: str) -> None:
        """Take one try off an address, because nobody could say whether it failed; it stays counted for the login."""
        self._store.throttle.settle(forget="", discount=_address_key(address))

    def succeeded(self, login: str, address: str) -> None:
        """Forgive the login's failures and take this one try off the address."""
        self._store.throttle.settle(forget=_login_key(login), discount=_address_key(address))

    def purge(self, now: datetime) -> int:
        """Remove counts that are forgiven anyway; returns how many."""
        longest = max(self._per_login.forgiven_after, self._per_address.forgiven_after)
        return self._store.throttle.purge(now - longest)


def _login_key(login: str) -> str:
    # Four bytes of the hash: enough to tell logins apart, too little to tell what was typed, which may be a password.
    return f"login:{sha256(login_key(login).encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _person_key(person: str) -> str:
    return f"person:{sha256(person.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _next(rule: Rule, key: str, now: datetime, row: ThrottleRow | None) -> ThrottleRow:
    return rule.next(key, row, now)


def _seconds(blocked_until: datetime, now: datetime) -> int:
    return max(1, ceil((blocked_until - now).total_seconds()))


def _address_key(address: str) -> str:
    return f"address:{address}"
