"""What the real yaml-language-server marks in files: mistakes of shape, and nothing in files that are right."""

from itertools import count
from pathlib import Path

import pytest

from tests.editor.language_server import LanguageServer
from tests.forms.desk_folders import HERE, ROOT, library

HEAD = "format: form/1\nid: small\ntitle: Small\n"
STEP = f"{HEAD}operations:\n  - id: a\n    do: "
MISTAKES = HERE / "mistakes"
NUMBERS = count(1)
# The lines the editor marks in the files of the checker's tests; what is not named here only the checker can know.
SEEN_BY_EDITORS = {
    "m01-colon": {3, 4},
    "m02-twice": {11},
    "m03-typo-key": {10},
    "m04-yes": {8},
    "m05-type": {8},
    "m11-verb": {7, 11},
    "m17-quote-first": {10},
    "m18-renamed": {13},
}


def marked(server: LanguageServer, text: str, name: str = "small.form.yaml") -> list[tuple[int, int, str]]:
    """Return line and column, from 1, and the sentence of everything that is marked in a file."""
    uri = f"file:///desk/marking/{next(NUMBERS)}/forms/{name}"
    server.open(uri, text)
    found = server.diagnostics(uri)
    places = [(each["range"]["start"]["line"] + 1, each["range"]["start"]["character"] + 1) for each in found]
    return [(*place, each["message"]) for place, each in zip(places, found, strict=True)]


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        (f"{HEAD}fields:\n  - id: a\n    type: text\n    requierd: true\n", 7, 5, "Property requierd is not allowed."),
        (f"{HEAD}fields:\n  - id: a\n    type: boolean\n    pattern: x\n", 7, 5, "Property pattern is not allowed."),
        (f"{HEAD}fields:\n  - id: a\n    type: dropdown\n", 6, 11, 'Value is not accepted. Valid values: "text", '),
        (f"{STEP}directory.user.disabel\n", 6, 9, 'Value is not accepted. Valid values: "directory.user.create", '),
        (
            f"{STEP}directory.user.unlock\n    with:\n      user: x\n      who: x\n",
            9,
            7,
            "Property who is not allowed.",
        ),
        (f"{STEP}directory.user.move\n    with:\n      user: x\n", 7, 5, 'Missing property "ou".'),
        (f"{STEP}directory.user.unlock\n", 5, 5, 'Missing property "with".'),
        (f"{HEAD}fields:\n  - id: a\n    type: text\n    sensitive: yes\n", 7, 16, "Write  true  or  false ."),
        (
            f"{HEAD}fields:\n  - id: a\n    type: text\n    required: 'yes'\n",
            7,
            15,
            "Write  true  or  false , without ",
        ),
        (f"{HEAD}fields:\n  - type: text\n", 5, 5, 'Missing property "id".'),
        (f"{HEAD}fields:\n  - id: a\n    type: choice\n", 5, 5, 'Missing property "options".'),
        ("format: form/1\nid: small\n", 1, 1, 'Missing property "title".'),
        (f"{HEAD}status: live!\n", 4, 9, 'Value is not accepted. Valid values: "draft", "live", "retired".'),
        (f"{HEAD}version: two\n", 4, 10, "Write a whole number."),
        (f"{HEAD}tags: one\n", 4, 7, 'Incorrect type. Expected "array".'),
        (f"{HEAD}limits:\n  per_actor: 5 per day\n", 5, 14, "Write for example  30/hour  or  3/day ."),
        (
            f"{STEP}directory.user.set_password\n    with: {{ user: x, password: Secret1 }}\n",
            7,
            32,
            "A password is never",
        ),
        (
            f"{STEP}directory.user.update\n    with: {{ user: x, set: {{ login: x }} }}\n",
            7,
            29,
            "Property login is not",
        ),
    ],
)
def test_a_mistake_of_shape_is_marked_at_its_place(
    server: LanguageServer, text: str, line: int, column: int, sentence: str
) -> None:
    found = marked(server, text)
    assert [(each[0], each[1]) for each in found] == [(line, column)], found
    assert found[0][2].startswith(sentence)


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "access.yaml",
            "format: access/1\nroles:\n  - id: a\n    permissions: [user.reed]\n",
            "Value is not accepted.",
        ),
        ("lookups.yaml", "format: lookups/1\nlookups:\n  - id: a\n", 'Missing property "find".'),
        ("settings.yaml", "format: settings/2\n", 'Value is not accepted. Valid values: "settings/1".'),
        ("lists/a.list.yaml", "format: list/1\nid: a\ncolumns: []\n", 'Missing property "rows".'),
    ],
)
def test_the_other_files_are_judged_too(server: LanguageServer, name: str, text: str, sentence: str) -> None:
    ((_, _, said),) = marked(server, text, name)
    assert said.startswith(sentence)


def test_a_form_based_on_another_need_not_be_complete(server: LanguageServer) -> None:
    child = f"{HEAD}extends: base\nfields:\n  - id: a\n    label: Other\n  - id: b\n    remove: true\n"
    assert marked(server, child) == []
    ((line, _, sentence),) = marked(server, f"{child}  - id: c\n    labell: Other\n")
    assert (line, sentence) == (11, "Property labell is not allowed.")


def test_the_editor_sees_the_mistakes_of_shape_among_those_of_the_checker(server: LanguageServer) -> None:
    files = [file for file in MISTAKES.glob("m*.form.yaml") if int(file.name[1:3]) < 20]
    assert len(files) == 19
    seen = {}
    for file in files:
        lines = {line for line, _, _ in marked(server, file.read_text(encoding="utf-8"), file.name)}
        if lines:
            seen[file.name.removesuffix(".form.yaml")] = lines
    assert seen == SEEN_BY_EDITORS


def test_nothing_is_marked_in_the_files_of_the_library(server: LanguageServer) -> None:
    files = {f"library/forms/{name}": content.decode() for name, content in library().items()}
    for name, text in files.items():
        server.open(f"file:///desk/{name}", text)
    assert {name: server.diagnostics(f"file:///desk/{name}") for name in files} == {name: [] for name in files}
    assert len(files) > 40


def test_the_first_line_of_a_file_names_its_schema(server: LanguageServer, schemas: Path) -> None:
    line = f"# yaml-language-server: $schema={(schemas / 'form-1.json').as_uri()}\n"
    text = (ROOT / "forms" / "library" / "unlock-account.form.yaml").read_text(encoding="utf-8")
    assert marked(server, line + text, "anything.yaml") == []
    assert [each[0] for each in marked(server, f"{line}{HEAD}colour: red\n", "anything.yaml")] == [5]
    assert marked(server, f"{HEAD}colour: red\n", "anything.yaml") == []
