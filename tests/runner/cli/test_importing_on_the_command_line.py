"""`import`: people from LDIF and CSV, and files that cannot be taken."""

from pathlib import Path

import pytest

from tests.runner.cli.commands import Result, deskhand, files_of_at_most, is_one_sentence
from tests.runner.cli.contents import contents
from tests.runner.cli.directories import person

PEOPLE = "OU=Rotterdam,OU=People,DC=sample,DC=test"
LDIF = f"""\
dn: OU=More,DC=sample,DC=test
objectClass: organizationalUnit
ou: More

dn: CN=Nora New,OU=More,DC=sample,DC=test
objectClass: user
cn: Nora New
sAMAccountName: n.new
manager: CN=Pieter de Wit,{PEOPLE}

dn: CN=Odd One,OU=More,DC=sample,DC=test
objectClass: user
cn: Odd One
sAMAccountName: o.one
manager: CN=Nobody,OU=More,DC=sample,DC=test

dn: CN=No Name,OU=More,DC=sample,DC=test
objectClass: user
cn: No Name

this is no line of LDIF
"""
CSV = """\
Personnel login;name;Room;enabled
n.new;Nora New;RDM-1;yes
;Nobody;RDM-2;yes
x.maybe;Max Maybe;RDM-3;perhaps
"""
MAPPED = ("--ou", PEOPLE, "--map", "Personnel login=login", "--map", "Room=office")


def load(desk: Path, name: str, content: str | bytes, *more: object) -> Result:
    file = desk.parent / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return deskhand("import", file, "--desk", desk, *more)


def test_ldif_is_taken_row_by_row_and_what_cannot_be_is_named_with_its_line(company: Path) -> None:
    file = company.parent / "people.ldif"
    file.write_text(LDIF, encoding="utf-8")
    done = deskhand("import", file, "--desk", company)
    assert (done.code, done.out) == (
        1,
        "3 added, 0 changed, 0 unchanged, 2 rows refused, 1 references to nothing.\n",
    )
    assert done.err.splitlines() == [
        f"{file}:11: its manager “CN=Nobody,OU=More,DC=sample,DC=test” does not exist here or cannot be one",
        f"{file}:17: It has no login or name.",
        f"{file}:21: line 21 is not of the form name: value",
    ]
    again = load(company, "people.ldif", LDIF)
    assert again.out == "0 added, 0 changed, 3 unchanged, 2 rows refused, 1 references to nothing.\n"


def test_csv_is_taken_by_a_mapping_and_again_changes_nothing(company: Path) -> None:
    done = load(company, "people.csv", CSV, *MAPPED)
    assert (done.code, done.out) == (1, "1 added, 0 changed, 0 unchanged, 2 rows refused, 0 references to nothing.\n")
    assert [line.rpartition(".csv:")[2] for line in done.err.splitlines()] == [
        "3: the login is empty",
        "4: enabled is neither yes nor no",
    ]
    found = deskhand("doctor", "--desk", company)
    assert found.code == 0, found.text
    before = contents(company)["directory.db"]
    again = load(company, "people.csv", CSV, *MAPPED)
    assert again.out == "0 added, 0 changed, 1 unchanged, 2 rows refused, 0 references to nothing.\n"
    assert contents(company)["directory.db"] == before
    moved = load(company, "people.csv", "login;office\nt.novak;RDM-9\n", "--ou", PEOPLE)
    assert (moved.code, moved.out.split(",")[1]) == (0, " 1 changed")
    assert person(company, "t.novak").attributes["office"] == "RDM-9"


def test_an_import_tells_a_program_the_same_as_json(company: Path) -> None:
    done = load(company, "people.csv", CSV.replace("enabled", "Shoe size"), *MAPPED, "--json")
    assert (done.code, done.err) == (1, "")
    assert done.json == {
        "added": {"user": 2},
        "changed": {},
        "unchanged": {},
        "refused": [{"line": 3, "reason": "the login is empty"}],
        "dangling": [],
        "ignored_attributes": {"Shoe size": 1},
        "skipped_classes": {},
        "passwords_left_out": {},
    }


