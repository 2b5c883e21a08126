"""Commands that bring people into the local directory: import."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from connectors.directory.names import parse
from connectors.errors import RejectedError, UnavailableError, UnknownOutcomeError
from connectors.local.importing import FileError, ImportReport, import_file
from connectors.spi import Connector
from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.errors import RefusedError, SetUpError
from runner.journal.records import JSON, Record
from runner.settings.reading import SETTINGS_FILE
from runner.wiring import Installation

_SHOWN_ROWS = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--format", "format_", type=click.Choice(["ldif", "csv"]), help="Default: by the file's name.")
@click.option(
    "--ou", default="", help="CSV: the DN of the unit new people come to. LDIF: take only what stands below it."
)
@click.option("--map", "pairs", multiple=True, metavar="HEADING=ATTRIBUTE", help="CSV: what a heading means.")
@click.option("--into", default="", metavar="DIRECTORY", help="Which one, on a desk of several directories.")
@desk_option
@json_option
def import_people(
    file: Path,
    format_: Literal["ldif", "csv"] | None,
    ou: str,
    pairs: tuple[str, ...],
    into: str,
    desk_path: Path,
    as_json: bool,
) -> None:
    """Load people, groups and units from LDIF or CSV into the local directory.

    It may be run again: what is there already is changed or left alone. Rows that cannot be taken are named with line
    and reason; exit 1 when there are any.
    """
    chosen = format_ or ("csv" if file.suffix.lower() == ".csv" else "ldif")
    mapping = _mapping(pairs)
    if mapping and chosen != "csv":
        raise click.UsageError("--map is for CSV; LDIF names its attributes itself.")
    if chosen == "csv" and not ou:
        raise click.UsageError("CSV has no places: say with --ou in which unit new people stand.")
    _check_unit(ou)
    if file.is_file() and file.stat().st_size == 0:
        raise RefusedError(f"{file}: The file is empty.")
    with file.open("rb") as stream, installation_at(desk_path) as installation:
        directory = _directory(installation, into)
        _record(installation, f"import {chosen}", {"file": file.name})
        try:
            report = _import(installation, directory, stream, chosen, ou, mapping, quiet=as_json)
        except FileError as error:
            raise RefusedError(f"{file}: {error}") from error
        except (UnavailableError, UnknownOutcomeError) as error:
            raise type(error)(f"{error} Run the import again: what is there already is left alone.") from error
        _record(installation, f"imported {chosen}", {"file": file.name, **_totals(report)})
        _follow_names(installation)
    _print_json(report) if as_json else _print(report, file)
    if report.refused:
        raise click.exceptions.Exit(1)


def _record(installation: Installation, operation: str, what: dict[str, JSON]) -> None:
    body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": operation, **what}
    installation.services.store.journal.append([Record("config", datetime.now(UTC), body)])


def _follow_names(installation: Installation) -> None:
    """Let names of the policy that nothing had stand for what came with the file: whoever imports says who is who."""
    found = installation.keeper.appeared()
    if found:
        names: list[JSON] = [{"kind": kind, "name": text, "id": id_} for (kind, text), id_ in sorted(found.items())]
        _record(installation, "access rebind", {"names": names})
        installation.keeper.rebind(found)


def _totals(report: ImportReport) -> dict[str, JSON]:
    counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    return {**{name: sum(by_kind.values()) for name, by_kind in counts.items()}, "refused": len(report.refused)}


def _mapping(pairs: tuple[str, ...]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        heading, equals, attribute = pair.rpartition("=")
        if not equals:
            raise click.UsageError(f"--map {pair}: write HEADING=ATTRIBUTE.")
        mapping[heading] = attribute
    return mapping


def _check_unit(ou: str) -> None:
    try:
        if ou:
            parse(ou)
    except RejectedError as error:
        raise click.UsageError(f"--ou {ou}: {error}") from error


def _directory(installation: Installation, into: str) -> Connector:
    """Return the directory to import into; raises `click.UsageError` when it is not said which of several it is."""
    directory = installation.services.connectors.for_kind("user")
    several: Mapping[str, Connector] | None = getattr(directory, "directories", None)
    if several is None:
        if into:
            raise click.UsageError("--into is for a desk of several directories, and this one has one.")
        return directory
    if into not in several:
        raise click.UsageError(f"Say with --into which of the directories is meant: {', '.join(several)}.")
    return several[into]


def _import(
    installation: Installation,
    directory: Connector,
    stream: BinaryIO,
    format_: Literal["ldif", "csv"],
    ou: str,
    mapping: dict[str, str],
    *,
    quiet: bool,
) -> ImportReport:
    engine = getattr(directory, "engine", None)
    if engine is None:
        raise SetUpError("Only the local directory can be imported into; this desk's directory is another system.")
    health = directory.check()
    if not health.ok:
        raise UnavailableError(f"{installation.folder.path / SETTINGS_FILE}: [connectors.directory] {health.detail}")
    now = datetime.now(ZoneInfo(installation.services.catalogue.settings.timezone))
    console = Console(stderr=True, quiet=quiet or not sys.stderr.isatty())
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console) as shown:
        task = shown.add_task("reading …", total=None)

        def progress(stage: str, count: int) -> None:
            shown.update(task, description=f"{stage} {count:,}")

        return import_file(engine, stream, format=format_, ou=ou, mapping=mapping, now=now, progress=progress)


def _print(report: ImportReport, file: Path) -> None:
    rows = sorted((*report.refused, *report.dangling), key=lambda row: row.line)
    for row in rows[:_SHOWN_ROWS]:
        tell(f"{file}:{row.line}: {row.reason}", err=True)
    if len(rows) > _SHOWN_ROWS:
        click.echo(f"… and {len(rows) - _SHOWN_ROWS} more; --json names them all.", err=True)
    done = ", ".join(f"{count} {name}" for name, count in _totals(report).items() if name != "refused")
    click.echo(f"{done}, {len(report.refused)} rows refused, {len(report.dangling)} references to nothing.")
    for title, found in (
        ("Attributes without a place here", report.ignored_attributes),
        ("Object classes without a place here", report.skipped),
        ("Password hashes that cannot be taken over (these people have no password yet)", report.passwords_left_out),
    ):
        if found:
            tell(f"{title}: {', '.join(f'{name} ({count})' for name, count in sorted(found.items()))}")


def _print_json(report: ImportReport) -> None:
    body = {
        "added": dict(report.added),
        "changed": dict(report.changed),
        "unchanged": dict(report.unchanged),
        "refused": [{"line": row.line, "reason": row.reason} for row in report.refused],
        "dangling": [{"line": row.line, "reason": row.reason} for row in report.dangling],
        "ignored_attributes": dict(report.ignored_attributes),
        "skipped_classes": dict(report.skipped),
        "passwords_left_out": dict(report.passwords_left_out),
    }
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


COMMANDS = (import_people,)
