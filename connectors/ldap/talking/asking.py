"""Writing what a server is sent: the operations of RFC 4511 and their controls in BER. Pure, performs no I/O.

What is written is everything of a message but its number, as `Content`, since passwords are in it. Names and values that
are no text in Unicode raise `UnicodeEncodeError`.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from connectors.ldap.requests import Add, Control, Delete, Modify, Octets, Rename, Request, Search, SetPassword
from connectors.ldap.talking.answering import PAGED, element
from connectors.spi import Content, Secret

PASSWORD_POLICY = "1.3.6.1.4.1.42.2.27.8.5.1"  # noqa: S105 - an OID
MODIFY_PASSWORD = "1.3.6.1.4.1.4203.1.11.1"  # noqa: S105 - an OID

RawControl: TypeAlias = "tuple[str, bool, bytes | None]"  # OID, critical, value; an empty value is not none

_BOOLEAN, _INTEGER, _OCTETS, _ENUMERATED, _SEQUENCE, _SET, _CONTROLS = 0x01, 0x02, 0x04, 0x0A, 0x30, 0x31, 0xA0
_BIND, _SEARCH, _MODIFY, _ADD, _DELETE, _RENAME, _EXTENDED = 0x60, 0x63, 0x66, 0x68, 0x4A, 0x6C, 0x77
_SCOPES = {"base": b"\x00", "one": b"\x01", "subtree": b"\x02"}
_KINDS = {"add": b"\x00", "delete": b"\x01", "replace": b"\x02"}
_NO_ATTRIBUTES = "1.1"
_ZERO = element(_INTEGER, b"\x00")
_TRUE, _FALSE = element(_BOOLEAN, b"\xff"), element(_BOOLEAN, b"\x00")
_NEVER_ALIASES = element(_ENUMERATED, b"\x00")


def bind(user: str, password: Secret, controls: Sequence[RawControl] = ()) -> Content:
    """Write a simple bind, the password letter by letter as it was set."""
    simple = element(0x80, password.reveal().encode())
    return _body(element(_BIND, element(_INTEGER, b"\x03") + _text(user) + simple), controls)


def search(wanted: Search, filter: bytes, cookie: bytes = b"") -> Content:
    """Write a search for one page (RFC 2696); ``filter`` is the filter's octets.

    Aliases are not followed; no attributes asked for is none wanted.
    """
    controls = _raw(wanted.controls)
    if wanted.page or cookie:
        octets = wanted.page.to_bytes(wanted.page.bit_length() // 8 + 1, "big")
        value = element(_INTEGER, octets) + element(_OCTETS, cookie)
        controls.append((PAGED, False, element(_SEQUENCE, value)))
    operation = (
        _text(wanted.base)
        + element(_ENUMERATED, _SCOPES[wanted.scope])
        + _NEVER_ALIASES
        + _ZERO
        + _ZERO
        + _FALSE
        + filter
        + element(_SEQUENCE, b"".join(map(_text, wanted.attributes or (_NO_ATTRIBUTES,))))
    )
    return _body(element(_SEARCH, operation), controls)


def change(request: Request, more: Sequence[RawControl] = ()) -> Content:
    """Write a request that changes something, with more controls than it has itself."""
    controls = [*_raw(request.controls), *more]
    match request:
        case Modify(dn, modifications):
            steps = b"".join(
                element(_SEQUENCE, element(_ENUMERATED, _KINDS[step.kind]) + _attribute(step.attribute, step.values))
                for step in modifications
            )
            return _body(element(_MODIFY, _text(dn) + element(_SEQUENCE, steps)), controls)
        case Add(dn, attributes):
            listed = b"".join(_attribute(name, values) for name, values in attributes.items())
            return _body(element(_ADD, _text(dn) + element(_SEQUENCE, listed)), controls)
        case Delete(dn):
            return _body(element(_DELETE, dn.encode()), controls)
        case Rename(dn, rdn, superior):
            place = element(0x80, superior.encode()) if superior else b""
            return _body(element(_RENAME, _text(dn) + _text(rdn) + _TRUE + place), controls)
        case SetPassword(dn, password):
            value = element(0x80, dn.encode()) + element(0x82, password.reveal().encode())
            return extended(MODIFY_PASSWORD, element(_SEQUENCE, value), controls)


def extended(oid: str, value: bytes | None = None, controls: Sequence[RawControl] = ()) -> Content:
    """Write an extended operation."""
    octets = b"" if value is None else element(0x81, value)
    return _body(element(_EXTENDED, element(0x80, oid.encode()) + octets), controls)


def _body(operation: bytes, controls: Iterable[RawControl]) -> Content:
    listed = b"".join(map(_control, controls))
    return Content(operation + element(_CONTROLS, listed) if listed else operation)


def _control(control: RawControl) -> bytes:
    oid, is_critical, value = control
    octets = b"" if value is None else element(_OCTETS, value)
    return element(_SEQUENCE, _text(oid) + (_TRUE if is_critical else b"") + octets)


def _raw(controls: Iterable[Control]) -> list[RawControl]:
    return [(control.oid, control.critical, control.value or None) for control in controls]


def _text(text: str) -> bytes:
    return element(_OCTETS, text.encode())


def _attribute(name: str, values: Iterable[Octets]) -> bytes:
    octets = (value.reveal() if isinstance(value, Content) else value for value in values)
    return element(_SEQUENCE, _text(name) + element(_SET, b"".join(element(_OCTETS, each) for each in octets)))
