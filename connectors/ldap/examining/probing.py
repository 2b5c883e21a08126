"""What a directory server says of itself: which kind it is, what stands on it, what it can do, its schema. Reads only."""

import re
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from connectors.ldap.dialects import DIALECTS
from connectors.ldap.layout import Layout
from connectors.ldap.requests import LimitReachedError, Row, Search, SearchRefusedError
from connectors.ldap.talking.endpoints import Endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.ldap.talking.wire import WireError, resolve

ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"  # LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS 3.1.1.3.4.3.1)
_NAMED = re.compile(r"^\(\s*([0-9.]+|[A-Za-z][\w.-]*)\s+(?:NAME\s+(?:'([^']*)'|\(([^)]*)\)))?")
_STATES = {
    "active_directory": ("userAccountControl", "lockoutTime", "accountExpires", "pwdLastSet"),
    "ppolicy": ("pwdAccountLockedTime", "pwdReset", "pwdChangedTime", "pwdStartTime", "pwdEndTime"),
    "ns_account_lock": ("nsAccountLock", "accountUnlockTime", "passwordExpirationTime"),
    "none": (),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What a server offers: ``dialect`` is a name in `DIALECTS`, ``bases`` what stands on it, the usual one first."""

    dialect: str
    bases: tuple[str, ...]
    subschema: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """An attribute that the layout uses and the schema has not: of which kind, under which neutral name, and what mends it."""

    kind: str
    neutral: str
    attribute: str

    def __str__(self) -> str:
        if self.neutral == "states":
            return (
                f"The schema has no {self.attribute}: what is kept there cannot be read or changed. In OpenLDAP it comes "
                'with the ppolicy overlay (2.5 or newer); where there is none, dialect = "generic" does without.'
            )
        if self.neutral == "memberships":
            return (
                f"The schema has no {self.attribute}: whose member somebody is cannot be read from their entry. In OpenLDAP "
                "it comes with the memberof overlay."
            )
        return (
            f"{self.neutral} of a {self.kind} would be kept in {self.attribute}, which this server's schema does not have. "
            f'Name another attribute, or "" for none: [connectors.directory.attributes.{self.kind}] {self.neutral} = ""'
        )


Schema: TypeAlias = frozenset[str]  # names, aliases and OIDs of attributes, in lower case


def offered(session: DirectorySession) -> Offered:
    """Return what a server says of itself; raises `UnavailableError`, and `SearchRefusedError` when it says nothing."""
    root = session.root()
    usual = _texts(root, "defaultNamingContext")
    schemas = (*_texts(root, "schemaNamingContext"), *_texts(root, "configurationNamingContext"))
    bases = [base for base in _texts(root, "namingContexts") if base and base not in (*schemas, *usual)]
    forest = tuple(one for one in bases if not one.upper().startswith(("DC=DOMAINDNSZONES", "DC=FORESTDNSZONES")))
    subschema = _texts(root, "subschemaSubentry")
    return Offered(
        dialect_of(root),
        (*usual, *forest),
        subschema[0] if subschema else "",
    )


def addresses(server: Endpoint, seconds: float) -> tuple[str, ...]:
    """Return the addresses that a server's name stands for, where more than one are of one family; else none."""
    with suppress(WireError):
        found = dict.fromkeys((family, str(address[0])) for family, address in resolve(server, seconds))
        families = [family for family, _ in found]
        return tuple(address for family, address in found if families.count(family) > 1)
    return ()


def dialect_of(root: Row) -> str:
    """Return which kind of server shows this root entry. Pure."""
    if ACTIVE_DIRECTORY in _texts(root, "supportedCapabilities"):
        return "active_directory"
    if "openldaprootdse" in {name.lower() for name in _texts(root, "objectClass")}:
        return "openldap"
    vendor = " ".join((*_texts(root, "vendorName"), *_texts(root, "vendorVersion"))).lower()
    return "389" if "389" in vendor else "generic"


def schema(session: DirectorySession, where: str) -> Schema:
    """Return every name of an attribute in a server's schema, none when it is not shown; raises `UnavailableError`."""
    if not where:
        return frozenset()
    try:
        row = session.first(Search(where, "(objectClass=*)", ("attributeTypes",), "base", page=0))
    except (SearchRefusedError, LimitReachedError):
        return frozenset()
    described = row.values.get("attributetypes", ()) if row is not None else ()
    return frozenset(name for one in described for name in _names(one.decode("utf-8", "replace")))


def _names(description: str) -> Iterator[str]:
    match = _NAMED.match(description)
    if match is None:
        return
    oid, one, several = match.groups()
    yield oid.lower()
    yield from ([one.lower()] if one else [name.lower() for name in re.findall(r"'([^']*)'", several or "")])


def lacking(layout: Layout, known: Schema) -> tuple[Lack, ...]:
    """Return what the layout uses and the schema has not; nothing when the schema is not known. Pure."""
    if not known:
        return ()
    return tuple(dict.fromkeys(lack for lack in _used(layout) if lack.attribute.lower() not in known))


def _used(layout: Layout) -> Iterator[Lack]:
    dialect = layout.dialect
    for kind, looks in dialect.kinds.items():
        for neutral, attribute in (*looks.texts.items(), *looks.links.items()):
            yield Lack(kind, neutral, attribute)
    for name, custom in layout.custom.items():
        yield Lack("user", f"custom.{name}", custom.attribute)
    for attribute in _STATES[dialect.states]:
        yield Lack("user", "states", attribute)
    if dialect.member_of:
        yield Lack("group", "memberships", dialect.member_of)


@dataclass(frozen=True, slots=True)
class Policy:
    """What OpenLDAP's password policy says: minutes of a lock and days of a password, 0 for ever."""

    lock_minutes: int
    password_days: int


def policies(session: DirectorySession, base: str) -> tuple[Policy, ...]:
    """Return the password policies seen below a base, two at most; raises `UnavailableError`."""
    wanted = Search(base, "(objectClass=pwdPolicy)", ("pwdLockoutDuration", "pwdMaxAge"), page=2)
    rows: list[Row] = []
    with suppress(SearchRefusedError, LimitReachedError), closing(session.search(wanted)) as found:
        rows += islice(found, 2)
    return tuple(Policy(_number(row, "pwdLockoutDuration") // 60, _number(row, "pwdMaxAge") // 86_400) for row in rows)


def _number(row: Row, name: str) -> int:
    value = row.first(name)
    return int(value) if value is not None and value.isdigit() else 0


def title_of(dialect: str) -> str:
    """Return what a dialect is called. Pure."""
    return "a directory of no known kind" if dialect == "generic" else DIALECTS[dialect].title


def holds(session: DirectorySession, base: str) -> bool:
    """Say whether an account sees the entry at a base; raises `UnavailableError`."""
    try:
        return session.first(Search(base, "(objectClass=*)", ("1.1",), "base", page=0)) is not None
    except (SearchRefusedError, LimitReachedError):
        return False


def _texts(row: Row, name: str) -> tuple[str, ...]:
    return tuple(value.decode("utf-8", "replace") for value in row.values.get(name.lower(), ()))
