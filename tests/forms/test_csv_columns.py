"""What the checker says of ``csv`` questions: columns no cell can fill, headings alike, too many rows, typed objects."""

import pytest

from forms.errors import DefinitionError
from tests.forms.answering.answering_desk import small_form

ACT = """
operations: [{ id: act, do: directory.user.update, for_each: $(f), with: { user: $(target), set: { title: $(item.a) } } }]
"""
WRONG = {
    "too many rows": ("max_rows: 1001, columns: [{ id: a, type: text }]", "E115"),
    "no rows": ("max_rows: 0, columns: [{ id: a, type: text }]", "E115"),
    "no columns": ("max_rows: 5", "E111"),
    "a column twice": ("columns: [{ id: a, type: text }, { id: a, type: text }]", "E116"),
    "headings alike": ("columns: [{ id: a, type: text }, { id: b_c, type: text }, { id: bc, type: text }]", "E116"),
    "a file in a file": ("columns: [{ id: a, type: csv, columns: [{ id: b, type: text }] }]", "E122"),
    "rows in a file": ("columns: [{ id: a, type: rows, fields: [{ id: b, type: text }] }]", "E122"),
    "a password": ("columns: [{ id: a, type: text }, { id: p, type: password, policy: spoken }]", "E122"),
    "a note": ("columns: [{ id: a, type: text }, { id: n, type: note, text: Read this. }]", "E122"),
    "a column nobody may write": ("columns: [{ id: a, type: text, readonly: true }]", "E122"),
    "nothing but worked out columns": ("columns: [{ id: a, type: computed, value: x }]", "E122"),
    "unique by no column": ("unique_by: [b], columns: [{ id: a, type: text }]", "E210"),
}


def codes_of(text: str) -> set[str]:
    with pytest.raises(DefinitionError) as wrong:
        small_form(text)
    return {problem.code for problem in wrong.value.problems if problem.level == "error"}


@pytest.mark.parametrize("name", WRONG)
def test_a_csv_question_that_cannot_work_is_refused(name: str) -> None:
    keys, code = WRONG[name]
    assert code in codes_of(f"target: {{ type: user }}\nfields: [{{ id: f, type: csv, {keys} }}]{ACT}")


def test_what_is_written_in_a_text_column_names_no_object() -> None:
    text = """
fields: [{ id: f, type: csv, columns: [{ id: a, type: text }] }]
operations: [{ id: act, do: directory.user.update, for_each: $(f), with: { user: $(item.a), set: { title: x } } }]
"""
    assert "E147" in codes_of(text)


def test_what_is_written_in_a_column_of_people_does() -> None:
    form = small_form("""
fields: [{ id: f, type: csv, columns: [{ id: a, type: user }] }]
operations: [{ id: act, do: directory.user.update, for_each: $(f), with: { user: $(item.a), set: { title: x } } }]
""")
    assert form.fields[0].fields[0].is_written
