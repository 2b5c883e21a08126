"""A line to an LDAP server over TLS that can fail in every way lines and servers do, on command, and counts the writes.

It ends TLS on both sides, so that it knows requests from answers on every server; clients see the certificate it is told
to show.  One thread serves a connection, both ways.
"""

import contextlib
import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.certificates import Certificate
from tests.servers.trouble import _HOST, _PIECE, _close
from tests.servers.watching import WRITES, Watching, _message, _operation

_SEARCH = 0x63  # RFC 4511, 4.5
_ANSWERS = {_SEARCH: 0x65, 0x66: 0x67, 0x68: 0x69, 0x4A: 0x6B, 0x6C: 0x6D}  # the results of requests
_MOMENT = 0.02


class Line(Watching):
    """Passes messages on. Beside the troubles of `Watching` a write may be ``"lost"`` or ``"unheard"``: the server does not
    get it, or it does, and either way nothing more comes back on that connection.

    ``certificate`` is shown to whoever connects from now on.  ``is_mute`` holds everything up.  ``seconds_per_byte`` is how
    long each byte of an answer takes.  ``refusals`` maps numbers of writes to a result and a referral that are given
    instead of passing them on, ``searches_refused`` does so for every search.
    ``kinds`` are the tags of all that clients sent.
    """

    def __init__(self, host: str, port: int, certificate: Certificate, authority: Path) -> None:
        super().__init__(host, port)
        self._good = certificate
        self.kinds: list[int] = []
        self._trusting = ssl.create_default_context(cafile=authority)
        self.heal()

    def heal(self) -> None:
        """End all troubles, and begin to count the writes anew."""
        self.heal_but_count()
        self.begin()

    def heal_but_count(self) -> None:
        """End all troubles, and go on counting."""
        self.troubles = {}
        self.certificate = self._good
        self.is_mute = False
        self.seconds_per_byte = 0.0
        self.refusals: dict[int, tuple[int, str]] = {}
        self.searches_refused: tuple[int, str] | None = None

    @property
    def url(self) -> str:
        return f"ldaps://{_HOST}:{self.port}"

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Let nothing listen on the port meanwhile."""
        _close(self._listening)
        self.drop()
        try:
            yield
        finally:
            self._listening = socket.create_server((_HOST, self.port))
            self._start(self._accept)

    def drop(self) -> None:
        """Cut all connections that are open; the thread of each closes what is left of it."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
            self._open.clear()

    def handle(self, client: socket.socket) -> None:
        if not self._waited_out():
            return
        with contextlib.suppress(OSError), contextlib.ExitStack() as at_the_end:
            at_the_end.callback(_close, client)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate.file, self.certificate.key)
            inside = context.wrap_socket(client, server_side=True)
            at_the_end.callback(_close, inside)
            self._keep(inside)
            plain = socket.create_connection(self._server, timeout=10)
            plain.settimeout(None)
            for end in (inside, plain):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = self._trusting.wrap_socket(plain, server_hostname=self._server[0])
            at_the_end.callback(_close, server)
            self._keep(server)
            self._serve(inside, server)

    def _serve(self, client: ssl.SSLSocket, server: ssl.SSLSocket) -> None:
        way = ""
        while True:
            for source in _ready(client, server):
                if not self._waited_out():
                    return
                if source is server:
                    piece = server.recv(_PIECE)
                    if not piece or way == "answer":
                        return
                    self._answer(client, piece)
                    continue
                message = _message(client)
                way = self._passed_on(message, client, server)
                if way in ("request", "lost", "unheard") or not message:
                    self._be_silent(client, way)
                    return

    def _passed_on(self, message: bytes, client: ssl.SSLSocket, server: ssl.SSLSocket) -> str:
        kind = _operation(message) if message else 0
        self.kinds += [kind] if kind else []
        number = self._seen
        way = self._trouble(message) if message else ""
        refused = self.searches_refused if kind == _SEARCH else None
        if self._seen > number:
            refused = self.refusals.get(number)
        if refused is not None:
            client.sendall(_result(message, kind, *refused))
        elif way not in ("request", "lost") and message:
            if self._seen > number:
                self.writes.append(WRITES[kind])
            server.sendall(message)
        return way

    def _be_silent(self, client: ssl.SSLSocket, way: str) -> None:
        """Say nothing more, until the client has had enough."""
        while way in ("lost", "unheard") and not self._ended.wait(_MOMENT):
            if select.select([client], [], [], 0)[0]:
                return

    def _waited_out(self) -> bool:
        """Wait while nothing may pass; say whether there is still somebody to serve."""
        while self.is_mute:
            if self._ended.wait(_MOMENT):
                return False
        return not self._ended.is_set()

    def _answer(self, client: ssl.SSLSocket, piece: bytes) -> None:
        if self.seconds_per_byte:
            self._trickle(piece, client)
        else:
            client.sendall(piece)

    def _trickle(self, piece: bytes, client: ssl.SSLSocket) -> None:
        for position in range(len(piece)):
            if self._ended.wait(self.seconds_per_byte):
                return
            client.sendall(piece[position : position + 1])


def _ready(*sides: ssl.SSLSocket) -> list[ssl.SSLSocket]:
    waiting = [side for side in sides if side.pending()]
    return waiting or select.select(sides, [], [])[0]


def _result(message: bytes, kind: int, code: int, referral: str) -> bytes:
    """Write the result of a request (RFC 4511, 4.1.9) with the number of its message."""
    at = 2 if message[1] < 0x80 else 2 + (message[1] & 0x7F)
    number = message[at : at + 2 + message[at + 1]]
    to = _element(0xA3, _element(0x04, referral.encode())) if referral else b""
    body = _element(0x0A, bytes([code])) + _element(0x04, b"") + _element(0x04, b"not here") + to
    return _element(0x30, number + _element(_ANSWERS[kind], body))


def _element(tag: int, octets: bytes) -> bytes:
    assert len(octets) < 0x80
    return bytes([tag, len(octets)]) + octets


def line(url: str, certificate: Certificate, authority: Path) -> contextlib.AbstractContextManager[Line]:
    """Return a line to ``ldaps://host[:636]``, whose certificate the ``authority`` signed; clients see ``certificate``."""
    host, _, port = url.removeprefix("ldaps://").partition(":")
    return Line(host, int(port or 636), certificate, authority).running()
