"""The command that looks for what is dead or dangerous in access.yaml: access lint."""

import json
from pathlib import Path

import click

from forms.catalogue import companion_file
from forms.errors import DefinitionError, Problem
from runner.cli.access import access
from runner.cli.access_diff import services_of
from runner.cli.access_graph import fixture_option
from runner.cli.options import desk_option, json_option
from runner.counting import counted
from runner.delegation.linting import lint_policy
from runner.deskfolder import FORMS_FOLDER, read_forms
from runner.errors import NotFoundError


@access.command("lint")
@fixture_option
@desk_option
@json_option
def access_lint(fixture: Path | None, desk_path: Path, as_json: bool) -> None:
    """Find what in access.yaml is not used, holds nothing, never counts, or is a way to more than was given.

    It looks at the directory of a desk, and at its forms: who could, by what they may change there, come to reach more
    than they reach now. Exit 1 when the file has errors; warnings alone are 0.
    """
    path, file, content = _access_file(fixture, desk_path)
    with services_of(fixture, desk_path) as services:
        try:
            problems: tuple[Problem, ...] = lint_policy(services, str(path / file), content)
        except DefinitionError as error:
            problems = error.problems
    errors = sum(problem.level == "error" for problem in problems)
    if as_json:
        click.echo(
            json.dumps({"ok": not errors, "problems": [_json(one) for one in problems]}, ensure_ascii=False, indent=2)
        )
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo(f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}.")
    if errors:
        raise click.exceptions.Exit(1)


def _access_file(fixture: Path | None, desk_path: Path) -> tuple[Path, str, bytes]:
    home = desk_path / FORMS_FOLDER
    if fixture is not None:
        home = fixture.resolve().parent
        home = home.parent if home.name == "fixtures" else home
    files = read_forms(home)
    file = companion_file(files, "access")
    if file is None:
        raise NotFoundError(f"{home} has no access.yaml.")
    return home, file, files[file]


def _json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
    }


COMMANDS = ()
