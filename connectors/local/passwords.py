"""Passwords of the local directory: hashes, what is refused, and when an account is locked. Performs no I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connectors.directory.values import argon2_of_nobody
from connectors.errors import RejectedError
from connectors.folding import fold
from connectors.spi import Secret

_SHORTEST_NAME = 3
_LONGEST = 256


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """What is refused, and when tries lock an account.

    ``history`` is how many former passwords are refused, the present one counted.  After ``tries`` wrong ones within
    ``tries_within`` the account is locked for ``lock_lasts``, or until it is unlocked when that is None; 0 never locks.
    ``banned`` holds whole passwords in any case.  ``memory_kib``, ``rounds`` and ``lanes`` are Argon2id's costs.
    """

    minimum_length: int = 12
    history: int = 3
    banned: frozenset[str] = frozenset({"password", "passwordpassword", "welcome", "changeme", "123456789012"})
    tries: int = 10
    tries_within: timedelta = timedelta(minutes=15)
    lock_lasts: timedelta | None = None
    memory_kib: int = 19_456
    rounds: int = 2
    lanes: int = 1

    def check(self, secret: Secret, names: Iterable[str]) -> None:
        """Raise `RejectedError` when the password is too short, banned, or holds one of the person's names.

        The sentence never holds the password.  Pure.
        """
        text = secret.reveal()
        if len(text) < self.minimum_length:
            raise RejectedError(f"The password is too short: it needs at least {self.minimum_length} characters.")
        if len(text) > _LONGEST or "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise RejectedError("The password is too long or holds characters that cannot be typed.")
        folded = fold(text)
        if folded in {fold(banned) for banned in self.banned}:
            raise RejectedError("The password is too easy to guess.")
        if any(len(name) >= _SHORTEST_NAME and fold(name) in folded for name in names):
            raise RejectedError("The password must not hold the person's login or name.")


class Hashing:
    """Makes and verifies Argon2id hashes at the costs of a policy."""

    def __init__(self, policy: PasswordPolicy) -> None:
        self._hasher = PasswordHasher(policy.rounds, policy.memory_kib, policy.lanes)
        self._nobody = argon2_of_nobody(policy.memory_kib, policy.rounds, policy.lanes)

    def hash(self, secret: Secret) -> str:
        """Return a salted hash."""
        return self._hasher.hash(secret.reveal())

    def is_right(self, kept: str | None, secret: Secret) -> bool:
        """Say whether the password is the one that was hashed; takes as long when there is no hash."""
        try:
            return self._hasher.verify(kept or self._nobody, secret.reveal()) and bool(kept)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def is_used(self, former: Sequence[str], secret: Secret) -> bool:
        """Say whether the password is one of the former ones."""
        return any(self.is_right(kept, secret) for kept in former)
