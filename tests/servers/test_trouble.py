"""The proxies do what they say: a test that believes in them may."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from tests.servers.trouble import Proxy, cutting, mute, refusing, rogue, trickling


class Echo:
    """A server that repeats what it was sent, and keeps it."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.heard: list[bytes] = []

    @contextmanager
    def running(self) -> Iterator["Echo"]:
        thread = Thread(target=self._serve, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.listening.shutdown(socket.SHUT_RDWR)
            self.listening.close()
            thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            with client:
                while piece := client.recv(1000):
                    self.heard.append(piece)
                    try:
                        client.sendall(piece)
                    except OSError:
                        break


@pytest.fixture
def echo() -> Iterator[Echo]:
    with Echo().running() as server:
        yield server


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        yield client


def is_cut(client: socket.socket) -> bool:
    try:
        return client.recv(100) == b""
    except ConnectionError:
        return True


def test_a_refusing_port_refuses() -> None:
    with refusing() as port, pytest.raises(ConnectionRefusedError), connected(port):
        pass


def test_a_mute_server_takes_everything_and_says_nothing() -> None:
    with mute() as server, connected(server.port) as client:
        client.sendall(b"hello")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_a_rogue_server_keeps_every_byte_of_everybody() -> None:
    with rogue() as server:
        for word in (b"one", b"two"):
            with connected(server.port) as client:
                client.sendall(word)
                client.shutdown(socket.SHUT_WR)
                until = time.monotonic() + 5
                while word not in server.received and time.monotonic() < until:
                    time.sleep(0.005)
        assert (server.received, server.connections) == (b"onetwo", 2)


def test_a_proxy_passes_everything_until_it_is_told_otherwise(echo: Echo) -> None:
    with cutting(echo.port) as proxy, connected(proxy.port) as client:
        for word in (b"one", b"two"):
            client.sendall(word)
            assert client.recv(100) == word
        assert (proxy.connections, proxy.cuts) == (1, 0)


def test_an_answer_that_is_cut_was_asked_for_and_never_arrives(echo: Echo) -> None:
    with cutting(echo.port) as proxy, connected(proxy.port) as client:
        proxy.cut_next_answer()
        client.sendall(b"do it")
        assert is_cut(client)
        assert (echo.heard, proxy.cuts) == ([b"do it"], 1)
        with connected(proxy.port) as again:
            again.sendall(b"and now?")
            assert again.recv(100) == b"and now?"


def test_a_request_that_is_cut_never_reaches_the_server(echo: Echo) -> None:
    with cutting(echo.port) as proxy, connected(proxy.port) as client:
        proxy.cut_next_request()
        client.sendall(b"do it")
        assert is_cut(client)
        assert (echo.heard, proxy.cuts) == ([], 1)


def test_dropping_cuts_what_is_open_and_lets_others_in(echo: Echo) -> None:
    with cutting(echo.port) as proxy, connected(proxy.port) as client:
        client.sendall(b"one")
        assert client.recv(100) == b"one"
        proxy.drop()
        assert is_cut(client)
        with connected(proxy.port) as again:
            again.sendall(b"two")
            assert again.recv(100) == b"two"


def test_a_trickling_proxy_lets_one_byte_through_at_a_time(echo: Echo) -> None:
    with trickling(echo.port, seconds_per_byte=0.05) as proxy, connected(proxy.port) as client:
        client.sendall(b"four")
        began = time.monotonic()
        pieces = [client.recv(100) for _ in range(4)]
        assert pieces == [b"f", b"o", b"u", b"r"]
        assert time.monotonic() - began >= 0.15


def test_a_proxy_ends_at_once_though_clients_are_connected_and_bytes_are_on_their_way(echo: Echo) -> None:
    proxy = Proxy("127.0.0.1", echo.port, seconds_per_byte=5)
    with proxy.running(), connected(proxy.port) as client:
        client.sendall(b"slow")
        began = time.monotonic()
        while not echo.heard and time.monotonic() - began < 5:
            time.sleep(0.005)
        began = time.monotonic()
    assert time.monotonic() - began < 2


def test_a_proxy_before_no_server_cuts() -> None:
    with refusing() as port, cutting(port) as proxy, connected(proxy.port) as client:
        assert is_cut(client)
