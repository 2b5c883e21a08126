"""Mails against a real SMTP server, one that hangs up, and the outbox folder."""

import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.errors import ConnectorError, RejectedError, UnavailableError, UnknownOutcomeError
from connectors.mailbox.mail import OutboxPostman, SmtpPostman
from connectors.spi import Message, Secret

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOST = "localhost"
SENDER = "helpdesk@example.org"


class Inbox:
    """An aiosmtpd handler that keeps what it gets and refuses some recipients."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []
        self.signed_in: list[bytes] = []
        self.answer = "250 taken"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return self.answer

    def authenticate(self, server, session, envelope, mechanism, login):
        right = isinstance(login, LoginPassword) and login.password == b"right"
        if right:
            self.signed_in.append(login.login)
        return AuthResult(success=right, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def served(inbox: Inbox, **options: object) -> Iterator[int]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def open_server(inbox: Inbox) -> Iterator[int]:
    with served(inbox) as port:
        yield port


@pytest.fixture
def guarded_server(inbox: Inbox, certificate: tuple[Path, Path]) -> Iterator[int]:
    """A server that wants STARTTLS first and a sign-in then."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    needs = {"require_starttls": True, "auth_required": True, "authenticator": inbox.authenticate}
    with served(inbox, tls_context=context, **needs) as port:
        yield port


def plain(port: int) -> SmtpPostman:
    return SmtpPostman("127.0.0.1", port, sender=SENDER, starttls=False, timeout_seconds=3, clock=lambda: NOW)


def secured(port: int, ca_file: Path | None, password: str = "right") -> SmtpPostman:
    return SmtpPostman(
        HOST, port, sender=SENDER, starttls=True, user="deskhand", password=Secret(password), ca_file=ca_file
    )


def hello(*to: str, subject: str = "Hello", body: str = "Good morning.", id: str = "m-1") -> Message:
    return Message(to or ("alice@example.org",), subject, body, id)


def received(inbox: Inbox) -> EmailMessage:
    (mail,) = inbox.mails
    return message_from_bytes(mail[1], EmailMessage, policy=SMTP)


def test_a_mail_arrives_with_its_headers(inbox: Inbox, open_server: int) -> None:
    plain(open_server).send(hello("alice@example.org", "bob@example.org"))
    mail = received(inbox)
    assert inbox.mails[0][0] == ["alice@example.org", "bob@example.org"]
    assert {name: mail[name] for name in ("From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted")} == {
        "From": SENDER,
        "To": "alice@example.org, bob@example.org",
        "Subject": "Hello",
        "Message-ID": "<m-1@example.org>",
        "Date": "Mon, 02 Mar 2026 09:00:00 +0000",
        "Auto-Submitted": "auto-generated",
    }
    assert mail.get_content() == "Good morning.\r\n"


def test_letters_of_every_alphabet_arrive_as_they_were(inbox: Inbox, open_server: int) -> None:
    subject = "Zurücksetzen für Zoë – 密码 🔑 " + "é" * 100
    body = "Grüße,\n.\n..dots\n.end\nΔelta " + "ß" * 2000 + "\nлиния"
    plain(open_server).send(hello(subject=subject, body=body))
    mail = received(inbox)
    assert mail["Subject"] == subject
    assert mail.get_content().replace("\r\n", "\n") == body + "\n"
    assert inbox.mails[0][1].isascii()
    assert max(map(len, inbox.mails[0][1].splitlines())) <= 998


def test_a_guarded_server_gets_the_mail_over_verified_tls(
    inbox: Inbox, guarded_server: int, certificate: tuple[Path, Path]
) -> None:
    secured(guarded_server, certificate[0]).send(hello())
    assert inbox.signed_in == [b"deskhand"]
    assert received(inbox)["Subject"] == "Hello"


def test_a_certificate_of_an_unknown_authority_is_not_trusted(inbox: Inbox, guarded_server: int) -> None:
    with pytest.raises(UnavailableError, match="cannot be trusted"):
        secured(guarded_server, None).send(hello())
    assert (inbox.signed_in, inbox.mails) == ([], [])


def test_a_certificate_for_another_name_is_not_trusted(
    inbox: Inbox, guarded_server: int, certificate: tuple[Path, Path]
) -> None:
    postman = SmtpPostman("127.0.0.1", guarded_server, sender=SENDER, starttls=True, ca_file=certificate[0])
    with pytest.raises(UnavailableError, match="cannot be trusted"):
        postman.send(hello())
    assert inbox.mails == []


