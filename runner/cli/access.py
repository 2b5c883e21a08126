"""Commands for the names in access.yaml: rebind."""

from datetime import UTC, datetime
from pathlib import Path

import click

from runner.cli.options import desk_option, installation_at
from runner.errors import NotFoundError
from runner.journal.records import JSON, Record


@click.group()
def access() -> None:
    """The names in access.yaml and what they stand for."""


@access.command("rebind")
@click.argument("name")
@desk_option
def rebind(name: str, desk_path: Path) -> None:
    """Let a name in access.yaml stand for the group, person or unit that is called so now.

    A name stands for the object it was first found to be, so that nobody gets rights by taking a name. A desk that is
    being served follows within half a minute.
    """
    with installation_at(desk_path) as installation:
        found = installation.keeper.called_now(name)
        if not found:
            raise NotFoundError(
                f'access.yaml names nothing "{name}", or nothing is called so now. Nothing was changed.'
            )
        changed: list[JSON] = [{"kind": kind, "name": text, "id": id_} for (kind, text), id_ in found.items()]
        body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": "access rebind", "names": changed}
        installation.services.store.journal.append([Record("config", datetime.now(UTC), body)])
        installation.keeper.rebind(found)
    for kind, _ in found:
        click.echo(f'"{name}" stands for the {kind} that is called so now.')


COMMANDS = (access,)
