"""Sign somebody in with a password; every try is journalled, none with what was typed."""

from datetime import datetime
from hashlib import sha256

from connectors.errors import ConnectorError
from connectors.spi import Ref, Secret
from runner.errors import NotFoundError, NotReachableError, RefusedError, TooManyError
from runner.identity.accounts import account_record, is_storable
from runner.identity.directory import DirectorySignIn, Proof, is_askable, typed_as
from runner.identity.passwords import Passwords
from runner.identity.sessions import Client, Session, Sessions, client
from runner.identity.throttle import Throttle, at_most
from runner.journal.records import JSON, Record
from runner.store.records import Account, DirectoryPerson
from runner.store.store import Store
from runner.store.taking_in import Done, TakenIn

_SENTENCE = "The login or the password is not right."
_UNREACHABLE = "The directory does not answer. Try again, or sign in with an account of Deskhand."
Opened = tuple[Session, str]


class SigningIn:
    """The only way to a session: by a password of Deskhand's own, or by one of the directory where that is used."""

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        throttle: Throttle,
        sessions: Sessions,
        directory: DirectorySignIn | None = None,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._throttle = throttle
        self._sessions = sessions
        self._directory = directory

    def sign_in(self, login: str, password: Secret, *, address: str, user_agent: str, now: datetime) -> Opened:
        """Return a new session and its token.

        An account with a password of Deskhand's own is judged by that alone, every other login by the directory.
        Raises `TooManyError` before anything is compared or asked, and `RefusedError` with one sentence, after the same
        work, for an unknown login, a wrong password and whoever may not come in; `NotReachableError` when the directory
        does not answer.  What is not hidden is that a login belongs to an account with a password of its own: the directory
        must not be told that password.  A login that is unknown is not written down: people type passwords into the wrong
        field.
        """
        browser = client(address, user_agent)
        self._brake(login, browser, now)
        account, password_hash = self._find(login)
        is_right = self._passwords.is_right(password_hash, password)
        if password_hash is None and self._directory is not None and is_askable(login, password):
            return self._by_directory(self._directory, login, password, account, browser, now)
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

    def _open(self, account: Account, browser: Client, now: datetime) -> Opened:
        try:
            return self._sessions.open(account, browser, now, [_record(account, browser, "signed_in", "", now)])
        except NotFoundError:
            self._note(_record(account, browser, "refused", "disabled", now))
            raise RefusedError(_SENTENCE) from None

    def _renew(self, account: Account, password_hash: str | None, password: Secret) -> None:
        if password_hash is not None and self._passwords.is_outdated(password_hash):
            self._store.accounts.refresh_password_hash(account.id, password_hash, self._passwords.hash(password))

    # --- by the directory -------------------------------------------------------------------------------------------

    def _by_directory(
        self,
        directory: DirectorySignIn,
        login: str,
        password: Secret,
        claimed: Account | None,
        browser: Client,
        now: datetime,
    ) -> Opened:
        try:
            counted_as = directory.counted_as(login)
            self._brake_persons(directory, counted_as, claimed, browser, now)
            proof = directory.prove(login, password, now)
        except ConnectorError:
            self._throttle.unjudged(browser.address)
            self._note(_record(claimed, browser, "unreachable", "the directory does not answer", now))
            raise NotReachableError(_UNREACHABLE) from None
        taken = TakenIn(None) if proof.person is None else self._take_in(proof.person, now)
        if taken.account is None:
            self._note(_refusal(self._known(proof, claimed), proof, taken, browser, now))
            raise RefusedError(_SENTENCE)
        opened = self._open(taken.account, browser, now)
        self._throttle.succeeded(login, browser.address)
        proven = {typed_as(login), *([proof.ref.id] if proof.ref else [])}
        self._throttle.forgive_persons(proven.intersection(counted_as))
        return opened

    def _brake_persons(
        self,
        directory: DirectorySignIn,
        counted_as: tuple[str, ...],
        claimed: Account | None,
        browser: Client,
        now: datetime,
    ) -> None:
        try:
            self._throttle.admit_persons(counted_as, at_most(directory.tries, directory.within), now)
        except TooManyError:
            self._note(_record(claimed, browser, "throttled", "the directory is asked no further", now))
            raise

    def _take_in(self, person: DirectoryPerson, now: datetime) -> TakenIn:
        def written(done: Done, account: Account, before: Account | None) -> Record:
            was: JSON = None if before is None else {"login": before.login, "name": before.display_name}
            return account_record(done, account, account_id(person.id), now, before=was)

        return self._store.taking_in.take_in(person, account_id(person.id), now, written)

    def _known(self, proof: Proof, claimed: Account | None) -> Account | None:
        """Return the account that a refused try was for: that of the person, else the one whose login was typed."""
        return claimed if proof.ref is None else self._store.accounts.of_person(proof.ref.id)

    def _note(self, record: Record) -> None:
        self._store.journal.append([record])


def account_id(person_id: str) -> str:
    """Return the id of the account that a person gets at the first sign-in; always the same one. Pure."""
    return sha256(f"directory:{person_id}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _why(account: Account | None, is_right: bool) -> str:
    if account is None:
        return "unknown login"
    return "disabled" if is_right else "wrong password"


def _refusal(account: Account | None, proof: Proof, taken: TakenIn, browser: Client, now: datetime) -> Record:
    return _record(account, browser, "refused", proof.reason or taken.why_not, now, person=proof.ref)


def _record(
    account: Account | None, browser: Client, code: str, detail: str, now: datetime, *, person: Ref | None = None
) -> Record:
    actor: dict[str, JSON] | None = None if account is None else {"id": account.id, "login": account.login}
    if account is not None and account.kind == "directory":
        actor = {**(actor or {}), "subject": account.person_id}
    elif person is not None:
        actor = {**(actor or {"id": None, "login": None}), "subject": person.id}
    where: JSON = {"address": browser.address, "user_agent": browser.user_agent}
    return Record("login", now, {"actor": actor, "client": where, "outcome": {"code": code, "detail": detail}})
