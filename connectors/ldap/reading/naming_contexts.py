"""The part of a server's tree that a base stands in: the groups that rule people may stand outside the base. Reads only."""

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap.layout import Layout
from connectors.ldap.reading.serving import Serving


def context_of(serving: Serving, layout: Layout) -> str:
    """Return the DN of the naming context (RFC 4512, 5.1) that holds the base; the base where the server names none.

    Raises `UnavailableError`.
    """
    if layout.dialect.states == "active_directory":
        return layout.domain
    offered = serving.root().values.get("namingcontexts", ())
    place = layout.base_place
    found = (one for octets in offered if (one := _place(octets)) and place[: len(one)] == one)
    return ",".join(reversed(max(found, key=len, default=place)))


def _place(octets: bytes) -> tuple[str, ...]:
    try:
        return names.strict_place(names.parse(octets.decode("utf-8")))
    except (RejectedError, UnicodeDecodeError):
        return ()
