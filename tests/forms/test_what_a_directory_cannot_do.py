"""Forms that ask for more than the directory of a desk can do say so when they are checked, not when they are used."""

from collections.abc import Mapping

import pytest

from connectors.ldap.layout import layout
from connectors.ldap.offering import offered
from connectors.spi import Verb
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue
from forms.errors import Problem
from tests.forms.desk_folders import HEAD, VERBS, library

BASE = "dc=example,dc=test"
CUSTOM = {
    "badge": {"attribute": "roomNumber", "label": "Badge", "settable": True},
    "seats": {"attribute": "carLicense", "type": "number", "settable": True},
    "cost_centre": "destinationIndicator",
}
ON_OPENLDAP = {**VERBS, **offered(layout("openldap", BASE, custom=CUSTOM))}
ON_ACTIVE_DIRECTORY = {**VERBS, **offered(layout("active_directory", BASE))}
PERSON = "target: { type: user }\n"


def problems(text: str, verbs: Mapping[str, Verb] = ON_OPENLDAP) -> list[Problem]:
    catalogue, found = load_catalogue({"small.form.yaml": (HEAD + text).encode()}, verbs)
    assert ("small" in catalogue.forms) == all(problem.level == "warning" for problem in found)
    return list(found)


def setting(change: str) -> str:
    return (
        PERSON
        + f"operations:\n  - {{ id: u, do: directory.user.update, with: {{ user: $(target), set: {change} }} }}\n"
    )


def changing_group(change: str) -> str:
    step = f"{{ id: u, do: directory.group.update, with: {{ group: $(target), set: {{ {change} }} }} }}"
    return f"target: {{ type: group }}\noperations:\n  - {step}\n"


def test_a_verb_the_directory_cannot_do_is_named_with_its_line_the_reason_and_the_fix() -> None:
    text = PERSON + "operations:\n  - { id: out, do: directory.user.clear_sessions, with: { user: $(target) } }\n"
    (problem,) = problems(text, ON_ACTIVE_DIRECTORY)
    assert (problem.level, problem.code, problem.line) == ("error", "E148", 6)
    reason = "Active Directory keeps no sessions that could be ended"
    assert problem.message == f'"directory.user.clear_sessions" cannot be done here: {reason}'
    assert problem.fix == "Remove the operation, or write  if_possible: true  when the form is of use without it."
    assert problems(text, VERBS) == []


@pytest.mark.parametrize(
    ("verbs", "refused"),
    [
        (ON_ACTIVE_DIRECTORY, ["activate-account", "clear-sessions", "reset-mfa", "update-group"]),
        (
            ON_OPENLDAP,
            ["activate-account", "clear-sessions", "disable-computer", "enable-computer", "reset-mfa", "update-group"],
        ),
    ],
    ids=["active_directory", "openldap"],
)
def test_of_the_library_only_what_cannot_be_done_is_left_out(verbs: Mapping[str, Verb], refused: list[str]) -> None:
    files = library()
    catalogue, found = load_catalogue(files, verbs)
    errors = {problem.file.partition(".")[0]: problem.code for problem in found if problem.level == "error"}
    assert sorted(errors) == refused
    assert set(errors.values()) == {"E148", "E149"}
    assert set(load_catalogue(files, VERBS)[0].forms) - set(catalogue.forms) == set(refused)


def test_an_operation_that_may_be_left_out_is_with_the_questions_that_only_it_reads() -> None:
    files = library()
    whole, here = load_catalogue(files, VERBS)[0], load_catalogue(files, ON_ACTIVE_DIRECTORY)[0]
    assert [step.id for step in whole.forms["disable-account"].steps] == ["disable", "sign_out"]
    form = here.forms["disable-account"]
    assert [step.id for step in form.steps] == ["disable"]
    gone = {field.id for field in whole.forms["disable-account"].fields} - {field.id for field in form.fields}
    assert gone == {"end_sessions"}
    assert "end_sessions" not in form.order
    assert not any(need.permission == "user.sessions.clear" for need in form.needs)
    assert [step.id for step in here.forms["offboard-user"].steps] == ["disable", "reply", "hide", "strip", "park"]


def test_a_question_that_something_else_reads_too_stays() -> None:
    fields = "fields:\n  - { id: leaked, type: boolean, label: Leaked }\n"
    steps = (
        "operations:\n"
        "  - { id: off, do: directory.user.disable, only_if: leaked, with: { user: $(target) } }\n"
        "  - { id: out, do: directory.user.clear_sessions, only_if: leaked, if_possible: true, with: { user: $(target) } }\n"
    )
    catalogue, found = load_catalogue(
        {"small.form.yaml": (HEAD + PERSON + fields + steps).encode()}, ON_ACTIVE_DIRECTORY
    )
    assert [problem.code for problem in found] == ["W330"]
    assert [field.id for field in catalogue.forms["small"].fields] == ["leaked"]
    assert [step.id for step in catalogue.forms["small"].steps] == ["off"]


