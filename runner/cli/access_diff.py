"""The command that says what a change of access.yaml means: access diff."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from forms.errors import DefinitionError
from runner.access.comparison.change_words import Telling
from runner.cli.access import access
from runner.cli.access_graph import fixture_option
from runner.cli.fixture_alone import fixture_alone
from runner.cli.options import desk_option, installation_at, json_option
from runner.delegation.diffing import diff
from runner.pipeline.services import Services


@contextmanager
def services_of(fixture: Path | None, desk_path: Path) -> Iterator[Services]:
    """Open a desk, or the company of a fixture, to look at."""
    if fixture is not None:
        with fixture_alone(fixture) as world:
            yield world.services
    else:
        with installation_at(desk_path) as installation:
            yield installation.services


@access.command("diff")
@click.argument("before", type=click.Path(path_type=Path, allow_dash=True))
@click.argument("after", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Compare on this day instead of today.")
@fixture_option
@desk_option
@json_option
def access_diff(
    before: Path, after: Path, day: datetime | None, fixture: Path | None, desk_path: Path, as_json: bool
) -> None:
    """Show who gains and who loses what between two access files, over the whole directory of a desk.

    One of the files may be - for standard input. Exit 0 when nothing changes for anybody, 1 when something does, 2 when a
    file cannot be used.
    """
    with services_of(fixture, desk_path) as services:
        files = (str(before), _content(before)), (str(after), _content(after))
        try:
            comparison, groups, warnings = diff(services, *files, day.date() if day else None)
        except DefinitionError as error:
            raise click.UsageError("\n".join(str(problem) for problem in error.problems)) from error
    telling = Telling(comparison, groups)
    if as_json:
        said = {**telling.as_json(), "warnings": [str(warning) for warning in warnings]}
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        for warning in warnings:
            click.echo(str(warning), err=True)
        for line in telling.lines():
            click.echo(line)
    if not comparison.is_empty:
        raise click.exceptions.Exit(1)


def _content(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from error


COMMANDS = ()
