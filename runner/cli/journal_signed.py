"""Commands for signed checkpoints of the journal: the key, the notes, verifying files, declaring a break."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from runner.cli.options import account_named, desk_option, installation_at
from runner.cli.whole_files import whole_file
from runner.errors import RefusedError
from runner.journal.offline.__main__ import verify_files
from runner.store.store import Store
from runner.witnessing.breaking import declare_break
from runner.witnessing.examining import examine_journal, start_of
from runner.witnessing.keeping import open_for
from runner.witnessing.keys import SIGNING_KEY_FILE, public_key_at, set_signing_key_aside

_EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)


def offline_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of verifying files with the stand-alone verifier."""
    for option in (
        click.option("--key", "keys", multiple=True, help="With --offline: the public key, or a file with it."),
        click.option(
            "--checkpoints", "notes", type=_EXISTING, help="With --offline: signed notes, best of the witness."
        ),
        click.option("--offline", type=_EXISTING, help="Verify an export with checkpoints and the public key alone."),
    ):
        command = option(command)
    return command


@click.command("key")
@desk_option
def key(desk_path: Path) -> None:
    """Print the public key that checkpoints of the journal are verified with."""
    with installation_at(desk_path) as installation:
        click.echo(open_for(installation.services.store, desk_path).public_text)


@click.command("checkpoints")
@click.option("--output", type=click.Path(path_type=Path), help="A file; standard output when left out.")
@click.option(
    "--start", "is_start", is_flag=True, help="Print instead where the journal begins, when some was archived."
)
@desk_option
def checkpoints(output: Path | None, is_start: bool, desk_path: Path) -> None:
    """Print the signed checkpoints of the journal, the oldest first, with an empty line between them."""
    with installation_at(desk_path) as installation:
        store = installation.services.store
        content = _start(store) if is_start else "\n".join(store.checkpoints.notes())
    if output is None:
        click.echo(content, nl=False)
        return
    with whole_file(output) as stream:
        stream.write(content.encode())


def _start(store: Store) -> str:
    """Return where the journal begins, as `runner.journal.offline` reads it; raises `RefusedError`."""
    try:
        found = start_of(store)
    except ValueError as error:
        raise RefusedError(f"{error}.") from error
    peaks = [peak.hex() for peak in found.peaks]
    return json.dumps({"size": found.size, "seq": found.seq, "hash": found.hash, "peaks": peaks}) + "\n"


def verified_offline(journal: Path, notes: Path | None, keys: tuple[str, ...], start: str | None = None) -> None:
    """Verify files with the stand-alone verifier, and print what it finds; ends with 1 when it is not well."""
    if notes is None or not keys:
        raise click.UsageError("--offline needs --checkpoints FILE and --key KEY, as  deskhand journal key  prints it.")
    try:
        verdict = verify_files(journal, notes, keys, start=Path(start) if start else None)
    except ValueError as error:
        raise RefusedError(f"It cannot be verified: {error}.") from error
    click.echo(verdict.sentence(), err=not verdict.ok)
    if not verdict.ok:
        raise click.exceptions.Exit(1)


@click.command("break")
@click.option("--as", "login", required=True, metavar="LOGIN", help="Whose account declares it.")
@click.option("--reason", required=True, help="What happened, for whoever reads the journal later.")
@click.option("--new-key", is_flag=True, help="Sign with a new key from now on; needed when journal.key is lost.")
@desk_option
def break_(login: str, reason: str, new_key: bool, desk_path: Path) -> None:
    """Declare that a journal that does not verify was broken, so that the desk may go on; the declaration is signed."""
    now = datetime.now(UTC)
    with installation_at(desk_path) as installation:
        store = installation.services.store
        account = account_named(installation, login)
        fault = examine_journal(store, public_key_at(desk_path)).fault or store.checkpoints.fault()
        if not fault and not new_key:
            raise RefusedError("The journal verifies, so there is no break to declare.")
        if not reason.strip():
            raise click.UsageError("--reason is empty. Say what happened.")
        if new_key:
            set_signing_key_aside(desk_path, f"{SIGNING_KEY_FILE}.{now:%Y%m%dT%H%M%SZ}")
        signer = open_for(store, desk_path, is_new=new_key)
        who = {"id": account.id, "login": account.login}
        declared = declare_break(store, signer, who, reason, fault or "nothing; the key was changed", now)
        click.echo(
            f"Declared and signed: part {declared.part} of the journal begins behind record {declared.head.seq}."
        )
        if new_key:
            click.echo(f"The new public key, for your witnesses and verifiers: {signer.public_text}")


COMMANDS = (key, checkpoints, break_)
