"""Wire the parts of identity to a store."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.spi import Entry
from runner.identity.accounts import Account, Accounts
from runner.identity.directory import DirectorySignIn, Reason, password_set_on
from runner.identity.passwords import Passwords, owasp_hasher
from runner.identity.sessions import Sessions
from runner.identity.signing_in import SigningIn
from runner.identity.throttle import Throttle
from runner.store.store import Store


@dataclass(frozen=True, slots=True)
class Identity:
    """Accounts, sessions and the way in, on one store; ``directory`` where people sign in with its passwords."""

    accounts: Accounts
    sessions: Sessions
    signing_in: SigningIn
    directory: DirectorySignIn | None = None

    def why_out(self, account: Account, person: Entry | None, now: datetime) -> Reason:
        """Return why an account of the directory may not be signed in, with its person as they are now; "" when it may.

        One with a password of Deskhand's own always may.  May raise the errors of `connectors.errors`.
        """
        if account.kind == "local":
            return ""
        if self.directory is None:
            return "not used"
        return self.directory.why_out(person, now)

    def why_over(self, account: Account, person: Entry | None, now: datetime) -> Reason:
        """Return why a session of an account is over: as `why_out`, or the person's password is new since it began."""
        reason = self.why_out(account, person, now)
        if reason or person is None or account.kind == "local":
            return reason
        return "" if password_set_on(person) == account.password_set_on else "new password"


def identity_on(
    store: Store,
    *,
    idle: timedelta = timedelta(minutes=30),
    lifetime: timedelta = timedelta(hours=10),
    passwords: Passwords | None = None,
    directory: DirectorySignIn | None = None,
) -> Identity:
    """Build identity on ``store``; without ``passwords`` they are hashed as OWASP recommends."""
    hashing = passwords or Passwords(owasp_hasher())
    sessions = Sessions(store, lambda: secrets.token_urlsafe(32), idle=idle, lifetime=lifetime)
    accounts = Accounts(store, hashing, lambda: secrets.token_hex(12))
    signing_in = SigningIn(store, hashing, Throttle(store), sessions, directory)
    return Identity(accounts, sessions, signing_in, directory)
