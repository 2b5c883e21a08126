"""The schemas for editors hold what the vocabulary holds, by the rules that keep them useful, and take every good file."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forms.compiling.form import compile_form
from forms.vocabulary import FIELD_TYPES, KINDS, keys_of
from forms.vocabulary.schemas import FILES, Names, file_name, schema_of
from tests.forms.desk_folders import ROOT, VERBS, surroundings
from tests.forms.schemas.written import as_json, refusals, validator

GOOD = sorted(
    file
    for place in ("forms/library", "tests/forms/examples", "tests/forms/answering/desk", "tests/runner/pipeline/forms")
    for file in (ROOT / place).rglob("*.yaml")
)
FORM = "format: form/1\nid: x\ntitle: X\n"
OPERATIONS = "operations:\n  - { id: a, do: directory.user.unlock, with: { user: $(target) } }\n"


def schemas() -> Iterator[tuple[str, Any]]:
    for file in FILES:
        yield file, schema_of(file, VERBS)


def records(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield a schema and every schema in it; the names of properties are no keywords."""
    if isinstance(schema, dict):
        yield schema
        for keyword, value in schema.items():
            if keyword in ("default", "const", "enum"):
                continue
            named = keyword in ("properties", "patternProperties", "definitions")
            for inner in value.values() if named else value if isinstance(value, list) else [value]:
                yield from records(inner)


def against(text: str) -> list[str]:
    return refusals("x.form.yaml", text.encode())


@pytest.mark.parametrize("file", GOOD, ids=[file.relative_to(ROOT).as_posix() for file in GOOD])
def test_every_good_file_is_accepted_as_yaml_and_as_json(file: Path) -> None:
    assert refusals(file.name, file.read_bytes()) == []
    assert refusals("x.json", as_json(file.read_bytes())) == []


def test_there_is_a_schema_for_every_kind_of_file() -> None:
    assert {"form", "access", "lookups", "list", "verification", "settings", "fixture"} <= set(FILES)
    assert file_name("form") == "form-1.json"
    with pytest.raises(KeyError):
        schema_of("invoice", VERBS)


def test_the_schemas_keep_to_what_editors_judge_well() -> None:
    for file, schema in schemas():
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        for record in records(schema):
            assert not {"oneOf", "unevaluatedProperties", "examples", "$defs", "$id"} & set(record), file
            assert "$ref" not in record or set(record) == {"$ref"}


def test_every_reference_leads_to_a_definition() -> None:
    for _, schema in schemas():
        used = {record["$ref"] for record in records(schema) if "$ref" in record}
        assert used == {f"#/definitions/{name}" for name in schema["definitions"]}


def test_every_key_of_the_vocabulary_is_offered_with_what_it_means() -> None:
    said: dict[str, set[str]] = {}
    for _, schema in schemas():
        for record in records(schema):
            for name, inner in record.get("properties", {}).items():
                if isinstance(inner, dict) and "description" in inner:
                    said.setdefault(name, set()).add(inner["description"])
    keys = [key for kind in KINDS.values() for key in kind.keys.values()]
    keys += [key for type_ in FIELD_TYPES for key in keys_of(type_).values()]
    for key in keys:
        assert any(key.meaning in sentence for sentence in said[key.name]), key.name


@pytest.mark.parametrize("type_", sorted(FIELD_TYPES))
def test_a_field_has_the_keys_of_its_type_and_no_others(type_: str) -> None:
    own = keys_of(type_)
    needed = [key.name for key in own.values() if key.needed and key.name not in ("id", "type")]
    assert against(f"{FORM}fields: [{{ id: a, type: {type_} }}]\n") == [
        f"$.fields[0]: '{name}' is a required property" for name in needed
    ]
    foreign = {name for each in FIELD_TYPES for name in keys_of(each)} - set(own)
    for name in sorted(foreign):
        said = against(f"{FORM}fields: [{{ id: a, type: {type_}, {name}: x }}]\n")
        assert any("False schema" in line or f"'{name}' was unexpected" in line for line in said), name


def test_every_verb_has_its_arguments_and_no_others() -> None:
    for verb in VERBS.values():
        given = ", ".join(f"{argument.name}: $(x)" for argument in verb.arguments if argument.type != "map")
        given += ", set: {}" if verb.argument("set") else ""
        step = f"{FORM}operations: [{{ id: a, do: {verb.name}, with: {{ {given}"
        assert against(f"{step} }} }}]\n") == [], verb.name
        assert [line.split(":")[0] for line in against(f"{step}, colour: x }} }}]\n")] == ["$.operations[0].with"]
        needed = any(argument.needed for argument in verb.arguments)
        assert bool(against(f"{FORM}operations: [{{ id: a, do: {verb.name} }}]\n")) == needed


