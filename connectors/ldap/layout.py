"""How one installation's directory is laid out: its dialect, with what the settings add or change. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap.dialects import DIALECTS, Dialect, Kind
from connectors.ldap.options import MOST_DAYS, MOST_MINUTES, check_count, check_table, check_texts
from connectors.verbs import ATTRIBUTES, HARD_ATTRIBUTES

CUSTOM_TYPES = ("text", "number", "bool", "date")
_ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,100}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_CUSTOM_KEYS = {"attribute", "type", "label", "settable"}
# Besides the hard ones: what decides who somebody is, or what a verb of its own writes.
_RESERVED = frozenset(
    name.lower()
    for name in (
        *HARD_ATTRIBUTES, "sAMAccountName", "userPrincipalName", "uid", "cn", "name", "dn", "distinguishedName", "entryDN",
        "objectGUID", "objectSid", "entryUUID", "nsUniqueId", "pwdLastSet", "lockoutTime", "accountExpires", "pwdReset",
        "pwdAccountLockedTime", "pwdPolicySubentry", "pwdEndTime", "pwdStartTime", "nsAccountLock", "uniqueMember",
        "memberUid", "manager", "owner", "managedBy", "proxyAddresses", "mail", "authzTo", "authzFrom", "sambaNTPassword",
        "sambaLMPassword", "krbPrincipalKey", "uidNumber", "gidNumber", "homeDirectory", "loginShell", "sshPublicKey",
        "userCertificate", "userPKCS12", "jpegPhoto", "thumbnailPhoto", "userParameters", "logonHours", "ref", "aci",
        "olcAccess", "objectCategory", "unixUserPassword", "dBCSPwd", "supplementalCredentials", "ntPwdHistory",
        "lmPwdHistory", "securityIdentifier", "msDS-SupportedEncryptionTypes", "mS-DS-ConsistencyGuid",
        "msDS-ManagedPassword", "userWorkstations", "targetAddress", "altRecipient", "publicDelegates", "accountUnlockTime",
        "inetUserStatus", "host", "authorizedService",
    )
)  # fmt: skip
_RESERVED_BEGINNINGS = (
    "msds-allowedto", "msds-assignedauthn", "msds-groupmsa", "msds-keycredential", "msds-managedpassword", "ms-mcs-admpwd",
    "mslaps", "msfve", "mspki", "msts", "msnp", "pwd", "olc", "krb", "password", "samba", "shadow", "nsrole",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CustomAttribute:
    """An attribute of people beyond the neutral ones: ``custom.<name>`` in forms, ``attribute`` in the directory."""

    name: str
    attribute: str
    type: str = "text"
    label: str = ""
    settable: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """What the server's password policy says and no entry tells: how long a lock lasts, and a password; None: for ever."""

    lock_lasts: timedelta | None = None
    password_days: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that reading and writing has to know beyond the connection.

    ``base`` is the DN below which all is found; ``placeholder`` the DN that stands in a group that would be empty;
    ``zone`` decides which day a moment falls on.  ``by_extension`` says that a password is
    set by the operation of RFC 3062, by which the server hashes it, not like any attribute together with what goes with it.
    """

    dialect: Dialect
    base: str
    placeholder: str
    custom: Mapping[str, CustomAttribute] = field(default_factory=dict)
    zone: tzinfo = UTC
    rules: Rules = Rules()
    by_extension: bool = False

    def kind(self, name: str) -> Kind:
        """Return how objects of a kind look; raises `RejectedError` when there are none of that kind."""
        if name not in self.dialect.kinds:
            raise RejectedError(f"The directory has no objects of the kind “{name}”.")
        return self.dialect.kinds[name]

    def attributes_for(self, kind: str, neutral: str) -> tuple[str, ...]:
        """Return every attribute that a neutral text may be read from; a unit is called by whatever names its entry."""
        looks = self.kind(kind)
        found = (looks.texts.get(neutral), looks.fallbacks.get(neutral))
        rest = ("dc", "o", "cn") if kind == "ou" and neutral == "name" and not self.dialect.by_guid else ()
        return (*(one for one in found if one), *rest)

    @property
    def domain(self) -> str:
        """The head of the Active Directory domain that the base stands in; the base itself elsewhere."""
        if self.dialect.states != "active_directory":
            return self.base
        rdns = names.parse(self.base)
        first = next((index for index, rdn in enumerate(rdns) if rdn.pairs[0][0].lower() == "dc"), 0)
        return names.printed(rdns[first:])

    @property
    def base_place(self) -> tuple[str, ...]:
        """The place of the base."""
        return names.strict_place(names.parse(self.base))


def layout(
    dialect: str,
    base: str,
    *,
    attributes: Mapping[str, Any] | None = None,
    filters: Mapping[str, Any] | None = None,
    custom: Mapping[str, Any] | None = None,
    placeholder: str = "",
    time_zone: str = "",
    lock_minutes: int = 0,
    password_days: int = 0,
    password_by: str = "",
    member_of: str | None = None,
) -> Layout:
    """Return the layout that the settings describe; raises `RejectedError` naming the setting and the fix."""
    check_texts({"base": base, "placeholder": placeholder, "time_zone": time_zone, "password_by": password_by})
    check_count("lock_minutes", lock_minutes, MOST_MINUTES)
    check_count("password_days", password_days, MOST_DAYS)
    for name, table in (("attributes", attributes), ("filters", filters), ("custom", custom)):
        check_table(name, table)
    if not isinstance(dialect, str) or dialect not in DIALECTS:
        raise RejectedError(f"dialect must be one of {', '.join(DIALECTS)}; deskhand connect finds out which.")
    kinds = dict(DIALECTS[dialect].kinds)
    for kind, given in (attributes or {}).items():
        kinds[kind] = _with_attributes(_known(kinds, kind, "attributes"), kind, given)
    for kind, text in (filters or {}).items():
        kinds[kind] = replace(_known(kinds, kind, "filters"), filter=_filter(kind, text))
    written = names.printed(_dn(base, "base"))
    return Layout(
        replace(DIALECTS[dialect], kinds=MappingProxyType(kinds), member_of=_member_of(member_of, dialect)),
        written,
        names.printed(_dn(placeholder, "placeholder")) if placeholder else f"cn=nobody,{written}",
        customs(custom or {}),
        _zone(time_zone),
        Rules(timedelta(minutes=lock_minutes) if lock_minutes else None, password_days or None),
        _is_by_extension(password_by, dialect),
    )


def _member_of(given: str | None, dialect: str) -> str:
    if given is None:
        return DIALECTS[dialect].member_of
    check_texts({"member_of": given})
    if given != "" and not (_ATTRIBUTE.fullmatch(given) and dialect != "active_directory"):
        raise RejectedError(
            'member_of must be the attribute that holds the groups of an entry, or "" to read the groups.'
        )
    return given


def _is_by_extension(given: str, dialect: str) -> bool:
    if given not in ("", "modify", "extended") or (given == "extended" and dialect == "active_directory"):
        raise RejectedError('password_by must be "modify" or "extended"; Active Directory knows "modify" only.')
    return given == "extended" or (not given and dialect == "generic")


def _known(kinds: Mapping[str, Kind], kind: str, setting: str) -> Kind:
    if kind not in kinds:
        raise RejectedError(f'{setting} knows no "{kind}". Known are: {", ".join(kinds)}.')
    return kinds[kind]


def _dn(text: str, setting: str) -> tuple[names.Rdn, ...]:
    try:
        return names.parse(text)
    except RejectedError as error:
        raise RejectedError(f"{setting}: {error}") from None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RejectedError(f'time_zone: there is no "{name[:60]}"; an example is "Europe/Amsterdam".') from None


def is_mappable(kind: str, neutral: str) -> bool:
    """Say whether the settings may name the attribute that holds a neutral one."""
    known = ATTRIBUTES[kind].get(neutral)
    return known is not None and known.type == "text" and neutral not in {"id", "dn", "login", "name", "mail"}


def _with_attributes(kind: Kind, name: str, given: object) -> Kind:
    if not isinstance(given, Mapping):
        raise RejectedError(f"attributes.{name} must be a table of neutral names and attributes of the directory.")
    texts = dict(kind.texts)
    for neutral, attribute in given.items():
        if not is_mappable(name, neutral):
            raise RejectedError(f'attributes.{name}: "{neutral}" is no text of a {name} that can be mapped.')
        if attribute == "":
            texts.pop(neutral, None)
        else:
            texts[neutral] = _allowed(attribute, f"attributes.{name}.{neutral}")
    return replace(kind, texts=texts)


def _allowed(attribute: object, where: str) -> str:
    if not isinstance(attribute, str) or not _ATTRIBUTE.fullmatch(attribute):
        raise RejectedError(f"{where} must be the name of an attribute, such as roomNumber: no OID, no option.")
    if is_reserved(attribute):
        raise RejectedError(f"{where}: {attribute} decides about rights or identity and cannot be opened to forms.")
    return attribute


def is_reserved(attribute: str) -> bool:
    """Say whether no form may ever write an attribute of the directory, in any case and with any option."""
    plain = attribute.partition(";")[0].strip().lower()
    return plain in _RESERVED or plain.startswith(_RESERVED_BEGINNINGS)


def _filter(kind: str, text: object) -> str:
    if not isinstance(text, str) or not (text.startswith("(") and text.endswith(")")) or not _is_balanced(text):
        raise RejectedError(f'filters.{kind} must be an LDAP filter in brackets, such as "(objectClass=person)".')
    return text


def _is_balanced(text: str) -> bool:
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth <= 0 and position + 1 < len(text):
            return False
    return depth == 0


def customs(given: Mapping[str, Any]) -> Mapping[str, CustomAttribute]:
    """Return the further attributes of people that the settings name; raises `RejectedError` naming the one that is wrong."""
    return MappingProxyType({name: _custom(name, one) for name, one in given.items()})


def _custom(name: str, given: object) -> CustomAttribute:
    where = f"custom.{name}"
    if not _NAME.fullmatch(name):
        raise RejectedError(f"{where}: a name has small letters, digits and _, and begins with a letter.")
    if isinstance(given, str):
        given = {"attribute": given}
    if not isinstance(given, Mapping) or not set(given) <= _CUSTOM_KEYS or "attribute" not in given:
        raise RejectedError(f"{where} must be an attribute, or a table with {', '.join(sorted(_CUSTOM_KEYS))}.")
    type_, settable, label = given.get("type", "text"), given.get("settable", False), given.get("label", name)
    if type_ not in CUSTOM_TYPES or not isinstance(settable, bool) or not isinstance(label, str):
        raise RejectedError(f"{where}: type is one of {', '.join(CUSTOM_TYPES)}, settable true or false, label a text.")
    return CustomAttribute(name, _allowed(given["attribute"], f"{where}.attribute"), type_, label, settable)
