"""Hand what happened to another system over HTTP, signed as Standard Webhooks are. Opens connections.

The signature is HMAC-SHA256 over ``id.timestamp.body`` in the header ``webhook-signature``, as ``v1,`` and Base64.  Redirects
are not followed, proxies of the environment are not used, and of an answer nothing but its status is looked at.
"""

import base64
import binascii
import contextlib
import hashlib
import hmac
import http.client
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit

from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.spi import Secret
from runner.settings.webhooks import HookSettings

_TIMEOUT_SECONDS = 10
_MOST_ANSWER = 64 * 1024
_MOST_BODY = 256 * 1024
_PREFIX = "whsec_"
_TRY_LATER = frozenset({408, 425, 429})
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")


def signature(secret: Secret, id: str, timestamp: int, body: bytes) -> str:
    """Return the value of the header ``webhook-signature``. Pure.

    A secret that begins with ``whsec_`` is Base64 behind that, as the specification writes it; any other is used as it is.
    """
    text = secret.reveal()
    key = text.encode()
    if text.startswith(_PREFIX):
        with contextlib.suppress(binascii.Error):
            key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Sends JSON to one configured address, one connection for each. Thread-safe; its address is never shown."""

    settings: HookSettings
    clock: Callable[[], datetime] = field(default=_now, repr=False)
    timeout_seconds: float = _TIMEOUT_SECONDS

    def send(self, id: str, body: str) -> None:
        """Hand a body over; returning means that it was taken (a status of 2xx).

        Raises `RejectedError` when it is refused, `UnavailableError` when nothing was sent or it is asked to try later, and
        `UnknownOutcomeError` when the connection broke behind the body.
        """
        payload = body.encode()
        if len(payload) > _MOST_BODY or not _SAFE_ID.fullmatch(id):
            raise RejectedError("What the webhook was to be given is too long, or its id is none.")
        address = urlsplit(self.settings.url.reveal())
        client = self._connect(address)
        try:
            _judge(self._exchange(client, address, id, payload))
        finally:
            client.close()

    def _connect(self, address: SplitResult) -> http.client.HTTPConnection:
        host = address.hostname or ""
        if address.scheme == "http":
            return http.client.HTTPConnection(host, address.port, timeout=self.timeout_seconds)
        try:
            context = ssl.create_default_context(cafile=self.settings.ca_file)
        except OSError as error:
            raise RejectedError("The file with the certificate of the webhook's authority cannot be read.") from error
        return http.client.HTTPSConnection(host, address.port, timeout=self.timeout_seconds, context=context)

    def _exchange(self, client: http.client.HTTPConnection, address: SplitResult, id: str, payload: bytes) -> int:
        path = (address.path or "/") + (f"?{address.query}" if address.query else "")
        try:
            client.connect()
        except ssl.SSLCertVerificationError as error:
            raise UnavailableError("The certificate of the webhook cannot be trusted; nothing was sent.") from error
        except OSError as error:
            raise UnavailableError("The webhook cannot be reached; nothing was sent.") from error
        try:
            client.request("POST", path, body=payload, headers=self._headers(id, payload))
            answer = client.getresponse()
            answer.read(_MOST_ANSWER)
        except (http.client.HTTPException, OSError) as error:
            raise UnknownOutcomeError("The webhook did not answer; it may have taken the message.") from error
        return answer.status

    def _headers(self, id: str, payload: bytes) -> Mapping[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "Deskhand", "Connection": "close"}
        if self.settings.secret is None:
            return headers
        timestamp = int(self.clock().timestamp())
        return headers | {
            "webhook-id": id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.settings.secret, id, timestamp, payload),
        }


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if status >= 500 or status in _TRY_LATER:
        raise UnavailableError(f"The webhook asks to try again later (status {status}).")
    if 300 <= status < 400:
        raise RejectedError(f"The webhook sends elsewhere (status {status}), which is not followed. Mend its url.")
    raise RejectedError(f"The webhook refused the message (status {status}).")
