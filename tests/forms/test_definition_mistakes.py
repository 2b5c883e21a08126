"""Nineteen files with the mistakes that authors make, and the messages they get."""

import pytest

from forms.compiling.form import compile_form
from forms.errors import DefinitionError
from tests.forms.desk_folders import HERE, surroundings

FOLDER = HERE / "mistakes"
FILES = sorted(file.name for file in FOLDER.glob("*.form.yaml"))


def wanted(file: str) -> list[str]:
    lines = (FOLDER / "expected-output.txt").read_text(encoding="utf-8").splitlines()
    found, is_mine = [], False
    for line in lines:
        if not line.startswith(" "):
            is_mine = line.startswith(file)
        if is_mine:
            found.append(line)
    return found


def output(file: str) -> list[str]:
    try:
        form, warnings = compile_form(file, (FOLDER / file).read_bytes(), surroundings())
    except DefinitionError as error:
        return "\n".join(str(problem) for problem in error.problems).splitlines()
    needs = ", ".join(sorted({need.permission for need in form.needs}))
    return "\n".join([*(str(problem) for problem in warnings), f"{file}: ok   needs {needs}"]).splitlines()


@pytest.mark.parametrize("file", FILES)
def test_a_mistake_gets_the_message_that_mends_it(file: str) -> None:
    assert output(file) == wanted(file)


def test_all_nineteen_mistakes_are_there() -> None:
    assert len(FILES) == 19
