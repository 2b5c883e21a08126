"""Passwords and file contents on their way through `DirectorySession`: nothing that can be printed holds them."""

import gc
import io
import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from connectors.errors import ConnectorError, RejectedError, UnavailableError, UnknownOutcomeError
from connectors.ldap.requests import Add, Modification, Modify, SetPassword
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Content, Secret
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap, Template

HIDDEN = "Geheim-4711-ß"
ALICE = f"uid=alice,{SUFFIX}"
WRITES = [
    SetPassword(ALICE, Secret(HIDDEN)),
    Modify(ALICE, (Modification("replace", "userPassword", (Content(HIDDEN.encode()),)),)),
    Add(ALICE, {"objectClass": (b"account",), "uid": (b"alice",), "userPassword": (Content(HIDDEN.encode()),)}),
]


@pytest.fixture(scope="module")
def openldap(openldap_template: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_template) as server:
        yield server


def session_to(server: OpenLdap, password: str) -> DirectorySession:
    return DirectorySession(
        [parse_endpoint(server.tls_url)], user=SERVICE, password=Secret(password), ca_file=str(server.authority)
    )


class SilentAfter:
    """A plain server that answers so many binds well and then ends every connection without a word."""

    def __init__(self, answers: int) -> None:
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = Endpoint("127.0.0.1", self._listening.getsockname()[1], "plain")
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connected, _ = self._listening.accept()
                with connected:
                    for _ in range(self._answers):
                        connected.recv(65536)
                        connected.sendall(bytes.fromhex("300c02010261070a010004000400"))
                    connected.recv(65536)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)


@pytest.fixture
def silent(request: pytest.FixtureRequest) -> Iterator[SilentAfter]:
    made = SilentAfter(request.param)
    yield made
    made.close()


def assert_hidden(error: BaseException) -> None:
    """Look through the error, what led to it, and the variables of every frame, as tools for reporting errors print them."""
    printed = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    seen: BaseException | None = error
    while seen is not None:
        for frame, _ in traceback.walk_tb(seen.__traceback__):
            if "connectors" in frame.f_code.co_filename:
                printed += repr({name: repr(value) for name, value in frame.f_locals.items()})
        seen = seen.__cause__ or seen.__context__
    for form in (HIDDEN, HIDDEN.encode().hex(), repr(HIDDEN.encode())[2:-1]):
        assert form not in printed


def raised(call: Callable[[], object], kind: type[ConnectorError]) -> ConnectorError:
    with pytest.raises(kind) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("silent", [1], indirect=True)
@pytest.mark.parametrize("write", WRITES, ids=["set", "modify", "add"])
def test_a_write_that_fails_shows_no_secret(silent: SilentAfter, write: Modify) -> None:
    session = DirectorySession([silent.endpoint], user=SERVICE, password=Secret("x"))
    assert_hidden(raised(lambda: session.apply(write), UnknownOutcomeError))


@pytest.mark.parametrize("silent", [0], indirect=True)
def test_a_sign_in_that_fails_shows_no_secret(silent: SilentAfter) -> None:
    session = DirectorySession([silent.endpoint], user=SERVICE, password=Secret(HIDDEN))
    assert_hidden(raised(lambda: session.verify("alice", Secret(HIDDEN)), UnavailableError))
    assert_hidden(raised(session.root, UnavailableError))


def test_what_cannot_be_encoded_shows_no_secret(openldap: OpenLdap) -> None:
    session = session_to(openldap, "\udcff" + HIDDEN)
    assert_hidden(raised(lambda: session.apply(SetPassword(ALICE, Secret(HIDDEN + "\udcff"))), RejectedError))
    assert_hidden(raised(lambda: session.apply(SetPassword("\udcff", Secret(HIDDEN))), RejectedError))
    assert_hidden(raised(session.root, RejectedError))


def test_nothing_is_kept_or_logged_once_a_call_is_over(
    openldap: OpenLdap, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    hidden = HIDDEN + "once"
    session = session_to(openldap, PASSWORD)
    root = logging.getLogger()
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root.addHandler(handler)
    with caplog.at_level(logging.DEBUG):
        session.apply(SetPassword(SERVICE, Secret(hidden)))
        session.verify(SERVICE, Secret(hidden))
        session.apply(SetPassword(SERVICE, Secret("too short"[:5])))
    root.removeHandler(handler)
    printed = caplog.text + stream.getvalue() + "".join(capsys.readouterr())
    assert hidden not in printed
    gc.collect()
    kept = [holder for holder in gc.get_objects() if any(hidden.encode() in octets for octets in octets_in(holder))]
    session.apply(SetPassword(SERVICE, Secret(PASSWORD)))
    session.close()
    assert kept == []


def octets_in(holder: object) -> list[bytes | bytearray]:
    if isinstance(holder, Content):
        return [holder.reveal()]
    values = list(holder.values()) if isinstance(holder, dict) else holder if isinstance(holder, list | tuple) else []
    return [value for value in values if isinstance(value, bytes | bytearray)]


def test_a_session_prints_neither_its_password_nor_its_requests(openldap: OpenLdap) -> None:
    session = session_to(openldap, HIDDEN)
    assert HIDDEN not in repr(session) + repr(vars(session))
