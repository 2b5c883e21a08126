"""Options that several commands share, and how a command opens an installation."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.access.model import Actor
from runner.cli.flags import Decorator, desk_option, json_option
from runner.deskfolder import open_folder
from runner.errors import NotFoundError, RefusedError
from runner.identity.directory import SENTENCES
from runner.pipeline.looking import actor_of
from runner.store.records import Account
from runner.versions.keeping import Versions
from runner.wiring import Installation, open_installation

__all__ = ["Decorator", "account_named", "actor_named", "desk_option", "installation_at", "json_option"]


@contextmanager
def installation_at(path: Path, versions: Versions = "compare") -> Iterator[Installation]:
    """Open an installation for one command and sign off afterwards."""
    installation = open_installation(open_folder(path), channel="cli", versions=versions)
    try:
        yield installation
    finally:
        installation.close()


def account_named(installation: Installation, login: str) -> Account:
    """Return an account; raises `NotFoundError` when there is none."""
    account = installation.identity.accounts.by_login(login)
    if account is None:
        raise NotFoundError(f'There is no account "{login}". See: deskhand accounts list')
    return account


def actor_named(installation: Installation, login: str) -> Actor:
    """Return the actor behind an account; raises `NotFoundError` when there is none, `RefusedError` when disabled."""
    account = account_named(installation, login)
    if account.disabled:
        raise RefusedError(f'The account "{login}" is disabled.')
    actor = actor_of(installation.services, account.id, account.login, account.display_name, account.person_id)
    if why_out := installation.identity.why_out(account, actor.person, installation.services.now()):
        raise RefusedError(f"{actor.display_name} {SENTENCES[why_out]}, so nothing is done as {login}.")
    return actor
