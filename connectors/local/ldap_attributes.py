"""Which LDAP and Active Directory attributes and classes are known, and what they are here. Pure; a table."""

from collections.abc import Mapping

UNITS = frozenset(
    {"organizationalunit", "container", "builtindomain", "organization", "domain", "domaindns", "dcobject"}
)
GROUPS = frozenset({"group", "groupofnames", "groupofuniquenames", "posixgroup"})
USERS = frozenset({"user", "inetorgperson", "posixaccount", "account", "person"})
MANAGED_ACCOUNTS = frozenset({"msds-groupmanagedserviceaccount", "msds-managedserviceaccount"})

# Neutral text → the LDAP attributes it is taken from, the first that is there wins.
TEXTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "user": {
        "login": ("samaccountname", "uid"),
        "upn": ("userprincipalname",),
        "mail_nickname": ("mailnickname",),
        "display_name": ("displayname", "cn"),
        "first_name": ("givenname", "gn"),
        "last_name": ("sn", "surname"),
        "initials": ("initials",),
        "mail": ("mail", "rfc822mailbox"),
        "phone": ("telephonenumber",),
        "mobile": ("mobile", "mobiletelephonenumber"),
        "title": ("title",),
        "department": ("department", "departmentnumber"),
        "office": ("physicaldeliveryofficename", "roomnumber"),
        "company": ("company", "o"),
        "employee_id": ("employeeid", "employeenumber"),
        "employee_type": ("employeetype",),
        "description": ("description",),
    },
    "group": {
        "name": ("samaccountname", "cn"),
        "display_name": ("displayname",),
        "description": ("description",),
        "mail": ("mail",),
        "department": ("department", "businesscategory"),
    },
    "ou": {"name": ("ou", "cn", "name", "o", "dc"), "description": ("description",)},
    "computer": {
        "name": ("cn", "name"),
        "description": ("description",),
        "system": ("operatingsystem",),
    },
    "contact": {
        "display_name": ("displayname", "cn"),
        "first_name": ("givenname",),
        "last_name": ("sn",),
        "mail": ("mail",),
        "phone": ("telephonenumber",),
        "company": ("company", "o"),
        "description": ("description",),
    },
}
LINKS: Mapping[str, Mapping[str, str]] = {
    "user": {"manager": "manager"},
    "group": {"managedby": "owner", "owner": "owner"},
    "computer": {"managedby": "owner"},
}
# Read for every kind, or harmless and on nearly every entry: not worth a line in the report.
_SILENT = frozenset(
    [
        "objectclass",
        "structuralobjectclass",
        "entryuuid",
        "objectguid",
        "objectsid",
        "createtimestamp",
        "modifytimestamp",
        "whencreated",
        "whenchanged",
        "dn",
        "distinguishedname",
        "name",
        "cn",
        "creatorsname",
        "modifiersname",
        "entrycsn",
        "entrydn",
        "subschemasubentry",
        "hassubordinates",
        "objectcategory",
        "instancetype",
        "usncreated",
        "usnchanged",
        "dscorepropagationdata",
        "contextcsn",
    ]
)


# States and what else is read, by kind; how, stands in `connectors.local.translating`.
STATES_OF = {
    "user": frozenset(
        {
            "accountexpires", "admincount", "authtimestamp", "lastlogon", "lastlogontimestamp", "lockouttime",
            "pwdaccountlockedtime", "pwdchangedtime", "pwdendtime", "pwdlastset", "pwdreset", "pwdstarttime",
            "serviceprincipalname", "shadowexpire", "useraccountcontrol",
        }
    ),
    "computer": frozenset({"useraccountcontrol", "lastlogon", "lastlogontimestamp"}),
    "group": frozenset({"admincount"}),
}  # fmt: skip


def _read_by(kind: str) -> frozenset[str]:
    texts = {source for sources in TEXTS[kind].values() for source in sources}
    further = {"memberof", "primarygroupid", "proxyaddresses", "targetaddress", "samaccountname"}
    secret = {"userpassword"} if kind == "user" else set[str]()
    return _SILENT | texts | further | secret | STATES_OF.get(kind, frozenset())


# Attributes that are read for objects of a kind; all others are ignored and counted.
READ = {kind: _read_by(kind) for kind in TEXTS}
