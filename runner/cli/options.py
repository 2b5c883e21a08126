"""Options that several commands share, and how a command opens an installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import click

from runner.access.model import Actor
from runner.deskfolder import DeskFolder, open_folder
from runner.errors import SetUpError
from runner.pipeline.desk import actor_of
from runner.wiring import Installation, open_installation

Decorator: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

desk_option: Decorator = click.option(
    "--desk",
    "desk_path",
    default=".",
    envvar="DESKHAND_DESK",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The desk folder; also DESKHAND_DESK.",
)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")


def folder_at(path: Path) -> DeskFolder:
    """Read the desk folder; raises `SetUpError`."""
    return open_folder(path)


@contextmanager
def installation_at(path: Path) -> Iterator[Installation]:
    """Open an installation for one command and sign off afterwards."""
    installation = open_installation(open_folder(path), channel="cli")
    try:
        yield installation
    finally:
        installation.close()


def actor_named(installation: Installation, login: str) -> Actor:
    """Return the actor behind an account; raises `SetUpError` when there is none or it is disabled."""
    account = next((one for one in installation.identity.accounts.list() if one.login == login), None)
    if account is None:
        raise SetUpError(f'There is no account "{login}". See: deskhand accounts list')
    if account.disabled:
        raise SetUpError(f'The account "{login}" is disabled.')
    return actor_of(installation.services, account.id, account.login, account.display_name, account.person_id)