def test_a_wrong_password_is_a_refusal_that_does_not_name_it(
    inbox: Inbox, guarded_server: int, certificate: tuple[Path, Path]
) -> None:
    with pytest.raises(RejectedError, match="refused the connection or the sign-in") as caught:
        secured(guarded_server, certificate[0], "wr0ng-canary").send(hello())
    assert "canary" not in str(caught.value)
    assert inbox.mails == []


def test_a_password_that_is_not_ascii_is_refused(
    inbox: Inbox, guarded_server: int, certificate: tuple[Path, Path]
) -> None:
    with pytest.raises(RejectedError, match="ASCII"):
        secured(guarded_server, certificate[0], "pässword").send(hello())
    assert inbox.mails == []


def test_a_server_without_starttls_gets_nothing(inbox: Inbox, open_server: int) -> None:
    with pytest.raises(RejectedError, match="does not offer"):
        secured(open_server, None).send(hello())
    assert inbox.mails == []


def test_a_password_without_tls_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(RejectedError, match="over TLS only"):
        SmtpPostman(HOST, 25, sender=SENDER, starttls=False, user="deskhand", password=Secret("x"))
    with pytest.raises(RejectedError, match="both"):
        SmtpPostman(HOST, 25, sender=SENDER, starttls=True, user="deskhand")
    with pytest.raises(RejectedError, match="certificate"):
        SmtpPostman(HOST, 25, sender=SENDER, starttls=True, ca_file="/nowhere/ca.pem")


def test_one_refused_recipient_means_that_nobody_gets_the_mail(inbox: Inbox, open_server: int) -> None:
    with pytest.raises(RejectedError, match="refused 1 of 2 recipients; nothing was sent"):
        plain(open_server).send(hello("alice@example.org", "nobody@example.org"))
    assert inbox.mails == []


def test_a_recipient_who_is_busy_means_try_later(inbox: Inbox, open_server: int) -> None:
    with pytest.raises(UnavailableError, match="refused 1 of 1"):
        plain(open_server).send(hello("later@example.org"))
    with pytest.raises(RejectedError, match="refused 2 of 2"):
        plain(open_server).send(hello("later@example.org", "nobody@example.org"))
    assert inbox.mails == []


@pytest.mark.parametrize(("answer", "error"), [("554 spam", RejectedError), ("452 full", UnavailableError)])
def test_the_answer_to_the_text_decides(
    inbox: Inbox, open_server: int, answer: str, error: type[ConnectorError]
) -> None:
    inbox.answer = answer
    with pytest.raises(error, match="did not take"):
        plain(open_server).send(hello())


def test_nobody_listening_means_that_nothing_was_sent() -> None:
    with pytest.raises(UnavailableError, match="cannot be reached"):
        plain(free_port()).send(hello())


