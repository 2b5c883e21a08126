"""What an import may and may not do to a directory that is in use."""

from contextlib import suppress
from io import BytesIO
from random import Random

import pytest
from sqlalchemy import Engine, event, inspect, select, update

from connectors.directory.values import FormatError
from connectors.errors import ConnectorError, RejectedError
from connectors.local.importing import FileError, import_file
from connectors.local.ldif import LdifEntry
from connectors.local.tables import objects, people, search_texts
from connectors.local.transactions import open_engine, reading, writing
from connectors.local.translating import Notes, translate
from tests.connectors.importing.conftest import NOW, Import
from tests.connectors.importing.directory_rows import addresses_of, counts, everything, member_logins, rows
from tests.connectors.importing.test_importing_active_directory import EXPORT

UNIT = "OU=Staff,DC=shop,DC=test"


def person(login: str, *lines: str, cn: str = "") -> str:
    head = f"dn: CN={cn or login},{UNIT}\nobjectClass: inetOrgPerson\nuid: {login}\ncn: {cn or login}\n"
    return head + "".join(f"{line}\n" for line in lines) + "\n"


def group(name: str, *members: str) -> str:
    inside = "".join(f"member: CN={member},{UNIT}\n" for member in members)
    return f"dn: CN={name},{UNIT}\nobjectClass: groupOfNames\ncn: {name}\n{inside}\n"


def test_a_file_without_an_acceptable_row_changes_nothing(engine: Engine, import_ldif: Import) -> None:
    import_ldif(person("alice"))
    before = everything(engine)
    report = import_ldif(
        "dn: cn=x\ncn:: ???\n\ndn: not a dn\nobjectClass: person\nuid: bob\n\n" + person("", cn="nobody")
    )
    assert len(report.refused) == 3
    assert everything(engine) == before


def test_two_rows_with_one_login_clash_and_both_lines_are_named(engine: Engine, import_ldif: Import) -> None:
    report = import_ldif(person("alice") + person("ALICE", cn="Another Alice"))
    (refusal,) = report.refused
    assert "lines 1 and 6 clash" in refusal.reason
    assert counts(engine)["user"] == 1


def test_a_login_that_is_taken_in_the_directory_refuses_the_row_only(engine: Engine, import_ldif: Import) -> None:
    import_ldif(person("alice"))
    report = import_ldif(person("alice", cn="Stranger") + person("bob"))
    assert report.added == {"user": 1}
    assert ["login is already in use" in refusal.reason for refusal in report.refused] == [True]


def test_an_account_that_a_file_enables_or_disables_has_no_known_day_of_it(engine: Engine, import_ldif: Import) -> None:
    import_ldif(person("alice") + person("bob"))
    with writing(engine) as connection:
        connection.execute(update(people).values(enabled=False, disabled_at=NOW))
    import_ldif(person("alice", "pwdAccountLockedTime: 000001010000Z") + person("bob", "title: Driver"))
    assert [row["disabled_at"] for row in rows(engine, "user", "login").values()] == [NOW, NOW]
    with writing(engine) as connection:
        connection.execute(update(people).values(enabled=True, disabled_at=NOW))
    import_ldif(person("alice", "pwdAccountLockedTime: 000001010000Z") + person("bob", "title: Driver"))
    found = {row["login"]: (row["enabled"], row["disabled_at"]) for row in rows(engine, "user", "login").values()}
    assert found == {"alice": (False, None), "bob": (True, NOW)}


def test_what_the_file_says_replaces_and_what_it_does_not_mention_stays(engine: Engine, import_ldif: Import) -> None:
    import_ldif(person("alice", "title: Buyer", "mail: alice@shop.test", "telephoneNumber: +31105550109"))
    report = import_ldif(person("alice", "title: Driver", "mail: a.lice@shop.test"))
    assert report.changed == {"user": 1}
    alice = rows(engine, "user", "login")["alice"]
    assert (alice["title"], alice["phone"]) == ("Driver", "+31105550109")
    assert addresses_of(engine, alice["id"]) == ["a.lice@shop.test", "alice@shop.test"]
    with reading(engine) as connection:
        row = connection.execute(select(objects).where(objects.c.id == alice["id"])).mappings().one()
        texts = connection.execute(select(search_texts).where(search_texts.c.number == row["number"])).mappings().one()
    assert (row["version"], row["changed"]) == (2, NOW)
    assert "driver" in texts["details"]
    assert "a.lice" in texts["identity"]


