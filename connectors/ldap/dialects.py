"""What one kind of directory server calls things and what it can do: Active Directory, OpenLDAP, 389, any other. Pure.

A dialect is a table.  Whatever differs between servers in more than a name is told by one of its fields, so that the code
asks for what a server can do and never for who made it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, TypeAlias

# How a state of an account is kept: by AD's bits and FILETIMEs, by the password policy of OpenLDAP
# (draft-behera-ldap-password-policy), by 389's nsAccountLock, or not at all.
States: TypeAlias = Literal["active_directory", "ppolicy", "ns_account_lock", "none"]


@dataclass(frozen=True, slots=True)
class Kind:
    """How objects of one kind look: the filter that finds them, the classes of a new one, and what names it.

    ``texts`` maps neutral names to the attribute that is written; ``fallbacks`` to one that is read when that is empty.
    ``links`` maps neutral names to attributes that hold a DN.  ``addresses`` is the attribute of further addresses.
    """

    filter: str
    classes: tuple[str, ...] = ()
    rdn: str = "cn"
    texts: Mapping[str, str] = field(default_factory=dict)
    fallbacks: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    addresses: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of server.

    ``id`` is the attribute of the stable id, ``version`` the one that changes with every write, ``dn`` the one that
    finds entries by DN.  ``member_of`` names the groups of an entry, empty where the server keeps none.  ``nested`` says
    that the server follows memberships itself; ``by_guid`` that ``<GUID=…>`` stands for an entry in a request and in a
    member; ``placeholder`` that a group cannot be empty.  ``cannot`` maps verbs to the reason why this kind of server
    does not do them.
    """

    name: str
    title: str
    id: str
    version: str
    dn: str
    states: States
    kinds: Mapping[str, Kind]
    member: str = "member"
    member_of: str = "memberOf"
    created: str = "createTimestamp"
    changed: str = "modifyTimestamp"
    photo: str = "jpegPhoto"
    reports: str = ""
    nested: bool = False
    by_guid: bool = False
    placeholder: bool = False
    cannot: Mapping[str, str] = field(default_factory=dict)


_NO_FACTORS = "{title} keeps no second factor; they are enrolled elsewhere"
_NO_SESSIONS = "{title} keeps no sessions that could be ended"
_NOT_PENDING = "in {title} an account does not wait to be activated: enable it instead"
_NO_POLICY = "{title} has no account states that could be changed over LDAP in a standard way"
_NO_EXPIRY = "{title} keeps no last day of an account"
_NO_COMPUTERS = "in {title} a computer is a description without an account"

_EVERYWHERE = {
    "directory.user.reset_mfa": _NO_FACTORS,
    "directory.user.clear_sessions": _NO_SESSIONS,
    "directory.user.activate": _NOT_PENDING,
}
_DEVICES = {"directory.computer.enable": _NO_COMPUTERS, "directory.computer.disable": _NO_COMPUTERS}


def _cannot(title: str, *reasons: Mapping[str, str]) -> Mapping[str, str]:
    merged = {verb: reason for part in (_EVERYWHERE, *reasons) for verb, reason in part.items()}
    return MappingProxyType({verb: reason.format(title=title) for verb, reason in merged.items()})


