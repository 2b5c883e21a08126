"""`explain`, and the ways in which `check` prints what it found."""

import re
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.reference import examples_of
from forms.reference.topics import topics_of
from forms.vocabulary import FIELD_TYPES, KINDS, keys_of
from forms.vocabulary.codes import CODES
from runner.cli.explaining import page_of
from tests.runner.cli.commands import Result, deskhand, is_one_sentence

TWO_MISTAKES = """\
format: form/1
id: broken
title: Broken
fields:
  - { id: why, type: text, requierd: true }
  - { id: who, type: usr }
operations:
  - { id: open, do: directory.user.enable, with: { user: a.jansen } }
"""
UNUSED = """\
format: form/1
id: unused
title: Unused
fields:
  - { id: why, type: text }
operations:
  - { id: open, do: directory.user.enable, with: { user: a.jansen } }
"""


@pytest.fixture
def forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder ``my forms`` in the working directory, with a form that has two errors and one that has a warning."""
    folder = tmp_path / "my forms"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "broken.form.yaml").write_text(TWO_MISTAKES, encoding="utf-8")
    (folder / "unused.form.yaml").write_text(UNUSED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


def run_of(checked: Result) -> dict:
    (run,) = checked.json["runs"]
    return run


def uris(run: dict) -> list[str]:
    places = [place for result in run["results"] for place in result["locations"]]
    return [place["physicalLocation"]["artifactLocation"]["uri"] for place in places]


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained_with_an_example(code: str) -> None:
    explained = deskhand("explain", code)
    assert (explained.code, explained.err) == (0, "")
    assert explained.out.startswith(f"{code}: {CODES[code]}\n\n")
    assert "\nWrong" in explained.out
    assert "\nRight" in explained.out
    assert "```" not in explained.out


def test_the_list_has_every_code_with_its_line() -> None:
    listed = deskhand("explain")
    assert listed.code == 0
    assert listed.out.splitlines()[: len(CODES)] == [f"{code}  {line}" for code, line in CODES.items()]
    as_json = deskhand("explain", "--json").json
    assert as_json == {"codes": [{"code": code, "summary": line} for code, line in CODES.items()]}


def test_the_letter_of_a_code_may_be_small() -> None:
    assert deskhand("explain", "e210").out == deskhand("explain", "E210").out


def test_a_program_gets_the_page_as_it_is_written() -> None:
    explained = deskhand("explain", "--json", "E210").json
    assert explained == {"code": "E210", "summary": CODES["E210"], "page": page_of("E210")}


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("E219", 'Did you mean "E21'),
        ("E14", 'Did you mean "E14'),
        ("210", 'Did you mean "E210"?'),
        ("requierd", 'Did you mean "required"?'),
        ("phoen", 'Did you mean "phone"?'),
        ("directory.user.unlok", 'Did you mean "directory.user.unlock"?'),
        ("field.wehn", 'Did you mean "field.when"?'),
        ("x" * 70, "All codes: deskhand explain"),
        ("", "All codes: deskhand explain"),
        ("../E210", 'Did you mean "E210"?'),
    ],
)
def test_a_name_that_does_not_exist_gets_the_nearest_one(typed: str, hint: str) -> None:
    refused = deskhand("explain", typed)
    assert (refused.code, refused.out, is_one_sentence(refused.err)) == (1, "", True)
    assert f'There is nothing called "{typed[:60]}" to explain. {hint}' in refused.err
    with pytest.raises(KeyError):
        page_of(typed)


@pytest.mark.parametrize("type_", FIELD_TYPES)
def test_every_type_of_field_is_explained(type_: str) -> None:
    explained = deskhand("explain", type_)
    assert (explained.code, explained.err) == (0, "")
    assert explained.out.startswith(f"{type_}, a type of field\n\n{FIELD_TYPES[type_].meaning[0].upper()}")
    for key in FIELD_TYPES[type_].keys:
        assert f"\n    {key} " in explained.out
    assert "|---" not in explained.out


@pytest.mark.parametrize("verb", {**DIRECTORY_VERBS, **MAILBOX_VERBS})
def test_every_verb_is_explained_with_its_arguments_and_an_example(verb: str) -> None:
    explained = deskhand("explain", verb)
    assert (explained.code, explained.err) == (0, "")
    assert explained.out.startswith(f"{verb}, a verb\n\n")
    assert "    argument" in explained.out
    assert re.search(rf"^ +(- .*)?do: {re.escape(verb)}\b", explained.out, re.MULTILINE)


def test_every_key_of_every_record_and_type_is_explained() -> None:
    known = topics_of({**DIRECTORY_VERBS, **MAILBOX_VERBS}, examples_of())
    names = [f"{kind.name.lower()}.{key}" for kind in KINDS.values() for key in kind.keys]
    names += [f"{type_}.{key}" for type_ in FIELD_TYPES for key in keys_of(type_)]
    assert [name for name in names if name not in known] == []
    assert [name for name, topics in known.items() if any("](" in one.page for one in topics)] == []


def test_a_key_is_explained_by_what_it_takes_and_where_it_stands() -> None:
    explained = deskhand("explain", "operation.until").out
    assert explained.startswith(
        "operation.until, a key of an operation\n\nLast day; what it changed is taken back after it."
    )
    assert "It may be left out." in explained
    assert "\n        until: " in explained
    assert "Left out, it is `optional`." in deskhand("explain", "record.ticket").out
    assert "It has to be there." in deskhand("explain", "target.type").out


def test_a_word_that_stands_for_several_things_says_which() -> None:
    several = deskhand("explain", "when").out
    assert several.startswith("Several things are called when:\n")
    assert "\n  field.when" in several
    assert "\n  notify.when" in several
    both = deskhand("explain", "target").out
    assert both.startswith("target, a record: target\n")
    assert "\nOther things called target:\n  form.target  Person or thing the form acts on" in both


def test_another_word_for_a_type_and_a_key_without_its_record_lead_to_it() -> None:
    assert deskhand("explain", "telephone").out == deskhand("explain", "phone").out
    assert deskhand("explain", "region").out == deskhand("explain", "phone.region").out


def test_a_program_gets_all_that_is_called_so() -> None:
    (topic,) = deskhand("explain", "--json", "field.when").json["topics"]
    assert (topic["name"], topic["page"].splitlines()[0]) == ("field.when", "# field.when, a key of a field")
    names = [one["name"] for one in deskhand("explain", "--json", "target").json["topics"]]
    assert names == ["target", "form.target", "test.target"]


def test_paths_of_check_lead_there_from_where_it_was_started(forms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def starts(*folder: object) -> list[str]:
        out = deskhand("check", *folder).out
        return sorted({line.split(":", 1)[0] for line in out.splitlines() if ": error " in line})

    assert starts() == starts("my forms") == starts(forms) == ["my forms/a/broken.form.yaml"]
    monkeypatch.chdir(forms)
    assert starts() == starts("../my forms") == ["a/broken.form.yaml"]
    monkeypatch.chdir(forms / "a")
    assert starts("..") == ["broken.form.yaml"]
    (forms.parent / "elsewhere").mkdir()
    monkeypatch.chdir(forms.parent / "elsewhere")
    assert starts("../my forms") == ["../my forms/a/broken.form.yaml"]
    assert starts(forms) == [str(forms / "a" / "broken.form.yaml")]


def test_paths_of_a_desk_include_the_folder_of_its_forms(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (desk / "forms" / "broken.form.yaml").write_text(TWO_MISTAKES, encoding="utf-8")
    monkeypatch.chdir(desk.parent)
    assert "\ndesk/forms/broken.form.yaml:6:" in deskhand("check", "desk").out
    assert "\nforms/broken.form.yaml:6:" not in deskhand("check", "desk").out
    monkeypatch.chdir(desk)
    assert "\nforms/broken.form.yaml:6:" in deskhand("check").out


def test_check_points_to_the_page_of_the_first_code(forms: Path) -> None:
    assert deskhand("check", forms).out.endswith("More about a code: deskhand explain E110\n")


def test_check_lists_for_a_program_the_forms_that_can_be_used(forms: Path) -> None:
    checked = deskhand("check", "--json", forms)
    assert checked.code == 1
    assert checked.json["forms"] == [{"id": "unused", "permissions": ["user.enable"]}]
    assert next((one["file"], one["path"]) for one in checked.json["problems"]) == (
        "a/broken.form.yaml", "my forms/a/broken.form.yaml",
    )  # fmt: skip
    assert deskhand("check", "--format", "json", forms) == checked


def test_sarif_names_version_tool_and_a_rule_for_each_code_that_occurs(forms: Path) -> None:
    checked = deskhand("check", "--format", "sarif", forms)
    assert (checked.code, checked.err) == (1, "")
    assert set(checked.json) == {"$schema", "version", "runs"}
    assert checked.json["version"] == "2.1.0"
    assert checked.json["$schema"].endswith("/sarif-schema-2.1.0.json")
    driver = run_of(checked)["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("deskhand", metadata.version("deskhand"))
    rules = driver["rules"]
    assert [rule["id"] for rule in rules] == ["E110", "E120", "W301"]
    for rule in rules:
        assert rule["shortDescription"] == {"text": CODES[rule["id"]]}
        assert rule["help"]["markdown"] == page_of(rule["id"])
        assert rule["help"]["text"].startswith(rule["id"])
        assert rule["defaultConfiguration"]["level"] == ("warning" if rule["id"] == "W301" else "error")


def test_sarif_has_every_problem_with_its_rule_level_sentence_and_place(forms: Path) -> None:
    problems = deskhand("check", "--json", forms).json["problems"]
    run = run_of(deskhand("check", "--format=sarif", forms))
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert len(results) == len(problems) == 3
    for problem, result in zip(problems, results, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem["code"]
        assert result["level"] == problem["level"]
        assert result["message"]["text"] == f"{problem['message']}. {problem['fix']}"
        (place,) = result["locations"]
        assert place["physicalLocation"]["region"] == {
            "startLine": problem["line"], "startColumn": problem["column"],
        }  # fmt: skip
    assert run["columnKind"] == "unicodeCodePoints"


def test_addresses_in_sarif_are_relative_and_escaped_or_those_of_files(
    forms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = uris(run_of(deskhand("check", "--format", "sarif", forms)))
    assert set(inside) == {"my%20forms/a/broken.form.yaml", "my%20forms/unused.form.yaml"}
    (forms.parent / "elsewhere").mkdir()
    monkeypatch.chdir(forms.parent / "elsewhere")
    outside = uris(run_of(deskhand("check", "--format", "sarif", forms)))
    assert {urlsplit(uri).scheme for uri in outside} == {"file"}
    assert all(Path(unquote(urlsplit(uri).path)).is_file() for uri in outside)


def test_a_colon_in_a_file_name_is_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x:y.form.yaml").write_text(UNUSED.replace("id: unused", "id: other", 1), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = uris(run_of(deskhand("check", "--format", "sarif")))
    assert set(found) == {"x%3Ay.form.yaml"}


def test_a_problem_of_a_whole_file_has_no_region_in_sarif(forms: Path) -> None:
    twin = UNUSED.replace("  - { id: why, type: text }\n", "").replace("fields:\n", "")
    for folder in ("b", "c"):
        (forms / folder).mkdir()
        (forms / folder / "unused.form.yaml").write_text(twin, encoding="utf-8")
    results = run_of(deskhand("check", "--format", "sarif", forms))["results"]
    whole = [result for result in results if result["ruleId"] == "E116"]
    assert whole
    assert all("region" not in result["locations"][0]["physicalLocation"] for result in whole)


def test_a_folder_without_problems_gives_an_empty_run(new_desk: Path) -> None:
    checked = deskhand("check", "--format", "sarif", new_desk)
    assert checked.code == 0
    assert (run_of(checked)["results"], run_of(checked)["tool"]["driver"]["rules"]) == ([], [])


def test_json_and_another_format_exclude_each_other(forms: Path) -> None:
    refused = deskhand("check", "--json", "--format", "sarif", forms)
    assert refused.code == 2
    assert refused.json == {"error": "--json and --format sarif exclude each other."}


def test_an_error_is_json_too_where_the_format_is(tmp_path: Path) -> None:
    for words in (("--format", "json"), ("--format=json",), ("--json",)):
        refused = deskhand("check", *words, tmp_path / "gone")
        assert (refused.code, set(refused.json)) == (2, {"error"})
