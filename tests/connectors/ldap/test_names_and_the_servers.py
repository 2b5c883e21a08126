"""Whether a distinguished name stands below a unit: what the connector says beside what real servers say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from random import Random

import pytest

from connectors.directory import names
from connectors.errors import RejectedError
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.reading.decoding import stable_id
from connectors.ldap.requests import Add, Search, SearchRefusedError
from connectors.ldap.talking.endpoints import parse_endpoint
from connectors.ldap.talking.session import DirectorySession
from connectors.spi import Ids, Question, Secret, Under
from tests.connectors.ldap.on_servers import on_openldap, on_samba
from tests.servers import openldap, samba

ROOT = f"OU=Oracle,{openldap.SUFFIX}"
# Pairs that one server takes for one name and another for two, names that begin alike, and letters that have to be escaped.
NAMES = (
    "Sales", "Sales North", "Sales, North", "Sales,OU=North", "Sal", "sales\\", "#hash", "+plus", "a+b", "a;b", '"quoted"',
    "<angle>", "a=b", "Strasse", "Straße", "STRAẞE", "ss", "ẞ", "fix", "ﬁx", "istanbul", "İstanbul", "ıstanbul", "caf\u00e9",
    "cafe\u0301", "Ａb", "Ab", "double  space", "double\u00a0space", "x\ty", "x y", "ω", "\u2126", "ſale", "sale", "ς", "σ",
    "\u00b5", "\u03bc", "K", "\u212a", "a\u00adb", "a\u200bb", "ŉ", "ʼn", "ǆ", "dž", "e\u0327\u0301", "e\u0301\u0327", "ᾳ",
    "αι", "\u00b2", "2", "①", "1", "가", "\u1100\u1161", "Müller", "MÜLLEŖ", "Ѐж", "Ω", "😀", "Ⴀ", "ⴀ", "Ꞑ", "ꞑ", "Ა", "ა",
    "Ǆx", "ǅx", "Ⱥ", "ⱥ",
)  # fmt: skip
TYPES = ("OU", "ou", "oU", "2.5.4.11", "organizationalUnitName", "OID.2.5.4.11", "oid.2.5.4.11")


@dataclass
class Tree:
    """Units by id: their DNs as the server spells them, and the ids of all units above and of themselves."""

    directory: LdapDirectory
    admin: DirectorySession
    dns: dict[str, str]
    above: dict[str, frozenset[str]]

    def named(self, dn: str) -> str | None:
        """Return the id of what the server finds under a name, empty when it is a name of nothing, None when it is none."""
        asked = Search(dn, "(objectClass=*)", (self.directory.layout.dialect.id,), scope="base", page=0)
        try:
            row = self.admin.first(asked)
        except (SearchRefusedError, RejectedError):
            return None
        return (stable_id(self.directory.layout, row) if row is not None else "") or ""


@pytest.fixture(scope="module", params=["openldap", "samba"])
def tree(request: pytest.FixtureRequest) -> Iterator[Tree]:
    template = request.getfixturevalue(f"{request.param}_sample")
    with ExitStack() as stack:
        if request.param == "openldap":
            server = stack.enter_context(openldap.OpenLdap.started(template))
            directory, user, password = stack.enter_context(on_openldap(server)), openldap.ADMIN, openldap.PASSWORD
        else:
            server = stack.enter_context(samba.SambaDc.started(template))
            directory, user, password = stack.enter_context(on_samba(server)), samba.ADMIN, samba.PASSWORD
        session = DirectorySession(
            [parse_endpoint(server.tls_url)], user=user, password=Secret(password), ca_file=str(server.authority)
        )
        yield planted(directory, stack.enter_context(closing(session)))


def planted(directory: LdapDirectory, admin: DirectorySession) -> Tree:
    """Make a unit for every name and three in each, as far as the server takes them, and ask it what stands where."""
    random, id_ = Random(3), directory.layout.dialect.id
    admin.apply(Add(ROOT, {"objectClass": (b"organizationalUnit",)}))
    for name in NAMES:
        unit = f"OU={names.escape(name)},{ROOT}"
        for dn in (unit, *(f"OU={names.escape(one)},{unit}" for one in random.sample(NAMES, 3))):
            admin.apply(Add(dn, {"objectClass": (b"organizationalUnit",)}))
    dns, above = dict[str, str](), dict[str, frozenset[str]]()
    root = admin.first(Search(ROOT, "(objectClass=*)", (id_,), scope="base", page=0))
    assert root is not None
    level = [(root, frozenset[str]())]
    while level:
        below = []
        for row, over in level:
            own = stable_id(directory.layout, row) or ""
            dns[own], above[own] = row.dn, over | {own}
            below += [(child, above[own]) for child in admin.search(Search(row.dn, "(objectClass=*)", (id_,), "one"))]
        level = below
    assert len(dns) > 150
    return Tree(directory, admin, dns, above)


# --- spelling -------------------------------------------------------------------------------------------------------


def spelt(dn: str, random: Random) -> str:
    """Write a name in another way: types, case, spaces, escapes, hexadecimal octets, or with a slip."""
    steps = names.parse(dn)
    odd = random.choice((0, 0.2, 1))  # how much of it is written oddly: servers take few of the names that are all odd
    parts = [_spelt_step(rdn, random) if random.random() < odd else rdn.text for rdn in steps]
    text = (random.choice((", ", " ,", ";")) if random.random() < odd / 2 else ",").join(parts)
    way = random.random()
    if way < 0.1:
        at = random.randrange(len(text))
        return (
            text[:at] + random.choice(("", "\\", ",", "\\,", " ", "x", "+", "#", "\u0301", "\\20", "\\00")) + text[at:]
        )
    if way < 0.15:
        return ",".join(random.sample(parts, len(parts)))
    return f"<GUID={random.randbytes(4).hex()}>,{text}" if way < 0.16 else text


def _spelt_step(rdn: names.Rdn, random: Random) -> str:
    return f"{_type(rdn.pairs[0][0], random)}{_gap(random)}={_gap(random)}{_value(rdn.value, random)}"


def _type(type_: str, random: Random) -> str:
    odd = type_.lower() == "ou" and random.random() < 0.3
    return random.choice(TYPES if odd else (type_, type_.lower()))


def _gap(random: Random) -> str:
    return random.choice(("", "", "", " "))


def _value(value: str, random: Random) -> str:
    change = random.choice(
        (str, str, str.upper, str.lower, str.swapcase, str.casefold, lambda text: text.replace(" ", "  "))
    )
    value = change(value)
    octets = value.encode()
    way = random.choice(("plain", "plain", "escaped", "octets", "hash", "quoted"))
    if way == "octets":
        return "".join(f"\\{octet:02X}" for octet in octets)
    if way == "hash" and len(octets) < 128:
        return f"#0{random.choice('c')}{len(octets):02x}{octets.hex()}"
    if way == "quoted":
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return names.escape(value)


# --- the oracle -----------------------------------------------------------------------------------------------------


def compared(tree: Tree, wanted: int, seed: int) -> Counter[str]:
    """Compare that many pairs of a name of something and a unit; fails at the first wrongly said to be inside."""
    random, came = Random(seed), Counter[str]()
    ids = sorted(tree.dns)
    units = {id_: names.strict_place(names.parse(dn)) for id_, dn in tree.dns.items()}
    for number in count():
        if came["inside"] + came["outside"] + came["wrongly outside"] >= wanted:
            break
        one = random.choice(ids)
        text = spelt(tree.dns[one], random)
        entry = tree.named(text)
        unit = random.choice((random.choice(sorted(tree.above[one])), random.choice(ids), random.choice(ids)))
        place = _place(tree, text)
        inside = place is not None and place[: len(units[unit])] == units[unit]
        if not entry or entry not in tree.above:
            came[
                "names nothing" if entry == "" else "no name to the server" if entry is None else "names the rest"
            ] += 1
            continue
        truly = unit in tree.above[entry]
        assert truly or not inside, ("wrongly inside", ascii(text), ascii(tree.dns[unit]))
        came["inside" if inside else "wrongly outside" if truly else "outside"] += 1
        if number % 20 == 0:
            found = tree.directory.locate(text, "ou")
            assert found is None or found.id == entry, ("another one is located", ascii(text))
            came["located" if found else "not located"] += 1
    return came


def _place(tree: Tree, text: str) -> tuple[str, ...] | None:
    try:
        return tree.directory.place_of(text)
    except RejectedError:
        return None


def test_no_name_is_wrongly_said_to_stand_below_a_unit(tree: Tree) -> None:
    came = compared(tree, 500, 1)
    assert came["inside"] > 50
    assert came["outside"] > 50


@pytest.mark.torture
def test_no_name_of_twenty_thousand_is_wrongly_said_to_stand_below_a_unit(tree: Tree) -> None:
    print(tree.directory, dict(compared(tree, 20_000, 2)))


def test_a_unit_holds_what_the_server_says_and_nothing_of_its_neighbours(tree: Tree) -> None:
    missing = 0
    for unit, dn in tree.dns.items():
        place = tree.directory.place_of(dn)
        page = tree.directory.read(Question("ou", Under(place), limit=1000))
        found, truly = {one.ref.id for one in page.entries}, {id_ for id_, over in tree.above.items() if unit in over}
        assert found <= truly, ascii(dn)
        missing += len(truly - found)
    assert missing == 0


def test_what_stands_in_a_unit_has_its_place(tree: Tree) -> None:
    page = tree.directory.read(Question("ou", Ids(frozenset(tree.dns)), limit=1000))
    places = {one.ref.id: one.place for one in page.entries}
    assert set(places) == set(tree.dns)
    assert len(set(places.values())) == len(places)
    for one, over in tree.above.items():
        inside: Sequence[str] = [id_ for id_, place in places.items() if places[one][: len(place)] == place]
        assert set(inside) == set(over), ascii(tree.dns[one])
