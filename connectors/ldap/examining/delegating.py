"""How an account is given rights on units: commands and lines that can be pasted, by dialect."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from connectors.ldap import filters
from connectors.ldap.examining.rights import Right, as_attributes, as_dsacls
from connectors.ldap.layout import Layout
from connectors.ldap.reading.own_accounts import security_ids
from connectors.ldap.reading.serving import Serving
from connectors.ldap.requests import Search

_RESET, _RESET_CN = "Reset Password", "User-Force-Change-Password"  # Samba shows another name, but the same cn


@dataclass(frozen=True, slots=True)
class Account:
    """Who is given rights: ``name`` as commands take it, ``sid`` as text, empty where it could not be read."""

    name: str
    sid: str = ""


@dataclass(frozen=True, slots=True)
class Delegating:
    """Words rights for one account. ``ids`` maps names in the schema to their ids; with them it is Samba's tool, too."""

    layout: Layout
    account: Account
    ids: Mapping[str, str]

    def instructions(self, rights: Sequence[Right], units: Sequence[tuple[str, bool]]) -> list[str]:
        """Return lines that give rights on units, each with whether everything below it is meant."""
        if not self.layout.dialect.by_guid:
            return [line for dn, is_whole in units for line in self._access(rights, dn, is_whole=is_whole)]
        windows = [line for dn, is_whole in units for line in self._dsacls(rights, dn, is_whole=is_whole)]
        samba = [self._samba(rights, dn, is_whole=is_whole) for dn, is_whole in units] if self._knows(rights) else []
        return [*samba, "or from Windows:", *windows] if samba else windows

    # --- Active Directory -------------------------------------------------------------------------------------------

    def _dsacls(self, rights: Sequence[Right], dn: str, *, is_whole: bool) -> Iterator[str]:
        grouped: dict[str, list[str]] = {}
        for right in rights:
            grouped.setdefault(_inheritance(right, is_whole=is_whole), []).extend(as_dsacls(right, is_whole=is_whole))
        for inheritance, each in grouped.items():
            given = " ".join(f'"{self.account.name}:{one}"' for one in dict.fromkeys(each))
            yield f'dsacls "{dn}" {inheritance}/G {given}'

    def _knows(self, rights: Iterable[Right]) -> bool:
        return bool(self.account.sid) and all(name in self.ids for right in rights for name in named(right))

    def _samba(self, rights: Sequence[Right], dn: str, *, is_whole: bool) -> str:
        entries = (self._ace(one, is_whole=is_whole) for right in rights for one in as_dsacls(right, is_whole=is_whole))
        sddl = "".join(dict.fromkeys(entries))
        return f"samba-tool dsacl set --objectdn={_in_shell(dn)} --sddl={_in_shell(sddl)}"

    def _ace(self, specified: str, *, is_whole: bool) -> str:
        """Return as an entry in SDDL what dsacls is told of a right."""
        mask, of, kind = (*specified.split(";"), "", "")[:3]
        below = "CIIO" if is_whole else "CINPIO"
        flags = below if kind else "CI" if is_whole else ""
        ids = (self.ids[one.lower()] if one else "" for one in (of, kind))
        return f"(OA;{flags};{'CR' if mask == 'CA' else mask};{';'.join(ids)};{self.account.sid})"

    # --- OpenLDAP ---------------------------------------------------------------------------------------------------

    def _access(self, rights: Sequence[Right], dn: str, *, is_whole: bool) -> Iterator[str]:
        attributes = [name for right in rights for name in as_attributes(right)]
        by = f'by dn.exact="{_quoted(self.account.name)}" write by * break'
        scopes = ("subtree",) if is_whole else ("onelevel", "base") if "children" in attributes else ("onelevel",)
        for scope in scopes:
            yield f'access to dn.{scope}="{_quoted(dn)}" attrs={",".join(dict.fromkeys(attributes))} {by}'


def named(right: Right) -> frozenset[str]:
    """Return what a right names in the schema, in lower case. Pure."""
    found = {name.lower() for one in as_dsacls(right) for name in one.split(";")[1:] if name}
    return frozenset(found)


def schema_ids(serving: Serving, wanted: Iterable[str]) -> Mapping[str, str]:
    """Return the ids of attributes, classes and of the right to reset, by name in lower case, as Active Directory has them.

    Raises as `Serving.rows` does.
    """
    root, found = serving.root(), dict[str, str]()
    every = sorted(set(wanted))
    if (where := root.first("schemaNamingContext")) is not None:
        asked = filters.any_of(filters.equals("lDAPDisplayName", one) for one in every)
        for row in serving.rows(Search(where.decode(), asked, ("lDAPDisplayName", "schemaIDGUID"))):
            name, id_ = row.first("lDAPDisplayName"), row.first("schemaIDGUID")
            if name is not None and id_ is not None:
                found[name.decode().lower()] = str(UUID(bytes_le=id_))
    if _RESET.lower() in every and (where := root.first("configurationNamingContext")) is not None:
        asked = filters.all_of(("(objectClass=controlAccessRight)", filters.equals("cn", _RESET_CN)))
        for row in serving.rows(Search(where.decode(), asked, ("rightsGuid",))):
            if (right := row.first("rightsGuid")) is not None:
                found[_RESET.lower()] = right.decode()
    return found


def is_samba(serving: Serving) -> bool:
    """Say whether a server is Samba's; raises as `Serving.root` does."""
    return b"samba" in (serving.root().first("vendorName") or b"").lower()


def account_of(serving: Serving, layout: Layout, written: str) -> Account:
    """Return the account that is signed in, which the settings call ``written``; raises as `Serving.rows` does."""
    if not layout.dialect.by_guid:
        return Account(written)
    sids = security_ids(serving)
    asked = filters.any_of(f"(objectSid={filters.octets(sid)})" for sid in sids)
    names = ("sAMAccountName", "objectSid")
    found = [one for one in serving.rows(Search(layout.domain, f"(&(objectClass=user){asked})", names)) if sids]
    if len(found) != 1:
        return Account(written if "@" in written or "\\" in written else "ACCOUNT")
    login, sid = (found[0].first(name) or b"" for name in names)
    domain = ".".join(step.split("=", 1)[1] for step in layout.domain.split(",") if step.upper().startswith("DC="))
    is_short = "@" in written or "\\" in written
    return Account(written if is_short else f"{login.decode('utf-8', 'replace')}@{domain}", sid_text(sid))


def sid_text(sid: bytes) -> str:
    """Return a SID as ``S-1-5-…``, empty when it is none (MS-DTYP 2.4.2). Pure."""
    if len(sid) < 8 or len(sid) != 8 + 4 * sid[1]:
        return ""
    parts = struct.unpack(f"<{sid[1]}I", sid[8:])
    return "-".join(("S", str(sid[0]), str(int.from_bytes(sid[2:8], "big")), *map(str, parts)))


def _inheritance(right: Right, *, is_whole: bool) -> str:
    if right.action == "create":
        return "/I:T " if is_whole else ""
    if is_whole:
        return "/I:S "
    return "" if right.action == "delete" else "/I:P "


def _in_shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _quoted(dn: str) -> str:
    return dn.replace("\\", "\\\\").replace('"', '\\"')
