"""Files with the mistakes that authors make, of every kind, and the messages they get.

``m20-indentation.form.yaml`` is a form; ``m42-access-roles.access.yaml`` stands for an access file, and so on.  What is wanted
stands in ``expected-output.txt``, in the order of the files.
"""

from collections.abc import Callable, Mapping

import pytest

from forms.companions import read_list, read_lookups, read_settings, read_verification
from forms.compiling.form import compile_form
from forms.errors import DefinitionError, Problem
from runner.access.reading import read_access
from runner.testing.fixtures import read_fixture
from tests.forms.desk_folders import HERE, surroundings

FOLDER = HERE / "mistakes"
FILES = sorted(file.name for file in FOLDER.glob("m*.*"))
AROUND = surroundings()
COMPANIONS: Mapping[str, Callable[[str, bytes], tuple[object, tuple[Problem, ...]]]] = {
    "access": read_access,
    "lookups": lambda file, content: read_lookups(file, content, AROUND.settings, AROUND.resource_sets),
    "list": read_list,
    "verification": lambda file, content: read_verification(file, content, AROUND.settings),
    "settings": read_settings,
    "fixture": read_fixture,
}


def wanted(file: str) -> list[str]:
    lines = (FOLDER / "expected-output.txt").read_text(encoding="utf-8").splitlines()
    found, is_mine = [], False
    for line in lines:
        if not line.startswith(" "):
            is_mine = line.startswith(f"{file}:")
        if is_mine:
            found.append(line)
    return found


def output(file: str) -> list[str]:
    kind, content = file.split(".")[-2], (FOLDER / file).read_bytes()
    if kind in COMPANIONS:
        return printed(COMPANIONS[kind](file, content)[1])
    try:
        form, warnings = compile_form(file, content, AROUND)
    except DefinitionError as error:
        return printed(error.problems)
    needs = ", ".join(sorted({need.permission for need in form.needs}))
    return [*printed(warnings), f"{file}: ok   needs {needs}"]


def printed(problems: tuple[Problem, ...]) -> list[str]:
    return [line for problem in problems for line in str(problem).split("\n")]


@pytest.mark.parametrize("file", FILES)
def test_a_mistake_gets_the_message_that_mends_it(file: str) -> None:
    assert output(file) == wanted(file)


@pytest.mark.parametrize("file", FILES)
def test_every_error_says_how_it_is_mended(file: str) -> None:
    for problem in output_problems(file):
        assert problem.fix or problem.code in EXPLAINED, problem


EXPLAINED = frozenset({"E110", "E114", "E214"})
"""Codes whose messages may say by themselves what is wanted, as a list of the words that fit."""


def output_problems(file: str) -> tuple[Problem, ...]:
    kind, content = file.split(".")[-2], (FOLDER / file).read_bytes()
    if kind in COMPANIONS:
        return COMPANIONS[kind](file, content)[1]
    try:
        return compile_form(file, content, AROUND)[1]
    except DefinitionError as error:
        return error.problems


def test_all_mistakes_are_there() -> None:
    kinds = [file.split(".")[-2] for file in FILES]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "form": 41, "access": 6, "lookups": 4, "list": 3, "verification": 2, "settings": 2, "fixture": 1,
    }  # fmt: skip
