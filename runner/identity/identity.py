"""Wire the parts of identity to a store."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from runner.identity.accounts import Accounts
from runner.identity.passwords import Passwords, owasp_hasher
from runner.identity.sessions import Sessions
from runner.identity.signing_in import SigningIn
from runner.identity.throttle import Throttle
from runner.store.store import Store


@dataclass(frozen=True, slots=True)
class Identity:
    """Accounts, sessions and the way in, on one store."""

    accounts: Accounts
    sessions: Sessions
    signing_in: SigningIn


def identity_on(
    store: Store,
    *,
    idle: timedelta = timedelta(minutes=30),
    lifetime: timedelta = timedelta(hours=10),
    passwords: Passwords | None = None,
) -> Identity:
    """Build identity on ``store``; without ``passwords`` they are hashed as OWASP recommends."""
    hashing = passwords or Passwords(owasp_hasher())
    sessions = Sessions(store, lambda: secrets.token_urlsafe(32), idle=idle, lifetime=lifetime)
    accounts = Accounts(store, hashing, lambda: secrets.token_hex(12))
    return Identity(accounts, sessions, SigningIn(store, hashing, Throttle(store), sessions))
