"""Commands for authors' editors: schema."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from connectors.spi import Verb
from connectors.verbs import DIRECTORY_VERBS, MAILBOX_VERBS
from forms.catalogue import companion_file, load_surroundings
from forms.compiling.form import SUFFIXES, form_id_of
from forms.vocabulary.schemas import FILES, Names, file_name, schema_of
from runner.access.reading import read_access
from runner.access.standard import STANDARD_ROLES
from runner.connecting import open_connectors
from runner.deskfolder import open_folder

# How the files of each kind are called, without .yaml, .yml or .json; the others lie in the folder of the forms.
_CALLED: Mapping[str, str] = {
    "form": "*.form",
    "list": "*.list",
    "fields": "*.fields",
    "texts": "*.texts",
    "fixture": "forms/fixtures/*",
}


@click.command()
@click.argument("file", type=click.Choice(tuple(FILES)), default="form")
@click.option(
    "--desk",
    "desk_path",
    envvar="DESKHAND_DESK",
    type=click.Path(path_type=Path, readable=False),
    help="A desk folder: its connectors' verbs, and its names, are offered too; also DESKHAND_DESK.",
)
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the schemas of all kinds of file into this folder.",
)
@click.option("--vscode", is_flag=True, help="With --all: print the settings by which VS Code finds them.")
def schema(file: str, desk_path: Path | None, folder: Path | None, vscode: bool) -> None:
    """Print the JSON Schema of a kind of file, by which editors complete and check it while it is written."""
    if vscode and folder is None:
        raise click.UsageError("--vscode goes with --all FOLDER.")
    verbs, names = _of_desk(desk_path) if desk_path else ({**DIRECTORY_VERBS, **MAILBOX_VERBS}, Names())
    if folder is None:
        click.echo(_text(file, verbs, names), nl=False)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for each in FILES:
        (folder / file_name(each)).write_text(_text(each, verbs, names), encoding="utf-8")
    click.echo(json.dumps(_vscode(folder.resolve()), indent=2) if vscode else f"{len(FILES)} schemas are in {folder}.")


def _text(file: str, verbs: Mapping[str, Verb], names: Names) -> str:
    return json.dumps(schema_of(file, verbs, names), ensure_ascii=False, indent=2) + "\n"


def _of_desk(path: Path) -> tuple[Mapping[str, Verb], Names]:
    """Return the verbs and the names of a desk folder; raises `SetUpError` when it cannot be used."""
    desk = open_folder(path)
    verbs = open_connectors(desk).verbs
    return verbs, names_in(desk.forms, verbs)


def names_in(files: Mapping[str, bytes], verbs: Mapping[str, Verb]) -> Names:
    """Return the names that the definitions of a desk give; those of a companion with errors are not known."""
    around, _ = load_surroundings(files, verbs)
    access = companion_file(files, "access")
    policy, problems = read_access(access, files[access]) if access else (None, ())
    is_readable = policy is not None and not any(problem.level == "error" for problem in problems)
    broken = around.incomplete
    return Names(
        resource_sets=None if around.resource_sets is None else sorted(around.resource_sets),
        lookups=None if "lookups" in broken else list(around.lookups),
        lists=None if "lists" in broken else list(around.lists),
        verification_policies=None if "verification" in broken else list(around.verification.policies),
        methods=None if "verification" in broken else list(around.verification.methods),
        password_policies=None if "settings" in broken else list(around.settings.password_policies),
        roles=list(policy.roles) if policy is not None and is_readable else None,
        standard_roles=list(STANDARD_ROLES),
        forms=sorted(form_id_of(file) for file in files if file.endswith(SUFFIXES)),
    )


def _vscode(folder: Path) -> Mapping[str, object]:
    """Return settings for VS Code: of its YAML extension, and of what it knows of JSON itself."""
    addresses = {file: (folder / file_name(file)).as_uri() for file in FILES}
    called = {file: _CALLED.get(file, f"forms/{file}") for file in FILES}
    return {
        "yaml.schemas": {addresses[file]: [f"{called[file]}.yaml", f"{called[file]}.yml"] for file in FILES},
        "json.schemas": [{"fileMatch": [f"{called[file]}.json"], "url": addresses[file]} for file in FILES],
    }


COMMANDS = (schema,)
