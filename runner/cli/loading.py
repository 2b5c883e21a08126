"""The commands of ``deskhand``, each imported when it is asked for: what serves pages is not loaded to format a form."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import click

_ACCESS = ("access", "access_asking", "access_diff", "access_graph", "access_lint", "access_review")
MODULES: Mapping[str, Sequence[str]] = {
    "access": _ACCESS,
    "accounts": ("accounts",),
    "backup": ("backup",),
    "check": ("forms",),
    "connect": ("connect",),
    "demo": ("operating",),
    "diff": ("diff",),
    "doctor": ("operating",),
    "explain": ("explaining",),
    "fmt": ("formatting",),
    "hand-in": ("publishing",),
    "import": ("people",),
    "init": ("operating",),
    "journal": ("journal", "journal_erasing"),
    "new": ("new",),
    "notifications": ("notifications",),
    "plan": ("submitting",),
    "publish": ("publishing",),
    "reference": ("reference",),
    "requests": ("requests",),
    "restore": ("backup",),
    "run": ("submitting",),
    "schema": ("schema",),
    "serve": ("operating",),
    "test": ("testing",),
    "upgrade": ("operating",),
    "worker": ("operating",),
}
"""What each command needs of this package; the modules after the first add commands to its group."""


class CommandsByName(click.Group):
    """A group that imports the modules of a command when it is asked for; help, completion and a wrong name ask for all.

    ``modules`` maps the names of commands to modules of this package, each with its ``COMMANDS``.
    """

    def __init__(self, *arguments: Any, modules: Mapping[str, Sequence[str]], **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Return the names of all commands, without importing them."""
        return sorted(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a command; None when there is none of that name, and all are known then to suggest one."""
        for name in (cmd_name,) if cmd_name in self._modules else self._modules:
            if name not in self.commands:
                self._import(name)
        return self.commands.get(cmd_name)

    def _import(self, name: str) -> None:
        for module in self._modules[name]:
            for command in import_module(f"{__package__}.{module}").COMMANDS:
                self.add_command(command)
