"""Send messages to a syslog receiver: over TLS that is verified (RFC 5425), or to the socket of this machine."""

import socket
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from runner.errors import SetUpError
from runner.journal.syslog import framed

PATIENCE_SECONDS = 5.0
_PORT = 6514
_EXPECTED = "expected tls://HOST:PORT, or unix:///PATH for the socket of this machine"


@dataclass(frozen=True, slots=True)
class SyslogReceiver:
    """Where messages go: a host and a port over TLS, or the path of a socket. ``ca_file`` replaces the system's list."""

    url: str
    host: str
    port: int
    path: str
    ca_file: str | None


def syslog_receiver(url: str, ca_file: str | None) -> SyslogReceiver:
    """Read the URL of a receiver; raises `SetUpError`. Nothing is connected."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORT
    except ValueError as error:
        raise SetUpError(f"[journal] “{url}” cannot be used: {_EXPECTED}.") from error
    is_tls = parts.scheme == "tls" and parts.hostname and parts.path in ("", "/") and not parts.username
    is_unix = parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")
    if not (is_tls or is_unix) or parts.query or parts.fragment:
        raise SetUpError(
            f"[journal] “{url}” cannot be used: {_EXPECTED}. Messages in clear over a network are not offered."
        )
    return SyslogReceiver(url, parts.hostname or "", port, parts.path if is_unix else "", ca_file)


class SyslogConnection:
    """An open connection; each failure is an `OSError`, and what was sent last may not have arrived then."""

    def __init__(self, receiver: SyslogReceiver) -> None:
        self._is_tls = not receiver.path
        self._socket = _over_tls(receiver) if self._is_tls else _to_socket(receiver.path)

    def send(self, line: bytes) -> None:
        """Send a message."""
        self._socket.sendall(framed(line) if self._is_tls else line)

    def close(self) -> None:
        """End the connection; over TLS raises `OSError` when the receiver had ended it before."""
        try:
            if self._is_tls and isinstance(self._socket, ssl.SSLSocket):
                self._still_open(self._socket)
        finally:
            self._socket.close()

    def _still_open(self, connection: ssl.SSLSocket) -> None:
        """Look whether the receiver closed: syslog has no answers, and a closed connection is all that tells of a loss."""
        connection.settimeout(0.05)
        try:
            if connection.recv(1) == b"":
                raise ConnectionResetError("the receiver closed the connection")
        except TimeoutError:
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
        else:
            self._socket.close()


def _over_tls(receiver: SyslogReceiver) -> socket.socket:
    context = ssl.create_default_context(cafile=receiver.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    plain = socket.create_connection((receiver.host, receiver.port), timeout=PATIENCE_SECONDS)
    try:
        return context.wrap_socket(plain, server_hostname=receiver.host)
    except BaseException:
        plain.close()
        raise


def _to_socket(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        connection.settimeout(PATIENCE_SECONDS)
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection
