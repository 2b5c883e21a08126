"""A real OpenLDAP directory with a thousand people, or ten thousand, exported by its own tools, imported and compared."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from tests.connectors.importing.conftest import Import
from tests.connectors.importing.directory_rows import counts, everything, member_logins, rows
from tests.servers.slapd import SUFFIX, Slapd

UNITS = 40
GIVEN = ("Zoë", "Bram", "Ömer", "Søren", "Νεφέλη", "さくら", "Alice")
FAMILY = ("Lindqvist", "Çiçekoğlu", "Kraanvogel", "Dvořáček-Straßburger", "d'Avellà")
ARGON2 = "{ARGON2}$argon2id$v=19$m=8192,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI"
SSHA = "{SSHA}5JmmDvR5yLHyG0YYyMeaVBvqPNGoWEAl"


def dn_of(number: int) -> str:
    return f"uid=u{number:05d},ou=d{number % UNITS:02d},ou=people,{SUFFIX}"


def base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def person(number: int) -> dict[str, str]:
    given, family = GIVEN[number % len(GIVEN)], FAMILY[number % len(FAMILY)]
    return {
        "login": f"u{number:05d}",
        "display_name": f"{given} {family} {number}",
        "first_name": given,
        "last_name": family,
        "mail": f"u{number:05d}@slapd.test",
        "phone": f"+3110555{number:05d}",
        "title": "Keeper of a title that is so long that every tool of the trade has to fold the line it stands on",
        "department": f"Department {number % 30}",
        "employee_id": str(number),
    }


def person_ldif(number: int, last: int) -> str:
    wanted = person(number)
    extra = {
        5: "pwdAccountLockedTime: 20261121081200Z\n",
        6: "pwdAccountLockedTime: 000001010000Z\n",
        7: "pwdReset: TRUE\npwdChangedTime: 20260819070000Z\n",
        8: "jpegPhoto:: /9j/4AAQSkZJRgABAQEA\ncn;lang-nl: Andere naam\n",
    }
    return (
        f"dn: {dn_of(number)}\nobjectClass: inetOrgPerson\nuid: {wanted['login']}\n"
        f"cn:: {base64(wanted['display_name'])}\ngivenName:: {base64(wanted['first_name'])}\n"
        f"sn:: {base64(wanted['last_name'])}\nmail: {wanted['mail']}\ntelephoneNumber: {wanted['phone']}\n"
        f"title: {wanted['title']}\ndepartmentNumber: {wanted['department']}\nemployeeNumber: {number}\n"
        f"manager: {dn_of(min(number + 1, last))}\nuserPassword: {ARGON2 if number == 3 else SSHA}\n"
        f"{extra.get(number, '')}\n"
    )


def company_ldif(people: int) -> str:
    groups = "".join(
        f"dn: cn=g{group:02d},ou=groups,{SUFFIX}\nobjectClass: groupOfNames\ncn: g{group:02d}\nowner: {dn_of(group)}\n"
        + "".join(f"member: {dn_of(number)}\n" for number in range(group, people, UNITS))
        + (f"member: cn=g{group - 1:02d},ou=groups,{SUFFIX}\n" if group else "")
        + "\n"
        for group in range(UNITS)
    )
    head = f"dn: {SUFFIX}\nobjectClass: dcObject\nobjectClass: organization\no: Slapd\ndc: slapd\n\n"
    units = "".join(
        f"dn: ou={ou}{SUFFIX}\nobjectClass: organizationalUnit\n\n"
        for ou in ("people,", "groups,", "policies,", *(f"d{unit:02d},ou=people," for unit in range(UNITS)))
    )
    policy = (
        f"dn: cn=default,ou=policies,{SUFFIX}\nobjectClass: pwdPolicy\nobjectClass: device\ncn: default\n"
        "pwdAttribute: userPassword\n\n"
    )
    return head + units + policy + "".join(person_ldif(number, people - 1) for number in range(people)) + groups


BROKEN = f"""
dn: uid=base64,ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: base64
cn:: not base64 at all

dn: uid=modify,ou=people,{SUFFIX}
changetype: modify
replace: mail
mail: x@slapd.test
-

dn: uid=file,ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: file
jpegPhoto:< file:///etc/hostname

dn: uid=twin,ou=people,{SUFFIX}
objectClass: inetOrgPerson
uid: U00042
cn: Twin

dn: cn=ghosts,ou=groups,{SUFFIX}
objectClass: groupOfNames
cn: ghosts
member: uid=nobody,ou=people,{SUFFIX}
member: {dn_of(1)}
"""


@dataclass(frozen=True, slots=True)
class Exports:
    """What slapcat and ldapsearch write of the same directory of so many people."""

    people: int
    catalogue: bytes
    search: bytes


@pytest.fixture(scope="module", params=[1_000, pytest.param(10_000, marks=pytest.mark.torture)])
def exports(request: pytest.FixtureRequest) -> Iterator[Exports]:
    with Slapd.made() as server:
        server.add(company_ldif(request.param))
        with server.running():
            yield Exports(request.param, server.export(), server.search())


def test_thousands_come_over_from_slapcat_and_a_second_time_nothing_changes(
    exports: Exports, engine: Engine, import_ldif: Import
) -> None:
    everybody, catalogue = exports.people, exports.catalogue
    assert b"entryUUID" in catalogue
    assert b"\n " in catalogue
    report = import_ldif(catalogue + BROKEN.encode())

    assert report.added == {"ou": UNITS + 4, "user": everybody, "group": UNITS + 1}
    assert counts(engine) == report.added
    people = rows(engine, "user", "login")
    for number in range(everybody):
        wanted, found = person(number), people[f"u{number:05d}"]
        assert {name: found[name] for name in wanted} == wanted
        assert found["manager_id"] == people[f"u{min(number + 1, everybody - 1):05d}"]["id"]
    assert member_logins(engine, "g07") == {f"u{number:05d}" for number in range(7, everybody, UNITS)} | {"g06"}
    assert rows(engine, "group", "name")["g07"]["owner_id"] == people["u00007"]["id"]

    assert people["u00003"]["password_hash"] == ARGON2.removeprefix("{ARGON2}")
    assert people["u00004"]["password_hash"] is None
    assert report.passwords_left_out == {"SSHA": everybody - 1}
    assert people["u00005"]["locked_at"].isoformat() == "2026-11-21T08:12:00+00:00"
    assert not people["u00006"]["enabled"]
    assert people["u00007"]["must_change"]
    assert report.ignored_attributes["jpegphoto"] == 1
    assert report.ignored_attributes["cn;lang-nl"] == 1
    assert report.skipped == {"device": 1}

    reasons = [refusal.reason for refusal in report.refused]
    assert len(reasons) == 4
    assert all(
        part in reason
        for part, reason in zip(("base64", "changetype", "never read", "its login is the same"), reasons, strict=True)
    )
    twin = report.refused[3]
    assert f"and {twin.line} clash" in twin.reason
    assert ["uid=nobody" in refusal.reason for refusal in report.dangling] == [True]
    assert member_logins(engine, "ghosts") == {"u00001"}

    before = everything(engine)
    part = f"ou=d02,ou=people,{SUFFIX}"
    for again, unit, wanted in (
        (catalogue, "", {"ou": UNITS + 4, "user": everybody, "group": UNITS}),
        (exports.search, part, {"ou": 1, "user": everybody // UNITS}),
    ):
        second = import_ldif(again, ou=unit)
        assert second.added == {}
        assert second.changed == {}
        assert second.unchanged == wanted
        assert second.refused == ()
    assert everything(engine) == before


def test_people_who_came_without_a_stable_id_are_recognised_when_the_file_has_one(
    exports: Exports, engine: Engine, import_ldif: Import
) -> None:
    part = exports.people // UNITS
    first = import_ldif(exports.search, ou=f"ou=d01,ou=people,{SUFFIX}")
    assert first.added["user"] == part
    second = import_ldif(exports.catalogue, ou=f"ou=d01,ou=people,{SUFFIX}")
    assert second.added == {}
    assert second.unchanged["user"] + second.changed.get("user", 0) == part
    assert counts(engine)["user"] == part
