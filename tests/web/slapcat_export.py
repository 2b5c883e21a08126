"""Write an export of an OpenLDAP directory as slapcat does: folded lines, base64, operational attributes, and odd rows."""

from base64 import b64encode
from collections.abc import Iterator
from uuid import NAMESPACE_DNS, uuid5

SUFFIX = "dc=sample,dc=test"
PEOPLE, GROUPS = f"ou=People,{SUFFIX}", f"ou=Groups,{SUFFIX}"
BRANCHES = ("Rotterdam", "Utrecht", "Groningen")
GIVEN = ("Zoë", "Bram", "Ömer", "Søren", "Νεφέλη", "さくら", "Alice", "Bob")
FAMILY = ("Lindqvist", "Çiçekoğlu", "Kraanvogel", "Dvořáček-Straßburger", "d'Avellà", "van den Æther, jr.", 'de "Wit"')
_COLUMNS = 76


def line(name: str, value: str) -> str:
    """Return one attribute as slapcat writes it (RFC 2849): base64 unless it is safe, folded after 76 octets."""
    is_safe = (
        value.isascii() and value.isprintable() and value[:1] not in (" ", ":", "<", "") and not value.endswith(" ")
    )
    text = f"{name}: {value}" if is_safe else f"{name}:: {b64encode(value.encode()).decode()}"
    folded = [text[:_COLUMNS], *(text[at : at + _COLUMNS - 1] for at in range(_COLUMNS, len(text), _COLUMNS - 1))]
    return "\n ".join(folded)


def entry(dn: str, classes: tuple[str, ...], *pairs: tuple[str, str]) -> str:
    """Return an entry with the operational attributes that come along with every one."""
    stamp = "20210303081500Z"
    operational = (
        ("structuralObjectClass", classes[-1]),
        ("entryUUID", str(uuid5(NAMESPACE_DNS, dn))),
        ("creatorsName", f"cn=admin,{SUFFIX}"),
        ("createTimestamp", stamp),
        ("entryCSN", f"{stamp[:-1]}.123456Z#000000#000#000000"),
        ("modifiersName", f"cn=admin,{SUFFIX}"),
        ("modifyTimestamp", stamp),
    )
    every = (("dn", dn), *(("objectClass", name) for name in classes), *pairs, *operational)
    return "\n".join(line(name, value) for name, value in every) + "\n\n"


def login(number: int) -> str:
    return f"u{number:05d}"


def name(number: int) -> str:
    return f"{GIVEN[number % len(GIVEN)]} {FAMILY[number % len(FAMILY)]} {number}"


def dn(number: int) -> str:
    return f"uid={login(number)},ou={BRANCHES[number % len(BRANCHES)]},{PEOPLE}"


def person(number: int) -> str:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
    unknown = (("jpegPhoto", "\x00\x01\x02not a picture"), ("x-shoeSize", "44"), ("preferredLanguage", "nl"))
    return entry(
        dn(number),
        ("top", "person", "organizationalPerson", "inetOrgPerson"),
        ("uid", login(number)),
        ("cn", name(number)),
        ("givenName", given),
        ("sn", family),
        ("mail", f"{login(number)}@sample.test"),
        ("telephoneNumber", f"+3110555{number:05d}"),
        ("title", "Keeper of a title that is so long that every tool of the trade has to fold the line it stands on"),
        ("description", " begins with a space: ümlaut"),
        ("manager", dn(number - number % 50)),
        *(unknown if number % 5 == 0 else ()),
    )


def group(cn: str, *members: int) -> str:
    pairs = (("cn", cn), *(("member", dn(number)) for number in members))
    return entry(f"cn={cn},{GROUPS}", ("groupOfNames",), *pairs)


BROKEN = f"""\
dn: uid=nobase64,{PEOPLE}
objectClass: inetOrgPerson
uid: nobase64
cn:: this is no base64

dn: this is no name
objectClass: inetOrgPerson
uid: noname
cn: No Name

dn: uid=twin,{PEOPLE}
objectClass: inetOrgPerson
uid: U00042
cn: Twin

dn: uid=url,{PEOPLE}
objectClass: inetOrgPerson
uid: url
cn:< file:///etc/hostname

"""


def export(people: int) -> Iterator[str]:
    """Yield a whole directory; person 0 is the agent of Rotterdam, and of every third person the colleague."""
    yield "# a comment, and\n  its folded second line\nversion: 1\n\n"
    yield entry(SUFFIX, ("top", "dcObject", "organization"), ("o", "Sample"), ("dc", "sample"))
    for unit in (PEOPLE, GROUPS, f"ou=Requestable,{GROUPS}", f"ou=Service Accounts,{SUFFIX}",
                 *(f"ou={branch},{PEOPLE}" for branch in BRANCHES)):  # fmt: skip
        yield entry(unit, ("organizationalUnit",))
    for number in range(people):
        yield person(number)
    yield BROKEN
    for index, branch in enumerate(BRANCHES):
        yield group(f"GG-Location-{branch}", *range(index, people, len(BRANCHES)))
    for cn, members in (("SD-Rotterdam", (0,)), ("Domain Admins", (3,)), ("Tier0-Admins", (6,)), ("SD-FirstLine", ()),
                        ("SD-Utrecht", ()), ("KeyUsers", ()), ("Audit", ())):  # fmt: skip
        yield group(cn, *members)
