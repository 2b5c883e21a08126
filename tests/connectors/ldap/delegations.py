"""Service accounts that have the rights of one verb each, and an operation by which each verb is tried."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from connectors.ldap.examining.rights import Right, as_attributes, as_dsacls, everything_for
from connectors.ldap.layout import Layout, layout
from connectors.spi import Content, File, Operation, Ref, SecretRef, Usage, Value
from connectors.verbs import ATTRIBUTES, DIRECTORY_VERBS
from tests.connectors.ldap.sample_cast import stable_id
from tests.pictures import jpeg
from tests.servers.ldif import record

_SCHEMA = Path("/usr/share/samba/setup/ad-schema/MS-AD_Schema_2K8_R2_Attributes.txt")
_CLASSES = {
    "user": "bf967aba-0de6-11d0-a285-00aa003049e2",
    "group": "bf967a9c-0de6-11d0-a285-00aa003049e2",
    "computer": "bf967a86-0de6-11d0-a285-00aa003049e2",
    "contact": "5cb41ed0-0e4c-11d0-a286-00aa003049e2",
}
_STANDS_IN = {"user": "OU=People", "group": "OU=Groups", "computer": "OU=Computers", "contact": "OU=Contacts"}
_RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
NEW_PASSWORD = "Correct-Horse-7-battery"


def ref(kind: str, name: str) -> Ref:
    return Ref(kind, stable_id(name))


ALICE, BOB, CHARLIE, DORTHE, ERIK, FIONA, GONE, HANNA = (
    ref("user", f"u-{login}") for login in ("alice", "bob", "charlie", "dorthe", "erik", "fiona", "gone", "hanna")
)
SALES, FACTORY, EMPTY, LOOP = (ref("group", f"g-{name}") for name in ("GG-Sales", "GG-Factory", "Empty", "LOOP-A"))
PC_1, PC_2, IVO, JO = ref("computer", "c-1"), ref("computer", "c-2"), ref("contact", "k-1"), ref("contact", "k-2")


def verbs_of(base: Layout) -> tuple[str, ...]:
    """Every verb that a directory can do."""
    return tuple(verb for verb in DIRECTORY_VERBS if verb not in base.dialect.cannot)


def usage(verb: str) -> Usage:
    """A form, called like the verb, that sets all it can."""
    given = {argument.name for argument in DIRECTORY_VERBS[verb].arguments}
    return Usage(verb, verb, frozenset(given | set(ATTRIBUTES[verb.split(".")[1]])))


def account(number: int) -> str:
    return f"svc-{number}"


def operations(base: Layout, leavers: Ref) -> Mapping[str, Operation]:
    """One operation for each verb, which changes something in the sample, each another thing."""
    password = SecretRef("password")
    new = {
        "login": "zoe",
        "upn": "zoe@example.test",
        "first_name": "Zoe",
        "last_name": "New",
        "display_name": "Zoe New",
    }
    given: dict[str, dict[str, Value]] = {
        "directory.user.create": {"ou": leavers, **new, "password": password},
        "directory.user.update": {"user": ALICE, "set": _everything(base, "user", manager=HANNA)},
        "directory.user.rename": {"user": HANNA, "cn": "Hanna New", "login": "hanna2", "upn": "hanna2@example.test"},
        "directory.user.set_addresses": {"user": CHARLIE, "mail": "c@example.test", "addresses": ("c2@example.test",)},
        "directory.user.set_photo": {"user": CHARLIE, "photo": _photo()},
        "directory.user.set_password": {"user": CHARLIE, "password": password, "must_change": True},
        "directory.user.expire_password": {"user": HANNA},
        "directory.user.unlock": {"user": BOB},
        "directory.user.enable": {"user": DORTHE},
        "directory.user.disable": {"user": ALICE},
        "directory.user.move": {"user": DORTHE, "ou": leavers},
        "directory.user.set_expiry": {"user": BOB, "on": None},
        "directory.user.delete": {"user": GONE},
        "directory.user.join_groups": {"user": CHARLIE, "groups": (EMPTY,)},
        "directory.user.leave_groups": {"user": BOB, "groups": (SALES,)},
        "directory.group.create": {"ou": leavers, "name": "GG-New"},
        "directory.group.update": {"group": LOOP, "set": _everything(base, "group")},
        "directory.group.set_owner": {"group": LOOP, "owner": ALICE},
        "directory.group.delete": {"group": EMPTY},
        "directory.group.add_members": {"group": SALES, "members": (HANNA,)},
        "directory.group.remove_members": {"group": SALES, "members": (ALICE,)},
        "directory.group.change_members": {"group": FACTORY, "add": (BOB,), "remove": (DORTHE,)},
        "directory.computer.enable": {"computer": PC_2},
        "directory.computer.disable": {"computer": PC_1},
        "directory.computer.move": {"computer": PC_2, "ou": leavers},
        "directory.computer.delete": {"computer": PC_1},
        "directory.contact.create": {"ou": leavers, "display_name": "New Contact", "mail": "new@partner.example"},
        "directory.contact.update": {"contact": JO, "set": _everything(base, "contact")},
        "directory.contact.delete": {"contact": IVO},
    }
    return {verb: Operation("one", verb, given[verb]) for verb in verbs_of(base)}


def _photo() -> File:
    content = jpeg()
    return File("a.jpg", len(content), "image/jpeg", sha256(content).hexdigest(), content=Content(content))


def _everything(base: Layout, kind: str, **links: Ref) -> dict[str, Value]:
    texts = base.kind(kind).texts
    names = (name for name, known in ATTRIBUTES[kind].items() if known.settable and name in texts)
    values = {name: f"new.{kind}@example.test" if name == "mail" else "99" for name in names}
    return {**values, **links}


# --- as Active Directory gives rights -------------------------------------------------------------------------------


def sddl(specified: str) -> str:
    """The entry of a list that ``dsacls /I:S`` (for CC ``/I:T``) makes of what it is told, ``{sid}`` for the account."""
    rights, of, class_ = (*specified.split(";"), "")[:3]
    if rights == "CC":
        return f"(OA;CI;CC;{_CLASSES[of]};;{{sid}})"
    if rights == "CA":
        assert of == "Reset Password"
        return f"(OA;CIIO;CR;{_RESET_PASSWORD};{_CLASSES[class_]};{{sid}})"
    return f"(OA;CIIO;{rights};{_schema_ids()[of] if of else ''};{_CLASSES[class_]};{{sid}})"


@lru_cache(maxsize=1)
def _schema_ids() -> Mapping[str, str]:
    """Ids of attributes by name, of the schema that the domain was made with."""
    found: dict[str, str] = {}
    name = ""
    for line in _SCHEMA.read_text("utf-8", "replace").splitlines():
        key, _, value = line.partition(":")
        if key.lower() == "ldapdisplayname":
            name = value.strip()
        elif key.lower() == "schemaidguid":
            found[name] = value.strip()
    return found


def active_directory_accounts(
    verbs: Sequence[str], units: Sequence[str], suffix: str, password: str
) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """LDIF of an account for each verb, and its rights below units as `Template.load` takes them.

    Of the units those where objects stand that the verb changes, and the leavers'."""
    base = layout("active_directory", suffix)
    ldif, rights = "", []
    for number, verb in enumerate(verbs):
        dn = f"CN={account(number)},CN=Users,{suffix}"
        ldif += record(
            dn,
            {
                "objectClass": ["user"],
                "sAMAccountName": [account(number)],
                "userPrincipalName": [f"{account(number)}@example.test"],
                "unicodePwd": [f'"{password}"'.encode("utf-16-le")],
                "userAccountControl": ["512"],
            },
        )
        needed = everything_for(base, verb)
        aces = "".join(sddl(one) for right in needed for one in as_dsacls(right))
        where = ("OU=Leavers", *(_STANDS_IN[right.kind] for right in needed))
        rights += [(dn, aces, unit) for unit in units if unit.startswith(where)]
    return ldif, tuple(rights)


