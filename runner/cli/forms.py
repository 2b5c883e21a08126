"""Commands for authors: check."""

import json
from pathlib import Path

import click

from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import companion_file, load_catalogue
from forms.definition import Form
from forms.errors import Problem
from runner.access.reading import read_access
from runner.cli.options import json_option
from runner.deskfolder import is_desk_folder, open_folder, read_forms
from runner.wiring import access_file, open_connectors


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False, readable=False), default=Path())
@json_option
def check(folder: Path, as_json: bool) -> None:
    """Check the forms of a desk folder, or of any folder with forms; exit 1 when one of them has errors."""
    if is_desk_folder(folder):
        desk = open_folder(folder)
        files, verbs = desk.forms, open_connectors(desk).verbs
        access: str | None = access_file(files)
    else:
        files, verbs = read_forms(folder), {**DIRECTORY_VERBS, **MAILBOX_VERBS}
        access = companion_file(files, "access")
    catalogue, found = load_catalogue(files, verbs)
    problems = list(found)
    if access is not None:
        problems += read_access(access, files[access])[1]
    if as_json:
        click.echo(json.dumps({"problems": [_problem_json(one) for one in problems]}, ensure_ascii=False, indent=2))
    else:
        _print(problems, list(catalogue.forms.values()))
    if any(problem.level == "error" for problem in problems):
        raise click.exceptions.Exit(1)


def _print(problems: list[Problem], forms: list[Form]) -> None:
    for problem in problems:
        click.echo(str(problem))
    for form in forms:
        needs = ", ".join(dict.fromkeys(need.permission for need in form.needs)) or "nothing"
        click.echo(f"{form.id}: ok   needs {needs}")
    errors = sum(problem.level == "error" for problem in problems)
    click.echo(f"{len(forms)} forms can be used, {errors} errors, {len(problems) - errors} warnings.")


def _problem_json(problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
    }


COMMANDS = (check,)
