"""Hash passwords with Argon2id and compare them, as slowly for nobody as for somebody."""

import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from connectors.directory.values import argon2_of_nobody
from connectors.spi import Secret
from runner.errors import RefusedError

_SHORTEST, _LONGEST = 8, 1_024


def owasp_hasher() -> PasswordHasher:
    """Return Argon2id with 19 MiB, two passes, one lane: the OWASP Password Storage Cheat Sheet's first choice."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1_024, parallelism=1)


class Passwords:
    """Hashes for the store. At most ``at_once`` are worked out at a time, so that sign-ins cannot use up the memory."""

    def __init__(self, hasher: PasswordHasher, *, at_once: int = 4) -> None:
        self._hasher = hasher
        self._turns = BoundedSemaphore(at_once)
        self._nobody = argon2_of_nobody(hasher.memory_cost, hasher.time_cost, hasher.parallelism)

    def hash(self, password: Secret) -> str:
        """Return the hash to store; raises `RefusedError` for fewer than 8 or more than 1,024 characters."""
        check_length(password)
        with self._turns:
            return self._hasher.hash(_octets(password))

    def is_right(self, password_hash: str | None, password: Secret) -> bool:
        """Compare; without a hash the answer is no, after the same work."""
        if len(password.reveal()) > _LONGEST:
            return False
        with self._turns:
            try:
                self._hasher.verify(password_hash or self._nobody, _octets(password))
            except (VerificationError, InvalidHashError):
                return False
        return password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Say whether a hash was made with other settings than these. Pure."""
        return self._hasher.check_needs_rehash(password_hash)


def check_length(password: Secret) -> None:
    """Raise `RefusedError` for fewer than 8 or more than 1,024 characters. Pure."""
    if not _SHORTEST <= len(password.reveal()) <= _LONGEST:
        raise RefusedError(f"a password has {_SHORTEST} to {_LONGEST} characters; nothing was changed")


def _octets(password: Secret) -> bytes:
    # RFC 8265 section 4.2.2: the same password typed on another keyboard has the same octets.
    return unicodedata.normalize("NFC", password.reveal()).encode("utf-8", "surrogatepass")
