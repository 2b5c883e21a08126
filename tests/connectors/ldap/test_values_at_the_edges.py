"""Values that no calendar, no number and no name can hold keep nobody else from being read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from connectors.ldap.connector import LdapDirectory
from connectors.ldap.layout import layout
from connectors.ldap.reading.decoding import attributes_of, custom_of, is_readable
from connectors.ldap.requests import Row, Search
from connectors.spi import Compare, Everything, Ids, Question, Secret
from tests.connectors.ldap.on_servers import on_openldap
from tests.servers.openldap import SUFFIX, OpenLdap

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ZONES = ("Europe/Amsterdam", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")
MOMENTS = ("99991231235959Z", "00010101000000Z", "99991231235959-1400", "00010101000000+1400")
OF_PEOPLE = {
    "openldap": (
        "pwdStartTime", "pwdEndTime", "pwdAccountLockedTime", "pwdChangedTime", "authTimestamp", "createTimestamp",
        "modifyTimestamp",
    ),
    "389": ("accountUnlockTime", "passwordExpirationTime", "passwordChangedTime"),
    "active_directory": ("accountExpires", "pwdLastSet", "lockoutTime", "lastLogon", "whenCreated"),
}  # fmt: skip
TICKS = ("1", "-1", "9223372036854775806", "2650467743990000000", "2650467744000000000", "9" * 20)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("dialect", OF_PEOPLE)
@pytest.mark.parametrize("value", [*MOMENTS, *TICKS])
def test_moments_at_the_ends_of_the_calendar_are_read_and_shown_in_every_zone(
    dialect: str, value: str, zone: str
) -> None:
    there = layout(dialect, SUFFIX, time_zone=zone, lock_minutes=52_596_000, password_days=36_525)
    row = Row(f"uid=odd,{SUFFIX}", {name.lower(): (value.encode(),) for name in OF_PEOPLE[dialect]})
    found = attributes_of(there, "user", row, NOW)
    moments = [one for one in found.values() if isinstance(one, datetime)]
    assert all(one.astimezone(ZoneInfo(zone)) for one in moments)


def test_a_moment_that_cannot_be_added_to_never_opens_an_account() -> None:
    there = layout("openldap", SUFFIX, time_zone="Europe/Amsterdam", lock_minutes=30)
    row = Row(
        f"uid=odd,{SUFFIX}", {"pwdaccountlockedtime": (b"99991231235959Z",), "pwdstarttime": (b"99991231235959Z",)}
    )
    found = attributes_of(there, "user", row, NOW)
    assert (found["locked"], found["enabled"]) == (True, False)
    assert found["enabled_from"].year == 9999  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12.50", Decimal("12.50")), ("-3", Decimal(-3)), ("1e30", Decimal("1e30")), ("0e999999999", Decimal(0)),
        ("NaN", None), ("sNaN", None), ("-Infinity", None), ("1e31", None), ("1e9999999", None), ("1e-9999999", None),
        ("9" * 61, None), ("", None), ("twelve", None),
    ],
)  # fmt: skip
def test_only_numbers_that_can_be_shown_and_compared_are_numbers(written: str, read: Decimal | None) -> None:
    there = layout("openldap", SUFFIX, custom={"badge": {"attribute": "carLicense", "type": "number"}})
    found = custom_of(there, Row("uid=odd", {"carlicense": (written.encode(),)}))["badge"]
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize("dn", ["", "no name", "cn=a,,dc=b", "cn=\0", f"cn={'x' * 4_000}", "cn=a" + ",ou=b" * 1_000])
def test_a_name_that_cannot_be_read_is_told(dn: str) -> None:
    assert not is_readable(dn)
    assert is_readable(f"cn=Jansen\\, Alice,{SUFFIX}")
    assert is_readable(f"cn=Alice,{SUFFIX}")


@pytest.mark.parametrize("value", ["99991231235959-1400", "00010101000000+1400", "soon"])
@pytest.mark.parametrize(
    ("dialect", "name", "state", "closed"),
    [
        ("openldap", "pwdStartTime", "enabled", False),
        ("openldap", "pwdEndTime", "expired", True),
        ("openldap", "pwdAccountLockedTime", "locked", True),
        ("389", "accountUnlockTime", "locked", True),
    ],
)
def test_a_moment_that_cannot_be_read_opens_no_account(
    dialect: str, name: str, state: str, closed: bool, value: str
) -> None:
    row = Row(f"uid=odd,{SUFFIX}", {name.lower(): (value.encode(),)})
    assert attributes_of(layout(dialect, SUFFIX), "user", row, NOW)[state] is closed
    assert attributes_of(layout(dialect, SUFFIX), "user", Row(row.dn, {}), NOW)[state] is not closed


# --- on a server ----------------------------------------------------------------------------------------------------


@pytest.fixture
def directory(openldap: OpenLdap) -> Iterator[LdapDirectory]:
    openldap.reset()
    with on_openldap(openldap, time_zone="Europe/Amsterdam", lock_minutes=30, password_days=90) as made:
        yield made
    openldap.reset()


def added(openldap: OpenLdap, place: str, **more: str) -> str:
    given = {
        "objectClass": "inetOrgPerson",
        "uid": "odd",
        "cn": "odd",
        "sn": "odd",
        "userPassword": "Kompas-88",
        **more,
    }
    dn = f"uid=odd,{place}"
    openldap.modify(
        "\n".join((f"dn: {dn}", "changetype: add", *(f"{name}: {one}" for name, one in given.items()), "", ""))
    )
    return dn


def test_a_name_longer_than_any_text_keeps_nobody_else_from_being_read(
    directory: LdapDirectory, openldap: OpenLdap
) -> None:
    place = f"ou=People,{SUFFIX}"
    before = directory.read(Question("user", Everything(), limit=500)).entries
    for number in range(24):
        place = f"ou={'y' * 170}{number},{place}"
        openldap.modify(f"dn: {place}\nchangetype: add\nobjectClass: organizationalUnit\n\n")
    added(openldap, place)
    (odd,) = directory.session.search(Search(SUFFIX, "(uid=odd)", ("entryUUID",)))
    id_ = odd.values["entryuuid"][0].decode()
    assert len(odd.dn) > 4_000
    assert directory.read(Question("user", Everything(), limit=500)).entries == before
    assert [one.ref for one in directory.scan("user", Everything())]
    assert directory.read(Question("user", Compare("login", "==", "odd"))).entries == ()
    assert directory.read(Question("user", Ids(frozenset({id_})))).entries == ()
    assert directory.called("odd") == ()
    assert directory.authenticate("odd", Secret("Kompas-88")).state == "wrong"


def test_somebody_who_begins_or_is_locked_at_the_end_of_time_is_read_and_not_let_in(
    directory: LdapDirectory, openldap: OpenLdap
) -> None:
    added(openldap, f"ou=People,{SUFFIX}", pwdStartTime="99991231235959Z", pwdEndTime="99991231235959Z")
    (odd,) = directory.read(Question("user", Compare("login", "==", "odd"))).entries
    assert odd.attributes["enabled"] is False
    assert odd.ref in [one.ref for one in directory.scan("user", Everything())]
    assert directory.authenticate("odd", Secret("Kompas-88")).state != "ok"
