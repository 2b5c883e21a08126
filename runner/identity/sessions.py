"""Keep browsers signed in: a token that only the browser knows, a row that can be revoked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from runner.errors import NotDurableError
from runner.journal.records import JSON, Record
from runner.store.records import Account
from runner.store.records import Session as Session
from runner.store.store import Store

_LONGEST_TOKEN = 200
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, as it says itself: made harmless for rows and the journal by `client`."""

    address: str
    user_agent: str


def client(address: str, user_agent: str) -> Client:
    """Cut what a browser says of itself to size and to printable characters. Pure."""
    return Client(printable(address, 64), printable(user_agent, 300))


class Sessions:
    """Sessions that end when idle, when old, when revoked, and when their account is disabled.

    ``new_token`` gives 256 random bits as text; only their SHA-256 is stored (a slow hash is for guessable secrets).
    """

    def __init__(self, store: Store, new_token: Callable[[], str], *, idle: timedelta, lifetime: timedelta) -> None:
        self._store = store
        self._new_token = new_token
        self._idle = idle
        self._lifetime = lifetime

    def open(
        self, account: Account, browser: Client, now: datetime, records: Sequence[Record] = ()
    ) -> tuple[Session, str]:
        """Make a session and return it with its token; raises `NotFoundError` when the account is gone or disabled."""
        token = self._new_token()
        token_hash = _hash(token)
        session = Session(
            sha256(token_hash.encode()).hexdigest()[:24],
            account.id,
            now,
            now,
            now + self._lifetime,
            browser.address,
            browser.user_agent,
        )
        self._store.sessions.create(session, token_hash, records)
        return session, token

    def lookup(self, token: str, now: datetime, *, is_use: bool = True) -> tuple[Session, Account] | None:
        """Return who has this token, or None; notes at most once a minute that the session was used, where it ``is_use``.

        A store that takes no writes ends nobody's session: reading goes on.
        """
        if len(token) > _LONGEST_TOKEN:
            return None
        found = self._store.sessions.find(_hash(token), now=now, idle_since=now - self._idle)
        if is_use and found is not None and now - found[0].seen_at >= _SEEN_EVERY:
            self._note_seen(found[0].id, now)
        return found

    def own(self, account_id: str, now: datetime) -> Sequence[Session]:
        """Return the live sessions of an account, last used first."""
        return self._store.sessions.of_account(account_id, now=now, idle_since=now - self._idle)

    def revoke(self, id: str, account: Account, now: datetime, *, why: str = "") -> bool:
        """End one of this account's sessions at once; returns whether there was one. ``why`` is for the journal."""
        return self._store.sessions.revoke(id, account.id, [_ended(account, "session_ended", now, why)])

    def revoke_all(self, account: Account, now: datetime, *, keep: str = "") -> int:
        """End all of an account's sessions at once, but for ``keep``; returns how many there were."""
        return self._store.sessions.revoke_all(account.id, keep=keep, records=[_ended(account, "sessions_ended", now)])

    def purge(self, now: datetime) -> int:
        """Remove rows of sessions that are over; returns how many."""
        return self._store.sessions.purge(now=now, idle_since=now - self._idle)

    def _note_seen(self, id: str, now: datetime) -> None:
        try:
            self._store.sessions.seen(id, now)
        except NotDurableError:
            return


def _ended(account: Account, code: str, now: datetime, why: str = "") -> Record:
    outcome: dict[str, JSON] = {"code": code, "detail": why} if why else {"code": code}
    return Record("login", now, {"actor": {"id": account.id, "login": account.login}, "outcome": outcome})


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def printable(text: str, most: int) -> str:
    """Cut a text to size, with a mark for every character that cannot be printed. Pure."""
    return "".join(letter if letter.isprintable() else "�" for letter in text[:most])
