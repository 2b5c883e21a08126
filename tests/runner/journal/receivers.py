"""Receivers of checkpoints and records: a server that speaks syslog over TLS, and one that is posted to."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any


@dataclass(slots=True)
class Received:
    """What arrived, and where it was sent to. ``status`` is answered to posts."""

    messages: list[bytes] = field(default_factory=list)
    status: int = 204
    url: str = ""


def frames(content: bytes) -> list[bytes]:
    """Take messages out of their frames (RFC 5425)."""
    found = []
    while content:
        length, _, rest = content.partition(b" ")
        assert len(rest) >= int(length)
        found.append(rest[: int(length)])
        content = rest[int(length) :]
    return found


@contextmanager
def running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def syslog_over_tls(certificate: str, key: str) -> Iterator[Received]:
    """A receiver that takes everything until the sender closes."""
    received = Received()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            content = b""
            try:
                with context.wrap_socket(self.request, server_side=True) as connection:
                    connection.settimeout(5)
                    while more := connection.recv(65_536):
                        content += more
            except OSError:
                pass
            received.messages += frames(content)

    ThreadingTCPServer.allow_reuse_address = True
    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    received.url = f"tls://localhost:{server.server_address[1]}"
    with running(server):
        yield received


@contextmanager
def posted_to(port: int = 0) -> Iterator[Received]:
    """A receiver of posts."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if received.status < 300:
                received.messages.append(body)
            self.send_response(received.status)
            if 300 <= received.status < 400:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    HTTPServer.allow_reuse_address = True
    server = HTTPServer(("127.0.0.1", port), Handler)
    received.url = f"http://127.0.0.1:{server.server_address[1]}/checkpoints"
    with running(server):
        yield received