def test_what_is_left_out_is_checked_all_the_same() -> None:
    step = (
        "{ id: out, do: directory.user.clear_sessions, only_if: nobody, if_possible: true, with: { user: $(target) } }"
    )
    found = problems(
        PERSON + f"operations:\n  - {step}\n  - {{ id: x, do: directory.user.disable, with: {{ user: $(target) }} }}\n"
    )
    assert [problem.code for problem in found] == ["W330", "E210"]


def test_a_form_of_which_nothing_is_left_is_no_form_that_only_shows() -> None:
    step = "{ id: out, do: directory.user.clear_sessions, if_possible: true, with: { user: $(target) } }"
    found = problems(PERSON + f"operations:\n  - {step}\n")
    assert "E148" in [problem.code for problem in found if problem.level == "error"]


def test_an_attribute_the_directory_has_no_place_for_is_said() -> None:
    (problem,) = problems(changing_group("mail: a@example.org"))
    assert (problem.code, problem.line, problem.fix) == ("E149", 6, "Remove it.")
    assert problem.message == (
        '"directory.group.update" cannot set "mail" here: OpenLDAP has no place for “Mail address” of a group'
    )
    assert problems(changing_group("mail: a@example.org"), ON_ACTIVE_DIRECTORY) == []


def test_settings_can_name_an_attribute_that_holds_it() -> None:
    (problem,) = problems(changing_group("display_name: Sales"))
    assert problem.message.endswith(", unless attributes.group.display_name in the settings names one")
    given = layout("openldap", BASE, attributes={"group": {"display_name": "o"}})
    assert problems(changing_group("display_name: Sales"), {**VERBS, **offered(given)}) == []


def test_arguments_of_new_objects_need_a_place_too() -> None:
    text = (
        "fields:\n  - { id: unit, type: ou, label: Unit, required: true }\noperations:\n  - id: make\n"
        "    do: directory.group.create\n    with: { ou: $(unit), name: Sales, mail: a@example.org }\n"
    )
    assert [problem.code for problem in problems(text)] == ["E149"]
    assert problems(text, ON_ACTIVE_DIRECTORY) == []


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ("{ custom.badge: B-17 }", "", ""),
        ("{ custom.seats: 4 }", "", ""),
        ("{ custom.seats: many }", "E114", "number"),
        ("{ custom.cost_centre: X }", "E146", "settable = true  at  custom.cost_centre"),
        ("{ custom.badges: X }", "E126", 'Did you mean "custom.badge"?'),
        ("{ custom.memberOf: X }", "E146", "Remove it."),
    ],
)
def test_a_further_attribute_is_set_only_when_the_settings_let_forms_set_it(change: str, code: str, words: str) -> None:
    found = problems(setting(change))
    assert [problem.code for problem in found] == ([code] if code else [])
    assert all(words in problem.message + problem.fix for problem in found)


def test_further_attributes_belong_to_people_only() -> None:
    text = (
        "target: { type: group }\noperations:\n"
        "  - { id: u, do: directory.group.update, with: { group: $(target), set: { custom.badge: X } } }\n"
    )
    assert [problem.code for problem in problems(text)] == ["E126"]
    assert [problem.code for problem in problems(setting("{ custom.badge: X }"), VERBS)] == ["E126"]


@pytest.mark.parametrize(
    ("read", "codes"),
    [("target.custom.badge", []), ("target.custom.cost_centre", []), ("target.custom.bagde", ["E211"])],
)
def test_a_further_attribute_that_is_read_is_one_of_the_settings(read: str, codes: list[str]) -> None:
    text = setting(f"{{ description: $({read}) }}")
    assert [problem.code for problem in problems(text)] == codes
    assert problems(text, {**DIRECTORY_VERBS, **MAILBOX_VERBS}) == []  # a folder that is checked without its directory


def test_a_directory_without_further_attributes_has_none_to_read() -> None:
    (problem,) = problems(setting("{ description: $(target.custom.badge) }"), ON_ACTIVE_DIRECTORY)
    assert problem.code == "E211"
    assert problem.fix == 'Name it in deskhand.toml:  custom.badge = "…" , with the attribute of the directory.'
