"""One connection to a directory server, down to its octets: TCP, TLS, whole messages, and a deadline over all of it.

Every wait, also each of many for a server that sends octet by octet, ends at the same moment: the deadline is what
`Wire.until` says in monotonic seconds, never a time per system call.
"""

import select
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.directory.texts import printable
from connectors.ldap.talking.answering import Message, framed, message_size, read_message
from connectors.ldap.talking.endpoints import Address, Endpoint, is_address
from connectors.spi import Content

LARGEST_MESSAGE = 256 * 2**20
_CHUNK = 2**16
_UNBIND = bytes.fromhex("30050201014200")


class WireError(Exception):
    """The connection is of no use any more. The text says why, without names or values.

    ``late`` says that the deadline has passed; ``unsent`` that the server cannot have got the last message whole.
    """

    def __init__(self, text: str, *, late: bool = False, unsent: bool = False) -> None:
        super().__init__(text)
        self.late = late
        self.unsent = unsent


@dataclass(frozen=True, slots=True)
class Encryption:
    """How a connection is encrypted: version of TLS, cipher, and the server's certificate in DER form.

    ``issuer`` is who signed the certificate and ``expires`` its last moment in seconds since 1970, where it was checked.
    """

    version: str
    cipher: str
    certificate: bytes
    issuer: str = ""
    expires: float | None = None


def _written_name(name: Any) -> str:
    """Return a distinguished name, as `ssl.SSLSocket.getpeercert` gives it, as people read it."""
    return printable(", ".join(str(value) for part in name for _, value in part))


class Wire:
    """A socket connected to ``address`` that sends and receives whole messages until ``until`` (monotonic seconds)."""

    def __init__(
        self, connected: socket.socket, until: float, monotonic: Callable[[], float], address: Address | None = None
    ) -> None:
        self.until = until
        self.address = address
        self._socket = connected
        self._monotonic = monotonic
        self._received = bytearray()
        self._read_to = 0

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Go on in TLS; the certificate is checked by ``context`` for ``host``, a name or an address.

        Raises `ssl.SSLError` as it comes, for the caller to explain, and `WireError`.
        """
        self._socket.settimeout(self._left())
        try:
            self._socket = context.wrap_socket(self._socket, server_hostname=host)
        except ssl.SSLError:
            raise
        except TimeoutError:
            raise WireError("TLS was not set up in time", late=True) from None
        except OSError:
            raise WireError("the connection was ended while TLS was being set up") from None

    def encryption(self) -> Encryption | None:
        """Say how the connection is encrypted, None when it is not."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return None
        cipher = self._socket.cipher()
        certificate, checked = self._socket.getpeercert(binary_form=True) or b"", self._socket.getpeercert() or {}
        return Encryption(
            self._socket.version() or "",
            cipher[0] if cipher else "",
            certificate,
            _written_name(checked.get("issuer", ())),
            ssl.cert_time_to_seconds(str(checked["notAfter"])) if "notAfter" in checked else None,
        )

    def send(self, number: int, body: Content) -> None:
        """Send one message; an error says that the server cannot have got it whole."""
        left = memoryview(framed(number, body.reveal()))
        try:
            while left:
                self._socket.settimeout(self._left())
                left = left[self._socket.send(left) :]
        except (WireError, TimeoutError):
            raise WireError("the server did not take the request in time", late=True, unsent=True) from None
        except OSError:
            raise WireError("the connection was ended", unsent=True) from None

    def receive(self) -> Message:
        """Wait for the next message; raises `WireError`, and `MalformedError` for what is none."""
        while True:
            size = message_size(self._received, self._read_to)
            if size > LARGEST_MESSAGE:
                raise WireError("the server's answer is too large")
            if size and len(self._received) >= self._read_to + size:
                octets = bytes(self._received[self._read_to : self._read_to + size])
                self._read_to += size
                return read_message(octets)
            self._fill()

    def _fill(self) -> None:
        if self._read_to:
            del self._received[: self._read_to]
            self._read_to = 0
        try:
            self._socket.settimeout(self._left())
            came = self._socket.recv(_CHUNK)
        except TimeoutError:
            raise WireError("the server did not answer in time", late=True) from None
        except OSError:
            came = b""
        if not came:
            raise WireError("the server ended the connection")
        self._received += came

    def _left(self) -> float:
        left = self.until - self._monotonic()
        if left <= 0:
            raise WireError("the server did not answer in time", late=True)
        return left

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called, or setting TLS up failed."""
        return self._socket.fileno() < 0

    def is_quiet(self) -> bool:
        """Whether nothing has come that nobody asked for, such as the end of the connection. Does not wait.

        What TLS sends for itself, such as tickets for later sessions, is read and does not count.
        """
        if len(self._received) > self._read_to or self.is_closed:
            return False
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        if not poll.poll(0):
            return True
        try:
            self._socket.settimeout(0)
            self._socket.recv(1)
        except (ssl.SSLWantReadError, BlockingIOError):
            return True
        except OSError:
            pass
        return False

    def close(self, *, farewell: bool = False) -> None:
        """Close the socket, saying so to the server when ``farewell``; never waits, never fails."""
        try:
            if farewell:
                self._socket.settimeout(0)
                self._socket.send(_UNBIND)
        except OSError:
            pass
        finally:
            self._socket.close()


def connect(
    endpoint: Endpoint,
    until: float,
    monotonic: Callable[[], float],
    arranged: Callable[[Sequence[Address]], Sequence[Address]] = list,
) -> Wire:
    """Connect to a server, to each of the addresses of its name in turn, as they are arranged; raises `WireError`."""
    addresses = arranged(resolve(endpoint, until - monotonic()))
    failed = WireError("its name has no address")
    for index, (family, address) in enumerate(addresses):
        left = until - monotonic()
        if left <= 0:
            break
        connecting = socket.socket(family, socket.SOCK_STREAM)
        try:
            connecting.settimeout(left / (len(addresses) - index))
            connecting.connect(address)
            connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return Wire(connecting, until, monotonic, (family, address))
        except TimeoutError:
            failed = WireError("it does not answer", late=True)
        except ConnectionRefusedError:
            failed = WireError("nothing listens on its port")
        except OSError as error:
            failed = WireError(f"it cannot be reached ({error.strerror})")
        connecting.close()
    raise failed


def resolve(endpoint: Endpoint, seconds: float) -> list[Address]:
    """Return the addresses of a server as families and socket addresses; raises `WireError`.

    Names are looked up in a thread of its own, since nothing else can end that wait.
    """
    if is_address(endpoint.host):
        return _lookup(endpoint)
    found: list[Address] = []
    thread = threading.Thread(target=lambda: found.extend(_lookup(endpoint)), daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    if thread.is_alive():
        raise WireError("its name was not found in time", late=True)
    if not found:
        raise WireError("its name is unknown")
    return found


def _lookup(endpoint: Endpoint) -> list[Address]:
    try:
        answers = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [(family, address) for family, _, _, _, address in answers]
