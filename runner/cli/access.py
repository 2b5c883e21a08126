"""The commands about access.yaml; this module: rebind, for what its names stand for."""

from datetime import UTC, datetime
from pathlib import Path

import click

from runner.cli.options import desk_option, installation_at
from runner.errors import NotFoundError
from runner.journal.records import JSON, Record


@click.group()
def access() -> None:
    """Who may do what to whom: explain, test, compare and review it, and what the names in access.yaml stand for."""


@access.command("rebind")
@click.argument("name", required=False)
@click.option("--appeared", is_flag=True, help="Every name that nothing had when access.yaml was first read with it.")
@desk_option
def rebind(name: str | None, appeared: bool, desk_path: Path) -> None:
    """Let a name in access.yaml stand for the group, person or unit that is called so now.

    A name stands for the object it was first found to be, or for nothing if there was none, so that nobody gets rights by
    taking a name. A desk that is being served follows within half a minute.
    """
    if (name is None) != appeared:
        raise click.UsageError("Give one name, or --appeared.")
    with installation_at(desk_path) as installation:
        found = installation.keeper.called_now(name) if name is not None else installation.keeper.appeared()
        if not found and appeared:
            click.echo("Every name that access.yaml uses stands for something, or nothing is called so.")
            return
        if not found:
            raise NotFoundError(
                f'access.yaml names nothing "{name}", or nothing is called so now. Nothing was changed.'
            )
        changed: list[JSON] = [{"kind": kind, "name": text, "id": id_} for (kind, text), id_ in found.items()]
        body: dict[str, JSON] = {"actor": {"id": "cli"}, "operation": "access rebind", "names": changed}
        installation.services.store.journal.append([Record("config", datetime.now(UTC), body)])
        installation.keeper.rebind(found)
    for kind, text in sorted(found):
        click.echo(f'"{text}" stands for the {kind} that is called so now.')


COMMANDS = (access,)