def test_the_verbs_are_those_of_the_installed_connectors() -> None:
    one = {name: VERBS[name] for name in ("directory.user.unlock",)}
    operation = schema_of("form", one)["definitions"]["OPERATION"]
    assert operation["properties"]["do"]["enum"] == ["directory.user.unlock"]
    assert operation["properties"]["do"]["enumDescriptions"] == ["Unlock an account"]
    assert "enum" not in schema_of("form", {})["definitions"]["OPERATION"]["properties"]["do"]


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        ("category: 2027", True),
        ("category: true", True),
        ("title: { en: Text, nl: Tekst }", True),
        ("title: { en: [Text] }", False),
        ("title:", False),
        ("version: '2'", True),
        ("version: 2.5", False),
        ("version: two", False),
        ("status: Live", False),
        ("x-team: [anything, { at: all }]", True),
        ("$schema: ../form-1.json", True),
        ("team: x", False),
        ("tags: one", False),
        ("limits: { per_actor: 3/day }", True),
        ("limits: { per_actor: 3 per day }", False),
        ("run_at: 2027-01-31T09:00:00+01:00", True),
        ("requires: [user.read]", True),
        ("requires: [user.reed]", False),
        ("fields: [{ section: S, fields: [{ id: a, type: text }] }]", True),
        ("fields: [{ section: S, type: text, fields: [] }]", False),
        ("fields: [{ use: office }, { section: S, fields: [{ use: office }] }]", True),
        ("fields: [{ use: office, label: Office }]", False),
        ("fields: [{ id: a, type: text, required: 'yes' }]", False),
        ("fields: [{ id: a, type: text, required: target.enabled }]", True),
        ("fields: [{ id: a, type: text, sensitive: yes }]", False),
        ("fields: [{ id: a, type: text, sensitive: 'true' }]", False),
        ("fields: [{ id: A, type: text }]", False),
        ("fields: [{ id: a, type: phone, default: +31612345678 }]", True),
        ("fields: [{ id: a, type: choice, options: [x, 1, { value: y, label: Y }] }]", True),
        ("fields: [{ id: a, type: choice, options: { list: departments } }]", True),
        ("fields: [{ id: a, type: choice, options: departments }]", False),
        ("fields: [{ id: a, type: text, validate: [{ check: value != 'x' }] }]", True),
        ("fields: [{ id: a, type: rows, fields: [{ id: b, type: text, rows: 3 }] }]", False),
    ],
)
def test_a_line_is_judged_by_its_shape(line: str, is_fine: bool) -> None:
    rest = "\n".join(each for each in FORM.splitlines() if each.split(":")[0] != line.split(":")[0])
    assert (against(f"{rest}\n{line}\n{OPERATIONS}") == []) == is_fine


BASED = "format: form/1\nid: x\ntitle: X\nextends: y\n"


@pytest.mark.parametrize(
    ("line", "is_fine"),
    [
        ("", True),
        ("fields: [{ id: a, label: Other }, { id: b, remove: true }]", True),
        ("fields: [{ id: a, type: text, options: [x] }]", False),
        ("fields: [{ id: a, labell: Other }]", False),
        ("fields: [{ use: office }]", True),
        ("category: { remove: true }", True),
        ("category: { remove: false }", False),
        ("description: { nl: { remove: true } }", True),
        ("target: { max: 3, within: { remove: true } }", True),
        ("verify: { remove: true }", True),
        ("status: { remove: true }", True),
        ("status: gone", False),
        ("operations: [{ id: a, with: { ou: $(ou) } }]", True),
        ("operations: [{ id: a, do: directory.user.move, with: { ou: $(ou) } }]", True),
        ("operations: [{ id: a, do: directory.user.move, with: { unit: $(ou) } }]", False),
        ("colour: red", False),
    ],
)
def test_a_form_based_on_another_says_only_what_differs(line: str, is_fine: bool) -> None:
    assert (against(f"{BASED}{line}\n") == []) == is_fine
    if is_fine and "remove" in line:
        assert against(f"{FORM}{line}\n") != []


NAMES = Names(resource_sets=["staff", "2027"], verification_policies=["caller-basic"], roles=["desk"], forms=["unlock"])


@pytest.mark.parametrize(
    ("file", "text", "is_fine"),
    [
        ("form", "target: { type: user, within: [staff, 2027] }", True),
        ("form", "target: { type: user, within: [stafff] }", False),
        ("form", "verify: caller-basic", True),
        ("form", "verify: { policy: none, because: Nobody calls. }", True),
        ("form", "verify: caller", False),
        ("form", "result: { next: [{ form: not-written-yet }] }", True),
        ("access", "bindings: [{ id: b, principals: [everyone], role: not-saved-yet, on: staff }]", True),
    ],
)
def test_names_of_a_desk_are_known_where_it_is_given(file: str, text: str, is_fine: bool) -> None:
    written = validator(file, NAMES)
    document = f"format: {file}/1\nid: x\ntitle: X\n{text}\n" if file == "form" else f"format: {file}/1\n{text}\n"
    root = json.loads(as_json(document.encode()))
    assert (list(written.iter_errors(root)) == []) == is_fine
    assert list(validator(file).iter_errors(root)) == []


def test_a_form_in_json_may_say_its_schema() -> None:
    text = {"$schema": "../form-1.json", "format": "form/1", "id": "x", "title": "X", "target": {"type": "user"}}
    step = {"id": "a", "do": "directory.user.update", "with": {"user": "$(target)", "set": {"office": "A"}}}
    content = json.dumps({**text, "operations": [step]}).encode()
    assert refusals("x.form.json", content) == []
    form, _ = compile_form("x.form.json", content, surroundings())
    same, _ = compile_form("x.form.json", content.replace(b'"$schema": "../form-1.json", ', b""), surroundings())
    assert form.digest == same.digest
