"""Commands for the operator: init, demo, serve, upgrade, doctor."""

import json
import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from connectors.spi import Secret
from runner.cli.options import desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.deskfolder import DeskFolder, create, is_desk_folder, open_folder
from runner.doctor.examining import examine
from runner.errors import RefusedError, SetUpError
from runner.identity.passwords import check_length
from runner.sample.cast import sign_ins
from runner.sample.demo import fill
from runner.sealing import new_key
from runner.serving import serve_forever, work_forever
from runner.settings.webhooks import is_reachable_address
from runner.store.schema import upgrade as upgrade_database
from runner.wiring import naming_the_store, open_installation
from runner.witnessing.keys import make_signing_key

DEMO_PASSWORD = "DESKHAND_DEMO_PASSWORD"  # noqa: S105 - the name of a variable


_port_type = click.IntRange(0, 65_535)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, readable=False))
@click.option("--port", default=8080, show_default=True, type=_port_type, help="Where it will listen.")
def init(folder: Path, port: int) -> None:
    """Make a new desk folder with the forms that ship with the product."""
    create(folder, demo=False, port=port, key=new_key())
    make_signing_key(folder)
    click.echo(f"Made {folder}. Next:")
    click.echo(f"  deskhand connect {folder}    # Active Directory, OpenLDAP or another LDAP server")
    click.echo("  or, to try things out with people from a file:")
    click.echo(f"  deskhand import --desk {folder} people.ldif    # or people.csv --ou DN")
    click.echo("  then:")
    click.echo(f"  deskhand accounts add --desk {folder} LOGIN --person LOGIN-IN-THE-DIRECTORY")
    click.echo(f"  deskhand check {folder}")
    click.echo(f"  deskhand serve --desk {folder}")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, readable=False), default=Path("demo-desk"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=_port_type, help="Port to listen on; 0 takes a free one.")
def demo(folder: Path, host: str, port: int) -> None:
    """Serve a desk with a sample company of 2,000 people; the folder is made at the first start.

    The demo's password is made at the first start, or taken from DESKHAND_DEMO_PASSWORD.
    """
    _check_given_password()
    if not is_desk_folder(folder):
        click.echo(f"Making the sample company in {folder} …")
        create(folder, demo=True, port=port, key=new_key())
    opened = with_address(open_folder(folder), host, port)
    if not opened.demo:
        raise SetUpError(f"{folder} is a desk folder, but no demo. Choose another folder.")
    password = _demo_password(folder)
    _upgrade(opened)
    fill(opened, Secret(password), now=datetime.now(UTC))

    def ready(address: str) -> None:
        click.echo(f"\nThe desk is open:  {address}\n\nSign in with the password  {password}\n")
        for sign_in in sign_ins():
            click.echo(f"  {sign_in.login:<18} {sign_in.what}")
        click.echo("\nPress Ctrl+C to stop.")

    serve_forever(open_installation(opened), host=host, port=port, ready=ready)


def with_address(folder: DeskFolder, host: str, port: int) -> DeskFolder:
    """Return a desk whose mails link to where it is served, unless its settings say where it is for people. Pure."""
    address = f"http://{host}:{port}"
    if folder.channels.address or not is_reachable_address(address):
        return folder
    return replace(folder, channels=replace(folder.channels, address=address))


def _check_given_password() -> None:
    given = os.environ.get(DEMO_PASSWORD)
    if given:
        try:
            check_length(Secret(given))
        except RefusedError as error:
            raise click.UsageError(f"{DEMO_PASSWORD}: {error}.") from error


def _demo_password(folder: Path) -> str:
    """Return the demo's password: from the variable, from the first start, or made now and kept in the folder."""
    file = folder / "demo-password.txt"
    given = os.environ.get(DEMO_PASSWORD)
    if given:
        return given
    kept = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
    if kept:
        return kept
    password = secrets.token_urlsafe(9)
    file.touch(mode=0o600)
    file.write_text(password + "\n", encoding="utf-8")
    return password


@click.command()
@desk_option
@click.option("--host", help="Address to listen on instead of the one in the settings.")
@click.option("--port", type=_port_type, help="Port to listen on instead of the one in the settings.")
def serve(desk_path: Path, host: str | None, port: int | None) -> None:
    """Serve the desk."""
    installation = open_installation(open_folder(desk_path))
    web = installation.folder.web
    for problem in installation.problems:
        if problem.level == "error":
            click.echo(str(problem), err=True)
    for one in installation.unpublished:
        click.echo(f"deskhand: {one.sentence}", err=True)
    serve_forever(
        installation,
        host=host or web.host,
        port=web.port if port is None else port,
        ready=lambda address: click.echo(f"The desk is open: {address}"),
    )


@click.command()
@desk_option
@click.option(
    "--count", default=4, show_default=True, type=click.IntRange(1, 64), help="How many submissions at a time."
)
def worker(desk_path: Path, count: int) -> None:
    """Carry out what waits, without serving pages: for a desk on several machines."""
    installation = open_installation(open_folder(desk_path))
    if installation.folder.store_url.startswith("sqlite"):
        installation.close()
        raise SetUpError(
            "A desk on SQLite is one process: deskhand serve carries out what waits. Use PostgreSQL for several."
        )
    work_forever(installation, count=count, ready=lambda node: click.echo(f"Working as {node}. Press Ctrl+C to stop."))


@click.command()
@desk_option
def upgrade(desk_path: Path) -> None:
    """Bring the store's tables to this release."""
    _upgrade(open_folder(desk_path))
    click.echo("The store is up to date.")


def _upgrade(folder: DeskFolder) -> None:
    with naming_the_store(folder):
        upgrade_database(folder.store_url)


@click.command()
@desk_option
@json_option
def doctor(desk_path: Path, as_json: bool) -> None:
    """Examine an installation: settings, store, journal, connectors, definitions, what is unclear."""
    with installation_at(desk_path) as installation:
        findings = examine(installation)
    if as_json:
        rows = [{"what": one.what, "state": one.state, "detail": one.detail} for one in findings]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            mark = {"ok": "ok     ", "warning": "warning", "error": "ERROR  "}[one.state]
            tell(f"{mark}  {one.what}: {one.detail}")
    if any(one.state == "error" for one in findings):
        raise click.exceptions.Exit(1)


COMMANDS = (init, demo, serve, worker, upgrade, doctor)
