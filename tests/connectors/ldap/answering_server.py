"""A server that is none: it lets everybody in and has nobody, unless a test says what it answers to a message."""

import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.talking.answering import ANSWERS, Message, element, framed, message_size, read_message
from tests.servers.openldap import SUFFIX

ID = "5b7a6c4e-0f0d-4b5e-9d8a-3c1f2a9b7e10"
DONE, BOUND = 0x65, 0x61
_UNBIND = 0x42
_PAGED = b"1.2.840.113556.1.4.319"

Answering = Callable[[Message, bytes], Iterable[bytes] | None]
"""From a message and its octets to the answers, None for the usual one."""


def result(tag: int, code: bytes = b"\x00", *, words: bytes = b"", code_tag: int = 0x0A) -> bytes:
    return element(tag, element(code_tag, code) + element(4, b"") + element(4, words))


def person(login: str = "alice", **more: Sequence[bytes]) -> bytes:
    values = {"objectClass": [b"inetOrgPerson"], "uid": [login.encode()], "entryUUID": [ID.encode()], **more}
    return entry(f"uid={login},{SUFFIX}", values)


def entry(dn: str, values: Mapping[str, Sequence[bytes]]) -> bytes:
    listed = [
        element(0x30, element(4, name.encode()) + element(0x31, b"".join(element(4, one) for one in held)))
        for name, held in values.items()
    ]
    return element(0x64, element(4, dn.encode()) + element(0x30, b"".join(listed)))


def cookie(octets: bytes) -> bytes:
    value = element(0x30, element(2, b"\x00") + element(4, octets))
    return element(0xA0, element(0x30, element(4, _PAGED) + element(4, value)))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: Answering) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = answers
        self.asked: list[int] = []

    def answers_to(self, message: Message) -> Iterable[bytes]:
        self.asked.append(message.tag)
        found = self.answers(message, message.octets[message.start : message.end])
        if found is not None:
            return found
        return [] if message.tag == _UNBIND else [result(ANSWERS[message.tag])]


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Server)
        came = bytearray()
        try:
            while octets := self.request.recv(65_536):
                came += octets
                while (size := message_size(came, 0)) and len(came) >= size:
                    message = read_message(bytes(came[:size]))
                    del came[:size]
                    for answer in self.server.answers_to(message):
                        self.request.sendall(framed(message.number, answer))
        except OSError:
            pass


@contextmanager
def answering(answers: Answering, **settings: object) -> Iterator[tuple[LdapDirectory, list[int]]]:
    """Give the connector on such a server, and the tags of what it is asked as it comes.

    The password stands in the environment variable ``DIRECTORY_PASSWORD``.
    """
    with _Server(answers) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        given = {
            "dialect": "generic",
            "base": SUFFIX,
            "user": "cn=svc",
            "password_env": "DIRECTORY_PASSWORD",
            **settings,
        }
        url = f"ldap://127.0.0.1:{server.server_address[1]}"
        with closing(LdapDirectory([url], plain_on_loopback=True, **given)) as directory:  # type: ignore[arg-type]
            yield directory, server.asked
        server.shutdown()
