"""Connections to directory servers at the level of sockets."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from connectors.ldap.talking import wire as wires
from connectors.ldap.talking.connections import Connection
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.wire import Wire, WireError, connect, resolve
from connectors.spi import Content
from tests.servers.certificates import Certificates
from tests.servers.trouble import mute

HOST = "127.0.0.1"
LONG = 10.0


def soon(seconds: float = 5) -> float:
    return time.monotonic() + seconds


@pytest.fixture
def pair() -> Iterator[tuple[Wire, socket.socket]]:
    ours, theirs = socket.socketpair()
    wire = Wire(ours, soon(), time.monotonic)
    yield wire, theirs
    theirs.close()
    wire.close()


def test_tickets_of_tls_do_not_count_as_the_end_of_a_connection(certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.good.file, certificates.good.key)
    with socket.create_server((HOST, 0)) as listening:
        accepted: list[ssl.SSLSocket] = []
        serving = threading.Thread(
            target=lambda: accepted.append(context.wrap_socket(listening.accept()[0], server_side=True))
        )
        serving.start()
        wire = connect(Endpoint(HOST, listening.getsockname()[1], "ldaps"), soon(), time.monotonic)
        wire.secure(ssl.create_default_context(cafile=str(certificates.authority)), HOST)
        serving.join(5)
    time.sleep(0.05)
    assert select.select([wire._socket], [], [], 0)[0]  # the tickets have come
    assert wire.is_quiet()
    assert wire.is_quiet()
    accepted[0].close()
    time.sleep(0.05)
    assert not wire.is_quiet()
    wire.close()
    assert not wire.is_quiet()


def test_octets_that_come_one_by_one_do_not_move_the_deadline(pair: tuple[Wire, socket.socket]) -> None:
    wire, theirs = pair
    ended = threading.Event()

    def trickle() -> None:
        for octet in bytes.fromhex("3030020101650a") + b"x" * 40:
            theirs.sendall(bytes([octet]))
            if ended.wait(0.05):
                return

    trickling = threading.Thread(target=trickle)
    trickling.start()
    began = time.monotonic()
    with pytest.raises(WireError, match="did not answer in time"):
        received_until(wire, 0.3)
    assert 0.25 < time.monotonic() - began < 0.8
    ended.set()
    trickling.join(5)


@pytest.mark.parametrize(("number", "sentence"), [(4, "mixed up its answers"), (0, "ended the session")])
def test_an_answer_to_something_else_ends_the_connection(
    pair: tuple[Wire, socket.socket], number: int, sentence: str
) -> None:
    wire, theirs = pair
    theirs.sendall(bytes.fromhex(f"300c0201{number:02x}65070a010004000400"))
    with pytest.raises(WireError, match=sentence):
        Connection(Endpoint(HOST, 636, "ldaps"), wire, 0).receive(5)


def test_messages_in_pieces_and_several_at_once_come_one_by_one(pair: tuple[Wire, socket.socket]) -> None:
    wire, theirs = pair
    messages = [bytes.fromhex(f"300c020101{tag}070a010004000400") for tag in ("61", "65", "67")]
    octets = b"".join(messages)
    theirs.sendall(octets[:3])
    with pytest.raises(WireError, match="did not answer in time"):
        received_until(wire, 0.05)
    theirs.sendall(octets[3:20])
    assert received_until(wire, 5) == 0x61
    assert not wire.is_quiet()
    theirs.sendall(octets[20:])
    assert [received_until(wire, 5), received_until(wire, 5)] == [0x65, 0x67]
    assert wire.is_quiet()


def received_until(wire: Wire, seconds: float) -> int:
    wire.until = soon(seconds)
    return wire.receive().tag


def test_a_message_without_end_is_not_kept_in_memory(pair: tuple[Wire, socket.socket]) -> None:
    wire, theirs = pair
    theirs.sendall(bytes.fromhex("3084ffffffff"))
    with pytest.raises(WireError, match="too large"):
        wire.receive()


def test_a_request_that_the_server_does_not_take_is_known_to_be_unsent(pair: tuple[Wire, socket.socket]) -> None:
    wire, theirs = pair
    wire.until = soon(0.2)
    with pytest.raises(WireError) as stuck:
        wire.send(1, Content(b"x" * 50_000_000))
    assert (stuck.value.unsent, stuck.value.late) == (True, True)
    theirs.close()
    wire.until = soon()
    with pytest.raises(WireError) as ended:
        wire.send(2, Content(b"x"))
    assert (ended.value.unsent, ended.value.late) == (True, False)


def test_a_name_that_is_looked_up_for_ever_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wires, "_lookup", lambda endpoint: time.sleep(LONG) or [])
    began = time.monotonic()
    with pytest.raises(WireError, match="not found in time"):
        resolve(Endpoint("slow.example.test", 636, "ldaps"), 0.1)
    assert time.monotonic() - began < 1


def test_the_other_addresses_of_a_name_are_tried_while_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with mute() as listener, full_backlog() as port:
        found = [
            (socket.AF_INET, (HOST, port)),
            (socket.AF_INET, (HOST, 9)),
            (socket.AF_INET, (HOST, listener.port)),
        ]
        monkeypatch.setattr(wires, "_lookup", lambda endpoint: found)
        began = time.monotonic()
        wire = connect(Endpoint("several.example.test", 636, "ldaps"), soon(0.9), time.monotonic)
        assert 0.2 < time.monotonic() - began < 0.6
        wire.close()


class full_backlog:  # noqa: N801 - used as a context manager
    """A port on which connecting hangs, since its queue is full."""

    def __enter__(self) -> int:
        self._listening = socket.socket()
        self._listening.bind((HOST, 0))
        self._listening.listen(0)
        self._waiting = []
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self._listening.getsockname())
            self._waiting.append(waiting)
        return int(self._listening.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        for each in (*self._waiting, self._listening):
            each.close()
