"""Drafted forms compile without a word of complaint, whatever verb they use, and stand in canonical order."""

import pytest

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_surroundings
from forms.compiling.form import compile_form
from forms.editing import formatted
from forms.editing.drafted_fields import written
from forms.editing.drafting import (
    Doing,
    Draft,
    DraftTest,
    Given,
    acts_on,
    arguments_to_give,
    drafted,
    id_from,
    questions_of,
    settable,
    usual,
)
from runner.deskfolder import library

VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}
AROUND, _ = load_surroundings(library(), VERBS)
FILE = "a-form.form.yaml"


def doing(name: str) -> Doing:
    """The verb with everything asked that can be asked."""
    verb = VERBS[name]
    given = {one.name: usual(verb, one, acts_on(verb)) for one in arguments_to_give(verb) if one.type != "map"}
    given = {
        key: one if one.source != "constant" else Given("constant", "all@sample.test") for key, one in given.items()
    }
    return Doing(verb, {**given, **{f"set.{key}": Given("question") for key in settable(verb)}})


def draft(*names: str, **more: str) -> Draft:
    callers = "caller-basic" if any(VERBS[name].caller_check for name in names) else ""
    doings = tuple(doing(name) for name in names)
    return Draft(
        "a-form",
        "A form: the first",
        doings,
        acts_on(VERBS[names[0]]),
        verify=callers,
        password_policy="temporary",
        **more,
    )


@pytest.mark.parametrize("name", VERBS)
def test_a_draft_with_any_verb_has_nothing_to_complain_about(name: str) -> None:
    text = drafted(draft(name, ticket="required", schema="schemas/form-1.json")).encode()
    form, problems = compile_form(FILE, text, AROUND)
    assert problems == ()
    assert [step.verb.name for step in form.steps] == [name]
    assert formatted(FILE, text) == text


def test_several_verbs_share_no_ids() -> None:
    made = draft("directory.user.move", "directory.user.set_expiry", "directory.user.move", within="all-staff")
    form, problems = compile_form(FILE, drafted(made).encode(), AROUND)
    assert problems == ()
    assert [step.id for step in form.steps] == ["move", "set_expiry", "move_3"]
    assert [field.id for field in questions_of(made)] == ["ou", "on", "move_3_ou"]
    assert form.target is not None


def test_a_caller_who_is_not_checked_is_said_to_be_so() -> None:
    made = Draft(
        "a-form", "A form", (doing("directory.user.unlock"),), "user", verify="none", because="Only at the desk: #1"
    )
    form, problems = compile_form(FILE, drafted(made).encode(), AROUND)
    assert (problems, form.verify is not None) == ((), True)
    assert 'because: "Only at the desk: #1"' in drafted(made)


def test_tests_are_written_with_what_they_fill_in_and_expect() -> None:
    tests = (
        DraftTest("one", "z.lindqvist", "identity-lead", {"on": "2031-12-31"}),
        DraftTest("two", "z.lindqvist", asked=("on",)),
    )
    made = Draft("a-form", "A form", (doing("directory.user.set_expiry"),), "user", tests=tests)
    text = drafted(made).encode()
    form, problems = compile_form(FILE, text, AROUND)
    assert (problems, len(form.examples)) == ((), 2)
    assert formatted(FILE, text) == text


@pytest.mark.parametrize(
    ("title", "id_"), [("Unlock account", "unlock-account"), ("  Süd & Öst!", "s-d-st"), ("Ελένη", "")]
)
def test_ids_are_made_of_titles(title: str, id_: str) -> None:
    assert id_from(title) == id_


@pytest.mark.parametrize(
    ("text", "yaml"),
    [("plain words", "plain words"), ("a: b", '"a: b"'), ("yes", '"yes"'), ("12", '"12"'), ("", '""'),
     ("$(target)", "$(target)"),
     ("x #y", '"x #y"'), ('say "hi"', '"say \\"hi\\""')],
)  # fmt: skip
def test_texts_are_quoted_where_they_have_to_be(text: str, yaml: str) -> None:
    assert written(text) == yaml
