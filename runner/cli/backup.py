"""Commands for backups: backup, restore."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from runner.backup.making import make_backup
from runner.backup.restoring import Restored, Wanted, opened, restore
from runner.cli.journal import head_of
from runner.cli.options import desk_option
from runner.cli.telling import tell
from runner.cli.whole_files import whole_file
from runner.counting import counted
from runner.errors import SetUpError
from runner.store.records import Submission

_MOST_NAMED = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path, readable=False))
@click.option(
    "--with-keys", is_flag=True, help="Take in the keys and passwords too; keep such a file as you keep them."
)
@desk_option
def backup(file: Path, with_keys: bool, desk_path: Path) -> None:
    """Write a desk and its store into one new file, for its owner only; the desk may go on working meanwhile."""
    if file.exists():
        raise SetUpError(f"{file} is there already; nothing was written. Name a new file.")
    with whole_file(file) as stream:
        make_backup(desk_path, stream, file.absolute().parent, datetime.now(UTC), with_keys=with_keys)
    with opened(file) as (_, manifest):
        size = file.stat().st_size
    forms = sum(part.name.startswith("desk/forms/") for part in manifest.parts)
    click.echo(f"{file}: {counted(forms, 'definition')} and the store ({manifest.store}), {size:,} bytes, read back.")
    click.echo(f"Head of the journal: {manifest.journal_seq}:{manifest.journal_hash}")
    for name in manifest.missing:
        click.echo(f"Not in it: {name}")
    if manifest.journal_fault:
        click.echo(f"The journal was tampered with before this backup: {manifest.journal_fault}.", err=True)
        raise click.exceptions.Exit(1)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@desk_option
@click.option(
    "--store", "store_url", help="Put the store here, not where the settings say; an empty PostgreSQL database."
)
@click.option(
    "--key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The desk's secret.key, for a backup that is without it; a copy is put in place.",
)
@click.option("--head", help="NUMBER:HASH noted elsewhere; says how much of the journal is lost.")
@click.option("--moved", is_flag=True, help="The desk was stopped before this backup, and has not run since.")
@click.option("--check", is_flag=True, help="Only verify the file; nothing is put back.")
def restore_desk(
    file: Path, desk_path: Path, store_url: str | None, key: Path | None, head: str | None, moved: bool, check: bool
) -> None:
    """Put a desk back from a backup into a new folder, its store into an empty place.

    What may have been done after the backup was made is not done again: it is unclear, and listed here.
    """
    if check:
        with opened(file) as (_, manifest):
            click.echo(
                f"{file} is whole: {counted(len(manifest.parts), 'part')}, made {manifest.made_at} by Deskhand "
                f"{manifest.release}, journal up to {manifest.journal_seq}:{manifest.journal_hash}"
            )
        return
    found = restore(file, desk_path, Wanted(store_url, head_of(head), moved, key), datetime.now(UTC))
    _tell(desk_path, found, moved=moved, is_noted=head is not None)


def _tell(folder: Path, found: Restored, *, moved: bool, is_noted: bool) -> None:
    manifest = found.manifest
    click.echo(f"{folder}: the desk as it was at {manifest.made_at}. The journal's chain holds.")
    if found.lost:
        click.echo(
            f"ROLLED BACK: the journal ends at {manifest.journal_seq} and once reached "
            f"{manifest.journal_seq + found.lost}; {counted(found.lost, 'record')} since then lost.",
            err=True,
        )
    elif not moved and not is_noted:
        click.echo(
            f"ROLLED BACK: what was done after {manifest.made_at} is not in this journal, which ends at "
            f"{manifest.journal_seq}. Compare it with a head that you noted elsewhere.",
            err=True,
        )
    settled = found.settled
    _list("were running when the backup was made, and are UNCLEAR:", settled.interrupted)
    _list("waited, may have been carried out since, and are UNCLEAR:", settled.unsure)
    _list("wait, and run once they are due or agreed to; look whether they were cancelled since:", settled.waiting)
    if settled.mails:
        click.echo(f"{counted(settled.mails, 'mail')} may have gone out since and will not be sent by themselves.")
    click.echo("Everybody has to sign in again. Passwords and rights are as they were then.")
    for name in manifest.missing:
        click.echo(f"Not in the backup: {name}")
    if found.lacking:
        names, files = " and ".join(found.lacking), " ".join(str(folder / name) for name in found.lacking)
        click.echo(f"Put {names} into {folder} before the desk is opened, then: chmod 600 {files}")
    click.echo(f"Next: deskhand doctor --desk {folder}")


def _list(what: str, submissions: Sequence[Submission]) -> None:
    if not submissions:
        return
    click.echo(f"{counted(len(submissions), 'submission')} {what}")
    for one in submissions[:_MOST_NAMED]:
        due = f", due {one.due_at:%Y-%m-%d %H:%M}Z" if one.due_at and one.state == "queued" else ""
        tell(f"  {one.id}  “{one.form_title}” for {one.target_label or 'no target'} by {one.actor_login}{due}")
    if len(submissions) > _MOST_NAMED:
        click.echo(f"  and {len(submissions) - _MOST_NAMED} more")


COMMANDS = (backup, restore_desk)
