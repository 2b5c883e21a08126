"""Who may do what by a list of Active Directory: order, denials, inherited-only entries, what a right is about."""

import struct
from uuid import UUID

import pytest

from connectors.ldap.examining.descriptors import CONTROL_ACCESS, DELETE, WRITE_PROPERTY, allows

US, OTHERS = b"\x01\x01" + bytes(5) + b"\x05" + b"\x0b\0\0\0", b"\x01\x01" + bytes(5) + b"\x05" + b"\x0c\0\0\0"
RESET, NAME = UUID("00299570-246d-11d0-a768-00aa006e0529"), UUID("bf967a0e-0de6-11d0-a285-00aa003049e2")
INHERIT_ONLY = 8


def entry(*, gives: bool, mask: int, sid: bytes = US, of: UUID | None = None, flags: int = 0) -> bytes:
    if of is None:
        body = struct.pack("<I", mask) + sid
        kind = 0 if gives else 1
    else:
        body = struct.pack("<II", mask, 1) + of.bytes_le + sid
        kind = 5 if gives else 6
    return struct.pack("<BBH", kind, flags, 4 + len(body)) + body


def descriptor(*entries: bytes) -> bytes:
    body = b"".join(entries)
    dacl = struct.pack("<BBHHH", 4, 0, 8 + len(body), len(entries), 0) + body
    return struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 20) + dacl


@pytest.mark.parametrize(
    ("entries", "right", "of", "expected"),
    [
        ([entry(gives=True, mask=DELETE)], DELETE, (), True),
        ([entry(gives=True, mask=DELETE, sid=OTHERS)], DELETE, (), False),
        ([entry(gives=True, mask=DELETE, flags=INHERIT_ONLY)], DELETE, (), False),
        ([entry(gives=False, mask=DELETE), entry(gives=True, mask=DELETE)], DELETE, (), False),
        ([entry(gives=True, mask=DELETE), entry(gives=False, mask=DELETE)], DELETE, (), True),
        ([entry(gives=False, mask=DELETE, sid=OTHERS), entry(gives=True, mask=DELETE)], DELETE, (), True),
        ([entry(gives=True, mask=CONTROL_ACCESS, of=RESET)], CONTROL_ACCESS, (RESET,), True),
        ([entry(gives=True, mask=CONTROL_ACCESS, of=NAME)], CONTROL_ACCESS, (RESET,), False),
        ([entry(gives=True, mask=CONTROL_ACCESS)], CONTROL_ACCESS, (RESET,), True),
        ([entry(gives=False, mask=WRITE_PROPERTY, of=NAME), entry(gives=True, mask=WRITE_PROPERTY)], WRITE_PROPERTY,
         (NAME,), False),
        ([entry(gives=True, mask=0x10000000)], DELETE, (), True),
        ([entry(gives=True, mask=0x40000000)], WRITE_PROPERTY, (NAME,), True),
        ([entry(gives=True, mask=0x40000000)], DELETE, (), False),
        ([], DELETE, (), False),
    ],
)  # fmt: skip
def test_the_first_entry_that_speaks_of_a_right_decides(
    entries: list[bytes], right: int, of: tuple[UUID, ...], expected: bool
) -> None:
    assert allows(descriptor(*entries), {US}, right, of) is expected


def test_a_list_that_is_cut_allows_nothing() -> None:
    whole = descriptor(entry(gives=True, mask=DELETE))
    assert not any(allows(whole[:length], {US}, DELETE) for length in range(len(whole)))
