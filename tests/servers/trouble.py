"""Servers and proxies on 127.0.0.1 that misbehave, at the level of TCP: TLS passes through them unread.

All run in threads of their own and end with their ``with``.
"""

import contextlib
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Event, Lock, Thread
from typing import Self

_HOST = "127.0.0.1"
_PIECE = 65_536


@contextmanager
def refusing() -> Iterator[int]:
    """Give a port that refuses connections for as long as the ``with`` lasts; nobody else gets it meanwhile."""
    with socket.socket() as held:
        held.bind((_HOST, 0))
        yield int(held.getsockname()[1])


class _Accepting:
    """Accepts connections in a thread and gives each to `handle` in another."""

    def __init__(self, host: str = _HOST, port: int = 0) -> None:
        self._listening = socket.create_server((host, port))
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._ended = Event()
        self.port = int(self._listening.getsockname()[1])
        self.connections = 0

    @contextmanager
    def running(self) -> Iterator[Self]:
        self._start(self._accept)
        try:
            yield self
        finally:
            self._ended.set()
            _close(self._listening)
            self.drop()
            for thread in self._threads:
                thread.join(timeout=10)

    def drop(self) -> None:
        """Cut all connections that are open."""
        with self._lock:
            for connection in self._open:
                _close(connection)
            self._open.clear()

    def handle(self, client: socket.socket) -> None:
        raise NotImplementedError

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connections += 1
                self._keep(client)
                self._start(self.handle, client)

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            if self._ended.is_set():
                _close(connection)
            self._open.add(connection)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()


class Listener(_Accepting):
    """Accepts, says nothing, and keeps every byte it was sent in `received`."""

    def __init__(self, host: str = _HOST, port: int = 0) -> None:
        super().__init__(host, port)
        self.received = b""

    def handle(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(_PIECE):
                with self._lock:
                    self.received += piece


class _Cut(Enum):
    REQUEST = "the next bytes of a client are not passed on"
    ANSWER = "the next bytes of the server are not passed on"


class Proxy(_Accepting):
    """Passes bytes between clients and a server, until it is told to make trouble.

    ``seconds_per_byte`` is how long each byte of the server takes on its way to the client; it can be changed while
    connections are open. `cuts` counts the connections that were cut because it was asked for.
    """

    def __init__(self, host: str, port: int, *, seconds_per_byte: float = 0) -> None:
        super().__init__()
        self._server = (host, port)
        self._wanted: _Cut | None = None
        self.seconds_per_byte = seconds_per_byte
        self.cuts = 0

    def cut_next_request(self) -> None:
        """Cut the connection on which a client sends next; the server never sees what it sent."""
        self._wanted = _Cut.REQUEST

    def cut_next_answer(self) -> None:
        """Pass requests on, and cut the connection on which the server answers next; the client never sees the answer."""
        self._wanted = _Cut.ANSWER

    def handle(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server, timeout=10)
        except OSError:
            _close(client)
            return
        server.settimeout(None)
        self._keep(server)
        self._start(self._pass, client, server, _Cut.REQUEST)
        self._pass(server, client, _Cut.ANSWER)

    def _pass(self, source: socket.socket, sink: socket.socket, way: _Cut) -> None:
        with contextlib.suppress(OSError):
            while (piece := source.recv(_PIECE)) and not self._is_to_cut(way):
                if way is _Cut.ANSWER and self.seconds_per_byte:
                    self._trickle(piece, sink)
                else:
                    sink.sendall(piece)
        _close(source)
        _close(sink)
        with self._lock:
            self._open -= {source, sink}

    def _is_to_cut(self, way: _Cut) -> bool:
        with self._lock:
            if self._wanted is not way:
                return False
            self._wanted = None
            self.cuts += 1
            return True

    def _trickle(self, piece: bytes, sink: socket.socket) -> None:
        for position in range(len(piece)):
            if self._ended.wait(self.seconds_per_byte):
                return
            sink.sendall(piece[position : position + 1])


def mute() -> contextlib.AbstractContextManager[Listener]:
    """Return a server that accepts and says nothing."""
    return Listener().running()


def rogue(host: str = _HOST, port: int = 0) -> contextlib.AbstractContextManager[Listener]:
    """Return a server that somebody else might have put in a referral; `Listener.received` tells what it learnt."""
    return Listener(host, port).running()


def cutting(port: int, host: str = _HOST) -> contextlib.AbstractContextManager[Proxy]:
    """Return a proxy before a server, to be told when to cut."""
    return Proxy(host, port).running()


def trickling(
    port: int, host: str = _HOST, *, seconds_per_byte: float = 0.5
) -> contextlib.AbstractContextManager[Proxy]:
    """Return a proxy before a server, which lets its answers through a byte at a time."""
    return Proxy(host, port, seconds_per_byte=seconds_per_byte).running()


def _close(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
