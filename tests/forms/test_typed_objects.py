"""What somebody types never names the object of an operation; and whoever is not told of a reset, the author hears of."""

import pytest

from tests.forms.desk_folders import HEAD, problems_of, surroundings

AROUND = surroundings()
TARGET = "target: { type: user }\n"
JOIN = "operations:\n  - { id: a, do: directory.user.join_groups, with: { user: $(target), groups: %s } }\n"
OWNER = "operations:\n  - { id: a, do: directory.user.update, with: { user: $(target), set: { manager: %s } } }\n"


def form(fields: str, groups: str, operation: str = JOIN) -> str:
    return HEAD + TARGET + f"fields:\n{fields}" + operation % groups


def field(rest: str) -> str:
    return f"  - {{ id: x, {rest} }}\n"


def errors(text: str) -> list[tuple[str, str, str]]:
    return [
        (problem.code, problem.message, problem.fix)
        for problem in problems_of(text, AROUND)
        if problem.level == "error"
    ]


def refused(text: str, source: str = "x") -> None:
    found = errors(text)
    assert [code for code, _, _ in found] == ["E147"], found
    assert f'what is typed in "{source}"' in found[0][1]


@pytest.mark.parametrize("kind", ["text", "multiline", "email", "phone", "number"])
def test_what_is_typed_names_no_group(kind: str) -> None:
    value = "$(x)" if kind != "number" else '"GG-$(x)"'
    refused(form(field(f"type: {kind}"), value))


@pytest.mark.parametrize(
    "value",
    ['["$(x)"]', '["GG-$(x)"]', '"$(default(x, null))"', '"$(lower(trim(x)))"', '"$(if(answered(x), x, target.office))"',
     '"$(x + target.office)"', '["APP-Visio", "$(x)"]', '"$([x, target.office])"'],
)  # fmt: skip
def test_nothing_made_of_what_is_typed_names_a_group(value: str) -> None:
    refused(form(field("type: text"), value))


def test_a_field_that_is_worked_out_of_another_is_followed_all_the_way() -> None:
    chain = (
        field("type: text")
        + "  - { id: y, type: computed, value: $(z) }\n  - { id: z, type: computed, value: 'a$(x)' }\n"
    )
    refused(form(chain, "$(y)"))


@pytest.mark.parametrize(
    ("fields", "value", "source"),
    [
        (field("type: choice, allow_other: true, options: [{ value: a, label: A }]"), "$(x)", "x"),
        (field("type: text") + "  - { id: y, type: group, default: $(x) }\n", "$(y)", "x"),
        (field("type: text") + "  - { id: y, type: text, readonly: true, default: $(x) }\n", "$(y)", "x"),
        (field("type: boolean"), "$(request.ticket)", "ticket"),
    ],
)
def test_no_way_around_over_other_answers_names_a_group(fields: str, value: str, source: str) -> None:
    refused(form(fields, value), source)


def test_a_typed_column_of_rows_names_nobody() -> None:
    rows = "  - id: x\n    type: rows\n    fields: [{ id: who, type: text }, { id: other, type: user }]\n"
    step = "operations:\n  - { id: a, do: directory.user.enable, for_each: $(x), with: { user: $(item.%s) } }\n"
    refused(form(rows, "who", step), "x.who")
    assert errors(form(rows, "other", step)) == []


def test_a_list_that_is_gone_through_is_followed() -> None:
    step = "operations:\n  - { id: a, do: directory.user.enable, for_each: [a.b, %s], with: { user: $(item) } }\n"
    refused(form(field("type: text"), "$(x)", step))


def test_a_manager_that_is_set_is_not_typed() -> None:
    refused(form(field("type: text"), "$(x)", OWNER))
    assert errors(form(field("type: user"), "$(x)", OWNER)) == []


def test_the_message_says_what_mends_it() -> None:
    (picker,) = errors(form(field("type: text"), "$(x)"))
    assert picker[2] == "Use a picker  (type: group) ."
    (choice,) = errors(form(field("type: choice, allow_other: true, options: [{ value: a, label: A }]"), "$(x)"))
    assert choice[2] == 'Remove "allow_other".'


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        (field("type: text"), "[APP-Visio]"),
        (field("type: group"), "$(x)"),
        (field("type: group, multiple: true"), "$(x)"),
        (field("type: choice, options: [{ value: a, label: A }]"), "$(x)"),
        (field("type: choices, options: [{ value: a, label: A }]"), "$(x)"),
        (field("type: choice, options: { lookup: assignable-groups }"), "$(x)"),
        (field("type: membership, of: $(target)"), "$(x.add)"),
        (field("type: text"), "$(target.groups)"),
        (field("type: text"), '"$(if(x == target.office, target.office, target.title))"'),
        (field("type: text, from: target.office, readonly: true"), "$(x)"),
    ],
)
def test_what_the_author_wrote_or_a_person_chose_names_a_group(fields: str, value: str) -> None:
    assert errors(form(fields, value)) == []


def test_a_typed_text_still_goes_into_texts_and_addresses() -> None:
    step = "operations:\n  - { id: a, do: mailbox.create_shared, with: { name: $(x), address: '%s' } }\n"
    assert errors(form(field("type: text"), "$(slug(x))@sample.test", step)) == []


RESET = (
    "verify: caller-basic\nfields: [{ id: x, type: password, generate: temporary }]\n"
    "operations: [{ id: a, do: directory.user.set_password, with: { user: $(target), password: $(x) } }]\n"
)
UNLOCK = "verify: caller-basic\noperations: [{ id: a, do: directory.user.unlock, with: { user: $(target) } }]\n"
TELL = "notify: [{ on: [done], to: [$(target)], subject: s, body: b }]\n"


@pytest.mark.parametrize(("rest", "codes"), [(RESET, ["W304"]), (RESET + TELL, []), (UNLOCK, [])])
def test_a_reset_of_which_nobody_is_told_is_warned_about(rest: str, codes: list[str]) -> None:
    assert [problem.code for problem in problems_of(HEAD + TARGET + rest, AROUND)] == codes
