"""What the real yaml-language-server offers and says while somebody writes a form."""

from itertools import count

import pytest

from forms.vocabulary import FIELD_TYPES, KINDS, keys_of
from tests.editor.language_server import CURSOR, LanguageServer
from tests.forms.desk_folders import VERBS

HEAD = "format: form/1\nid: small\ntitle: Small\n"
FIELD = f"{HEAD}fields:\n  - id: a\n    type: user\n    "
STEP = f"{HEAD}operations:\n  - id: a\n    do: "
NUMBERS = count(1)


def offered(server: LanguageServer, marked: str, name: str = "small.form.yaml") -> dict[str, str]:
    """Return what is offered at the cursor, each with what it means."""
    found = server.at("textDocument/completion", f"file:///desk/{next(NUMBERS)}/forms/{name}", marked)
    return {item["label"]: str(item.get("documentation", "")) for item in found["items"]}


def hover(server: LanguageServer, marked: str, name: str = "small.form.yaml") -> str:
    found = server.at("textDocument/hover", f"file:///desk/{next(NUMBERS)}/forms/{name}", marked)
    return str(found["contents"]["value"]).replace("\\", "")


def test_the_keys_of_a_form_are_offered_with_their_meanings(server: LanguageServer) -> None:
    found = offered(server, f"{HEAD}{CURSOR}\n")
    wanted = {name: key.meaning for name, key in KINDS["FORM"].keys.items()}
    for written in ("format", "id", "title"):
        del wanted[written]
    assert set(found) >= set(wanted)
    assert found["status"] == wanted["status"]
    assert not {"format", "$schema"} & set(found)


def test_the_keys_of_a_field_are_offered_whatever_its_type(server: LanguageServer) -> None:
    found = offered(server, f"{FIELD}{CURSOR}\n")
    own = set(keys_of("user")) - {"id", "type"}
    assert own <= set(found)
    assert found["within"] == keys_of("user")["within"].meaning
    assert "pattern" in found


def test_the_types_of_fields_are_offered_with_their_meanings(server: LanguageServer) -> None:
    wanted = {name: found.meaning for name, found in FIELD_TYPES.items()}
    assert offered(server, f"{HEAD}fields:\n  - id: a\n    type: {CURSOR}\n") == wanted


def test_every_verb_is_offered_with_its_meaning(server: LanguageServer) -> None:
    wanted = {name: verb.meaning for name, verb in VERBS.items()}
    assert offered(server, f"{STEP}{CURSOR}\n") == wanted
    assert offered(server, f"{STEP}directory.user.se{CURSOR}\n") == wanted  # the editor narrows it down


@pytest.mark.parametrize("verb", ["directory.user.set_password", "directory.group.add_members", "mailbox.grant"])
def test_the_arguments_of_the_verb_are_offered(server: LanguageServer, verb: str) -> None:
    found = offered(server, f"{STEP}{verb}\n    with:\n      {CURSOR}\n")
    arguments = {argument.name: argument.meaning for argument in VERBS[verb].arguments}
    assert {name: text for name, text in found.items() if name in arguments} == arguments
    others = {argument.name for each in VERBS.values() for argument in each.arguments} - set(arguments)
    assert not others & set(found)


def test_attributes_that_may_be_set_are_offered(server: LanguageServer) -> None:
    found = offered(
        server, f"{STEP}directory.user.update\n    with:\n      user: $(target)\n      set:\n        {CURSOR}\n"
    )
    assert found["department"] == "Department"
    assert not {"login", "mail", "groups"} & set(found)


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        (f"{HEAD}status: {CURSOR}\n", {"draft", "live", "retired"}),
        (f"{FIELD}required: {CURSOR}\n", {"true", "false"}),
        (f"{FIELD}unique:\n      when_taken: {CURSOR}\n", {"number", "refuse"}),
        (f"{HEAD}requires:\n  - {CURSOR}\n", {"user.read", "access.manage"}),
        (f"{HEAD}verify:\n  {CURSOR}\n", {"policy", "when", "because"}),
        (f"{HEAD}extends: base\n{CURSOR}\n", {"fields", "verify", "operations"}),
        (f"{HEAD}extends: base\nfields:\n  - id: a\n    {CURSOR}\n", {"remove", "label", "options"}),
        (f"{HEAD}extends: base\nstatus: {CURSOR}\n", {"draft", "live", "retired"}),
        (f"{STEP}mailbox.grant\n    with:\n      rights:\n        - {CURSOR}\n", {"full_access", "send_as"}),
        (f"{HEAD}fields:\n  - section: S\n    fields:\n      - id: a\n        type: {CURSOR}\n", {"text", "user"}),
    ],
)
def test_fixed_words_and_keys_of_records_are_offered(server: LanguageServer, marked: str, wanted: set[str]) -> None:
    assert wanted <= set(offered(server, marked))


@pytest.mark.parametrize(
    ("marked", "sentence"),
    [
        (
            f"{HEAD}sta{CURSOR}tus: live\n",
            "A draft can only be previewed; a retired form stays readable in the journal.",
        ),
        (f"{HEAD}tar{CURSOR}get: {{ type: user }}\n", "Person or thing the form acts on; always the first step."),
        (f"{FIELD}wi{CURSOR}thin: [staff]\n", "Resource sets to pick from."),
        (f"{HEAD}fields:\n  - id: a\n    type: da{CURSOR}te\n", "Kind of field."),
        (f"{STEP}directory.user.un{CURSOR}lock\n", "Unlock an account"),
        (f"{STEP}directory.user.unlock\n    with:\n      us{CURSOR}er: $(target)\n", "The person"),
    ],
)
def test_what_a_word_means_is_said_over_it(server: LanguageServer, marked: str, sentence: str) -> None:
    assert sentence in hover(server, marked)


@pytest.mark.parametrize(
    ("name", "marked", "wanted"),
    [
        ("access.yaml", f"format: access/1\nroles:\n  - id: a\n    {CURSOR}\n", {"permissions", "includes"}),
        ("lookups.yaml", f"format: lookups/1\nlookups:\n  - id: a\n    find: {CURSOR}\n", {"user", "group"}),
        ("lists/a.list.yaml", f"format: list/1\nid: a\n{CURSOR}\n", {"columns", "rows"}),
        ("verification.yaml", f"format: verification/1\n{CURSOR}\n", {"policies", "methods"}),
        ("settings.yaml", f"format: settings/1\n{CURSOR}\n", {"languages", "org"}),
        ("fixtures/a.yaml", f"format: fixture/1\n{CURSOR}\n", {"today", "users"}),
        ("settings.yaml", f"{CURSOR}\n", {"format", "timezone"}),
    ],
)
def test_the_other_files_are_completed_too(server: LanguageServer, name: str, marked: str, wanted: set[str]) -> None:
    assert wanted <= set(offered(server, marked, name))
