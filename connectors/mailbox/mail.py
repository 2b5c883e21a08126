"""Ways a mail leaves: over SMTP, or into a folder where a demonstration shows it. Opens connections, writes files."""

import contextlib
import hashlib
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses, parsedate_to_datetime
from os import fsync
from pathlib import Path

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.mailbox.addresses import check_address
from connectors.mailbox.composing import compose
from connectors.spi import Message, Secret


def _now() -> datetime:
    return datetime.now(UTC)


class SmtpPostman:
    """Hands mails to an SMTP server, one connection for each. Thread-safe.

    With ``starttls`` the server must offer it (RFC 3207) and show a certificate for ``host`` signed by ``ca_file``, or
    by an authority the machine trusts.  A password is sent over TLS only: without ``starttls`` it is refused here with
    `RejectedError`.  ``timeout_seconds`` holds for every single answer of the server.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        starttls: bool,
        user: str = "",
        password: Secret | None = None,
        timeout_seconds: float = 10,
        ca_file: str | Path | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        if bool(user) != (password is not None):
            raise RejectedError("The mail server needs both a user and a password, or neither.")
        if user and not starttls:
            raise RejectedError("The password of the mail server is sent over TLS only; switch starttls on.")
        self._host, self._port, self._sender = host, port, check_address(sender)
        self._user, self._password = user, password
        self._timeout_seconds = timeout_seconds
        self._tls = _tls_context(ca_file) if starttls else None
        self._clock = clock

    def send(self, message: Message) -> None:
        """Hand the message over for every recipient or for none; returning means that the server took it.

        Raises `RejectedError` when the server refuses it for good, with how many recipients it refused,
        `UnavailableError` when it could not be reached or asks to try later, and `UnknownOutcomeError` when the
        connection broke after the whole text had been sent.
        """
        payload = _transparent(compose(message, sender=self._sender, now=self._clock()).as_bytes())
        with _failures_before_the_text():
            client = self._connect()
        try:
            with _failures_before_the_text():
                self._introduce(client)
                self._envelope(client, message.to)
            _hand_over(client, payload)
        finally:
            _leave(client)

    def _connect(self) -> smtplib.SMTP:
        own_name = self._sender.rpartition("@")[2]
        return smtplib.SMTP(self._host, self._port, local_hostname=own_name, timeout=self._timeout_seconds)

    def _introduce(self, client: smtplib.SMTP) -> None:
        client.ehlo_or_helo_if_needed()
        if self._tls is not None:
            client.starttls(context=self._tls)
            client.ehlo_or_helo_if_needed()
        if self._password is not None:
            client.login(self._user, self._password.reveal())

    def _envelope(self, client: smtplib.SMTP, recipients: tuple[str, ...]) -> None:
        _expect(client.mail(self._sender), 250, "The mail server does not accept the sender.")
        codes = [client.rcpt(recipient)[0] for recipient in recipients]
        refused = [code for code in codes if code not in (250, 251)]
        if refused:
            sentence = f"The mail server refused {len(refused)} of {len(codes)} recipients; nothing was sent."
            raise _refusal(max(refused), sentence)
        _expect(client.docmd("DATA"), 354, "The mail server does not accept the mail.")


def _tls_context(ca_file: str | Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise RejectedError("The file with the certificate of the mail server's authority cannot be read.") from error


def _transparent(payload: bytes) -> bytes:
    """Double the dots at the start of lines and end the text (RFC 5321 section 4.5.2)."""
    return re.sub(rb"(?m)^\.", b"..", payload) + b".\r\n"


def _refusal(code: int, sentence: str) -> RejectedError | UnavailableError:
    return RejectedError(sentence) if code >= 500 else UnavailableError(sentence)


def _expect(reply: tuple[int, bytes], code: int, sentence: str) -> None:
    if reply[0] != code:
        raise _refusal(reply[0], sentence)


@contextmanager
def _failures_before_the_text() -> Iterator[None]:
    """Translate what can go wrong while nothing has been sent yet."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise UnavailableError("The certificate of the mail server cannot be trusted; nothing was sent.") from error
    except smtplib.SMTPNotSupportedError as error:
        raise RejectedError("The mail server does not offer what the settings ask for; nothing was sent.") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(
            error.smtp_code, "The mail server refused the connection or the sign-in; nothing was sent."
        ) from error
    except UnicodeError as error:
        raise RejectedError("User and password of the mail server must be ASCII; nothing was sent.") from error
    except (smtplib.SMTPException, OSError) as error:
        raise UnavailableError("The mail server cannot be reached; nothing was sent.") from error


def _hand_over(client: smtplib.SMTP, payload: bytes) -> None:
    try:
        client.send(payload)
        reply = client.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise UnknownOutcomeError("The mail server did not confirm the mail; it may have been sent.") from error
    _expect(reply, 250, "The mail server did not take the mail.")


def _leave(client: smtplib.SMTP) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        client.quit()
    client.close()


@dataclass(frozen=True, slots=True)
class OutboxMail:
    """A mail read back from the outbox; ``sent_at`` is None when its date cannot be read."""

    to: tuple[str, ...]
    subject: str
    body: str
    sent_at: datetime | None


class OutboxPostman:
    """Writes each mail into a folder as one ``.eml`` file instead of sending it. Thread-safe."""

    def __init__(
        self, folder: str | Path, *, sender: str = "helpdesk@example.org", clock: Callable[[], datetime] = _now
    ) -> None:
        self._folder = Path(folder)
        self._sender = check_address(sender)
        self._clock = clock

    def send(self, message: Message) -> None:
        """Write the mail; it is in the folder whole or not at all. Raises `UnavailableError` when it cannot be."""
        now = self._clock().astimezone(UTC)
        payload = compose(message, sender=self._sender, now=now).as_bytes()
        name = f"{now:%Y%m%dT%H%M%S%fZ}-{hashlib.sha256(message.id.encode()).hexdigest()[:16]}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = self._folder / f"{name}.part"
            with unfinished.open("wb") as file:
                file.write(payload)
                file.flush()
                fsync(file.fileno())
            unfinished.replace(self._folder / f"{name}.eml")
        except OSError as error:
            raise UnavailableError("The outbox folder cannot be written; nothing was sent.") from error

    def messages(self, limit: int = 50) -> tuple[OutboxMail, ...]:
        """Return the newest mails, newest first; none when the folder does not exist."""
        try:
            newest = sorted(self._folder.glob("*.eml"), reverse=True)[:limit]
            return tuple(_read_back(path.read_bytes()) for path in newest)
        except OSError as error:
            raise UnavailableError("The outbox folder cannot be read.") from error


def _read_back(payload: bytes) -> OutboxMail:
    mail = message_from_bytes(payload, EmailMessage, policy=SMTP)
    try:
        sent_at = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        sent_at = None
    to = tuple(address for _, address in getaddresses([str(mail["To"] or "")]))
    text = mail.get_body(("plain",))
    body = text.get_content().replace("\r\n", "\n") if text else ""
    return OutboxMail(to, str(mail["Subject"] or ""), body, sent_at)