def test_members_are_those_of_the_file(engine: Engine, import_ldif: Import) -> None:
    everybody = person("alice") + person("bob") + person("carol")
    import_ldif(everybody + group("team", "alice", "bob"))
    report = import_ldif(everybody + group("team", "bob", "carol"))
    assert report.changed == {"group": 1}
    assert member_logins(engine, "team") == {"bob", "carol"}
    assert import_ldif(group("team", "bob", "carol")).changed == {}


def test_posix_and_unique_name_groups_come_over_too(engine: Engine, import_ldif: Import) -> None:
    posix = f"dn: CN=desk,{UNIT}\nobjectClass: posixGroup\ncn: desk\nmemberUid: alice\nmemberUid: nobody\n\n"
    unique = (
        f"dn: CN=team,{UNIT}\nobjectClass: groupOfUniqueNames\ncn: team\n"
        f"uniqueMember: CN=alice,{UNIT}#'0101'B\nuniqueMember: cn=BOB , {UNIT}\n\n"
    )
    account = (
        f"dn: uid=bob,{UNIT}\nobjectClass: account\nobjectClass: posixAccount\nuid: bob\ncn: bob\nuidNumber: 7\n\n"
    )
    report = import_ldif(posix + unique + person("alice") + account.replace("uid=bob,", "CN=bob,"))
    assert report.refused == ()
    assert member_logins(engine, "desk") == {"alice"}
    assert member_logins(engine, "team") == {"alice", "bob"}
    assert ["“nobody”" in refusal.reason for refusal in report.dangling] == [True]
    assert report.ignored_attributes["uidnumber"] == 1


def test_a_password_in_the_directory_is_never_replaced(engine: Engine, import_ldif: Import) -> None:
    old = "$argon2id$v=19$m=8192,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"
    import_ldif(person("alice", f"userPassword: {{ARGON2}}{old}"))
    with writing(engine) as connection:
        connection.execute(update(people).values(password_hash="a newer one"))
    report = import_ldif(person("alice", f"userPassword: {{ARGON2}}{old}"))
    assert report.changed == {}
    assert rows(engine, "user", "login")["alice"]["password_hash"] == "a newer one"


@pytest.mark.parametrize(
    "value",
    [
        "{SSHA}5JmmDvR5yLHyG0YYyMeaVBvqPNGoWEAl",
        "{CRYPT}$6$x$y",
        "open and readable",
        "{ARGON2}$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk",
        "{ARGON2}$argon2id$v=19$nonsense",
    ],
)
def test_other_passwords_are_left_out_and_counted(engine: Engine, import_ldif: Import, value: str) -> None:
    report = import_ldif(person("alice", f"userPassword: {value}"))
    assert sum(report.passwords_left_out.values()) == 1
    assert value not in repr(report)
    assert rows(engine, "user", "login")["alice"]["password_hash"] is None


def test_only_what_stands_below_the_unit_is_taken(engine: Engine, import_ldif: Import) -> None:
    outside = "dn: CN=eve,OU=Other,DC=shop,DC=test\nobjectClass: person\nuid: eve\n\n"
    report = import_ldif(person("alice") + outside, ou="ou=STAFF, dc=shop,dc=test")
    assert report.added["user"] == 1
    assert report.skipped == {"outside the unit": 1}
    assert set(rows(engine, "user", "login")) == {"alice"}


def test_a_conflict_among_changes_refuses_the_one_at_fault(engine: Engine, import_ldif: Import) -> None:
    guid = "objectGUID:: AAAAAAAAAAAAAAAAAAAA"
    ours = person("alice", guid + "AQ==") + person("bob", guid + "Ag==") + person("carol", guid + "Aw==")
    import_ldif(ours)
    changed = person("carol", guid + "AQ==", cn="alice") + person("bob", guid + "Ag==", "title: Buyer")
    report = import_ldif(changed)
    assert report.changed == {"user": 1}
    assert ["already in use" in refusal.reason for refusal in report.refused] == [True]
    found = rows(engine, "user", "login")
    assert set(found) == {"alice", "bob", "carol"}
    assert found["bob"]["title"] == "Buyer"


