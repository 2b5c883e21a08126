"""The effective schema, refusals of a target, new rows, and what cannot be written in a case file."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from forms.answering.schema import effective_schema, wire_of
from forms.answering.situation import in_language, in_markdown
from forms.answering.validating import target_refusal
from forms.answering.working_out import new_row
from forms.definition import Form
from forms.errors import AnswersError
from forms.vocabulary.fields import FIELD_TYPES
from tests.forms.answering.answering_desk import EVERY_TYPE, Reading, situation_for, small_form, validated, worked

ANSWERED = [field.id for field in EVERY_TYPE.fields if field.type not in ("note", "computed")]
ODD: dict[str, Any] = {
    "half a character": "a\ud800b",
    "a list in a list": [["x"]],
    "a map of odd keys": {"": None, "add": {}, "remove": 1, "\0": []},
    "a list of everything": [None, True, 0, -1.5, "x", [], {}, "\udfff"],
    "the largest number JSON can be read with": 10**4_299,
    "no number": float("nan"),
    "endless": float("inf"),
    "deep": [[[[[[[[{"a": [[[]]]}]]]]]]]],
}


def test_every_type_of_the_language_is_among_these() -> None:
    assert {field.type for field in EVERY_TYPE.fields} == FIELD_TYPES.keys()


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("field", ANSWERED)
def test_an_odd_answer_is_refused_at_its_question_and_nothing_else_happens(field: str, odd: str) -> None:
    with pytest.raises(AnswersError) as refused:
        validated(situation_for(EVERY_TYPE), {field: ODD[odd]})
    assert {problem.field for problem in refused.value.problems} == {field}


def test_the_schema_is_closed_and_has_the_open_questions_only() -> None:
    form = small_form("""
fields:
  - { id: more, type: boolean, required: true }
  - { id: hidden, type: text, when: more }
  - { id: shown, type: text, readonly: true, default: x }
  - { id: a, type: number, required: true, min: 1, max: $(a_most), integer: true }
  - { id: a_most, type: number, default: 5 }
  - { id: b, type: choice, options: [red, blue] }
  - { id: c, type: note, text: Well. }
  - { id: d, type: computed, value: $(a) }
""")
    found = worked(situation_for(form), {"hidden": "x", "a": 3}).answers
    schema = effective_schema(found)
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["a"]
    assert list(schema["properties"]) == ["more", "a", "a_most", "b"]
    assert schema["properties"]["a"] == {"type": "integer", "minimum": 1, "maximum": 5}
    assert schema["properties"]["b"]["enum"] == ["red", "blue"]
    assert wire_of(found) == {"more": False, "a": 3, "a_most": 5}


def test_the_schema_of_every_type_is_a_schema() -> None:
    Draft202012Validator.check_schema(effective_schema(worked(situation_for(EVERY_TYPE), {}).answers))


def test_a_typed_password_stays_out_of_what_answers_print() -> None:
    found = validated(situation_for(EVERY_TYPE), {"password": "correct horse battery"})
    assert "correct horse" not in repr(found)
    assert "correct horse" not in str(found.values)


REFUSING = small_form("""
target:
  type: user
  where:
    - { check: target.enabled, message: Disabled. }
    - { check: target.title == "Seller", message: { en: "$(target.display_name) does not sell.", nl: Verkoopt niet. } }
    - { check: 'target.department != "IT"', message: Not IT. }
""")


def refusal(target: str | None, form: Form = REFUSING, language: str = "en") -> str:
    return Reading().gather(situation_for(form, target, language=language), target_refusal)[0]


def test_a_target_that_fits_is_not_refused() -> None:
    assert refusal("user:u-bob") == ""
    assert refusal("user:u-alice", small_form("")) == ""


def test_a_target_is_refused_with_the_first_rule_it_does_not_meet() -> None:
    assert refusal("user:u-alice") == "Alice Agent does not sell."
    assert refusal("user:u-alice", language="nl") == "Verkoopt niet."


def test_a_target_that_is_gone_is_refused() -> None:
    assert refusal("user:u-nobody") == "Disabled."


def test_a_form_without_a_target_refuses_nobody() -> None:
    form = small_form("""
fields: [{ id: a, type: text }]
operations: [{ id: act, do: mailbox.create_shared, with: { name: $(a), address: "$(a)@$(org.mail_domain)" } }]
""")
    assert refusal(None, form) == ""


def test_an_empty_row_starts_with_its_defaults() -> None:
    form = small_form("""
fields:
  - id: lines
    type: rows
    fields:
      - { id: a, type: text, default: "$(target.login)!" }
      - { id: b, type: text, default: $(a) }
      - { id: c, type: boolean, default: true }
""")
    row, _ = Reading().gather(situation_for(form), lambda known: new_row(known, form.field("lines")))
    assert {id_: answer.wire for id_, answer in row.items()} == {"a": "bob!", "b": "bob!", "c": True}
    assert all(answer.follows and not answer.is_given for answer in row.values())


def test_what_is_filled_into_markdown_is_inert_and_what_the_author_wrote_is_not() -> None:
    form = small_form('fields: [{ id: a, type: text, label: "**Of** $(org.mail_domain) $(target.title)" }]\n')
    situation = situation_for(form)
    environment = situation.environment({})
    text = form.field("a").label
    said, _ = Reading().gather(situation, lambda known: in_markdown(text, "en", known.environment({})))
    assert said == "**Of** example.org Seller"
    assert in_language(None, "en", environment) == in_markdown(None, "en", environment) == ""
