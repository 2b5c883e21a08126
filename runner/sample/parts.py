"""What the sample company consists of, as plain values. Performs no I/O.

Every part has a stable id made from its name, so that the same company is the same company each time it is made.
People are named by login and groups by name wherever one part points at another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

SUFFIX = "DC=sample,DC=test"
DOMAIN = "sample.test"
_NAMESPACE = UUID("6a1c8a3e-5d0f-5c7e-9a43-0b6d5f3f2c11")


def stable_id(kind: str, name: str) -> str:
    """Return the id of the part of this kind and name. Pure."""
    return str(uuid5(_NAMESPACE, f"{kind}:{name.casefold()}"))


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the directory; ``dn`` is its whole name, ``parent`` the one it stands in ("" for the root)."""

    name: str
    dn: str
    parent: str
    description: str = ""

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("ou", self.dn)


@dataclass(frozen=True, slots=True)
class Person:
    """A person or a service account.

    ``unit`` is the DN of the unit, ``manager`` a login.  ``state`` is one of ``active pending disabled``; being locked
    or expired follows from ``locked_at`` and ``expires_on`` (the last day, in the company's time zone).
    """

    login: str
    cn: str
    unit: str
    first_name: str
    last_name: str
    display_name: str
    initials: str = ""
    mail: str = ""
    addresses: tuple[str, ...] = ()
    phone: str = ""
    mobile: str = ""
    title: str = ""
    department: str = ""
    branch: str = ""
    office: str = ""
    manager: str = ""
    employee_id: str = ""
    employee_type: str = ""
    description: str = ""
    state: str = "active"
    disabled_at: datetime | None = None
    locked_at: datetime | None = None
    enabled_from: date | None = None
    expires_on: date | None = None
    password_set_on: datetime | None = None
    must_change: bool = False
    mfa_enrolled: bool = False
    is_service: bool = False
    last_logon: datetime | None = None
    created: datetime | None = None

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("user", self.login)

    @property
    def changed(self) -> datetime | None:
        """The latest moment at which something on the account is known to have changed."""
        moments = (self.created, self.password_set_on, self.locked_at, self.disabled_at)
        return max((moment for moment in moments if moment is not None), default=None)

    @property
    def upn(self) -> str:
        """Sign-in name."""
        return f"{self.login}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Group:
    """A group; ``people`` are logins, ``groups`` names of groups inside it, ``computers`` names of computers."""

    name: str
    unit: str
    description: str = ""
    display_name: str = ""
    mail: str = ""
    department: str = ""
    owner: str = ""
    sensitive: bool = False
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    computers: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("group", self.name)


@dataclass(frozen=True, slots=True)
class Computer:
    """A workstation; ``owner`` is a login."""

    name: str
    unit: str
    system: str
    owner: str = ""
    enabled: bool = True
    description: str = ""
    last_logon: datetime | None = None
    created: datetime | None = None

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("computer", self.name)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody outside who stands in the address book."""

    display_name: str
    unit: str
    first_name: str
    last_name: str
    mail: str
    phone: str = ""
    company: str = ""
    description: str = ""

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("contact", self.mail)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox; ``kind`` is ``personal``, ``shared`` or ``room``; owner and rights are logins."""

    name: str
    address: str
    kind: str
    owner: str = ""
    addresses: tuple[str, ...] = ()
    full_access: tuple[str, ...] = ()
    send_as: tuple[str, ...] = ()
    send_on_behalf: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """Stable id."""
        return stable_id("mailbox", self.address)


@dataclass(frozen=True, slots=True)
class SignIn:
    """Who can sign in to the demo: account login, id of the person in the directory, title, what they may do."""

    login: str
    person: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Company:
    """The whole company. ``units`` has every parent before its children; ``leads`` maps a department to its head."""

    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    service_accounts: tuple[Person, ...]
    groups: tuple[Group, ...]
    computers: tuple[Computer, ...]
    contacts: tuple[Contact, ...]
    mailboxes: tuple[Mailbox, ...]
    sign_ins: tuple[SignIn, ...]
    leads: Mapping[str, str]
