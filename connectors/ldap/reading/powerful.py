"""Accounts and groups that Active Directory itself gives power over the domain, by their security ids. Pure.

AD marks whoever is in such a group with adminCount, but only once an hour (SDProp, MS-ADTS 3.1.1.6.1); until then a new
administrator would look like anybody.
"""

from collections.abc import Iterable

_BUILTIN = bytes.fromhex("01020000000000052000000000000000")[:12]  # S-1-5-32
# Of the domain: Administrator, krbtgt; Domain Admins, Domain Controllers, Cert Publishers, Schema and Enterprise Admins, Group
# Policy Creator Owners, Read-only and Cloneable Domain Controllers, Key Admins, Enterprise Key Admins (MS-DTYP 2.4.2.4).
_OF_THE_DOMAIN = frozenset({500, 502, 512, 516, 517, 518, 519, 520, 521, 522, 526, 527})
# Built in: Administrators, Account, Server, Print and Backup Operators, Replicator, Hyper-V Administrators.
_OF_BUILTIN = frozenset({544, 548, 549, 550, 551, 552, 578})


def is_powerful(sids: Iterable[bytes]) -> bool:
    """Say whether one of these security ids (binary, MS-DTYP 2.4.2.2) is that of a powerful account or group."""
    return any(_is_one(sid) for sid in sids)


def _is_one(sid: bytes) -> bool:
    rid = int.from_bytes(sid[-4:], "little")
    if len(sid) == 16 and sid.startswith(_BUILTIN):
        return rid in _OF_BUILTIN
    return len(sid) == 28 and sid[:2] == b"\x01\x05" and rid in _OF_THE_DOMAIN