# Of RFC 4519, RFC 4524 and RFC 2798, and the same in Active Directory.
_CONTACT = {
    "display_name": "displayName",
    "first_name": "givenName",
    "last_name": "sn",
    "mail": "mail",
    "phone": "telephoneNumber",
    "description": "description",
}
_PERSON = {
    **_CONTACT,
    "initials": "initials",
    "mobile": "mobile",
    "title": "title",
    "office": "physicalDeliveryOfficeName",
    "employee_type": "employeeType",
}
_AD_PERSON = {**_PERSON, "department": "department", "company": "company", "employee_id": "employeeID"}
_RFC_PERSON = {**_PERSON, "department": "departmentNumber", "company": "o", "employee_id": "employeeNumber"}
_ACTIVE_DIRECTORY = Dialect(
    name="active_directory",
    title="Active Directory",
    id="objectGUID",
    version="uSNChanged",
    dn="distinguishedName",
    states="active_directory",
    created="whenCreated",
    changed="whenChanged",
    photo="thumbnailPhoto",
    reports="directReports",
    nested=True,
    by_guid=True,
    kinds=MappingProxyType(
        {
            "user": Kind(
                "(&(objectCategory=person)(objectClass=user))",
                ("top", "person", "organizationalPerson", "user"),
                texts={"login": "sAMAccountName", "upn": "userPrincipalName", **_AD_PERSON},
                fallbacks={"display_name": "cn"},
                links={"manager": "manager"},
                addresses="proxyAddresses",
            ),
            "group": Kind(
                "(objectCategory=group)",
                ("top", "group"),
                texts={
                    "name": "sAMAccountName",
                    "display_name": "displayName",
                    "description": "description",
                    "mail": "mail",
                },
                fallbacks={"name": "cn"},
                links={"owner": "managedBy"},
            ),
            "ou": Kind(
                "(|(objectCategory=organizationalUnit)(objectClass=domainDNS)(objectClass=builtinDomain)"
                "(&(objectCategory=container)(!(showInAdvancedViewOnly=TRUE))))",
                texts={"name": "name", "description": "description"},
            ),
            "computer": Kind(
                "(objectCategory=computer)",
                texts={"name": "cn", "description": "description", "system": "operatingSystem"},
                links={"owner": "managedBy"},
            ),
            "contact": Kind(
                "(&(objectCategory=person)(objectClass=contact))",
                ("top", "person", "organizationalPerson", "contact"),
                texts={**_CONTACT, "company": "company"},
                fallbacks={"display_name": "cn"},
            ),
        }
    ),
    cannot=_cannot("Active Directory"),
)

_RFC_KINDS = {
    "user": Kind(
        "(&(objectClass=inetOrgPerson)(uid=*))",
        ("top", "person", "organizationalPerson", "inetOrgPerson"),
        rdn="uid",
        texts={"login": "uid", **_RFC_PERSON},
        fallbacks={"display_name": "cn"},
        links={"manager": "manager"},
        addresses="mail",
    ),
    "group": Kind(
        "(objectClass=groupOfNames)",
        ("top", "groupOfNames"),
        texts={"name": "cn", "description": "description", "department": "businessCategory"},
        links={"owner": "owner"},
    ),
    "ou": Kind(
        "(|(objectClass=organizationalUnit)(objectClass=organization)(objectClass=domain)(objectClass=dcObject))",
        texts={"name": "ou", "description": "description"},
    ),
    "computer": Kind(
        "(objectClass=device)",
        texts={"name": "cn", "description": "description"},
        links={"owner": "owner"},
    ),
    "contact": Kind(
        "(&(objectClass=inetOrgPerson)(!(uid=*)))",
        ("top", "person", "organizationalPerson", "inetOrgPerson"),
        texts={**_CONTACT, "company": "o"},
        fallbacks={"display_name": "cn"},
    ),
}
_OPENLDAP = Dialect(
    name="openldap",
    title="OpenLDAP",
    id="entryUUID",
    version="entryCSN",
    dn="entryDN",
    states="ppolicy",
    placeholder=True,
    kinds=MappingProxyType(_RFC_KINDS),
    cannot=_cannot("OpenLDAP", _DEVICES),
)
_DIRECTORY_389 = Dialect(
    name="389",
    title="389 Directory Server",
    id="nsUniqueId",
    version="entryusn",
    dn="entrydn",
    states="ns_account_lock",
    kinds=MappingProxyType(_RFC_KINDS),
    cannot=_cannot("389 Directory Server", _DEVICES, {"directory.user.set_expiry": _NO_EXPIRY}),
)
_GENERIC = Dialect(
    name="generic",
    title="this directory",
    id="entryUUID",
    version="modifyTimestamp",
    dn="entryDN",
    states="none",
    member_of="",
    placeholder=True,
    kinds=MappingProxyType(_RFC_KINDS),
    cannot=_cannot(
        "this directory",
        _DEVICES,
        {
            f"directory.user.{verb}": _NO_POLICY
            for verb in ("unlock", "enable", "disable", "set_expiry", "expire_password")
        },
    ),
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {one.name: one for one in (_ACTIVE_DIRECTORY, _OPENLDAP, _DIRECTORY_389, _GENERIC)}
)
