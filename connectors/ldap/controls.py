"""Controls of requests, encoded: assertions (RFC 4528) and the password policy's answer. Pure.

Only what these two need of BER (X.690): definite lengths, octet strings, sets and sequences.
"""

from collections.abc import Mapping

from connectors.ldap.requests import Control

ASSERTION = "1.3.6.1.1.12"
PASSWORD_POLICY = "1.3.6.1.4.1.42.2.27.8.5.1"  # noqa: S105  (an OID)
SD_FLAGS_DACL = Control(
    "1.2.840.113556.1.4.801", critical=True, value=bytes.fromhex("3003020104")
)  # MS-ADTS 3.1.1.3.4.1.11
_AND, _OR, _NOT, _EQUALITY, _OCTETS = 0xA0, 0xA1, 0xA2, 0xA3, 0x04


def assertion(at: str, dn: str, conditions: Mapping[str, bytes]) -> Control:
    """Return the control by which a request is only carried out while the entry has these values.

    Overlays (memberof, refint, unique) hand an assertion on to what they do to other entries, where it would fail, and
    they with it, silently.  So it says: whatever is not the entry called ``dn`` (in its attribute ``at``), or has the
    values.
    """
    held = _tagged(_AND, b"".join(_equal(name, value) for name, value in conditions.items()))
    return Control(ASSERTION, critical=True, value=_tagged(_OR, held + _tagged(_NOT, _equal(at, dn.encode()))))


def _equal(name: str, value: bytes) -> bytes:
    return _tagged(_EQUALITY, _tagged(_OCTETS, name.encode()) + _tagged(_OCTETS, value))


def ask_for_policy() -> Control:
    """Return the control that asks a server to say why it refuses a password (draft-behera-ldap-password-policy)."""
    return Control(PASSWORD_POLICY)


def policy_error(value: bytes | None) -> int | None:
    """Return the error number of a password policy's answer, None when it tells none.

    The value is a sequence of an optional warning [0] and an optional error [1].
    """
    if not value or len(value) < 2 or value[0] != 0x30:
        return None
    at = 2
    while at + 2 <= len(value):
        tag, length = value[at], value[at + 1]
        if tag == 0x81 and length == 1 and at + 2 < len(value):
            return value[at + 2]
        at += 2 + length
    return None


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
