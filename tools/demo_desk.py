"""Serve a desk with the sample company on a real directory server, until Ctrl+C: ``make demo-ad`` and ``make demo-ldap``.

``python -m tools.demo_desk active_directory`` (Samba; needs root) or ``openldap``, from the top of the repository.  Server and
desk lie in temporary folders that are removed at the end.  Whoever can sign in does so with the password of the directory.
"""

import secrets
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from connectors.spi import Secret
from runner.deskfolder import FORMS_FOLDER, DeskFolder, create, open_folder
from runner.identity.identity import identity_on
from runner.sample.cast import DIRECTOR, sign_ins
from runner.sample.company import PEOPLE, make_company
from runner.sample.exporting import Server
from runner.sample.loading import load_mailboxes_of
from runner.sample.parts import stable_id
from runner.sealing import new_key
from runner.serving import serve_forever
from runner.settings.reading import SETTINGS_FILE
from runner.store.store import Store
from runner.wiring import Installation, open_installation
from tools.demo_directory import Reachable, demo_directory

LOCAL_LOGIN = "break-glass"
"""An account of the desk itself, for the day the directory does not answer."""
_LOCAL_BINDINGS = """\
  - id: break-glass
    principals: [{{ user: {person} }}]
    role: access-admin

  - id: break-glass-journal
    principals: [{{ user: {person} }}]
    role: auditor

"""
_TITLES = {"active_directory": "Active Directory (Samba)", "openldap": "OpenLDAP"}
_PASSWORD_FILE = "directory-password"  # noqa: S105 - the name of a file
_DIRECTORY = """\
[connectors.directory]
use = "ldap"
servers = ["{url}"]
dialect = "{dialect}"
base = "{base}"
user = "{user}"
password_file = "{password_file}"
ca_file = "{ca_file}"
time_zone = "Europe/Amsterdam"
password_days = 365

[sign_in]
directory = true

"""


def make_desk(folder: Path, reachable: Reachable, *, port: int = 8080, size: int = PEOPLE) -> DeskFolder:
    """Make a desk folder for a directory, with the mailboxes of the sample company in the stub.

    The mailboxes belong to the people of the directory: both have the ids of the company.
    """
    create(folder, demo=True, port=port, key=new_key())
    secret = folder / _PASSWORD_FILE
    secret.touch(mode=0o600)
    secret.write_text(reachable.password.reveal(), encoding="utf-8")
    settings = folder / SETTINGS_FILE
    before, _, rest = settings.read_text(encoding="utf-8").partition("[connectors.directory]")
    section = _DIRECTORY.format(
        url=reachable.url,
        dialect=reachable.dialect,
        base=reachable.base,
        user=reachable.user,
        password_file=_PASSWORD_FILE,
        ca_file=reachable.ca_file,
    )
    after = rest[rest.index("[connectors.mailbox]") :]
    settings.write_text(f"{before}{section}{after}", encoding="utf-8")
    now = datetime.now(UTC)
    load_mailboxes_of(f"sqlite:///{folder.resolve() / 'mailbox.db'}", make_company(now, size=size), now=now)
    return open_folder(folder)


def add_local_account(folder: DeskFolder, password: Secret) -> None:
    """Make the account that signs in without the directory, and let it decide and see who may do what.

    It stands for somebody who does not sign in otherwise: a person has one account.
    """
    access = folder.path / FORMS_FOLDER / "access.yaml"
    before, mark, after = access.read_text(encoding="utf-8").partition("# Fixed roles")
    access.write_text(before + _LOCAL_BINDINGS.format(person=DIRECTOR) + mark + after, encoding="utf-8")
    with Store.open(folder.store_url) as store:
        identity_on(store).accounts.create(
            LOCAL_LOGIN,
            "Local account for the worst day",
            person_id=stable_id("user", DIRECTOR),
            password=password,
            by="demo",
            now=datetime.now(UTC),
        )


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """A desk on a server that runs, with the passwords of those who sign in."""

    folder: DeskFolder
    reachable: Reachable
    local_password: Secret


@contextmanager
def demo_desk(server: Server, *, port: int) -> Iterator[DemoDesk]:
    """Start a server, make a desk on it, and remove both at the end."""
    people, local = (Secret(f"Aa1-{secrets.token_urlsafe(9)}") for _ in range(2))
    with (
        demo_directory(server, people) as reachable,
        tempfile.TemporaryDirectory(prefix="deskhand-demo-desk-") as folder,
    ):
        opened = make_desk(Path(folder) / "desk", reachable, port=port)
        add_local_account(opened, local)
        yield DemoDesk(open_folder(opened.path), reachable, local)


def left_out(installation: Installation) -> Iterator[str]:
    """Yield the forms that this directory cannot do, each with the first reason."""
    reasons = {one.file: one.message for one in reversed(installation.problems) if one.level == "error"}
    yield from (f"Left out: {file.partition('.')[0]}: {reasons[file]}" for file in sorted(reasons))


def said(desk: DemoDesk, address: str) -> Iterator[str]:
    """Yield what whoever started the demo needs to know."""
    yield f"\nThe desk is open:  {address}\n"
    yield f"Its directory is {_TITLES[desk.reachable.dialect]}, {desk.reachable.base} at {desk.reachable.url}"
    yield f"(as {desk.reachable.user} with the password in {desk.folder.path / _PASSWORD_FILE})\n"
    yield f"Sign in with the password of the directory  {desk.reachable.people_password.reveal()}\n"
    yield from (f"  {row.login:<18} {row.what}" for row in sign_ins())
    yield f"\nor, when the directory does not answer, as {LOCAL_LOGIN} with  {desk.local_password.reveal()}\n"
    yield "Press Ctrl+C to stop."


@click.command()
@click.argument("server", type=click.Choice(["openldap", "active_directory"]))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
def main(server: Server, host: str, port: int) -> None:
    """Serve a desk on a real directory server until Ctrl+C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(f"Starting {_TITLES[server]} with the sample company …")
    try:
        with demo_desk(server, port=port) as desk:
            installation = open_installation(desk.folder)
            for line in left_out(installation):
                click.echo(line)

            def ready(address: str) -> None:
                for line in said(desk, address):
                    click.echo(line)

            serve_forever(installation, host=host, port=port, ready=ready)
    except pytest.fail.Exception as failure:
        raise click.ClickException(str(failure)) from None
    except KeyboardInterrupt:
        pass
    click.echo("Stopped.")


if __name__ == "__main__":
    main()
