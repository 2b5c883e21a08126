"""The certificate that a server shows, read without trusting it. Nothing but the greeting of TLS is sent."""

import ssl
import time
from collections.abc import Callable

from .connections import Connection
from .endpoints import Endpoint
from .trust import Trust
from .wire import WireError, connect


class _Nobody(Trust):
    """Takes any certificate, on connections over which nothing is ever sent."""

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def presented_certificate(
    endpoint: Endpoint, *, seconds: float = 5, monotonic: Callable[[], float] = time.monotonic
) -> bytes | None:
    """Return a server's certificate in DER form, so that a person can be told who signed it; None when it shows none.

    The connection is closed at once: no account and no password ever go over it.
    """
    until = monotonic() + seconds
    try:
        connection = Connection(endpoint, connect(endpoint, until, monotonic), monotonic())
    except WireError:
        return None
    try:
        if endpoint.security == "ldaps":
            connection.secure(_Nobody(None))
        elif endpoint.security == "starttls":
            connection.start_tls(_Nobody(None))
        found = connection.wire.encryption()
    except WireError:
        return None
    finally:
        connection.wire.close()
    return found.certificate if found is not None and found.certificate else None
