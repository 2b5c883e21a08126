"""How a server greets: whether it is reached and trusted, and what certificate it shows. Only TLS is begun, nothing sent."""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from connectors.ldap.talking.connections import Connection
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.trust import Trust, UntrustedError
from connectors.ldap.talking.wire import Encryption, WireError, connect


class _Nobody(Trust):
    """Takes any certificate, on connections over which nothing is ever sent."""

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


@dataclass(frozen=True, slots=True)
class Greeting:
    """How a server greeted: why it is of no use, empty when it is, and its certificate when its authority is not trusted."""

    why_not: str = ""
    untrusted: bytes | None = None


def greeting(
    endpoint: Endpoint, ca_file: str | None, *, seconds: float = 5, monotonic: Callable[[], float] = time.monotonic
) -> Greeting:
    """Connect, set TLS up and hang up: no account and no password go over this connection."""
    until = monotonic() + seconds
    try:
        _greeted(endpoint, Trust(ca_file), until, monotonic)
    except UntrustedError as error:
        return Greeting(str(error), presented_certificate(endpoint, seconds=seconds, monotonic=monotonic))
    except WireError as error:
        return Greeting(str(error))
    return Greeting()


def presented_certificate(
    endpoint: Endpoint, *, seconds: float = 5, monotonic: Callable[[], float] = time.monotonic
) -> bytes | None:
    """Return a server's certificate in DER form, so that a person can be told who signed it; None when it shows none.

    It is not checked, and the connection is closed at once: no account and no password ever go over it.
    """
    try:
        found = _greeted(endpoint, _Nobody(None), monotonic() + seconds, monotonic)
    except WireError:
        return None
    return found.certificate if found is not None and found.certificate else None


def _greeted(endpoint: Endpoint, trust: Trust, until: float, monotonic: Callable[[], float]) -> Encryption | None:
    connection = Connection(endpoint, connect(endpoint, until, monotonic), monotonic())
    try:
        if endpoint.security == "ldaps":
            connection.secure(trust)
        elif endpoint.security == "starttls":
            connection.start_tls(trust)
        return connection.wire.encryption()
    finally:
        connection.wire.close()