def test_an_import_that_breaks_off_leaves_nothing_half_done_and_is_completed_by_the_next(
    engine: Engine, import_ldif: Import
) -> None:
    content = "".join(person(f"u{number}", f"mail: u{number}@shop.test") for number in range(1_200))
    content += group("all", *(f"u{number}" for number in range(1_200)))
    left, wanted = [1], ["INSERT INTO directory_group_members"]

    def fail(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        left[0] -= statement.startswith(wanted[0])
        if left[0] == 0:
            raise ConnectionAbortedError("the power went")

    import_ldif(person("first"))
    before = everything(engine)
    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(ConnectionAbortedError):
        import_ldif(content)
    event.remove(engine, "before_cursor_execute", fail)
    assert everything(engine) == before
    assert import_ldif(content).added["user"] == 1_200
    assert len(member_logins(engine, "all")) == 1_200
    renamed = content.replace("uid: ", "title: Buyer\nuid: ")
    left[0], wanted[0] = 700, "UPDATE directory_people"
    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(ConnectionAbortedError):
        import_ldif(renamed)
    event.remove(engine, "before_cursor_execute", fail)
    report = import_ldif(renamed)
    assert 0 < report.changed["user"] < 1_200
    assert report.changed["user"] + report.unchanged["user"] == 1_200
    assert import_ldif(renamed).changed == {}


def test_it_works_on_every_database(database_url: str) -> None:
    engine = open_engine(database_url)
    first = import_file(engine, BytesIO(EXPORT), format="ldif", now=NOW)
    assert first.added["user"] == 14
    second = import_file(engine, BytesIO(EXPORT), format="ldif", now=NOW)
    assert (second.added, second.changed) == ({}, {})
    engine.dispose()


def test_values_nobody_expects_refuse_their_row_and_nothing_else() -> None:
    random = Random(11)
    names = [
        "objectclass", "samaccountname", "uid", "cn", "useraccountcontrol", "accountexpires", "pwdlastset",
        "lockouttime", "whencreated", "objectguid", "entryuuid", "objectsid", "pwdaccountlockedtime", "shadowexpire",
        "pwdendtime", "member", "proxyaddresses", "mail", "userpassword", "primarygroupid", "lastlogon", "admincount",
    ]  # fmt: skip
    values = [
        b"", b"0", b"-1", b"9223372036854775807", b"99999999999999999999", b"1e9", b"user", b"group",
        b"inetOrgPerson", b"\xff\xfe", b"\x00" * 16, b"S-1-5-21-1", b"S-1-", b"20261121081200Z",
        b"99999999999999Z", b"20260230000000Z", b"SMTP:", b"{ARGON2}", b"{}", b"=", "Zoë".encode(),
        b"133000000000000000", b"2650467743999999999",
    ]  # fmt: skip
    for _ in range(3_000):
        chosen = {name: tuple(random.choices(values, k=random.randint(1, 2))) for name in random.sample(names, 9)}
        chosen["objectclass"] = (random.choice((b"user", b"group", b"computer", b"contact", b"organizationalUnit")),)
        with suppress(FormatError):
            translate(LdifEntry(1, "CN=x,DC=y", chosen), NOW.tzinfo, Notes())


def test_whatever_a_file_holds_only_known_errors_come_out(engine: Engine, import_ldif: Import) -> None:
    random = Random(5)
    for _ in range(25):
        mutated = bytearray(EXPORT)
        for _ in range(60):
            mutated[random.randrange(len(mutated))] = random.randrange(32, 256)
        with suppress(FileError, ConnectorError):
            import_ldif(bytes(mutated))
    assert counts(engine)["user"] >= 14


def test_a_unit_that_is_no_dn_is_refused_before_anything_is_read(engine: Engine, import_ldif: Import) -> None:
    with pytest.raises(RejectedError):
        import_ldif(person("alice"), ou="nonsense")
    assert not inspect(engine).has_table("directory_people")
