"""What an Active Directory domain is called in sign-in names, as its forest's list of domains tells. Reads only."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Row, Search

_DOMAINS = "(&(objectClass=crossRef)(nETBIOSName=*))"


@dataclass(frozen=True, slots=True)
class Domain:
    """What stands with a login: ``short`` and a backslash before it, one of ``suffixes`` (the domain's own first) behind it."""

    short: str = ""
    suffixes: tuple[str, ...] = ()


def domain_of(serving: Serving) -> Domain:
    """Return what the domain of a server is called; empty for other directories, and where the list cannot be read.

    Raises `UnavailableError` when the server does not answer.
    """
    root = serving.root()
    forest, home = _text(root, "configurationNamingContext"), _text(root, "defaultNamingContext")
    if not forest or not home:
        return Domain()
    with suppress(RejectedError):
        partitions = f"CN=Partitions,{forest}"
        wanted = Search(partitions, _DOMAINS, ("nCName", "nETBIOSName", "dnsRoot"), "one")
        domains = sorted(serving.rows(wanted), key=lambda row: not _is_same(_text(row, "nCName"), home))
        row = serving.first(Search(partitions, "(objectClass=*)", ("uPNSuffixes",), "base", page=0))
        further = () if row is None else _texts(row, "uPNSuffixes")
        own = next((one for one in domains if _is_same(_text(one, "nCName"), home)), None)
        suffixes = (*(_text(one, "dnsRoot") for one in domains), *further)
        return Domain(_text(own, "nETBIOSName") if own else "", tuple(dict.fromkeys(filter(None, suffixes))))
    return Domain()


def _is_same(dn: str, other: str) -> bool:
    return names.strict_place(names.parse(dn)) == names.strict_place(names.parse(other))


def _texts(row: Row, name: str) -> Iterator[str]:
    return (value.decode("utf-8", "replace") for value in row.values.get(name.lower(), ()))


def _text(row: Row, name: str) -> str:
    return next(_texts(row, name), "")