# --- as OpenLDAP gives rights ---------------------------------------------------------------------------------------


def openldap_account(number: int, suffix: str) -> str:
    return f"cn={account(number)},ou=accounts,{suffix}"


def openldap_accounts(verbs: Sequence[str], suffix: str, password: str) -> str:
    """LDIF of an account for each verb, in a unit of their own."""
    ldif = record(f"ou=accounts,{suffix}", {"objectClass": ["organizationalUnit"], "ou": ["accounts"]})
    for number in range(len(verbs)):
        entry = {"objectClass": ["applicationProcess", "simpleSecurityObject"], "cn": [account(number)]}
        ldif += record(openldap_account(number, suffix), {**entry, "userPassword": [password]})
    return ldif


def openldap_access(rights: Mapping[str, Sequence[Right]], suffix: str) -> str:
    """The ``access`` lines that give each account in ``rights`` (by DN) what it needs, and reading, and nothing else."""
    holders: dict[str, list[str]] = {}
    for dn, needed in rights.items():
        for attribute in dict.fromkeys(name for right in needed for name in as_attributes(right)):
            holders.setdefault(attribute, []).append(dn)
    lines = []
    for attribute, dns in sorted(holders.items(), key=lambda one: one[0] != "userPassword"):
        given = " ".join(f'by dn.exact="{dn}" write' for dn in dns)
        others = "by anonymous auth by * none" if attribute == "userPassword" else "by * break"
        lines.append(f"access to attrs={attribute} {given} {others}")
    if "userPassword" not in holders:
        lines.insert(0, "access to attrs=userPassword by anonymous auth by * none")
    return "\n".join([*lines, f'access to * by dn.children="ou=accounts,{suffix}" read by * none', ""])