@contextmanager
def scripted(answers: list[bytes]) -> Iterator[int]:
    """A server that says each answer after a line (the first at once) and hangs up after the last."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(answers[0])
            for answer in answers[1:]:
                if not lines.readline():
                    return
                connection.sendall(answer)
            if answers[-1].startswith(b"354"):
                while lines.readline() not in (b".\r\n", b""):
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        thread.join(timeout=5)
        listener.close()


POLITE = [b"220 hi\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go\r\n"]


@pytest.mark.parametrize("answered", [1, 2, 3, 4])
def test_a_connection_lost_before_the_text_means_that_nothing_was_sent(answered: int) -> None:
    with scripted(POLITE[:answered]) as port, pytest.raises(UnavailableError):
        plain(port).send(hello())


def test_a_connection_lost_after_the_text_means_that_nobody_knows() -> None:
    with scripted(POLITE) as port, pytest.raises(UnknownOutcomeError, match="may have been sent"):
        plain(port).send(hello())


@pytest.mark.parametrize("banner", [b"554 go away\r\n", b"421 busy\r\n", b"garbage\r\n", b"\x00\xff" * 50 + b"\r\n"])
def test_a_server_that_does_not_speak_smtp_is_one_of_the_known_errors(banner: bytes) -> None:
    with scripted([banner]) as port, pytest.raises((UnavailableError, RejectedError)):
        plain(port).send(hello())


BREAKS = [
    "\r\n",
    "\n",
    "\r",
    "\0",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\r\n\r\n",
    "\ud800",
]
HEADERS = [
    "Bcc: eve@example.org",
    "To: eve@example.org",
    "Content-Type: text/html",
    " folded",
    ".\r\nMAIL FROM:<e@e.test>",
]


def hostile() -> Iterator[Callable[[], Message]]:
    """Messages that try to become a header, an envelope line or another mail."""
    for stop in BREAKS:
        for header in HEADERS:
            yield lambda s=stop, h=header: hello(subject=f"Hello{s}{h}")
            yield lambda s=stop, h=header: hello(f"alice@example.org{s}{h}")
            yield lambda s=stop, h=header: hello(id=f"m-1{s}{h}")
    for address in ("", "alice", "a@b", "<alice@example.org>", "alice@example.org,eve@example.org", "a@example.org> X"):
        yield lambda a=address: hello(a)
    yield lambda: Message((), "Hello", "x", "m-1")
    yield lambda: hello(subject="x" * 501)
    yield lambda: hello(body="zero \0")
    yield lambda: hello(body="half \udc80")


def test_two_hundred_hostile_messages_send_nothing(inbox: Inbox, open_server: int, tmp_path: Path) -> None:
    smtp, outbox = plain(open_server), OutboxPostman(tmp_path / "outbox")
    cases = list(hostile())
    assert len(cases) >= 200
    for case in cases:
        message = case()
        for postman in (smtp, outbox):
            with pytest.raises(RejectedError) as caught:
                postman.send(message)
            assert "eve" not in str(caught.value)
    assert inbox.mails == []
    assert outbox.messages() == ()


def test_a_hostile_body_stays_a_body(inbox: Inbox, open_server: int) -> None:
    pick = random.Random(7)
    pieces = [
        "\r\n.\r\n",
        "\n.\n",
        "\r",
        "Bcc: eve@example.org\n",
        "MAIL FROM:<eve@example.org>\n",
        "=2E",
        "\t",
        "é",
        ".",
    ]
    postman = plain(open_server)
    for number in range(40):
        body = "".join(pick.choices(pieces, k=12)) + "end"
        postman.send(hello(body=body, id=f"m-{number}"))
        mail = message_from_bytes(inbox.mails[-1][1], EmailMessage, policy=SMTP)
        assert len(inbox.mails) == number + 1
        assert mail["Bcc"] is None
        wanted = body.replace("\r\n", "\n").replace("\r", "\n") + "\n"
        assert mail.get_content().replace("\r\n", "\n") == wanted


def test_the_outbox_keeps_each_mail_as_a_file_and_reads_it_back(tmp_path: Path) -> None:
    moments = iter(NOW + timedelta(seconds=number) for number in range(10))
    outbox = OutboxPostman(tmp_path / "outbox", clock=lambda: next(moments))
    assert outbox.messages() == ()
    for number in range(3):
        outbox.send(hello("alice@example.org", "bob@example.org", subject=f"Größe {number}", id=f"m-{number}"))
    first, second = outbox.messages(limit=2)
    assert (first.subject, second.subject) == ("Größe 2", "Größe 1")
    assert (first.to, first.body, first.sent_at) == (
        ("alice@example.org", "bob@example.org"),
        "Good morning.\n",
        NOW + timedelta(seconds=2),
    )
    assert sorted(path.suffix for path in (tmp_path / "outbox").iterdir()) == [".eml"] * 3


def test_an_id_cannot_lead_out_of_the_outbox(tmp_path: Path) -> None:
    outbox = OutboxPostman(tmp_path / "outbox", clock=lambda: NOW)
    outbox.send(hello(id="/etc/passwd"))
    with pytest.raises(RejectedError):
        outbox.send(hello(id="../../x"))
    assert [path.parent for path in tmp_path.rglob("*.eml")] == [tmp_path / "outbox"]


def test_an_outbox_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(UnavailableError):
        OutboxPostman(tmp_path / "outbox").send(hello())


def test_a_foreign_file_in_the_outbox_is_shown_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "x.eml").write_bytes(b"\xff\x00 no headers at all")
    (mail,) = OutboxPostman(tmp_path).messages()
    assert (mail.to, mail.subject, mail.sent_at) == ((), "", None)
