"""Cells as people write them: each is the answer it means, or says in its row and column what is wrong."""

from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random

import pytest

from connectors.spi import Ref
from forms.answering.csv_reading import CsvError
from forms.answering.csv_template import rows_of_file
from forms.answering.validating import validate
from forms.errors import AnswersError
from forms.facts import TakenCall
from forms.values import Choice
from tests.forms.answering.answering_desk import Reading, situation_for, small_form, validated
from tests.forms.answering.csv_desk import FORM, PEOPLE, problems_of, uploaded

MEANT: dict[str, tuple[str, str, object]] = {
    "a text": ("badge", "B7", "B7"),
    "a text that looks like a formula": ("badge", "=1+1", "=1+1"),
    "no text where there is a default": ("badge", "", "none"),
    "a mail address": ("mail", "Ada@Example.ORG", "Ada@example.org"),
    "a phone number as it is dialled": ("phone", "020 123 4567", "+31201234567"),
    "a day in the usual order of machines": ("start_on", "2030-02-01", date(2030, 2, 1)),
    "a day with dots": ("start_on", "1.2.2030", date(2030, 2, 1)),
    "a day with hyphens": ("start_on", "01-02-2030", date(2030, 2, 1)),
    "a moment with its zone": ("meets", "2030-02-01T09:00+00:00", datetime(2030, 2, 1, 9, tzinfo=UTC)),
    "a moment in the time of the desk": ("meets", "1.2.2030 9:00", datetime(2030, 2, 1, 9, tzinfo=UTC)),
    "yes": ("remote", "Yes", True),
    "yes in Dutch": ("remote", "JA", True),
    "a cross": ("remote", "x", True),
    "one": ("remote", "1", True),
    "no": ("remote", "FALSE", False),
    "no in German": ("remote", "nein", False),
    "no in Dutch": ("remote", "nee", False),
    "nothing for yes or no": ("remote", "", False),
    "a number": ("hours", "32", 32),
    "a number with a comma": ("hours", '"7,5"', Decimal("7.5")),
    "a choice by its value": ("site", "ams", Choice("ams", {"value": "ams"})),
    "a choice by its label": ("site", "amsterdam", Choice("ams", {"value": "ams"})),
    "choices": ("days", '"mon, Wed"', (Choice("Mon", {"value": "Mon"}), Choice("Wed", {"value": "Wed"}))),
    "choices between other signs": (
        "days",
        "mon|tue",
        (Choice("Mon", {"value": "Mon"}), Choice("Tue", {"value": "Tue"})),
    ),
    "a person by login": ("boss", "ERIN", Ref("user", "u-erin")),
    "a person by mail address": ("boss", "erin@example.org", Ref("user", "u-erin")),
    "a person by name": ("boss", "erin estey", Ref("user", "u-erin")),
    "groups by name": ("teams", '"maps; Drawings"', (Ref("group", "g-maps"), Ref("group", "g-drawings"))),
}
WRONG: dict[str, tuple[str, str, str]] = {
    "a day that may be two": ("start_on", "1/2/2030", "With slashes this may mean two days."),
    "a day that is none": ("start_on", "31.2.2030", "Write a date as year-month-day"),
    "a day with a short year": ("start_on", "1.2.30", "Write a date as year-month-day"),
    "a day as a spreadsheet counts": ("start_on", "47515", "Write a date as year-month-day"),
    "a moment without a time": ("meets", "2030-02-01", "Write date and time"),
    "a moment that is none": ("meets", "2030-02-01 25:00", "Write date and time"),
    "perhaps": ("remote", "perhaps", "Write yes or no."),
    "no number": ("hours", "many", "Write a number."),
    "a number that may be two": ("hours", '"1,000"', "Write a number."),
    "too large a number": ("hours", "41", "Must be 40 or less."),
    "no mail address": ("mail", "ada", "Write a mail address"),
    "no phone number": ("phone", "12", "Write a phone number"),
    "no such choice": ("site", "Rome", "Write one of: Amsterdam, Oslo."),
    "one of the choices": ("days", '"Mon, Fri"', "Write one of: Mon, Tue, Wed."),
    "nobody": ("boss", "zoe", "Nobody you look after"),
    "somebody out of reach": ("boss", "dave", "Nobody you look after"),
    "the id of somebody out of reach": ("boss", "u-dave", "Nobody you look after"),
    "a part of a name": ("boss", "erin est", "Nobody you look after"),
    "one of the groups": ("teams", '"Maps, Nowhere"', "Nothing you look after is called so."),
    "two lines": ("badge", '"one\ntwo"', "Write one line of plain text."),
    "a sign that rings": ("badge", "a\x07b", "Write one line of plain text."),
}


@pytest.mark.parametrize("name", MEANT)
def test_a_cell_is_the_answer_it_means(name: str) -> None:
    column, text, value = MEANT[name]
    (row,) = uploaded(f"name,{column}\nAda,{text}\n").values["people"]  # type: ignore[union-attr]
    assert row[column] == value


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_cell_is_named_by_row_and_column(name: str) -> None:
    column, text, sentence = WRONG[name]
    found = problems_of(f"name,{column}\nAda,\n\nBea,{text}\n")
    assert list(found) == [f"4 {column}"]
    assert sentence in found[f"4 {column}"]


def test_everything_wrong_is_told_at_once_and_nothing_is_taken_over() -> None:
    found = problems_of("name,hours,remote\n,41,maybe\nBea,0,no\n" + "C" * 41 + ",1,x\n")
    assert list(found) == ["2 hours", "2 remote", "2 name", "3 hours", "4 name"] or set(found) == {
        "2 hours", "2 remote", "2 name", "3 hours", "4 name",
    }  # fmt: skip


