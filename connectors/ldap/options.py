"""The types and ranges of what the settings say: a file of settings can hold anything under any name. Pure.

Every function raises `RejectedError` naming the setting and the fix.
"""

from collections.abc import Mapping
from typing import Any

from connectors.errors import RejectedError
from connectors.ldap.talking.endpoints import Endpoint, parse_endpoint

_CENTURY_DAYS = 36_525
_GLOBAL_CATALOG = (3268, 3269)  # ports (MS-ADTS 3.1.1.3)
_LONGEST = 600  # seconds
MOST_DAYS, MOST_MINUTES = _CENTURY_DAYS, _CENTURY_DAYS * 24 * 60


def check_texts(given: Mapping[str, object]) -> None:
    """Check that these are texts that a path, a name or a DN can be."""
    for name, value in given.items():
        if not isinstance(value, str) or "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise RejectedError(f"{name} must be a text: printable letters in quotation marks.")


def check_count(name: str, value: object, most: int) -> None:
    """Check that this is a whole number from 0, which means for ever, up to ``most``."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise RejectedError(
            f"{name} must be a whole number from 0 to {most}, without quotation marks; 0 means for ever."
        )


def check_table(name: str, value: object) -> None:
    """Check that this is a table, or not there."""
    if value is not None and not (isinstance(value, Mapping) and all(isinstance(key, str) for key in value)):
        raise RejectedError(f"{name} must be a table of its own, such as [connectors.directory.{name}].")


def check_servers(servers: object, connect_seconds: object, call_seconds: object, plain_on_loopback: object) -> None:
    """Check what says which servers are asked, and how."""
    if not isinstance(servers, list) or not all(isinstance(one, str) for one in servers):
        raise RejectedError('servers must be a list of addresses, such as ["ldaps://dc1.example.org"].')
    seconds = (connect_seconds, call_seconds)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and 0 < one <= _LONGEST for one in seconds):
        raise RejectedError(f"connect_seconds and call_seconds must be numbers above 0 and up to {_LONGEST}.")
    if not isinstance(plain_on_loopback, bool):  # "false" in quotation marks would mean true
        raise RejectedError("plain_on_loopback must be true or false, without quotation marks.")


def check_accounts(user: object, texts: Mapping[str, object], writer: Any) -> None:
    """Check the accounts that Deskhand signs in with: servers take an empty name for nobody, whatever the password."""
    check_texts({"user": user, **texts})
    if not str(user).strip():
        raise RejectedError("user is empty: it must name the account that Deskhand signs in with.")
    check_table("writer", writer)
    check_texts({f"writer.{name}": value for name, value in (writer or {}).items()})


def endpoints_of(servers: list[str], dialect: str, *, plain_on_loopback: bool) -> list[Endpoint]:
    """Return the servers; raises `RejectedError` when there are none, and for those that cannot be used."""
    endpoints = [parse_endpoint(one, allow_plain_on_loopback=plain_on_loopback) for one in servers]
    if not endpoints:
        raise RejectedError('servers is empty; an example is servers = ["ldaps://dc1.example.org"].')
    if dialect == "active_directory" and (catalog := [one for one in endpoints if one.port in _GLOBAL_CATALOG]):
        raise RejectedError(
            f"servers: {catalog[0]} is the global catalog, which holds a part of every object and takes no changes. "
            "Leave the port out."
        )
    return endpoints
