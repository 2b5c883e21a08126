"""A real OpenLDAP of very many people: the sample company, and as many people as one asks for in 200 further units.

The server is set up as an administrator would have it (indexes, TLS, password policy, memberOf) and keeps every write.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from connectors.ldap.requests import Add, Modify
from connectors.spi import Ref
from runner.sample.company import make_company
from runner.sample.exporting import exported
from runner.sample.parts import SUFFIX
from tests.servers.certificates import Certificates
from tests.servers.ldif import record, written
from tests.servers.openldap import OpenLdap, Template

UNITS = 200
_TOP, _GROUPS = f"OU=Plants,{SUFFIX}", f"OU=Plant groups,{SUFFIX}"
_BRANCH = "GG-Location-Rotterdam"
_IN_BRANCH = 20


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_GIVEN = _words("""
    Zoë Bram Lieke Ömer Søren Nynke Ángel Femke Anna Pieter Sanne Daan Mila Luuk Noor Thijs Eva Jan Maud Ruben Ilse
    Kees Yara Stijn Fleur Bas Roos Gijs Lotte Hugo Élise Tomáš Inês Paweł Åsa Jürgen Chloé Marta Oleg Wim
""")
_FAMILY = _words("""
    Appelboom Çiçek Lindqvist Kraanvogel Dvořáček Haverkist Straßburger Vermeulen Achterberg Waterman Blauwhof
    Dijkgraaf Eikenaar Fonteyn Goudsmid Hazelaar IJzerman Jachthuis Koperslager Lantaarn Molenaar Nachtegaal
    Oosterling Putter Quispel Ravensberg Schaapman Tromp Uilenburg Vlasblom Wolkers Zandstra Brandsma Müllerová
    Nørgaard Łukasik Ñíguez Grünwald Sjöberg Ünal Bergkamp Kastanje Pauwels Rietveld Steenhouwer Torenvalk Veldhoen
    Windhorst Zilverling
""")


@dataclass(frozen=True, slots=True)
class Person:
    """One of very many: a number, the DN, the login, the name that is shown."""

    number: int
    dn: str
    login: str
    name: str

    @property
    def ref(self) -> Ref:
        """The stable id, as the server has it."""
        return Ref("user", _id("user", self.number))


@dataclass(frozen=True, slots=True)
class Large:
    """A server that runs, and the people in it that are not the sample company's."""

    server: OpenLdap
    people: Sequence[Person]

    def unit(self, number: int) -> str:
        """Return the DN of one of the units."""
        return _unit(number)

    def group(self, number: int) -> Ref:
        """Return one of the groups, each with as many people as a unit."""
        return Ref("group", _id("group", number))


@contextmanager
def large_directory(people: int) -> Iterator[Large]:
    """Fill a server with that many people, run it, and remove it."""
    everybody = [_person(number) for number in range(people)]
    with (
        TemporaryDirectory(prefix="deskhand-bench-") as folder,
        Template.made(Certificates.made(Path(folder)).good, _ldif(everybody), suffix=SUFFIX) as template,
        OpenLdap.started(template, durable=True) as server,
    ):
        yield Large(server, everybody)


def _person(number: int) -> Person:
    chance = random.Random(number)  # noqa: S311 - the same people every time
    name = f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)} {number}"
    return Person(number, f"uid=u{number:06d},{_unit(number)}", f"u{number:06d}", name)


def _unit(number: int) -> str:
    return f"OU=Plant {number % UNITS:03d},{_TOP}"


def _group(number: int) -> str:
    return f"cn=Team {number % UNITS:03d},{_GROUPS}"


def _id(kind: str, number: int) -> str:
    return str(UUID(int=({"user": 1, "group": 2}[kind] << 96) + (4 << 76) + (8 << 60) + number))


def _ldif(everybody: Sequence[Person]) -> str:
    now = datetime.now(UTC)
    company = list(exported(make_company(now), "openldap", {}))
    branch = next(one.dn for one in company if isinstance(one, Add) and one.dn.startswith(f"cn={_BRANCH},"))
    return "".join((written(_with_branch(company, branch, everybody)), *_plants(everybody, branch)))


def _with_branch(company: Iterable[Add | Modify], branch: str, everybody: Sequence[Person]) -> Iterator[Add | Modify]:
    """Put one in so many people into the branch that the sample company's agent helps."""
    more = tuple(one.dn.encode() for one in everybody if one.number % _IN_BRANCH == 0)
    for request in company:
        if isinstance(request, Add) and request.dn == branch:
            members = (*request.attributes.get("member", ()), *more)
            yield replace(request, attributes={**request.attributes, "member": members})
        else:
            yield request


def _plants(everybody: Sequence[Person], branch: str) -> Iterator[str]:
    for dn in (_TOP, _GROUPS, *map(_unit, range(UNITS))):
        yield record(dn, {"objectClass": ["organizationalUnit"], "ou": [dn.split(",")[0].partition("=")[2]]})
    for one in everybody:
        yield _entry(one, everybody, branch)
    for number in range(min(UNITS, len(everybody))):
        members = [one.dn for one in everybody[number::UNITS]]
        named = {"objectClass": ["groupOfNames"], "cn": [f"Team {number:03d}"], "member": members}
        yield record(_group(number), {**named, "entryUUID": [_id("group", number)]})


def _entry(one: Person, everybody: Sequence[Person], branch: str) -> str:
    given, family, _ = one.name.split()
    groups = [_group(one.number), *([branch] if one.number % _IN_BRANCH == 0 else ())]
    attributes = {
        "objectClass": ["inetOrgPerson"],
        "uid": [one.login],
        "cn": [one.name],
        "displayName": [one.name],
        "givenName": [given],
        "sn": [family],
        "mail": [f"{one.login}@sample.test"],
        "telephoneNumber": [f"+31105{one.number:06d}"],
        "title": ["Operator"],
        "departmentNumber": [f"Plant {one.number % UNITS:03d}"],
        "employeeNumber": [f"{900_000 + one.number}"],
        "physicalDeliveryOfficeName": [f"{one.number % 90}.{one.number % 7}"],
        "manager": [everybody[one.number // 10].dn],
        "memberOf": groups,
        "entryUUID": [one.ref.id],
        "pwdChangedTime": ["20260101080000Z"],
    }
    return record(one.dn, attributes)
