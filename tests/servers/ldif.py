"""Write records of LDIF (RFC 2849), every value in base64 so that any value can stand there."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from connectors.ldap.requests import Add, Modify, Octets
from connectors.spi import Content

Values: TypeAlias = "Iterable[str | bytes]"


def record(dn: str, attributes: Mapping[str, Values]) -> str:
    """Return an entry; attributes without a value are left out."""
    return _line("dn", dn) + "".join(_lines(attributes)) + "\n"


def replacement(dn: str, attributes: Mapping[str, Values]) -> str:
    """Return a change that puts values in place of others."""
    return _change(dn, [("replace", name, values) for name, values in attributes.items()])


def written(requests: Iterable[Add | Modify]) -> str:
    """Return requests as records."""
    return "".join(map(_written, requests))


def _written(request: Add | Modify) -> str:
    if isinstance(request, Add):
        return record(request.dn, {name: map(_revealed, values) for name, values in request.attributes.items()})
    steps = [(step.kind, step.attribute, map(_revealed, step.values)) for step in request.modifications]
    return _change(request.dn, steps)


def _change(dn: str, steps: Iterable[tuple[str, str, Values]]) -> str:
    bodies = (f"{kind}: {name}\n{''.join(_lines({name: values}))}" for kind, name, values in steps)
    joined = "-\n".join(bodies)
    return f"{_line('dn', dn)}changetype: modify\n{joined}\n"


def _revealed(octets: Octets) -> bytes:
    return octets.reveal() if isinstance(octets, Content) else octets


def _lines(attributes: Mapping[str, Values]) -> Iterable[str]:
    return (_line(name, value) for name, values in attributes.items() for value in values)


def _line(name: str, value: str | bytes) -> str:
    octets = value.encode() if isinstance(value, str) else value
    return f"{name}:: {b64encode(octets).decode()}\n"
