"""Fixture files say what is wrong with them; reports are lines, JSON and JUnit XML, and a run changes nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from runner.testing.fixtures import fixture_of, read_fixture
from runner.testing.running import REACHED, WITHOUT_BINDINGS
from tests.runner.cli.commands import Result, deskhand
from tests.runner.testing.folders import FIXTURE, folder

PASSES = "  - { name: fits, target: t.novak, fill: { office: A }, expect: { operations: [move] } }\n"
FAILS = "  - { name: a <b> & c, target: t.novak, fill: { office: A }, expect: { changes: { office: [x, '<y>'] } } }\n"
HEAD = "format: fixture/1\nid: one\ntoday: 2030-03-04\nactor: alice\n"


def put(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def contents(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def run(path: Path, tests: str, *options: object) -> Result:
    return deskhand("test", put(path, folder(tests)), *options)


def test_a_run_prints_one_line_for_each_test_and_changes_nothing(tmp_path: Path) -> None:
    before = contents(put(tmp_path, folder(PASSES)))
    ended = deskhand("test", tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "ok      office: fits",
        f"ok      office: {WITHOUT_BINDINGS}",
        f"warning office: {REACHED}",
        "        No test reaches join.",
        "3 tests, 0 failed, 1 warning, 0 errors.",
    ]
    assert contents(tmp_path) == before


def test_strict_makes_an_operation_that_no_test_reaches_fail(tmp_path: Path) -> None:
    ended = run(tmp_path, PASSES, "--strict")
    assert (ended.code, f"FAILED  office: {REACHED}" in ended.out) == (1, True)


def test_a_failing_test_shows_expected_and_got_as_a_difference(tmp_path: Path) -> None:
    ended = run(tmp_path, FAILS)
    assert ended.code == 1
    assert ended.out.splitlines()[:4] == [
        "FAILED  office: a <b> & c",
        "        changes (- expected, + got)",
        '          - office: ["x", "<y>"]',
        '          + office: ["RDM-2.15", "A"]',
    ]


def test_json_says_the_same(tmp_path: Path) -> None:
    ended = run(tmp_path, PASSES + FAILS, "--json")
    body = json.loads(ended.out)
    assert (ended.code, body["ok"]) == (1, False)
    assert [one["state"] for one in body["tests"]] == ["ok", "failed", "ok", "warning"]
    assert body["tests"][1]["differences"] == [
        {"what": "changes", "expected": {"office": ["x", "<y>"]}, "got": {"office": ["RDM-2.15", "A"]}}
    ]


def test_junit_is_well_formed_and_keeps_what_stands_there(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    ended = run(tmp_path / "forms", PASSES + FAILS, "--junit", file)
    root = ElementTree.fromstring(file.read_bytes())
    suite = root[0]
    assert ended.code == 1
    assert (root.get("tests"), root.get("failures"), suite.get("name")) == ("4", "1", "office")
    assert [case.get("name") for case in suite] == ["fits", "a <b> & c", WITHOUT_BINDINGS, REACHED]
    failure = suite[1].find("failure")
    assert failure is not None
    assert '"<y>"' in str(failure.text)


def test_a_form_with_errors_is_an_error_of_the_run(tmp_path: Path) -> None:
    file = tmp_path / "out.xml"
    ended = run(tmp_path / "forms", "  - { name: it, expect: { operation: [] } }\n", "--junit", file)
    root = ElementTree.fromstring(file.read_bytes())
    assert (ended.code, root.get("errors")) == (1, "1")
    assert "error E110" in ended.out


def test_the_folder_may_be_left_out_and_forms_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, folder(PASSES))
    monkeypatch.chdir(tmp_path)
    assert deskhand("test", "office").code == 0
    ended = deskhand("test", "nothing")
    assert (ended.code, 'There is no form "nothing"' in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("users: [{ login: alice, colour: red }]", 'a user of a fixture has no "colour"'),
        ("users: [{ login: alice, enabled: perhaps }]", '"enabled" must be true or false'),
        ("users: [{ login: alice, expires_on: soon }]", '"expires_on" must be a date'),
        ("mailboxes: [{ address: a@sample.test, size: 3 }]", 'a mailbox of a fixture has no "size"'),
        ("people: []", "people"),
    ],
)
def test_what_a_fixture_gets_wrong_is_named_with_its_line(line: str, message: str) -> None:
    fixture, problems = read_fixture("fixtures/one.yaml", f"{HEAD}{line}\n".encode())
    assert fixture is None
    assert (len(problems), problems[0].line) == (1, 5)
    assert message in problems[0].message


def test_a_day_that_is_none_is_named() -> None:
    fixture, problems = read_fixture("fixtures/one.yaml", HEAD.replace("2030-03-04", "2030-02-30").encode())
    assert (fixture, [one.line for one in problems]) == (None, [3])


def test_a_form_takes_the_fixture_of_its_folder_unless_a_test_names_another() -> None:
    found = {}
    for file, id_ in (("fixtures/a.yaml", "one"), ("mail/fixtures/b.yaml", "two")):
        fixture, _ = read_fixture(file, FIXTURE.replace("id: company", f"id: {id_}").encode())
        assert fixture is not None
        found[file] = fixture
    cases = [("x.form.yaml", None), ("mail/y.form.yaml", None), ("other/z.form.yaml", None), ("x.form.yaml", "two")]
    chosen = [fixture_of(file, found, named) for file, named in cases]
    assert [one.id if one else None for one in chosen] == ["one", "two", "one", "two"]
    assert fixture_of("x.form.yaml", found, "three") is None
    assert fixture_of("x.form.yaml", {}, None) is None


def test_what_of_a_fixture_cannot_be_loaded_is_a_note(tmp_path: Path) -> None:
    fixture = FIXTURE.replace("manager: p.dewit", "manager: nobody.there")
    files = {**folder(PASSES), "fixtures/company.yaml": fixture.encode()}
    ended = deskhand("test", put(tmp_path, files))
    assert "note: fixtures/company.yaml: user t.novak: A reference of it was not found." in ended.out
    assert sorted(contents(tmp_path)) == sorted(files)
