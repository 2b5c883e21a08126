"""The command for authors that runs the tests of their forms: test."""

import json
from pathlib import Path

import click

from runner.cli.options import json_option
from runner.connecting import further_named
from runner.deskfolder import FORMS_FOLDER, is_desk_folder, read_forms
from runner.settings.reading import SETTINGS_FILE, read_settings
from runner.testing.reporting import as_json as report_json
from runner.testing.reporting import junit, lines
from runner.testing.running import form_ids, run_tests


@click.command()
@click.argument("words", nargs=-1, metavar="[FOLDER] [FORM]...")
@click.option("--strict", is_flag=True, help="An operation that no test reaches is an error.")
@click.option(
    "--junit",
    "junit_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the result as JUnit XML into this file too.",
)
@json_option
def test(words: tuple[str, ...], strict: bool, junit_file: Path | None, as_json: bool) -> None:
    """Run the tests that stand in the forms of a desk folder, or of any folder with forms.

    They run against the company of a fixture, without network, and change nothing. Exit 1 when one of them fails.
    """
    folder, wanted = _folder_and_forms(words)
    further = further_named(read_settings(folder / SETTINGS_FILE).connectors) if is_desk_folder(folder) else None
    files = read_forms(folder / FORMS_FOLDER if is_desk_folder(folder) else folder)
    for name in wanted:
        if name not in form_ids(files):
            raise click.UsageError(f'There is no form "{name}" in {folder}, nor a folder of that name.')
    report = run_tests(files, wanted, strict=strict, further=further)
    if junit_file is not None:
        junit_file.write_bytes(junit(report))
    if as_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=2, default=str))
    else:
        for line in lines(report):
            click.echo(line)
    if not report.is_ok:
        raise click.exceptions.Exit(1)


def _folder_and_forms(words: tuple[str, ...]) -> tuple[Path, tuple[str, ...]]:
    """Take the first word for the folder when there is one of that name."""
    if words and Path(words[0]).is_dir():
        return Path(words[0]), words[1:]
    return Path(), words


COMMANDS = (test,)
