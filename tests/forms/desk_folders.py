"""Desk folders for the tests of definitions, and small forms made in place."""

from collections.abc import Mapping
from pathlib import Path

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import load_catalogue, load_surroundings
from forms.compiling.form import compile_form
from forms.compiling.surroundings import Surroundings
from forms.definition import Catalogue, Form
from forms.errors import DefinitionError, Problem

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
VERBS = {**DIRECTORY_VERBS, **MAILBOX_VERBS}


def folder(path: Path) -> Mapping[str, bytes]:
    files = (file for file in sorted(path.rglob("*")) if file.suffix in (".yaml", ".csv"))
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def examples() -> Mapping[str, bytes]:
    return folder(HERE / "examples")


def library() -> Mapping[str, bytes]:
    return folder(ROOT / "forms" / "library")


def surroundings(files: Mapping[str, bytes] | None = None) -> Surroundings:
    around, problems = load_surroundings(files or examples(), VERBS)
    assert not problems
    return around


def load(files: Mapping[str, bytes]) -> tuple[Catalogue, tuple[Problem, ...]]:
    return load_catalogue(files, VERBS)


HEAD = "format: form/1\nid: small\ntitle: Small\n"
UNLOCK = "operations:\n  - { id: unlock, do: directory.user.unlock, with: { user: $(target) } }\n"
PERSON = "target: { type: user }\nverify: caller-basic\n"


def problems_of(text: str, around: Surroundings) -> tuple[Problem, ...]:
    """Return what is wrong with a form; a form with errors must not have been compiled."""
    try:
        _, warnings = compile_form("small.form.yaml", text.encode(), around)
    except DefinitionError as error:
        return error.problems
    assert all(problem.level == "warning" for problem in warnings)
    return warnings


def codes_of(text: str, around: Surroundings) -> list[str]:
    return [f"{problem.line}:{problem.column} {problem.code}" for problem in problems_of(text, around)]


def compiled(text: str, around: Surroundings) -> Form:
    form, _ = compile_form("small.form.yaml", text.encode(), around)
    return form
