"""Small forms with one thing wrong each; nothing with an error is ever compiled."""

import pytest

from forms.documents import ListNode, MapNode, Node, ScalarNode, read_document
from tests.forms.desk_folders import HEAD, HERE, codes_of, problems_of, surroundings

AROUND = surroundings()


def cases() -> list[tuple[str, str, list[str] | None]]:
    root = read_document("form-refusals.yaml", (HERE / "form-refusals.yaml").read_bytes()).root
    rows = root.get("cases")
    assert isinstance(rows, ListNode)
    return [_case(row) for row in rows.items]


def _case(row: Node) -> tuple[str, str, list[str] | None]:
    assert isinstance(row, MapNode)
    name, form, problems = (row.get(key) for key in ("name", "form", "problems"))
    assert isinstance(name, ScalarNode)
    assert isinstance(form, ScalarNode)
    wanted = (
        [item.text for item in problems.items if isinstance(item, ScalarNode)]
        if isinstance(problems, ListNode)
        else None
    )
    return name.text, form.text, wanted


@pytest.mark.parametrize(("form", "wanted"), [pytest.param(form, wanted, id=name) for name, form, wanted in cases()])
def test_a_form_gets_exactly_these_problems(form: str, wanted: list[str] | None) -> None:
    found = codes_of(HEAD + form, AROUND)
    assert found == wanted if wanted is not None else found


def test_rows_in_place_of_people_are_told_with_the_column_that_fits() -> None:
    fields = "fields: [{ id: rows, type: rows, fields: [{ id: who, type: user }, { id: n, type: number }] }]\n"
    do = "operations: [{ id: a, do: directory.group.add_members, with: { group: $(target), members: $(rows) } }]\n"
    wrong = problems_of(f"{HEAD}target: {{ type: group }}\n{fields}{do}", AROUND)
    assert [(one.message, one.fix) for one in wrong if one.code == "E143"] == [
        ('"members" needs a list of people, this is a list of rows', "Write  $(rows.who) .")
    ]
