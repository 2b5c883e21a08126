"""What `access diff` and `access lint` print, and how they end, on the sample company of a fixture."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runner.cli.main import cli
from runner.deskfolder import library


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("policies")
    for name, content in library().items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    return home


def run(folder: Path, *words: str, given: bytes = b"") -> Result:
    company = folder / "fixtures" / "sample-company.yaml"
    return CliRunner().invoke(cli, ["access", *words, "--fixture", str(company)], input=given)


def changed(folder: Path, *changes: tuple[str, str]) -> bytes:
    text = (folder / "access.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


MORE = (
    "permissions: [user.read, user.password.reset, user.unlock]",
    "permissions: [user.read, user.unlock, user.mfa.reset]",
)
REPORTS = ("role: own-details\n    on: [self]", "role: own-details\n    on: [self, my-reports]")


def test_the_same_file_changes_nothing_and_ends_well(folder: Path) -> None:
    access = str(folder / "access.yaml")
    result = run(folder, "diff", access, access)
    assert (result.exit_code, result.stdout) == (0, "Nothing changes for anybody.\n")


def test_a_change_is_told_as_people_permissions_and_things(folder: Path) -> None:
    result = run(folder, "diff", str(folder / "access.yaml"), "-", given=changed(folder, MORE, REPORTS))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    people = "on 7 people (agent.rotterdam, z.lindqvist, t.novak and 4 more), but not on their own account"
    assert lines[0] == f"agent.rotterdam loses user.password.reset {people}, in every form and outside."
    assert lines[1] == f"agent.rotterdam gains user.mfa.reset {people}, in every form and outside."
    assert "in the form update-contact-details only." in lines[2]
    assert lines[-1] == f"{len(lines) - 1} changes."


def test_a_program_reads_the_same_as_json(folder: Path) -> None:
    result = run(folder, "diff", "--json", str(folder / "access.yaml"), "-", given=changed(folder, MORE))
    told = json.loads(result.stdout)
    assert (result.exit_code, told["same"]) == (1, False)
    first = told["changes"][0]
    assert (first["gains"], first["permissions"], first["scope"]) == (False, ["user.password.reset"], "others")
    assert (first["people"]["count"], first["group"], first["things"]["count"]) == (1, "SD-Rotterdam", 7)
    assert (first["everywhere"], first["forms"]) == (True, None)


def test_what_is_protected_is_told_apart(folder: Path) -> None:
    result = run(
        folder, "diff", str(folder / "access.yaml"), "-", given=changed(folder, ("[privileged-accounts]\n", "[]\n"))
    )
    assert "2 groups (Domain Admins and Tier0-Admins) are not protected any more." in result.stdout
    back = run(
        folder, "diff", "-", str(folder / "access.yaml"), given=changed(folder, ("[privileged-accounts]\n", "[]\n"))
    )
    assert "2 groups (Domain Admins and Tier0-Admins) become protected: no binding reaches them." in back.stdout


def test_a_window_is_compared_on_the_day_that_is_given(folder: Path) -> None:
    later = changed(folder, ("- id: desk-rotterdam\n", "- id: desk-rotterdam\n    until: 2030-12-31\n"))
    access = str(folder / "access.yaml")
    assert run(folder, "diff", access, "-", given=later).exit_code == 0
    over = run(folder, "diff", "--day", "2031-01-01", access, "-", given=later)
    assert over.exit_code == 1
    assert "agent.rotterdam loses" in over.stdout


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (("diff", "nowhere.yaml", "-"), b"", "cannot be read"),
        (("diff", "-", "-"), b"format: nope\n", "E114"),
        (("diff", "-"), b"", "Missing argument"),
    ],
)
def test_a_file_that_cannot_be_used_is_trouble_as_with_diff(folder: Path, words, given: bytes, said: str) -> None:
    result = run(folder, *words, given=given)
    assert result.exit_code == 2
    assert said in result.stderr


def test_lint_reads_like_check_and_warnings_alone_end_well(folder: Path) -> None:
    result = run(folder, "lint")
    assert result.exit_code == 0
    assert 'warning W325: no binding and no form uses the resource set "groningen"' in result.stdout
    assert result.stdout.splitlines()[-1].startswith("0 errors, ")
    told = json.loads(run(folder, "lint", "--json").stdout)
    assert told["ok"] is True
    assert {"W325", "W326"} <= {one["code"] for one in told["problems"]}
    assert all(one["line"] > 0 for one in told["problems"] if one["code"].startswith("W32") and one["code"] > "W324")


def test_lint_of_a_file_with_errors_fails(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "access.yaml").write_bytes(changed(folder, ("role: key-user\n", "role: key-usr\n")))
    (tmp_path / "fixtures" / "sample-company.yaml").write_bytes(library()["fixtures/sample-company.yaml"])
    result = run(tmp_path, "lint")
    assert result.exit_code == 1
    assert "error E126" in result.stdout
