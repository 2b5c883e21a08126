"""One call each: octets out, the answer in, and what is known of the effect when none came.

Reads are tried once more on a new connection when the one they had was ended; writes only when the server cannot have
got them. Nothing is ever sent twice that may have been carried out. Octets to be sent travel as `Content`, since passwords are
among them: no traceback shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from connectors.errors import UnavailableError, UnknownOutcomeError
from connectors.ldap.requests import Answer, Row
from connectors.ldap.talking.answering import (
    ENTRY,
    INTERMEDIATE,
    REFERENCE,
    SEARCH_DONE,
    MalformedError,
    page_cookie,
    read_answer,
    read_row,
)
from connectors.ldap.talking.connections import NOT_LDAP, Connection, Connections
from connectors.ldap.talking.spending import Spending
from connectors.ldap.talking.wire import Encryption, WireError
from connectors.spi import Content

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Page:
    """The entries that one search request brought, references left out, its result, and what the next is asked with."""

    rows: list[Row]
    answer: Answer
    cookie: bytes


class Calls:
    """Calls on connections from a pool, each ending within ``call_seconds``. Safe for threads."""

    def __init__(self, connections: Connections, call_seconds: float, monotonic: Callable[[], float]) -> None:
        self._connections = connections
        self._call_seconds = call_seconds
        self._monotonic = monotonic

    def _until(self) -> float:
        return self._monotonic() + self._call_seconds

    def spending(self) -> Spending:
        """Return the limits of one search."""
        return Spending(self._call_seconds, self._monotonic)

    def first_page(self, body: Content, spending: Spending) -> tuple[Connection, Page]:
        """Send a search and return the connection, for the next page on it, with what came.

        Raises `UnavailableError`; the connection is not kept then.
        """
        until = spending.until()
        connection = self._connections.take(until)
        try:
            return connection, self._on(connection, lambda: _page(connection, body, spending, b""))
        except WireError as error:
            if error.late:
                raise _unavailable(connection, error) from None
        connection = self._connections.take(until, fresh=True)
        return connection, self._page_or_unavailable(connection, body, spending, b"")

    def next_page(self, connection: Connection, body: Content, spending: Spending, cookie: bytes) -> Page:
        """Send a search with the cookie of the page before on its connection.

        Raises `UnavailableError`; the connection is gone then.
        """
        connection.wire.until = spending.until()
        return self._page_or_unavailable(connection, body, spending, cookie)

    def _page_or_unavailable(self, connection: Connection, body: Content, spending: Spending, cookie: bytes) -> Page:
        try:
            return self._on(connection, lambda: _page(connection, body, spending, cookie))
        except WireError as error:
            raise _unavailable(connection, error) from None

    def _on(self, connection: Connection, call: Callable[[], _T]) -> _T:
        """Make a call; whatever goes wrong in it, the connection is thrown away, since its state is not known."""
        try:
            return call()
        except WireError as error:
            self._connections.drop(connection, error)
            raise
        except BaseException:
            self._connections.drop(connection)
            raise

    def done_with(self, connection: Connection) -> None:
        """Keep the connection of a search that is over for the next call."""
        self._connections.give_back(connection)

    def encryption(self) -> Encryption | None:
        """Say how a connection that is signed in is encrypted; raises `UnavailableError`."""
        connection = self._connections.take(self._until())
        found = connection.wire.encryption()
        self._connections.give_back(connection)
        return found

    def write(self, body: Content) -> Answer:
        """Send one write and return its answer.

        Raises `UnavailableError` when the server cannot have got it, `UnknownOutcomeError` when it may have.
        """
        until = self._until()
        connection = self._connections.take(until)
        try:
            answer = self._on(connection, lambda: connection.answer_to(body))
        except WireError as error:
            if error.late or not error.unsent:
                raise _failed_write(connection, error) from None
            connection = self._connections.take(until, fresh=True)
            try:
                answer = self._on(connection, lambda: connection.answer_to(body))
            except WireError as again:
                raise _failed_write(connection, again) from None
        self._connections.give_back(connection)
        return answer

    def alone(self, body: Content) -> Answer:
        """Send one request on a connection of its own, under nobody's name, and close it; raises `UnavailableError`."""
        until = self._until()
        connection = self._connections.open(until, lambda _: None)
        connection.wire.until = until
        try:
            answer = self._on(connection, lambda: connection.answer_to(body))
        except WireError as error:
            raise _unavailable(connection, error) from None
        connection.wire.close(farewell=True)
        return answer


def _page(connection: Connection, body: Content, spending: Spending, asked_with: bytes) -> Page:
    number = connection.send(body)
    rows: list[Row] = []
    try:
        while True:
            message = connection.receive(number)
            if message.tag == SEARCH_DONE:
                answer = read_answer(message)
                cookie = page_cookie(answer)
                spending.turned(rows[0].dn if rows else None, asked_with, cookie)
                return Page(rows, answer, cookie)
            if message.tag not in (ENTRY, REFERENCE, INTERMEDIATE):
                raise WireError(NOT_LDAP)
            spending.came(len(message.octets), is_row=message.tag == ENTRY)
            if message.tag == ENTRY:
                rows.append(read_row(message))
    except MalformedError:
        raise WireError(NOT_LDAP) from None


def _unavailable(connection: Connection, error: WireError) -> UnavailableError:
    return UnavailableError(f"{connection.endpoint}: {error}.")


def _failed_write(connection: Connection, error: WireError) -> UnavailableError | UnknownOutcomeError:
    if error.unsent:
        return _unavailable(connection, error)
    return UnknownOutcomeError(f"{connection.endpoint}: {error}; whether it made the change is not known.")
