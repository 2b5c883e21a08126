"""Who may do what to one object in Active Directory: security descriptors as they are read (MS-DTYP 2.4.6). Pure.

Only what is asked here: whether the discretionary list gives rights to somebody who is known by several SIDs.  The order of
entries counts: the first that speaks of a right decides it (MS-ADTS 5.1.3.3.3).
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

DELETE_CHILD, WRITE_PROPERTY, CONTROL_ACCESS, DELETE = 0x2, 0x20, 0x100, 0x10000
_ALL, _GENERIC_WRITE = 0x10000000, 0x40000000
_ALLOWED, _DENIED, _ALLOWED_OBJECT, _DENIED_OBJECT = 0, 1, 5, 6
_INHERIT_ONLY = 0x8
_HAS_TYPE, _HAS_INHERITED = 1, 2
_WRITES = 0x28  # what generic writing means for a directory object, but for reading its permissions


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a list: gives or denies the rights in ``mask``, on all or on what ``of`` names, to the ``sid``."""

    gives: bool
    mask: int
    of: UUID | None
    sid: bytes


def allows(descriptor: bytes, sids: Collection[bytes], right: int, of: Collection[UUID] = ()) -> bool:
    """Say whether somebody with these SIDs has one right on the object the descriptor belongs to.

    ``of`` holds what the right is about, e.g. an attribute and the property sets it belongs to.  No list gives nothing here,
    nor does one that cannot be read.
    """
    try:
        rules = tuple(_rules(descriptor))
    except (struct.error, ValueError, IndexError):
        return False
    for rule in rules:
        if rule.mask & right and rule.sid in sids and (rule.of is None or rule.of in of):
            return rule.gives
    return False


def _rules(descriptor: bytes) -> Iterator[Rule]:
    start = struct.unpack_from("<I", descriptor, 16)[0]
    if not start:
        return
    count = struct.unpack_from("<H", descriptor, start + 4)[0]
    at = start + 8
    for _ in range(count):
        kind, flags, size = struct.unpack_from("<BBH", descriptor, at)
        if size < 8:
            raise ValueError("an entry of a list is too short")
        if not flags & _INHERIT_ONLY and (rule := _rule(kind, descriptor[at : at + size])) is not None:
            yield rule
        at += size


def _rule(kind: int, entry: bytes) -> Rule | None:
    mask = _plain(struct.unpack_from("<I", entry, 4)[0])
    if kind in (_ALLOWED, _DENIED):
        return Rule(kind == _ALLOWED, mask, None, _sid(entry[8:]))
    if kind not in (_ALLOWED_OBJECT, _DENIED_OBJECT):
        return None
    held = struct.unpack_from("<I", entry, 8)[0]
    at, of = 12, None
    if held & _HAS_TYPE:
        of, at = UUID(bytes_le=entry[at : at + 16]), at + 16
    if held & _HAS_INHERITED:
        at += 16
    return Rule(kind == _ALLOWED_OBJECT, mask, of, _sid(entry[at:]))


def _plain(mask: int) -> int:
    if mask & _ALL:
        return mask | 0xF01FF
    return mask | _WRITES if mask & _GENERIC_WRITE else mask


def _sid(octets: bytes) -> bytes:
    """Return the SID at the head, without what fills the entry up."""
    return octets[: 8 + 4 * octets[1]]
