"""Commands for the accounts that sign in to the desk."""

import json
import sys
from pathlib import Path

import click

from connectors.spi import Secret
from runner.cli.options import account_named, desk_option, installation_at, json_option
from runner.cli.telling import tell
from runner.errors import NotFoundError, RefusedError
from runner.identity.accounts import refuse_directory
from runner.identity.passwords import check_length
from runner.pipeline.finding import known_person
from runner.wiring import Installation

_BY = "cli"


@click.group()
def accounts() -> None:
    """Accounts that sign in to the desk."""


@accounts.command("list")
@desk_option
@json_option
def list_accounts(desk_path: Path, as_json: bool) -> None:
    """List every account: of Deskhand's own (local), or of somebody who signs in with the directory."""
    with installation_at(desk_path) as installation:
        found = installation.identity.accounts.list()
    if as_json:
        rows = [
            {
                "login": one.login,
                "name": one.display_name,
                "person": one.person_id,
                "kind": one.kind,
                "disabled": one.disabled,
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        tell(f"{one.login:<24} {one.display_name:<32} {one.kind:<10} {'disabled' if one.disabled else ''}".rstrip())


@accounts.command("add")
@click.argument("login")
@click.option("--name", default="", help="How the person is called; default the name in the directory, else the login.")
@click.option("--person", help="The login or DN of the person in the directory behind this account.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@desk_option
def add_account(login: str, name: str, person: str | None, password_stdin: bool, desk_path: Path) -> None:
    """Make an account. Rights come from the groups of the person behind it, see access.yaml."""
    with installation_at(desk_path) as installation:
        accounts = installation.identity.accounts
        if (taken := accounts.by_login(login)) is not None:
            refuse_directory(taken, "Its password is")
            raise RefusedError(
                f'There is an account "{login}" already. Its password: deskhand accounts password {login}'
            )
        person_id, label = _person(installation, person)
        password = _password(password_stdin)
        now = installation.services.clock()
        account = accounts.create(
            login, name or label or login, person_id=person_id, password=password, by=_BY, now=now
        )
    tell(f"{account.login} may sign in.")


def _person(installation: Installation, person: str | None) -> tuple[str | None, str]:
    """Return the id and the name of a person in the directory."""
    if person is None:
        return None, ""
    ref = installation.services.connectors.for_kind("user").locate(person, "user")
    if ref is None:
        raise NotFoundError(f'There is no person "{person}" in the directory. Write a login or a DN.')
    entry = known_person(installation.services, ref.id)
    return ref.id, entry.label if entry else person


def _password(from_stdin: bool) -> Secret:
    """Take a password that may be set; raises `RefusedError` for one that may not."""
    if from_stdin:
        line = sys.stdin.buffer.readline().rstrip(b"\r\n")
        try:
            password = Secret(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise RefusedError("The password on standard input is not UTF-8. Nothing was changed.") from error
    else:
        password = Secret(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    check_length(password)
    return password


@accounts.command("password")
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@desk_option
def set_password(login: str, password_stdin: bool, desk_path: Path) -> None:
    """Set an account's password; its sessions end. One that signs in with the directory has none here."""
    with installation_at(desk_path) as installation:
        account = account_named(installation, login)
        refuse_directory(account, "Its password is")
        installation.identity.accounts.set_password(
            account.id, _password(password_stdin), by=_BY, now=installation.services.clock()
        )
    tell(f"The password of {login} was set; its sessions ended.")


@accounts.command("use-directory")
@click.argument("login")
@desk_option
def use_directory(login: str, desk_path: Path) -> None:
    """Let the person behind an account sign in with the directory's password; its own is removed, its sessions end."""
    with installation_at(desk_path) as installation:
        if installation.identity.directory is None:
            raise RefusedError(
                "Nobody signs in with the directory here, so nothing was changed. Set directory = true under [sign_in]."
            )
        account = account_named(installation, login)
        installation.identity.accounts.use_directory(account.id, by=_BY, now=installation.services.clock())
    tell(f"{login} signs in with the directory from now on; the password kept here is gone.")


@accounts.command("disable")
@click.argument("login")
@desk_option
def disable_account(login: str, desk_path: Path) -> None:
    """Shut an account out at once, its open sessions too."""
    with installation_at(desk_path) as installation:
        account = account_named(installation, login)
        installation.identity.accounts.disable(account.id, by=_BY, now=installation.services.clock())
    tell(f"{login} is shut out.")


@accounts.command("enable")
@click.argument("login")
@desk_option
def enable_account(login: str, desk_path: Path) -> None:
    """Let a disabled account sign in again."""
    with installation_at(desk_path) as installation:
        account = account_named(installation, login)
        installation.identity.accounts.enable(account.id, by=_BY, now=installation.services.clock())
    tell(f"{login} may sign in again.")


COMMANDS = (accounts,)
