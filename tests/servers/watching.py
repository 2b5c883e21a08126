"""A proxy before an LDAP server without TLS that counts the writes on the wire and makes trouble at a chosen one."""

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.servers.trouble import _HOST, _PIECE, _Accepting, _close

WRITES: Mapping[int, str] = {0x66: "modify", 0x68: "add", 0x4A: "delete", 0x6C: "rename"}  # RFC 4511, 4.6 to 4.9
Trouble = Callable[[], str]


class Watching(_Accepting):
    """Passes whole messages on. ``writes`` names those that reached the server, in their order.

    ``troubles`` maps the number of a write (from 0) to what is done at it; it returns ``""`` to pass it on, ``"request"``
    to cut the connection before, ``"answer"`` to cut it when the answer comes.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._server = (host, port)
        self.writes: list[str] = []
        self.troubles: dict[int, Trouble] = {}
        self._seen = 0

    @property
    def url(self) -> str:
        return f"ldap://{_HOST}:{self.port}"

    def begin(self, **troubles: str) -> None:
        """Count from now; ``n0="answer"`` makes that trouble at the first write."""
        self.writes, self._seen = [], 0
        self.troubles = {int(name[1:]): lambda way=way: way for name, way in troubles.items()}

    def handle(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server, timeout=10)
        except OSError:
            _close(client)
            return
        server.settimeout(None)
        self._keep(server)
        ways: list[str] = []
        self._start(self._answers, server, client, ways)
        with contextlib.suppress(OSError, ConnectionError):
            while message := _message(client):
                way = self._trouble(message)
                if way == "request":
                    break
                ways.append(way)
                if name := WRITES.get(_operation(message)):
                    self.writes.append(name)  # before it goes: the answer may be acted on before this thread runs again
                server.sendall(message)
        if not ways or ways[-1] != "answer":
            _close(server)
            _close(client)

    def _trouble(self, message: bytes) -> str:
        if _operation(message) not in WRITES:
            return ""
        number, self._seen = self._seen, self._seen + 1
        return self.troubles[number]() if number in self.troubles else ""

    def _answers(self, server: socket.socket, client: socket.socket, ways: list[str]) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                if ways and ways[-1] == "answer":
                    break
                client.sendall(piece)
        _close(server)
        _close(client)


@contextmanager
def watching(port: int, host: str = _HOST) -> Iterator[Watching]:
    """Give a proxy before the plain port of a server."""
    with Watching(host, port).running() as proxy:
        yield proxy


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 2)
    if len(head) < 2:
        return b""
    if head[1] < 0x80:
        return head + _exactly(source, head[1])
    size = _exactly(source, head[1] & 0x7F)
    return head + size + _exactly(source, int.from_bytes(size))


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = source.recv(size - len(found))
        if not piece:
            return b""
        found += piece
    return found


def _operation(message: bytes) -> int:
    """Return the tag of the operation: it follows the number of the message."""
    at = 2 if message[1] < 0x80 else 2 + (message[1] & 0x7F)
    return message[at + 2 + message[at + 1]]