def test_two_people_of_one_name_get_different_logins() -> None:
    taken = Reading(taken=frozenset({TakenCall("directory.user.login", "ada-l")}))
    rows = uploaded("name\nAda L\nAda L\nAda  L\n", taken).values["people"]
    assert [row["login"] for row in rows] == ["ada-l2", "ada-l3", "ada-l4"]  # type: ignore[union-attr]


def test_many_people_of_one_name_are_numbered_in_few_rounds() -> None:
    form = small_form("""
target: { type: user }
fields:
  - id: people
    type: csv
    columns:
      - { id: n, type: number }
      - { id: login, type: computed, value: same, unique: { in: [directory.user.login], when_taken: number } }
operations:
  - { id: act, do: directory.user.update, for_each: $(people), with: { user: $(target), set: { title: $(item.login) } } }
""")
    reading = Reading()
    rows, _ = rows_of_file(form.fields[0], b"n\n" + b"".join(b"%d\n" % number for number in range(90)))
    found = validated(situation_for(form), {"people": rows}, reading).values["people"]
    assert [row["login"] for row in found][:3] == ["same", "same2", "same3"]  # type: ignore[union-attr]
    assert len({row["login"] for row in found}) == 90  # type: ignore[union-attr]
    assert len(reading.asked) <= 10


def test_a_name_that_two_rows_want_is_refused_at_the_second() -> None:
    form = small_form("""
target: { type: user }
fields:
  - id: people
    type: csv
    columns: [{ id: login, type: text, unique: { in: [directory.user.login] } }]
operations:
  - { id: act, do: directory.user.update, for_each: $(people), with: { user: $(target), set: { title: $(item.login) } } }
""")
    rows, _ = rows_of_file(form.fields[0], b"login\nada\nbea\nADA\n")
    reading = Reading(taken=frozenset({TakenCall("directory.user.login", "bea")}))
    with pytest.raises(AnswersError) as wrong:
        validated(situation_for(form), {"people": rows}, reading)
    assert [(one.row, one.column, one.message) for one in wrong.value.problems] == [
        (3, "login", "This is already in use. Choose another."),
        (4, "login", "Row 2 wants the same. Choose another."),
    ]


def test_rows_alike_where_they_must_differ_are_refused_with_both_numbers() -> None:
    found = problems_of("name,mail\nAda,a@example.org\n\nBea,A@example.org\n")
    assert found == {"4 mail": "The same is in row 2 already."}


def test_two_people_called_the_same_are_not_guessed_at() -> None:
    class Twins(Reading):
        def _search(self, search):  # type: ignore[no-untyped-def]
            found = super()._search(search)
            return type(found)((*found.entries, *found.entries)) if search.name else found

    assert problems_of("name,boss\nAda,erin estey\n", Twins()) == {
        "2 boss": "More than one is called so. Write the login or the mail address."
    }


def test_five_hundred_names_are_asked_for_at_once() -> None:
    reading = Reading()
    text = "name,boss\n" + "".join(f"P{number},erin\n" for number in range(3)) + "Q,bob\nR,charlie\n"
    uploaded(text, reading)
    assert sum(1 for missing in reading.asked if missing.searches) == 1


def test_answers_of_a_program_are_judged_as_strictly_as_a_file() -> None:
    odd: list[object] = [
        7,
        [7],
        [{"name": 7}],
        [{"name": "A", "#": "x" * 9}],
        [{"#": 2}, {"zz": 1}],
        {"name": "A"},
        "A,B",
    ]
    for rows in odd[:3] + odd[4:]:
        with pytest.raises(AnswersError):
            validated(situation_for(FORM), {"people": rows})


def test_rows_beyond_the_most_are_counted_and_not_worked_out() -> None:
    with pytest.raises(AnswersError) as wrong:
        validate(situation_for(FORM), {"people": [{"name": "A", "boss": "erin"}] * 2_000})
    assert [one.message for one in wrong.value.problems] == ["At most 5 rows."]


def _noise(random: Random) -> bytes:
    parts = [b"name", b"mail", b"boss", b",", b";", b"\t", b"\n", b"\r\n", b'"', b"'", b"=", b"\0", b"\xff", b"\xfe",
             b"\xef\xbb\xbf", b"sep=", b"erin", b"1/2/2030", "é".encode(), b" ", b"remote", b"x"]  # fmt: skip
    start = random.choice((b"", b"name,mail,boss\n", b"\xff\xfe", b"sep=;\n"))
    return start + b"".join(random.choice(parts) for _ in range(random.randrange(60)))


def _try(seed: int) -> None:
    content = _noise(Random(seed))
    sentences = ["."]
    try:
        rows, _ = rows_of_file(PEOPLE, content)
        validated(situation_for(FORM), {"people": rows})
    except CsvError as wrong:
        sentences = list(wrong.messages)
    except AnswersError as wrong:
        sentences = [problem.message for problem in wrong.problems if problem.field == "people"]
    assert sentences, content
    assert all(sentence.endswith((".", "?")) for sentence in sentences), content


@pytest.mark.parametrize("seed", range(150))
def test_noise_is_read_or_refused_and_never_breaks_anything(seed: int) -> None:
    _try(seed)


@pytest.mark.torture
def test_much_noise_is_read_or_refused_and_never_breaks_anything() -> None:
    for seed in range(1_000, 31_000):
        _try(seed)
