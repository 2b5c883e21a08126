"""An Active Directory export as ldifde writes it: folded, base64, CRLF, with all that AD adds."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Engine

from tests.connectors.importing.conftest import Import
from tests.connectors.importing.directory_rows import addresses_of, everything, member_logins, rows

EXPORT = (Path(__file__).parent / "samples" / "active-directory.ldif").read_bytes()


def test_everything_of_the_export_is_taken_or_named(import_ldif: Import) -> None:
    report = import_ldif(EXPORT)
    assert report.added == {"ou": 7, "user": 14, "group": 6, "computer": 2, "contact": 1}
    assert report.skipped == {"foreignSecurityPrincipal": 1}
    assert report.ignored_attributes["thumbnailphoto"] == 1
    assert "objectguid" not in report.ignored_attributes
    assert [refusal.reason.split(" (")[0] for refusal in report.refused] == ["only some of the members were exported"]
    missing = [refusal.reason.split("“CN=")[1].split(",")[0] for refusal in report.dangling]
    assert missing == ["Margriet Kolenbrander", "Gone For Good"]


def test_a_person_arrives_with_all_details(engine: Engine, import_ldif: Import) -> None:
    import_ldif(EXPORT)
    people = rows(engine, "user", "login")
    zoe = people["z.lindqvist"]
    wanted = {
        "id": "3f2504e0-4f89-11d3-9a0c-0305e82c0008",
        "upn": "z.lindqvist@shop.test",
        "mail_nickname": "zoe",
        "display_name": "Zoë Lindqvist",
        "initials": "ZL",
        "mail": "z.lindqvist@shop.test",
        "phone": "+31105550134",
        "mobile": "+31655500192",
        "title": "Account manager",
        "department": "Sales",
        "company": "The Shop",
        "office": "RDM-2.14",
        "employee_id": "10042",
        "employee_type": "Employee",
        "manager_id": people["p.dewit"]["id"],
        "locked_at": datetime(2026, 11, 21, 8, 12, tzinfo=UTC),
        "password_set_on": datetime(2026, 8, 19, 7, 0, tzinfo=UTC),
        "last_logon": datetime(2026, 11, 21, 7, 57, tzinfo=UTC),
        "expires_on": None,
        "enabled": True,
        "must_change": False,
        "password_hash": None,
    }
    assert {name: zoe[name] for name in wanted} == wanted
    assert zoe["description"].endswith("so long that no line can hold it")
    assert addresses_of(engine, zoe["id"]) == ["z.lindqvist@shop.test", "zoe@shop.test"]
    assert people["s.sato"]["display_name"] == "佐藤 さくら"
    assert people["n.papalouka"]["first_name"] == "Νεφέλη"


def test_states_are_those_of_the_bits_and_times(engine: Engine, import_ldif: Import) -> None:
    import_ldif(EXPORT)
    people = rows(engine, "user", "login")
    assert {login for login, row in people.items() if not row["enabled"]} == {"a.haddad", "l.longago", "krbtgt"}
    assert {login for login, row in people.items() if row["must_change"]} == {"n.comer"}
    assert {login for login, row in people.items() if row["locked_at"]} == {"z.lindqvist"}
    assert {login for login, row in people.items() if row["is_service"]} == {"svc-backup", "krbtgt", "gmsa-web$"}
    assert people["t.novak"]["expires_on"] == date(2026, 11, 30)  # midnight in Amsterdam: the day before is the last
    assert people["l.longago"]["expires_on"] == date(2020, 1, 1)
    assert people["a.haddad"]["expires_on"] is None
    computers = rows(engine, "computer", "name")
    assert {name: row["enabled"] for name, row in computers.items()} == {"RDM-WS-0417": True, "RDM-WS-0418": False}
    assert computers["RDM-WS-0417"]["owner_id"] == people["z.lindqvist"]["id"]
    contact = rows(engine, "contact", "display_name")["Margriet Kolenbrander (Blue Heron)"]
    assert contact["mail"] == "margriet@blue-heron.example"


def test_members_are_found_however_their_names_are_spelt(engine: Engine, import_ldif: Import) -> None:
    import_ldif(EXPORT)
    assert member_logins(engine, "GG-Sales") == {"z.lindqvist", "p.dewit", "RDM-WS-0417"}
    assert member_logins(engine, "DL-Everybody") == {"GG-Sales", "z.lindqvist"}
    assert member_logins(engine, "GG-Loop-A") == {"GG-Loop-B"}
    assert member_logins(engine, "GG-Loop-B") == {"GG-Loop-A"}
    groups = rows(engine, "group", "name")
    assert groups["Domain Admins"]["sensitive"]
    assert not groups["GG-Sales"]["sensitive"]


def test_the_primary_group_counts_as_membership(engine: Engine, import_ldif: Import) -> None:
    import_ldif(EXPORT)
    assert member_logins(engine, "Domain Admins") == {"Administrator", "h.admin"}
    assert "z.lindqvist" in member_logins(engine, "Domain Users")
    assert "h.admin" not in member_logins(engine, "Domain Users")


def test_a_second_import_changes_nothing(engine: Engine, import_ldif: Import) -> None:
    first = import_ldif(EXPORT)
    before = everything(engine)
    second = import_ldif(EXPORT)
    assert (second.added, second.changed) == ({}, {})
    assert second.unchanged == first.added
    assert everything(engine) == before


def test_a_person_who_was_renamed_and_moved_is_the_same_person(engine: Engine, import_ldif: Import) -> None:
    import_ldif(EXPORT)
    before = rows(engine, "user", "login")["alice"]
    moved = EXPORT.replace(b"CN=alice,OU=Staff", b"CN=Alice Tulpenburg,OU=Leavers").replace(
        b"sAMAccountName: alice\r\n", b"sAMAccountName: a.tulpenburg\r\n"
    )
    report = import_ldif(moved)
    assert report.added == {}
    assert report.changed == {"user": 1}
    after = rows(engine, "user", "login")["a.tulpenburg"]
    assert after["id"] == before["id"]
    assert import_ldif(moved).changed == {}
