"""Witnesses: who is sent each checkpoint at once, so that the journal cannot be written anew behind their backs."""

import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from connectors.errors import ConnectorError
from connectors.spi import Message as Mail
from connectors.spi import Postman
from runner.errors import SetUpError
from runner.journal.chain import canonical
from runner.journal.syslog import Message, syslog_line
from runner.settings.model import JournalSettings
from runner.store.checkpoints import StoredCheckpoint
from runner.witnessing.syslog_sending import PATIENCE_SECONDS, SyslogConnection, SyslogReceiver, syslog_receiver

_NOTICE = 5
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Witness(Protocol):
    """Somebody who keeps checkpoints. ``name`` is what the setting says, and what problems are told by."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    def send(self, checkpoint: StoredCheckpoint) -> None:
        """Hand a checkpoint over; raises `OSError` when it did not arrive, or may not have. It may be sent again."""
        ...


@dataclass(frozen=True, slots=True)
class FileWitness:
    """Appends to a file, best on another machine's disk: notes with an empty line between them."""

    path: Path

    @property
    def name(self) -> str:
        """Its name."""
        return f"file {self.path}"

    def send(self, checkpoint: StoredCheckpoint) -> None:
        """Append, and wait until it is on the disk."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            note = checkpoint.note.encode()
            content = note if os.fstat(descriptor).st_size == 0 else b"\n" + note
            before = os.fstat(descriptor).st_size
            if os.write(descriptor, content) != len(content):
                os.ftruncate(descriptor, before)
                raise OSError(f"{self.path} took only part of the checkpoint")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class SyslogWitness:
    """Sends a message whose text is JSON, ``{"checkpoint": note}``."""

    receiver: SyslogReceiver
    host: str

    @property
    def name(self) -> str:
        """Its name."""
        return f"syslog {self.receiver.url}"

    def send(self, checkpoint: StoredCheckpoint) -> None:
        """Send one message."""
        text = canonical({"checkpoint": checkpoint.note})
        data = {"size": str(checkpoint.size), "part": str(checkpoint.part)}
        with SyslogConnection(self.receiver) as connection:
            connection.send(syslog_line(Message(checkpoint.made_at, self.host, "checkpoint", _NOTICE, data, text)))


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any, **more: Any) -> None:  # noqa: ARG002 - urllib's
        return None


@dataclass(frozen=True, slots=True)
class HttpWitness:
    """Posts the note as text to a URL, over TLS that is verified; an answer from 200 to 299 means that it is kept."""

    url: str
    ca_file: str | None

    @property
    def name(self) -> str:
        """Its name."""
        return f"url {urlsplit(self.url).netloc.rpartition('@')[2]}"

    def send(self, checkpoint: StoredCheckpoint) -> None:
        """Post; redirections are not followed."""
        handlers: list[urllib.request.BaseHandler] = [_NoRedirects(), urllib.request.ProxyHandler({})]
        if self.url.startswith("https:"):
            handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=self.ca_file)))
        request = urllib.request.Request(self.url, checkpoint.note.encode(), method="POST")  # noqa: S310 - read by `_url`
        request.add_header("Content-Type", "text/plain; charset=utf-8")
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=PATIENCE_SECONDS):
                return
        except urllib.error.HTTPError as error:
            with error:
                raise OSError(f"it answered {error.code}") from None
        except urllib.error.URLError as error:
            raise OSError(str(error.reason)) from error
        except HTTPException as error:
            raise OSError("it gave an answer that is no HTTP") from error


@dataclass(frozen=True, slots=True)
class MailWitness:
    """Mails each checkpoint to an address."""

    address: str
    postman: Postman

    @property
    def name(self) -> str:
        """Its name."""
        return f"mail {self.address}"

    def send(self, checkpoint: StoredCheckpoint) -> None:
        """Send a mail."""
        subject = f"Checkpoint of the journal: {checkpoint.size} records"
        try:
            self.postman.send(Mail((self.address,), subject, checkpoint.note, f"checkpoint-{checkpoint.number}"))
        except ConnectorError as error:
            raise OSError(str(error)) from error


def witnesses_of(settings: JournalSettings, postman: Postman, host: str) -> Sequence[Witness]:
    """Return the witnesses that the settings name; raises `SetUpError` when one cannot be used as it is written."""
    found: list[Witness] = []
    if settings.witness_file is not None:
        found.append(FileWitness(settings.witness_file))
    if settings.witness_url:
        found.append(HttpWitness(_url(settings.witness_url), settings.ca_file))
    if settings.witness_syslog:
        found.append(SyslogWitness(syslog_receiver(settings.witness_syslog, settings.ca_file), host))
    if settings.witness_mail:
        found.append(MailWitness(settings.witness_mail, postman))
    return found


def _url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_named = False
    if not is_named or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise SetUpError("[journal] witness_url has to be https://…; http only for a witness on this machine.")
    return url
