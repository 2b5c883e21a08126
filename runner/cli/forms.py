"""Commands for authors: check."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

import click

from connectors.spi import Unkepts, Verb
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import companion_file, doubled_companions, load_catalogue, load_surroundings
from forms.definition import Form
from forms.errors import DefinitionError, Problem
from forms.problems import nearest_or_all
from forms.resolving.printing import printed
from forms.resolving.resolver import Resolver
from forms.resolving.sources import Sources
from forms.vocabulary.codes import CODES
from runner.access.lint.escalation import escalations
from runner.access.lint.form_names import unknown_forms
from runner.access.lists import unknown_lists, with_lists
from runner.access.reading import read_access
from runner.access.unkept import unkept_matches
from runner.cli.explaining import page_of
from runner.cli.options import json_option
from runner.cli.sarif import sarif_log
from runner.connecting import open_connectors
from runner.counting import counted
from runner.deskfolder import FORMS_FOLDER, is_desk_folder, open_folder, read_forms
from runner.errors import NotFoundError
from runner.testing.known import known_groups
from runner.testing.running import form_ids
from runner.wiring import access_file


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: the forms that can be used, every problem, and the folder that their files are named from."""

    root: Path
    forms: tuple[Form, ...]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        """Whether something found is more than a warning."""
        return any(problem.level == "error" for problem in self.problems)

    def path_of(self, problem: Problem) -> Path:
        """Return the file of a problem, from where the command was started; as it was named when it lies elsewhere."""
        path = self.root / problem.file
        absolute, here = Path(os.path.abspath(path)), Path.cwd()  # noqa: PTH100 - links stay as they were named
        return absolute.relative_to(here) if absolute.is_relative_to(here) else path


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False, readable=False), default=Path())
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "sarif"]),
    help="How problems are printed: for people (text), for a program, or as SARIF 2.1.0.",
)
@click.option("--resolved", "form", metavar="FORM", help="Print this form with all it takes from other files, as YAML.")
@json_option
def check(folder: Path, output: str | None, form: str | None, as_json: bool) -> None:
    """Check the forms of a desk folder, or of any folder with forms; exit 1 when one of them has errors."""
    if as_json and output not in (None, "json"):
        raise click.UsageError(f"--json and --format {output} exclude each other.")
    if form is not None:
        _print_resolved(folder, form)
        return
    checked = _check(folder)
    if as_json or output == "json":
        click.echo(json.dumps(_json(checked), ensure_ascii=False, indent=2))
    elif output == "sarif":
        found = [(checked.path_of(problem), problem) for problem in checked.problems]
        log = sarif_log(found, CODES, page_of, metadata.version("deskhand"))
        click.echo(json.dumps(log, ensure_ascii=False, indent=2))
    else:
        _print(checked)
    if checked.has_errors:
        raise click.exceptions.Exit(1)


def _print_resolved(folder: Path, form: str) -> None:
    root = folder / FORMS_FOLDER if is_desk_folder(folder) else folder
    files = read_forms(root)
    around, _ = load_surroundings(files, {})
    resolver = Resolver(Sources(files), around.language)
    doubled = resolver.sources.doubled_forms.get(form)
    if doubled is not None:
        raise NotFoundError(f'There are several forms "{form}" in {root}: {", ".join(doubled)}. Keep one of them.')
    file = resolver.sources.forms.get(form)
    if file is None:
        fix = nearest_or_all(form, sorted(resolver.sources.forms), "Forms")
        raise NotFoundError(f'There is no form "{form}" in {root}. {fix}'.strip())
    try:
        resolved = resolver.resolve(file)
        problems = [problem for problem in resolved.problems if problem.level == "error"]
    except DefinitionError as error:
        problems = list(error.problems)
    checked = Checked(root, (), tuple(problems))
    for problem in problems:
        click.echo(str(replace(problem, file=str(checked.path_of(problem)))), err=True)
    if problems:
        raise click.exceptions.Exit(1)
    click.echo(printed(resolved), nl=False)


def _check(folder: Path) -> Checked:
    if is_desk_folder(folder):
        desk = open_folder(folder)
        files, systems, root = desk.forms, open_connectors(desk), folder / FORMS_FOLDER
        access = companion_file(files, "access") if doubled_companions(files) else access_file(files)
        return _checked(root, files, systems.verbs, access, systems.unkept)
    files = read_forms(folder)
    return _checked(folder, files, {**DIRECTORY_VERBS, **MAILBOX_VERBS}, companion_file(files, "access"))


def _checked(
    root: Path,
    files: Mapping[str, bytes],
    verbs: Mapping[str, Verb],
    access: str | None,
    unkept: Unkepts = MappingProxyType({}),
) -> Checked:
    catalogue, problems = load_catalogue(files, verbs, unkept)
    if access is not None:
        policy, found = read_access(access, files[access])
        named = unknown_forms(policy, form_ids(files), access, files[access])
        lists = unknown_lists(policy, catalogue.lists, access, files[access])
        told_by = unkept_matches(policy, unkept, access, files[access])
        policy = with_lists(policy, catalogue.lists)
        problems += (*found, *named, *lists, *told_by, *escalations(policy, catalogue, files, known_groups(files)))
    return Checked(root, tuple(catalogue.forms.values()), problems)


def _print(checked: Checked) -> None:
    """Print what is well first, and what has to be mended last, where it is seen on a terminal."""
    errors = [problem for problem in checked.problems if problem.level == "error"]
    warnings = [problem for problem in checked.problems if problem.level != "error"]
    for form in checked.forms:
        click.echo(f"{form.id}: ok   needs {', '.join(_permissions(form)) or 'nothing'}")
    for problem in (*warnings, *errors):
        click.echo(str(replace(problem, file=str(checked.path_of(problem)))))
    counts = (counted(len(checked.forms), "form"), counted(len(errors), "error"), counted(len(warnings), "warning"))
    click.echo(f"{counts[0]} can be used, {counts[1]}, {counts[2]}.")
    if checked.problems:
        click.echo(f"More about a code: deskhand explain {(*errors, *warnings)[0].code}")


def _permissions(form: Form) -> list[str]:
    return list(dict.fromkeys(need.permission for need in form.needs))


def _json(checked: Checked) -> dict[str, object]:
    forms = [{"id": form.id, "permissions": _permissions(form)} for form in checked.forms]
    return {"problems": [_problem_json(checked, problem) for problem in checked.problems], "forms": forms}


def _problem_json(checked: Checked, problem: Problem) -> dict[str, object]:
    return {
        "file": problem.file,
        "path": checked.path_of(problem).as_posix(),
        "line": problem.line,
        "column": problem.column,
        "level": problem.level,
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
    }


COMMANDS = (check,)
