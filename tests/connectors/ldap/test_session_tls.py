"""Whom `DirectorySession` trusts: certificates good and bad, over ldaps and StartTLS, by name and by address."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.errors import UnavailableError
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Secret
from tests.servers.certificates import Certificates
from tests.servers.openldap import PASSWORD, SERVICE, OpenLdap, Template


@pytest.fixture(scope="module")
def openldap(openldap_template: Template) -> Iterator[OpenLdap]:
    with OpenLdap.started(openldap_template) as server:
        yield server


def session_to(address: str, ca_file: Path | None) -> DirectorySession:
    return DirectorySession(
        [parse_endpoint(address)], user=SERVICE, password=Secret(PASSWORD), ca_file=str(ca_file) if ca_file else None
    )


def addresses(server: OpenLdap, host: str = "127.0.0.1") -> list[str]:
    return [f"ldaps://{host}:{server.tls_port}", f"ldap://{host}:{server.port}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("way", [0, 1])
def test_a_certificate_of_our_authority_is_trusted_by_name_and_by_address(
    openldap: OpenLdap, host: str, way: int
) -> None:
    session = session_to(addresses(openldap, host)[way], openldap.authority)
    assert session.root().values
    session.close()


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("expired", "its certificate has expired: give the server a new one"),
        ("wrong_name", "its certificate is for another name than 127.0.0.1: use a name that the certificate holds"),
        ("unknown", "an authority that is not trusted here: put the certificate of that authority into ca_file"),
    ],
)
def test_a_certificate_that_is_not_good_ends_everything_and_says_what_mends_it(
    openldap_template: Template, certificates: Certificates, kind: str, sentence: str
) -> None:
    with OpenLdap.started(openldap_template, certificate=getattr(certificates, kind)) as server:
        for address in addresses(server):
            session = session_to(address, server.authority)
            for call in (session.root, lambda session=session: session.verify(SERVICE, Secret(PASSWORD))):
                with pytest.raises(UnavailableError) as unavailable:
                    call()
                assert sentence in str(unavailable.value)
                assert str(unavailable.value).startswith("No directory server can be used. " + address)


def test_without_a_ca_file_the_system_s_authorities_count(openldap: OpenLdap) -> None:
    for address in addresses(openldap):
        with pytest.raises(UnavailableError, match="not trusted here: set ca_file to a file with that authority's"):
            session_to(address, None).root()


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "cannot be read"), ("", "holds no certificate"), ("x", "holds no")]
)
def test_a_ca_file_that_is_of_no_use_is_named(
    openldap: OpenLdap, tmp_path: Path, content: str | None, sentence: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UnavailableError, match=f"ca_file {file} {sentence}"):
        session_to(openldap.tls_url, file).root()


def test_the_wrong_port_is_told(openldap: OpenLdap) -> None:
    for address in (f"ldaps://127.0.0.1:{openldap.port}", f"ldap://127.0.0.1:{openldap.tls_port}"):
        with pytest.raises(
            UnavailableError, match=r"ldaps:// is for port 636|ended the connection|did not answer in time"
        ):
            DirectorySession(
                [parse_endpoint(address)], user=SERVICE, password=Secret(PASSWORD), connect_seconds=1
            ).root()


def test_plain_is_for_loopback_when_it_is_asked_for(openldap: OpenLdap) -> None:
    endpoint = parse_endpoint(openldap.url, allow_plain_on_loopback=True)
    session = DirectorySession([endpoint], user=SERVICE, password=Secret(PASSWORD))
    assert session.root().values
    session.close()


class Pretender:
    """Answers the first request with given octets and keeps whatever comes."""

    def __init__(self, answer: bytes) -> None:
        self.came = b""
        self._answer = answer
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connected, _ = self._listening.accept()
        with connected, self._listening:
            connected.settimeout(5)
            self.came = connected.recv(65536)
            connected.sendall(self._answer)
            try:
                while more := connected.recv(65536):
                    self.came += more
            except OSError:
                pass

    def ended(self) -> bytes:
        self._thread.join(10)
        return self.came


def extended_answer(code: int, more: str = "") -> bytes:
    return bytes.fromhex(f"300c02010178070a01{code:02x}04000400{more}")


@pytest.mark.parametrize(
    "answer",
    [
        extended_answer(2),  # the server has no TLS
        extended_answer(
            0, "300c02010161070a010004000400"
        ),  # and an answer to a bind that nobody sent, pushed in before TLS
        bytes.fromhex("300c02010161070a010004000400"),  # the answer to something else
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"",
    ],
)
def test_nobody_who_refuses_starttls_or_meddles_with_it_gets_the_password(answer: bytes) -> None:
    pretender = Pretender(answer)
    session = DirectorySession(
        [Endpoint("127.0.0.1", pretender.port, "starttls")],
        user=SERVICE,
        password=Secret(PASSWORD),
        connect_seconds=0.5,
    )
    with pytest.raises(UnavailableError):
        session.root()
    came = pretender.ended()
    assert PASSWORD.encode() not in came
    assert SERVICE.encode() not in came
    assert came.startswith(bytes.fromhex("301d02010177188016"))


def test_an_answer_slipped_in_before_tls_is_not_taken_for_one_inside_it(certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.good.file, certificates.good.key)
    got: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connected, _ = listening.accept()
        connected.recv(65536)
        connected.sendall(extended_answer(0, "300c02010261070a010004000400"))
        with suppress(OSError), connected, context.wrap_socket(connected, server_side=True) as secured:
            secured.settimeout(2)
            got.append(secured.recv(4096))

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(UnavailableError, match="refuses StartTLS"):
        session_to(f"ldap://127.0.0.1:{listening.getsockname()[1]}", certificates.authority).root()
    thread.join(10)
    listening.close()
    assert b"".join(got) == b""


def test_a_pretender_with_a_foreign_certificate_gets_nothing_but_a_handshake(certificates: Certificates) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.unknown.file, certificates.unknown.key)
    got: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connected, _ = listening.accept()
        try:
            with connected, context.wrap_socket(connected, server_side=True) as secured:
                got.append(secured.recv(4096))
        except OSError:
            pass

    thread = threading.Thread(target=serve)
    thread.start()
    with pytest.raises(UnavailableError, match="not trusted"):
        session_to(f"ldaps://127.0.0.1:{listening.getsockname()[1]}", certificates.authority).root()
    thread.join(10)
    listening.close()
    assert b"".join(got) == b""
