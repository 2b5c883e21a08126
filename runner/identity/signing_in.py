"""Sign somebody in with a password; every try is journalled, none with what was typed."""

from datetime import datetime

from connectors.spi import Secret
from runner.errors import NotFoundError, RefusedError, TooManyError
from runner.identity.accounts import is_storable
from runner.identity.passwords import Passwords
from runner.identity.sessions import Client, Session, Sessions, client
from runner.identity.throttle import Throttle
from runner.journal.records import JSON, Record
from runner.store.records import Account
from runner.store.store import Store

_SENTENCE = "The login or the password is not right."


class SigningIn:
    """The only way to a session."""

    def __init__(self, store: Store, passwords: Passwords, throttle: Throttle, sessions: Sessions) -> None:
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions

    def sign_in(
        self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime
    ) -> tuple[Session, str]:
        """Return a new session and its token.

        Raises `TooManyError` before anything is compared, and `RefusedError` with one sentence, after the same work,
        for an unknown login, a wrong password and a disabled account.  A login that is unknown is not written down:
        people type passwords into the wrong field.
        """
        browser = client(address, user_agent)
        self._brake(login, browser, now)
        account, password_hash = self._find(login)
        is_right = self._passwords.is_right(password_hash, password)
        if account is None or not is_right or account.disabled:
            self._note(_record(account, browser, "refused", _why(account, is_right), now))
            raise RefusedError(_SENTENCE)
        opened = self._open(account, browser, now)
        self._throttle.succeeded(login, browser.address)
        self._renew(account, password_hash, password)
        return opened

    def _brake(self, login: str, browser: Client, now: datetime) -> None:
        try:
            self._throttle.admit(login, browser.address, now)
        except TooManyError:
            self._note(_record(None, browser, "throttled", "too many tries", now))
            raise

    def _find(self, login: str) -> tuple[Account | None, str | None]:
        found = self._store.accounts.by_login(login) if is_storable(login) else None
        return found if found is not None else (None, None)

    def _open(self, account: Account, browser: Client, now: datetime) -> tuple[Session, str]:
        try:
            return self._sessions.open(account, browser, now, [_record(account, browser, "signed_in", "", now)])
        except NotFoundError:
            self._note(_record(account, browser, "refused", "disabled", now))
            raise RefusedError(_SENTENCE) from None

    def _renew(self, account: Account, password_hash: str | None, password: Secret) -> None:
        if password_hash is not None and self._passwords.is_outdated(password_hash):
            self._store.accounts.refresh_password_hash(account.id, password_hash, self._passwords.hash(password))

    def _note(self, record: Record) -> None:
        self._store.journal.append([record])


def _why(account: Account | None, is_right: bool) -> str:
    if account is None:
        return "unknown login"
    return "disabled" if is_right else "wrong password"


def _record(account: Account | None, browser: Client, code: str, detail: str, now: datetime) -> Record:
    actor: JSON = None if account is None else {"id": account.id, "login": account.login}
    where: JSON = {"address": browser.address, "user_agent": browser.user_agent}
    return Record("login", now, {"actor": actor, "client": where, "outcome": {"code": code, "detail": detail}})
