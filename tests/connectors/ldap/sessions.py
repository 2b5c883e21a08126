"""Sessions with short times for tests of `DirectorySession`, and what they ask."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

from connectors.ldap.requests import Modification, Modify, Search
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Secret
from tests.servers.openldap import PASSWORD, SERVICE, SUFFIX, OpenLdap

BASE = Search(SUFFIX, "(objectClass=*)", ("description",), "base")
EVERYTHING = Search(SUFFIX, "(objectClass=*)", ("cn",))
BY_TWOS = Search(SUFFIX, "(objectClass=*)", ("cn",), page=2)
NOTE = Modify(SUFFIX, (Modification("add", "description", (b"once",)),))

Opening = Callable[..., DirectorySession]


def noted(text: str) -> Modify:
    return Modify(SUFFIX, (Modification("replace", "description", (text.encode(),)),))


def notes(server: OpenLdap) -> str:
    """Return what `NOTE` and `noted` wrote, as an independent client reads it."""
    return server.search("(objectClass=organization)", "description")


def at(port: int) -> Endpoint:
    return Endpoint("127.0.0.1", port, "ldaps")


@contextmanager
def opening(server: OpenLdap) -> Iterator[Opening]:
    """Make sessions to the server, or to given endpoints that show its certificate; all are closed at the end."""
    with ExitStack() as stack:

        def opened(*endpoints: Endpoint, **settings: Any) -> DirectorySession:
            settings = {"password": Secret(PASSWORD), "connect_seconds": 0.6, "call_seconds": 1.0, **settings}
            servers = endpoints or [parse_endpoint(server.tls_url)]
            made = DirectorySession(servers, user=SERVICE, ca_file=str(server.authority), **settings)
            return stack.enter_context(closing(made))

        yield opened
