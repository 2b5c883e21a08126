import csv
import io
import json
from datetime import UTC, datetime

import pytest

from runner.journal.chain import GENESIS, seal
from runner.journal.exporting import COLUMNS, cells, csv_lines, json_lines
from runner.journal.records import Record

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "＝1",
    "'quoted",
    'a","b',
    "two\r\nlines",
    "zero\x00byte",
    "plain",
    "",
]


def line_with(reason: str) -> str:
    body = {"reason": reason, "actor": {"id": reason}, "outcome": {"code": "done", "detail": reason}}
    return seal(Record("outcome", NOW, body), 1, GENESIS).line


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_sees_no_formula_and_everything_reads_back(text):
    line = line_with(text)
    written = "".join(csv_lines([line]))
    for cell in list(csv.reader(io.StringIO(written, newline="")))[1]:
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    (row,) = cells(written)
    assert (row["reason"], row["actor"], row["detail"], row["record"]) == (text, text, text, line)
    assert (row["seq"], row["kind"], row["outcome"]) == ("1", "outcome", "done")


def test_every_cell_is_quoted_and_the_header_names_the_columns():
    header, row = csv_lines([line_with("x")])
    assert header == ",".join(f'"{name}"' for name in COLUMNS) + "\r\n"
    assert row.startswith('"1","')


def test_json_lines_are_the_sealed_lines_word_for_word():
    lines = [line_with(text) for text in HOSTILE]
    written = b"".join(json_lines(lines))
    assert written.decode().split("\n") == [*lines, ""]
    assert [json.loads(line)["reason"] for line in written.splitlines()] == HOSTILE
