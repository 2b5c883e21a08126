"""The command that prints the schemas, for the product as it ships and for one desk."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from forms.documents import read_document
from forms.vocabulary.schemas import FILES, file_name
from tests.forms.schemas.written import as_yaml, kind_of
from tests.runner.cli.commands import deskhand

UNLOCK = "format: form/1\nid: x\ntitle: X\n{}\noperations: [{{ id: a, do: {}, with: {{ user: $(target) }} }}]\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editors") / "desk"
    assert deskhand("init", folder).code == 0
    return folder


def against(schema: Path, text: str) -> list[str]:
    judge = Draft7Validator(json.loads(schema.read_text(encoding="utf-8")))
    root = as_yaml(read_document("x.form.yaml", text.encode()).root)
    return [error.json_path for error in judge.iter_errors(root)]


def test_one_schema_is_printed_and_a_form_is_meant_when_nothing_is_said() -> None:
    printed = deskhand("schema")
    assert (printed.code, printed.err) == (0, "")
    assert printed.json["title"] == "Deskhand: form (form/1)"
    assert deskhand("schema", "form").out == printed.out
    assert deskhand("schema", "lookups").json["title"] == "Deskhand: lookups file (lookups/1)"
    wrong = deskhand("schema", "invoice")
    assert wrong.code == 2
    assert "'invoice' is not one of 'form'" in wrong.err


def test_all_schemas_are_written_with_the_settings_of_an_editor(tmp_path: Path) -> None:
    said = deskhand("schema", "--all", tmp_path / "a" / "b")
    assert (said.code, said.out) == (0, f"{len(FILES)} schemas are in {tmp_path / 'a' / 'b'}.\n")
    assert {file.name for file in (tmp_path / "a" / "b").iterdir()} == {file_name(file) for file in FILES}
    settings = deskhand("schema", "--all", tmp_path, "--vscode").json
    assert settings["yaml.schemas"][(tmp_path / "form-1.json").as_uri()] == ["*.form.yaml", "*.form.yml"]
    assert {"fileMatch": ["*.form.json"], "url": (tmp_path / "form-1.json").as_uri()} in settings["json.schemas"]
    assert deskhand("schema", "--vscode").code == 2


def test_the_schemas_of_a_desk_accept_its_files_and_know_its_names(desk: Path, tmp_path: Path) -> None:
    assert deskhand("schema", "--desk", desk, "--all", tmp_path).code == 0
    files = sorted((desk / "forms").rglob("*.yaml"))
    for file in files:
        kind = kind_of(as_yaml(read_document(file.name, file.read_bytes()).root))
        assert against(tmp_path / file_name(kind), file.read_text(encoding="utf-8")) == [], file.name
    assert len(files) > 40
    form = tmp_path / "form-1.json"
    verb = "directory.user.unlock"
    assert against(form, UNLOCK.format("target: { type: user, within: [rotterdam] }", verb)) == []
    assert against(form, UNLOCK.format("target: { type: user, within: [roterdam] }", verb)) == ["$.target.within[0]"]
    assert against(form, UNLOCK.format("verify: nobody", verb)) == ["$.verify"]


def test_what_a_desk_cannot_say_is_left_open(desk: Path, tmp_path: Path) -> None:
    names = {"lookups.yaml": "lookups", "verification.yaml": "policies", "access.yaml": "roles", "settings.yaml": "org"}
    kept = {name: (desk / "forms" / name).read_bytes() for name in names}
    try:
        for name in names:
            (desk / "forms" / name).write_text("format: [", encoding="utf-8")
        assert deskhand("schema", "--desk", desk, "--all", tmp_path).code == 0
    finally:
        for name, content in kept.items():
            (desk / "forms" / name).write_bytes(content)
    text = UNLOCK.format("target: { type: user, within: [any] }\nverify: any", "directory.user.unlock")
    assert against(tmp_path / "form-1.json", text) == []


def test_a_folder_that_is_no_desk_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    missing = deskhand("schema", "--desk", tmp_path / "nothing")
    assert (missing.code, missing.out) == (3, "")
    assert "no desk folder" in missing.err
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert deskhand("schema", "--all", tmp_path / "file").code == 2
    below = deskhand("schema", "--all", tmp_path / "file" / "below")
    assert below.code in (2, 3)
    assert "below" in below.err
