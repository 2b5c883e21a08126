"""Connections to directory servers that are signed in, kept for the next call; the next server when one fails.

A connection belongs to one thread from `Connections.take` to `Connections.give_back`.
"""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from connectors.errors import UnavailableError
from connectors.ldap.requests import SUCCESS, Answer
from connectors.ldap.talking.answering import ANSWERS, EXTENDED, INTERMEDIATE, MalformedError, Message, read_answer
from connectors.ldap.talking.endpoints import Endpoint, Rota
from connectors.ldap.talking.service_account import ServiceAccount
from connectors.ldap.talking.trust import Trust
from connectors.ldap.talking.wire import Wire, WireError, connect
from connectors.spi import Content

NOT_LDAP = "what the server sent is not LDAP"
_START_TLS = Content(bytes.fromhex("77188016") + b"1.3.6.1.4.1.1466.20037")
_START_TLS_NUMBER = 1
_MOST_IDLE = 16
_LONGEST_LIFE_SECONDS = 600.0


class Connection:
    """One connection to one server; what is sent on it is numbered, what comes is matched by number."""

    def __init__(self, endpoint: Endpoint, wire: Wire, opened: float) -> None:
        self.endpoint = endpoint
        self.opened = opened
        self.used = opened
        self.wire = wire
        self._number = _START_TLS_NUMBER

    def send(self, body: Content) -> int:
        """Send an operation with its controls as the next message and return the message's number; raises `WireError`."""
        self._number = self._number % (2**31 - 1) + 1
        self.wire.send(self._number, body)
        return self._number

    def exchange(self, body: Content) -> Message:
        """Send an operation that has one answer and wait for it; raises `WireError`."""
        number, expected = self.send(body), ANSWERS[body.reveal()[0]]
        while True:
            message = self.receive(number)
            if message.tag == expected:
                return message
            if message.tag != INTERMEDIATE:
                raise WireError(NOT_LDAP)

    def answer_to(self, body: Content) -> Answer:
        """Send an operation and return the result of its answer; raises `WireError`."""
        return answered(self.exchange(body))

    def receive(self, number: int) -> Message:
        """Wait for the next message of the operation ``number``; raises `WireError`.

        Leftovers of an operation given up before are not waited out: their connection is thrown away.
        """
        try:
            message = self.wire.receive()
        except MalformedError:
            raise WireError(NOT_LDAP) from None
        if message.number != number:
            raise WireError(
                "the server ended the session" if message.number == 0 else "the server mixed up its answers"
            )
        return message

    def start_tls(self, trust: Trust) -> None:
        """Ask for TLS and set it up (RFC 4511, 4.14); nothing else may have been sent before. Raises `WireError`."""
        self.wire.send(_START_TLS_NUMBER, _START_TLS)
        message = self.receive(_START_TLS_NUMBER)
        answer = answered(message)
        if message.tag != EXTENDED or answer.code != SUCCESS or not self.wire.is_quiet():
            raise WireError(f"it refuses StartTLS (result {answer.code}): give it a certificate, or use ldaps://")
        self.secure(trust)

    def secure(self, trust: Trust) -> None:
        """Set TLS up; raises `WireError` with the fix."""
        try:
            self.wire.secure(trust.context(), self.endpoint.host)
        except ssl.SSLError as error:
            raise trust.explained(error, self.endpoint.host) from None


