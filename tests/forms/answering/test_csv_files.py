"""Files as spreadsheets write them, and files that are none: each is read, or refused with a sentence that says why."""

import csv
import io

import pytest

from forms.answering.csv_reading import MOST_CSV_BYTES, CsvError
from forms.answering.csv_template import rows_of_file, table_schema, template
from forms.answering.wire import ROW
from tests.forms.answering.answering_desk import small_form
from tests.forms.answering.csv_desk import PEOPLE

TWO = [{ROW: 2, "name": "Ada", "mail": "ada@example.org"}, {ROW: 3, "name": "Béa", "mail": "bea@example.org"}]
PLAIN = "name,mail\nAda,ada@example.org\nBéa,bea@example.org\n"
GOOD: dict[str, bytes] = {
    "commas": PLAIN.encode(),
    "a byte order mark": PLAIN.encode("utf-8-sig"),
    "UTF-16, little end first": b"\xff\xfe" + PLAIN.encode("utf-16-le"),
    "UTF-16, big end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "Windows-1252": PLAIN.encode("cp1252"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "a first line that names the separator": b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
    "line ends of Windows": PLAIN.replace("\n", "\r\n").encode(),
    "line ends of an old Mac": PLAIN.replace("\n", "\r").encode(),
    "no end of the last line": PLAIN.rstrip().encode(),
    "empty lines at the end": (PLAIN + "\n\n,,\n \n").encode(),
    "empty cells at the end": "name,mail,,\nAda,ada@example.org,,\nBéa,bea@example.org,,\n".encode(),
    "quotation marks": '"name","mail"\n"Ada","ada@example.org"\n"Béa","bea@example.org"\n'.encode(),
    "labels": PLAIN.replace("name", "Full name").encode(),
    "labels in another language": PLAIN.replace("name,mail", "volledige naam,MAIL").encode(),
    "headings in capitals, with spaces and hyphens": PLAIN.replace("name,mail", " FULL-NAME * , M a i l: ").encode(),
    "spaces around cells": "name , mail\n Ada , ada@example.org \n\tBéa, bea@example.org\n".encode(),
    "columns in another order": "mail,name\nada@example.org,Ada\nbea@example.org,Béa\n".encode(),
    "a column nobody filled in": "name,phone,mail\nAda,,ada@example.org\nBéa,,bea@example.org\n".encode(),
    "an apostrophe that keeps a formula from being one": PLAIN.replace("Ada,", "'+Ada,").encode(),
}
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "The file is empty."),
    "spaces": (b" \n\t\n", "The file is empty."),
    "separators only": (b",,,\n,,,\n", "The file is empty."),
    "headings only": (b"name,mail\n\n", "The file has headings, but no rows under them."),
    "a spreadsheet": (b"PK\x03\x04rest", "This is a spreadsheet or another packed file. Save it as CSV"),
    "an old spreadsheet": (b"\xd0\xcf\x11\xe0rest", "a spreadsheet of an old kind. Save it as CSV"),
    "a PDF": (b"%PDF-1.7 rest", "This is a PDF. Save it as CSV"),
    "a letter": (b"{\\rtf1 rest}", "This is a text document. Save it as CSV"),
    "a packed file": (b"\x1f\x8b\x08rest", "This is a packed file. Save it as CSV"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "This is a picture. Save it as CSV"),
    "a photograph": (b"\xff\xd8\xff\xe0rest", "This is a picture. Save it as CSV"),
    "a web page": (b"\n <!doctype html><table>", "This is a web page or an XML file. Save it as CSV"),
    "XML": (b"<?xml version='1.0'?><a/>", "This is a web page or an XML file. Save it as CSV"),
    "NUL": (b"name,mail\nA\0da,x\n", "This is not a text file. Save it as CSV"),
    "UTF-16 without a mark": (PLAIN.encode("utf-16-le"), "This is not a text file. Save it as CSV"),
    "UTF-32": (PLAIN.encode("utf-32"), "This is not a text file. Save it as CSV"),
    "half of UTF-16": (b"\xff\xfen", "The letters of this file cannot be read. Save it as CSV"),
    "a broken byte after a mark": (b"\xef\xbb\xbfname\n\xff\xff\n", "The letters of this file cannot be read."),
    "bytes no encoding has": (b"name\n\x81\x8d\x8f\n", "The letters of this file cannot be read."),
    "too large": (b"name\n" + b"a" * MOST_CSV_BYTES, "The file is larger than 1 MiB."),
    "too many rows": (b"name\n" + b"Ada\n" * 6, "The file has 6 rows; at most 5 are taken at once."),
    "very many rows": (b"name\n" + b"A\n" * 500_000, "The file has 500000 rows; at most 5 are taken at once."),
    "very many columns": (b"name" + b",x" * 300 + b"\nAda\n", "The file has more than 200 columns."),
    "an open quotation mark": (b'name\nAda\n"Bea\n', "Row 3: a quotation mark is not closed"),
    "text behind a closing quotation mark": (b'name\n"Ada"x\n', "Row 2: a quotation mark is not closed"),
    "a cell longer than any": (b'name\n"' + b"a" * 200_000 + b'"\n', "Row 2: a quotation mark is not closed"),
    "an unknown column": (b"name,mial\nAda,x\n", 'There is no column “mial”. Did you mean "mail"?'),
    "a column nothing is like": (b"name,qqqq\nAda,x\n", "There is no column “qqqq”. Columns: Full name, Mail,"),
    "a missing column": (b"mail\nada@example.org\n", "The column “Full name” is missing."),
    "no headings": (b"Ada,ada@example.org\nBea,bea@example.org\n", "There is no column “Ada”."),
    "a column twice": (b"name,Full name\nAda,Ada\n", "The column “Full name” is there twice."),
    "a column that is worked out": (b"name,login\nAda,ada\n", "“login” is worked out by the desk. Remove the column."),
    "something under no heading": (b"name,\nAda,x\n", "Row 2, column 2: there is something under no heading."),
    "more cells than headings": (b"name\nAda,x\n", "Row 2, column 2: there is something under no heading."),
    "the example of the template": (b"name,phone\nAda Example,+31 20 123 4567\n", "Row 2 is the example of the template"),
    "a heading like a book": (b"name," + b"long" * 50 + b"\nAda,x\n", "There is no column “longlong"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_file_is_read_however_it_was_saved(name: str) -> None:
    rows, note = rows_of_file(PEOPLE, GOOD[name])
    assert rows == ([{**TWO[0], "name": "+Ada"}, TWO[1]] if "formula" in name else TWO)
    assert bool(note) == (name == "Windows-1252")


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_file_of_these_rows_is_refused_in_words(name: str) -> None:
    content, sentence = BAD[name]
    with pytest.raises(CsvError) as wrong:
        rows_of_file(PEOPLE, content)
    assert sentence in str(wrong.value)
    assert len(str(wrong.value)) < 400


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    rows, _ = rows_of_file(PEOPLE, b'name\n\n"Ada\nL."\n\nBea\n')
    assert [row[ROW] for row in rows] == [3, 5]
    assert rows[0]["name"] == "Ada\nL."


def test_everything_wrong_with_the_headings_is_said_at_once() -> None:
    with pytest.raises(CsvError) as wrong:
        rows_of_file(PEOPLE, b"mial,Login,remote,REMOTE\nx,x,x,x\n")
    assert len(wrong.value.messages) == 4


def test_a_heading_that_two_labels_have_names_both_columns() -> None:
    form = small_form("""
target: { type: user }
fields:
  - { id: f, type: csv, columns: [{ id: home, type: text, label: Phone }, { id: work, type: text, label: phone }] }
operations: [{ id: a, do: directory.user.enable, for_each: $(f), with: { user: $(target) } }]
""")
    with pytest.raises(CsvError, match=r"may mean several columns\. Write one of: home, work\."):
        rows_of_file(form.fields[0], b"Phone\n1\n")
    assert template(form.fields[0], "en") == b"\xef\xbb\xbfhome,work\r\n"


def test_the_template_is_read_back_by_its_own_reader() -> None:
    text = template(PEOPLE, "nl").decode("utf-8-sig")
    headings, example = csv.reader(io.StringIO(text, newline=""))
    assert headings[:3] == ["Volledige naam", "Mail", "First day"]
    assert "login" not in headings
    assert example[0] == "Ada Example"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in (*headings, *example))
    with pytest.raises(CsvError, match="Row 2 is the example"):
        rows_of_file(PEOPLE, text.encode())
    filled = text.replace("Ada Example", "Ada")
    assert rows_of_file(PEOPLE, filled.encode())[0] == [{ROW: 2, "name": "Ada", "phone": "+31 20 123 4567"}]


def test_the_schema_of_the_columns_names_what_the_template_names() -> None:
    schema = table_schema(PEOPLE, "en")
    fields = {column["name"]: column for column in schema["fields"]}
    assert list(fields)[:2] == ["Full name", "Mail"]
    assert fields["Full name"]["constraints"] == {"required": True, "maxLength": 40}
    assert fields["Mail"]["format"] == "email"
    assert fields["Hours"] == {
        "name": "Hours", "type": "number", "title": "Hours", "constraints": {"minimum": 1, "maximum": 40},
    }  # fmt: skip
    assert fields["Site"]["constraints"] == {"enum": ["ams", "osl"]}
    assert schema["uniqueKeys"] == [["Mail"]]
    assert "Login" not in fields
