"""Talking to directory servers: searches, single writes, checking a password. The only user of ldap3.

ldap3 reads the filters. Its connections are not used: they keep passwords and requests, follow referrals, wait per
system call and repeat writes. Referrals are answers here; nothing ever follows one.
"""

import time
import warnings
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import TypeVar

from connectors.errors import RejectedError, UnavailableError
from connectors.ldap.requests import (
    ADMIN_LIMIT,
    INVALID_CREDENTIALS,
    NO_SUCH_OBJECT,
    SIZE_LIMIT,
    SUCCESS,
    TIME_LIMIT,
    Answer,
    LimitReachedError,
    Request,
    Row,
    Search,
    SearchRefusedError,
)
from connectors.ldap.talking.asking import PASSWORD_POLICY, bind, change, search
from connectors.ldap.talking.calls import Calls
from connectors.ldap.talking.connections import Connections, Limits
from connectors.ldap.talking.endpoints import Endpoint, Rota
from connectors.ldap.talking.filter_octets import filter_octets
from connectors.ldap.talking.service_account import ServiceAccount
from connectors.ldap.talking.trust import Trust
from connectors.ldap.talking.wire import Encryption
from connectors.spi import Secret

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 2.9 asks pyasn1 0.6 for names by their old spelling
    from ldap3.operation.search import compile_filter, parse_filter
    from ldap3.utils.asn1 import encode

_T = TypeVar("_T")
_LIMITS = (TIME_LIMIT, SIZE_LIMIT, ADMIN_LIMIT)


_CACHED_LETTERS = 300


def _filter(text: str) -> bytes:
    """Return a filter's octets; raises whatever ldap3 and pyasn1 do for what is none."""
    return filter_octets(text) or (_cached_filter if len(text) <= _CACHED_LETTERS else _parsed_filter)(text)


def _parsed_filter(text: str) -> bytes:
    parsed = parse_filter(text, None, auto_escape=False, auto_encode=False, validator=None, check_names=False)
    return bytes(encode(compile_filter(parsed.elements[0])))


_cached_filter = lru_cache(maxsize=256)(_parsed_filter)


def _written(write: Callable[[], _T]) -> _T:
    """Return what ``write`` makes; what cannot be written in LDAP is refused without a word of what it was."""
    try:
        return write()
    except Exception:  # noqa: S110 - ldap3 and pyasn1 raise many kinds, with values in their texts
        pass
    raise RejectedError("The request holds a name, a filter or a value that cannot be written in LDAP.")


class DirectorySession:
    """What is asked of one directory, served by one server or by several that hold the same. Safe for threads.

    Sessions that are given one `Rota` ask the same one of the servers, and leave one that fails together.
    ``ca_file`` holds the authorities that may have signed the servers' certificates, else the system's count.  A call
    ends within ``call_seconds``, a page of a search too, and a whole search that brings next to nothing.  ``monotonic`` gives
    seconds; ``account`` is shared with another one.
    """

    def __init__(
        self,
        servers: Sequence[Endpoint] | Rota,
        *,
        user: str,
        password: Secret,
        ca_file: str | None = None,
        connect_seconds: float = 5,
        call_seconds: float = 15,
        idle_seconds: float = 60,
        monotonic: Callable[[], float] = time.monotonic,
        account: ServiceAccount | None = None,
    ) -> None:
        account = account or ServiceAccount(lambda: _written(partial(bind, user, password)), monotonic)
        rota = servers if isinstance(servers, Rota) else Rota(tuple(servers))
        limits = Limits(connect_seconds, idle_seconds)
        self._connections = Connections(rota, Trust(ca_file), limits, monotonic, account)
        self._calls = Calls(self._connections, call_seconds, monotonic)
        self._alike = partial(
            DirectorySession,
            user=user,
            password=password,
            ca_file=ca_file,
            connect_seconds=connect_seconds,
            call_seconds=call_seconds,
            idle_seconds=idle_seconds,
            monotonic=monotonic,
            account=account,
        )

    def only(self, server: Endpoint) -> "DirectorySession":
        """Return a session with the same account to one server alone; what is refused to one, the other does not try."""
        return self._alike((server,))

    def search(self, wanted: Search) -> Generator[Row]:
        """Yield what matches, page by page as it is asked for; one connection is held until the end or `close`.

        Raises, after the rows that came, `LimitReachedError` when the server has more than it gives, and
        `SearchRefusedError` for every other result but success, referrals too; `UnavailableError` when no server answers.
        """
        body = partial(search, wanted, _written(partial(_filter, wanted.filter)))
        spending = self._calls.spending()
        connection, page = self._calls.first_page(_written(partial(body, b"")), spending)
        try:
            while True:
                yield from page.rows
                _check(page.answer)
                if not page.cookie:
                    return
                page = self._calls.next_page(connection, body(page.cookie), spending, page.cookie)
        finally:
            self._calls.done_with(connection)

    def first(self, wanted: Search) -> Row | None:
        """Return the entry a base search is for, or None when there is none; raises as `search` does."""
        octets = _written(partial(_filter, wanted.filter))
        body = _written(partial(search, replace(wanted, page=0), octets))
        connection, page = self._calls.first_page(body, self._calls.spending())
        self._calls.done_with(connection)
        if page.answer.code == NO_SUCH_OBJECT:
            return None
        _check(page.answer)
        return page.rows[0] if page.rows else None

    def apply(self, request: Request) -> Answer:
        """Send one write, once, and return whatever the server says to it.

        Raises `RejectedError` for what LDAP cannot express and `UnavailableError` when it was certainly not sent: nothing
        happened; `UnknownOutcomeError` when it was sent and no answer came: it may have happened.
        """
        return self._calls.write(_written(partial(change, request)))

    def verify(self, user: str, password: Secret) -> Answer:
        """Try to sign in as somebody on a connection that is used for nothing else.

        Empty names and passwords, which servers take for anonymous, and those no server can take are refused without
        asking.  The password policy's answer is among the controls where the server gives one.  Raises
        `UnavailableError`.
        """
        if not (_is_sendable(user) and _is_sendable(password.reveal())):
            return Answer(INVALID_CREDENTIALS)
        try:
            body = _written(partial(bind, user, password, [(PASSWORD_POLICY, False, None)]))
        except RejectedError:
            return Answer(INVALID_CREDENTIALS)
        return self._calls.alone(body)

    def root(self) -> Row:
        """Return what the server says of itself (RFC 4512, 5.1); raises as `search` does."""
        row = self.first(Search("", "(objectClass=*)", ("*", "+"), "base"))
        if row is None:
            raise UnavailableError(f"{self.server()}: it does not show what it offers (its root entry).")
        return row

    def encryption(self) -> Encryption | None:
        """Say how the way to the server is encrypted, None when it is not; raises `UnavailableError`."""
        return self._calls.encryption()

    def server(self) -> str:
        """Return the address of the server used last, else of the first."""
        return str(self._connections.last_used)

    def close(self) -> None:
        """Close every connection, those in use when their call ends."""
        self._connections.close()


def _is_sendable(text: str) -> bool:
    """Whether a name or a password means one account to every server: not empty, and nothing that C takes for its end."""
    return text != "" and "\0" not in text


def _check(answer: Answer) -> None:
    """Raise `LimitReachedError` or `SearchRefusedError` for a search that did not end well."""
    if answer.code in _LIMITS:
        raise LimitReachedError(answer)
    if answer.code != SUCCESS:
        raise SearchRefusedError(answer)