def test_an_import_is_journalled_before_and_after(company: Path) -> None:
    load(company, "people.ldif", LDIF)
    lines = deskhand("journal", "list", "--desk", company).out.splitlines()
    assert [line.rpartition("  ")[2].strip("- ") for line in lines[:2]] == [
        "Imported ldif people.ldif",
        "Import ldif people.ldif",
    ]
    (record,) = deskhand("journal", "list", "--json", "--limit", "1", "--desk", company).out.splitlines()
    assert '"added":3,"changed":0' in record
    assert "Nora" not in record


GARBAGE = bytes(range(256)) * 20
UNUSABLE: dict[str, tuple[str, bytes, tuple[str, ...], int, str]] = {
    "binary LDIF": ("p.ldif", GARBAGE, (), 1, "p.ldif:1: line 1 is not of the form name: value"),
    "text that is no LDIF": ("p.ldif", b"hello\nworld\n", (), 1, "p.ldif:1: line 1 is not of the form name: value"),
    "binary CSV": ("p.csv", GARBAGE, ("--ou", PEOPLE), 1, "p.csv: The file is not a text file: it holds NUL bytes."),
    "UTF-16": ("p.csv", "login\nx\n".encode("utf-16"), ("--ou", PEOPLE), 1, "Save it again as “CSV UTF-8”."),
    "an empty LDIF": ("p.ldif", b"", (), 1, "p.ldif: The file is empty."),
    "an empty CSV": ("p.csv", b"", ("--ou", PEOPLE), 1, "p.csv: The file is empty."),
    "CSV without a unit": ("p.csv", b"login\nx\n", (), 2, "say with --ou in which unit new people stand."),
    "a unit that is none": ("p.csv", b"login\nx\n", ("--ou", "Sales"), 2, "--ou Sales: This is not a distinguished"),
    "no login": ("p.csv", b"name\nNora\n", ("--ou", PEOPLE), 1, "No column holds the login. Name it “login”, or say"),
    "an unknown column": ("p.csv", b"login\nx\n", (*MAPPED,), 1, "p.csv: The file has no column “Personnel login”."),
    "an unknown attribute": (
        "p.csv", b"login;size\nx;9\n", ("--ou", PEOPLE, "--map", "size=shoes"), 1, "A column cannot become shoes. Known",
    ),
    "half a mapping": ("p.csv", b"login\nx\n", ("--ou", PEOPLE, "--map", "x"), 2, "--map x: write HEADING=ATTRIBUTE."),
    "a mapping for LDIF": ("p.ldif", b"dn: DC=x\n", ("--map", "a=b"), 2, "--map is for CSV; LDIF names its attributes"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_file_that_cannot_be_taken_leaves_the_directory_as_it_is(company: Path, case: str) -> None:
    name, content, more, code, says = UNUSABLE[case]
    before = contents(company)["directory.db"]
    refused = load(company, name, content, *more)
    assert refused.code == code, refused.text
    assert says in refused.err
    assert "Traceback" not in refused.err
    assert is_one_sentence(refused.err) or code == 2 or says.startswith("p.ldif:1")
    assert contents(company)["directory.db"] == before


@pytest.mark.parametrize(("name", "says"), [("none.ldif", "does not exist."), ("forms", "is a directory.")])
def test_a_file_that_is_not_there_or_is_a_folder_is_wrong_usage(company: Path, name: str, says: str) -> None:
    before = contents(company)
    refused = deskhand("import", company / name, "--desk", company)
    assert (refused.code, refused.out) == (2, "")
    assert f"{company / name}' {says}" in refused.err
    assert contents(company) == before


def test_an_import_that_fills_the_disk_adds_nobody_and_says_how_to_go_on(desk: Path) -> None:
    people = "".join(
        f"dn: CN=P{number},OU=P,DC=x\nobjectClass: user\ncn: P{number}\nsAMAccountName: p{number}\n\n"
        for number in range(300)
    )
    file = desk.parent / "people.ldif"
    file.write_text(people, encoding="utf-8")
    with files_of_at_most(200_704):
        failed = deskhand("import", file, "--desk", desk)
    assert (failed.code in (4, 5), failed.out, is_one_sentence(failed.err)) == (True, "", True), failed.text
    assert "Run the import again: what is there already is left alone." in failed.err
    assert load(desk, "people.ldif", people).out.startswith("302 added, 0 changed, 0 unchanged")
