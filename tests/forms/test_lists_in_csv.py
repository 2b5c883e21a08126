"""Shared lists kept in a spreadsheet say the same as those in YAML, and are checked the same."""

from decimal import Decimal

import pytest

from forms.companions import read_list
from tests.forms.desk_folders import examples, load

FILE = "lists/sites.list.csv"


def problems(text: str) -> list[str]:
    found, told = read_list(FILE, text.encode())
    assert found is None or not told
    return [f"{one.line}:{one.column} {one.code} {one.message}" for one in told]


def test_columns_have_types_and_cells_become_values() -> None:
    text = "value;label;seats:number;open:boolean;groups:list of group\r\n"
    text += "RDM;Rotterdam, Kop;12.5;true;GG-A|GG-B\r\nUTR;Utrecht;;;\r\n"
    found, told = read_list(FILE, text.encode("utf-8-sig"))
    assert told == ()
    assert found is not None
    assert (found.id, list(found.columns)) == ("sites", ["value", "label", "seats", "open", "groups"])
    assert found.rows[0] == {
        "value": "RDM",
        "label": "Rotterdam, Kop",
        "seats": Decimal("12.5"),
        "open": True,
        "groups": ("GG-A", "GG-B"),
    }
    assert found.rows[1] == {"value": "UTR", "label": "Utrecht"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("label\nx\n", ['1:1 E111 a list needs a column "value"']),
        ("value,seats:numbr\na,1\n", ['1:7 E120 there is no type "numbr"']),
        ("value,seats:number\na,many\n", ["2:3 E114"]),
        ("value\na\na\n", ['3:1 E116 "value" is the same as in a row above']),
        ("value\na,b\n", ["2:3 E126"]),
        ("value,label\n,x\n", ["2:2 E111"]),
        ("value\n", ["0:0 E102 The file has headings, but no rows under them."]),
        ("", ["0:0 E102 The file is empty."]),
    ],
)
def test_a_mistake_is_told_with_its_row_and_place(text: str, wanted: list[str]) -> None:
    found = problems(text)
    assert [one[: len(start)] for one, start in zip(found, wanted, strict=True)] == wanted


def test_a_spreadsheet_itself_and_other_letters_are_refused() -> None:
    assert "E102 This is a spreadsheet" in problems("PK\x03\x04 x")[0]
    found, told = read_list(FILE, "value,label\na,Café\n".encode("cp1252"))
    assert (found, [one.code for one in told]) == (None, ["E102"])


def test_a_form_uses_a_list_in_csv_like_any_other() -> None:
    catalogue, told = load(examples())
    assert [str(one) for one in told if one.level == "error"] == []
    assert catalogue.lists["software"].rows[1]["monthly_cost"] == Decimal("13.5")


def test_two_files_cannot_hold_the_same_list() -> None:
    twice = {**examples(), "other/software.list.csv": examples()["lists/software.list.csv"]}
    told = {(one.file, one.code) for one in load(twice)[1] if one.level == "error" and one.code == "E116"}
    assert told == {("lists/software.list.csv", "E116"), ("other/software.list.csv", "E116")}