def answered(message: Message) -> Answer:
    """Read an operation's result; raises `WireError`."""
    try:
        return read_answer(message)
    except MalformedError:
        raise WireError(NOT_LDAP) from None


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to be connected and signed in at one server, and how long an unused connection is kept."""

    connect_seconds: float
    idle_seconds: float


class Connections:
    """Where calls take their connections from, all signed in with one account. Safe for threads.

    Those that share a ``rota`` ask the same server at the same address, as long as it works.
    """

    def __init__(
        self, rota: Rota, trust: Trust, limits: Limits, monotonic: Callable[[], float], account: ServiceAccount
    ) -> None:
        self._rota = rota
        self._trust = trust
        self._limits = limits
        self._monotonic = monotonic
        self._account = account
        self._idle: list[Connection] = []
        self._lock = threading.Lock()
        self._is_closed = False
        self.last_used = self._rota.endpoints[0]

    def take(self, until: float, *, fresh: bool = False) -> Connection:
        """Return a connection that is signed in, for this thread alone; raises `UnavailableError`.

        An idle one when there is one and not ``fresh``; one that the server has closed meanwhile is noticed.
        """
        connection = None if fresh else self._idle_one()
        if connection is None:
            connection = self.open(until, self._signed_in)
        connection.wire.until = until
        self.last_used = connection.endpoint
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keep a connection on which nothing is under way for the next call; one that is closed stays away."""
        if connection.wire.is_closed:
            return
        now = connection.used = self._monotonic()
        with self._lock:
            is_wanted = not self._is_closed and len(self._idle) < _MOST_IDLE and self._is_fresh(connection, now)
            if is_wanted:
                self._idle.append(connection)
        if not is_wanted:
            connection.wire.close(farewell=True)

    def drop(self, connection: Connection, error: WireError | None = None) -> None:
        """Throw a connection away; a server that did not answer in time loses its idle ones, and its turn, too."""
        connection.wire.close()
        if error is not None and error.late:
            self._rota.failed(connection.endpoint, self._monotonic(), connection.wire.address)
            with self._lock:
                lost = [idle for idle in self._idle if idle.endpoint == connection.endpoint]
                self._idle = [idle for idle in self._idle if idle.endpoint != connection.endpoint]
            for idle in lost:
                idle.wire.close()

    def close(self) -> None:
        """Close what is idle, and what is in use once it is given back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.wire.close(farewell=True)

    def _idle_one(self) -> Connection | None:
        while True:
            now = self._monotonic()
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            is_usable = self._is_fresh(connection, now) and self._is_chosen(connection, now)
            if is_usable and connection.wire.is_quiet():
                return connection
            connection.wire.close(farewell=is_usable)

    def _is_fresh(self, connection: Connection, now: float) -> bool:
        limits = self._limits
        return now - connection.used < limits.idle_seconds and now - connection.opened < _LONGEST_LIFE_SECONDS

    def _is_chosen(self, connection: Connection, now: float) -> bool:
        """Whether a connection leads to the server and address that everybody with this rota asks now."""
        return self._rota.is_chosen(connection.endpoint, connection.wire.address, now)

    def open(self, until: float, greet: Callable[[Connection], None]) -> Connection:
        """Connect to the first server that answers, with TLS set up, and let ``greet`` use it; nothing is kept.

        Raises `UnavailableError` naming every server tried and why it was of no use.  What ``greet`` raises other than
        `WireError` ends the search for a server.
        """
        reasons = []
        for endpoint in self._rota.order(self._monotonic()):
            now = self._monotonic()
            if now >= until:
                reasons.append(f"{endpoint}: there was no time left to try it")
                continue
            try:
                return self._opened(endpoint, min(until, now + self._limits.connect_seconds), greet)
            except WireError as error:
                reasons.append(f"{endpoint}: {error}")
        raise UnavailableError(f"No directory server can be used. {'; '.join(reasons)}.") from None

    def _opened(self, endpoint: Endpoint, until: float, greet: Callable[[Connection], None]) -> Connection:
        now, address = self._monotonic(), None
        self._rota.trying(endpoint, now, until - now)
        try:
            wire = connect(endpoint, until, self._monotonic, partial(self._rota.arranged, endpoint))
            address = wire.address
            connection = self._greeted(Connection(endpoint, wire, now), greet)
        except WireError:
            self._rota.failed(endpoint, self._monotonic(), address)
            raise
        self._rota.worked(endpoint, address)
        return connection

    def _greeted(self, connection: Connection, greet: Callable[[Connection], None]) -> Connection:
        try:
            if connection.endpoint.security == "ldaps":
                connection.secure(self._trust)
            elif connection.endpoint.security == "starttls":
                connection.start_tls(self._trust)
            greet(connection)
        except BaseException:
            connection.wire.close()
            raise
        return connection

    def _signed_in(self, connection: Connection) -> None:
        self._account.sign_in(connection.endpoint, connection.answer_to, connection.wire.until)
