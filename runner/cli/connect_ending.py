"""What `deskhand connect` says at its end: what was written, which forms cannot work, and what is to do next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from connectors.registry import Connectors
from forms.catalogue import companion_file
from forms.companions import read_settings
from forms.definition import Settings
from runner.cli.connect_asking import Asking
from runner.connect.proposing import Proposal, Shown, missing, proposals
from runner.connect.setting_aside import SET_ASIDE, Unfit, set_aside, unfit
from runner.connect.wanted import Wanted
from runner.connecting import open_connectors
from runner.counting import counted
from runner.deskfolder import DeskFolder, library, open_folder
from runner.errors import RefusedError


def told_written(wanted: Wanted, old: Path) -> None:
    """Say what was written where."""
    click.echo(f"\nWrote [{'.'.join(wanted.table)}] of {wanted.folder / 'deskhand.toml'}; as it was: {old.name}.")
    for account in (wanted.reader, wanted.writer):
        if account is not None and account.env:
            click.echo(f"The password of {account.user} is read from the environment variable {account.env}.")
        elif account is not None:
            click.echo(f"The password of {account.user} is in {account.file}, for its owner only; back it up apart.")
    if wanted.ca_pem:
        click.echo(f"The authority's certificate is in {wanted.ca_file}, in PEM form.")


def told_next(folder: Path, shown: Shown, ask: Asking, *, asks: bool, aside: bool) -> None:
    """Set forms aside where that is wanted, and say what is to do next."""
    desk = open_folder(folder)
    connectors = open_connectors(desk)
    try:
        try:
            told_unfit(desk, connectors, ask, asks=asks, aside=aside)
        except RefusedError as error:
            click.echo(str(error), err=True)
        found = list(_proposals(desk, connectors, shown))
    finally:
        for connector in connectors.all():
            getattr(connector, "close", lambda: None)()
    _tell_next(folder, found, _settings(desk.forms).timezone)


def told_unfit(desk: DeskFolder, connectors: Connectors, ask: Asking, *, asks: bool, aside: bool) -> None:
    """Name the forms that need what the directory does not do or keep, and set them aside where that is wanted.

    Raises `RefusedError` when they cannot be.
    """
    found = unfit(desk.forms, connectors)
    if not found:
        if aside:
            click.echo("\nNo form needs what the directory does not keep or do: nothing was set aside.")
        return
    click.echo(f"\n{counted(len(found), 'form')} cannot be used with this directory:")
    for one in found:
        click.echo(f"  {one.form}: {'; '.join(one.reasons)}")
    if aside or (asks and ask.agrees_if_asked(f"Set them aside, in the folder {SET_ASIDE}, which is not read")):
        _set_aside(desk, found, connectors)
    else:
        click.echo(f"They are errors of deskhand check until they are mended, or set aside by:\n  {_aside(desk.path)}")


def _set_aside(desk: DeskFolder, found: Sequence[Unfit], connectors: Connectors) -> None:
    moved = set_aside(desk.path, desk.forms, found, connectors)
    click.echo(
        f"Moved {counted(len(moved), 'file')} to {desk.path / SET_ASIDE}; moved back into forms they are read again."
    )


def _aside(folder: Path) -> str:
    return f"deskhand connect {folder} --set-aside"


def _proposals(desk: DeskFolder, connectors: Connectors, shown: Shown) -> Sequence[Proposal]:
    org = _settings(desk.forms).org
    return list(proposals(org, _settings(library()).org, missing(org, connectors), shown))


def _settings(forms: Mapping[str, bytes]) -> Settings:
    file = companion_file(forms, "settings")
    return read_settings(file, forms[file])[0] if file else Settings()


def _tell_next(folder: Path, found: Sequence[Proposal], zone: str) -> None:
    click.echo("\nNext:")
    step = 1
    if found:
        click.echo(f"{step}. In forms/settings.yaml, under org:, mend what this directory does not have:")
        for one in found:
            click.echo(f"     {one.key}: {one.value}   ({one.why})")
            for instead in one.instead:
                click.echo(f"       could be  {instead}")
        step += 1
    click.echo(f"{step}. Say there too where you are: timezone: {zone} tells on which day a moment falls.")
    click.echo(f"{step + 1}. In forms/access.yaml name your groups and units.")
    click.echo(f"{step + 2}. Run, until it finds nothing more:")
    click.echo(f"     deskhand check {folder}")
    click.echo(f"     deskhand doctor --desk {folder}")
