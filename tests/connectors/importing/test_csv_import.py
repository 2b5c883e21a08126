"""People from CSV: encodings, separators, headings, and a reason for each row that is left out."""

from datetime import date

import pytest
from sqlalchemy import Engine

from connectors.local.importing import FileError
from tests.connectors.importing.conftest import Import
from tests.connectors.importing.directory_rows import counts, everything, member_logins, rows

STAFF = """Login;First name;Last name;E-mail;Job title;Last day;Manager;Active
z.lindqvist;Zoë;Lindqvist;z.lindqvist@shop.test;Account manager;2027-01-31;p.dewit;yes
p.dewit;Pieter;de Wit;p.dewit@shop.test;"Team lead; sales";;;no
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_people_come_over_in_any_usual_encoding(
    engine: Engine, import_csv: Import, encoding: str, separator: str
) -> None:
    text = STAFF.replace("lead; sales", "lead").replace('"', "").replace(";", separator).replace("\n", "\r\n")
    report = import_csv(text.encode(encoding))
    assert report.added["user"] == 2
    assert report.refused == ()
    people = rows(engine, "user", "login")
    zoe, pieter = people["z.lindqvist"], people["p.dewit"]
    assert zoe["display_name"] == "Zoë Lindqvist"
    assert zoe["expires_on"] == date(2027, 1, 31)
    assert zoe["manager_id"] == pieter["id"]
    assert (zoe["enabled"], pieter["enabled"]) == (True, False)


def test_a_second_import_changes_nothing_and_a_changed_row_changes_one(engine: Engine, import_csv: Import) -> None:
    import_csv(STAFF)
    before = everything(engine)
    second = import_csv(STAFF)
    assert (second.added, second.changed, second.unchanged) == ({}, {}, {"user": 2})
    assert everything(engine) == before
    third = import_csv(STAFF.replace("Account manager", "Tender writer"))
    assert (third.changed, third.unchanged) == ({"user": 1}, {"user": 1})
    assert rows(engine, "user", "login")["z.lindqvist"]["title"] == "Tender writer"


def test_an_empty_cell_clears_nothing(engine: Engine, import_csv: Import) -> None:
    import_csv(STAFF)
    report = import_csv(STAFF.replace("Account manager", "").replace("2027-01-31", ""))
    assert report.changed == {}
    assert rows(engine, "user", "login")["z.lindqvist"]["title"] == "Account manager"


def test_each_broken_row_is_refused_with_its_line_and_the_rest_is_taken(engine: Engine, import_csv: Import) -> None:
    content = (
        "login,first name,active,end date\n"
        "alice,Alice,yes,2027-01-31\n"
        ",Nobody,yes,\n"
        "bob,Bob,perhaps,\n"
        "carol,Carol,yes,01/02/2027\n"
        "dave,Dave\n"
        "ALICE,Twin,yes,\n"
        'eve,"E"ve,yes,\n'
        "frank,Frank,yes,31-12-2026\n"
    )
    report = import_csv(content)
    assert [refusal.line for refusal in report.refused] == [3, 4, 5, 6, 7, 8]
    parts = ["login is empty", "neither yes nor no", "not a date", "2 cells", "lines 2 and 7 clash", "quotation"]
    assert all(part in refusal.reason for part, refusal in zip(parts, report.refused, strict=True))
    assert sorted(rows(engine, "user", "login")) == ["alice", "frank"]


def test_headings_nobody_knows_are_named_and_may_be_mapped(engine: Engine, import_csv: Import) -> None:
    content = "Inlognaam,Naam,Schoenmaat,Kostenplaats\nalice,Alice,39,Sales\n"
    assert import_csv(content).ignored_attributes == {"Schoenmaat": 1, "Kostenplaats": 1}
    report = import_csv(content, mapping={"Kostenplaats": "department", "Schoenmaat": ""})
    assert report.changed == {"user": 1}
    assert rows(engine, "user", "login")["alice"]["department"] == "Sales"


def test_two_people_of_the_same_name_stand_side_by_side(engine: Engine, import_csv: Import) -> None:
    report = import_csv("login,name\nj.jansen,Jan Jansen\nj.jansen2,Jan Jansen\n")
    assert report.added["user"] == 2
    assert import_csv("login,name\nj.jansen3,Jan Jansen\n").added["user"] == 1
    assert {row["display_name"] for row in rows(engine, "user", "login").values()} == {"Jan Jansen"}


def test_groups_that_exist_are_joined_and_others_are_reported(
    engine: Engine, import_csv: Import, import_ldif: Import
) -> None:
    import_ldif("dn: CN=GG-Sales,OU=Groups,DC=shop,DC=test\nobjectClass: group\ncn: GG-Sales\n")
    report = import_csv("login,groups\nalice,GG-Sales|GG-Nowhere\n")
    assert member_logins(engine, "GG-Sales") == {"alice"}
    assert ["GG-Nowhere" in refusal.reason for refusal in report.dangling] == [True]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"name,mail\nAlice,a@shop.test\n", "login"),
        (b"login,uid\nalice,alice\n", "Two columns"),
        (b"login\nalice\x00\n", "NUL"),
        (b"login\n\x81\x8d\n", "Windows-1252"),
        ("login\nalice\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(
    engine: Engine, import_csv: Import, content: bytes, part: str
) -> None:
    with pytest.raises(FileError, match=part):
        import_csv(content)
    assert counts(engine) == {}


def test_a_wrong_mapping_is_refused_with_what_is_known(engine: Engine, import_csv: Import) -> None:
    with pytest.raises(FileError, match="Known are: addresses, company"):
        import_csv("login,x\nalice,1\n", mapping={"x": "shoe_size"})
    with pytest.raises(FileError, match="no column “y”"):
        import_csv("login,x\nalice,1\n", mapping={"y": "title"})
    with pytest.raises(FileError, match="unit"):
        import_csv("login\nalice\n", ou="")
    assert counts(engine) == {}
