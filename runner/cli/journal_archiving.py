"""The command that archives old records of the journal, and verifying what it wrote."""

from pathlib import Path

import click

from runner.archiving import Archived, Archiver, archiver_of, file_sha256, read_archive
from runner.cli.options import desk_option, installation_at
from runner.counting import counted
from runner.deskfolder import is_desk_folder
from runner.errors import RefusedError, StaleError
from runner.journal.archives import Segment
from runner.journal.verifying import Fault, Place, Verification, verify
from runner.settings.reading import SETTINGS_FILE
from runner.settings.retention import oldest_kept
from runner.store.journal import JournalStore
from runner.wiring import Installation


@click.command("archive")
@click.option("--dry-run", is_flag=True, help="Say what would be archived, and change nothing.")
@desk_option
def archive(dry_run: bool, desk_path: Path) -> None:
    """Move records that are older than [journal] keep into a file, and verify that before they leave the database.

    Only whole segments go, which end at a signed checkpoint. The chain goes on behind them: keep the files, they are part
    of the proof. What a person was erased from cannot be read in them either.
    """
    with installation_at(desk_path) as installation:
        keep = installation.folder.journal.keep
        if not keep:
            raise RefusedError(
                f'{desk_path / SETTINGS_FILE}: [journal] has no keep, so the journal is kept for ever. Write: keep = "7y"'
            )
        before = oldest_kept(keep, installation.services.clock())
        archiver = archiver_of(installation, {"id": "cli"})
        segment = archiver.next(before)
        if segment is None:
            click.echo(f"Nothing to archive: no signed checkpoint closes records from before {before:%Y-%m-%d}.")
        elif dry_run:
            click.echo(f"Would archive {_named(segment)} into {archiver.folder}.")
        else:
            _tell(_archived(archiver, segment, installation))


def _archived(archiver: Archiver, segment: Segment, installation: Installation) -> Archived:
    try:
        return archiver.archive(segment, installation.services.clock)
    except StaleError as error:
        raise RefusedError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error


def _named(segment: Segment) -> str:
    return f"records {segment.first} to {segment.last}"


def _tell(done: Archived) -> None:
    click.echo(f"Archived {_named(done.segment)}, {counted(done.segment.records, 'record')}: {done.file}")
    click.echo(f"SHA-256: {done.sha256}")
    click.echo(f"The journal goes on behind {done.segment.last}:{done.segment.hash}. Keep the file.")


def compared(journal: JournalStore, head: Place) -> Verification:
    """Verify a journal up to a head noted elsewhere, or where its archive ends; raises `click.UsageError` before that."""
    start = journal.start()
    if head[0] < start[0]:
        raise click.UsageError(f"Record {head[0]} was archived. Verify its file with --archive.")
    if head[0] == start[0] and head != start and head[0]:
        sentence = f"record {head[0]}, the last that was archived, is not the one that was noted"
        return Verification(0, start, Fault(head[0], 1, "edited", sentence))
    return verify(journal.all_lines(), head=head, start=start)


def verified_archive(file: Path, desk_path: Path, head: Place | None) -> None:
    """Verify an archive, and that the desk, where there is one, gave it away; ends with 1 when it is not well."""
    verdict = read_archive(file)
    segment = verdict.segment
    fault = f"{file}: {verdict.fault}" if verdict.fault else ""
    if not fault and head is not None and segment is not None and (segment.last, segment.hash) != head:
        fault = f"{file} ends with {segment.last}:{segment.hash}, not with {head[0]}:{head[1]}"
    is_from_here = not fault and segment is not None and _is_known(file, segment, desk_path)
    if is_from_here is False and not fault and is_desk_folder(desk_path):
        fault = f"{file} is whole, and the journal of the desk in {desk_path} does not say that it was archived"
    if fault or segment is None:
        click.echo(f"The archive was tampered with: {fault}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"{counted(segment.records, 'record')}, {segment.first} to {segment.last}, and the chain holds.")
    click.echo(f"Start: {segment.start[0]}:{segment.start[1]}. Head: {segment.last}:{segment.hash}")
    if is_from_here:
        click.echo("The journal of this desk says so too.")


def _is_known(file: Path, segment: Segment, desk_path: Path) -> bool:
    if not is_desk_folder(desk_path):
        return False
    with installation_at(desk_path) as installation:
        known = installation.services.store.retention.archived()
    return (segment, file_sha256(file)) in {(one, digest) for one, _, digest in known}
