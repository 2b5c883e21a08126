"""Commands are imported when they are asked for, all of them can be, and none drags in what it does not need."""

import pkgutil
import subprocess
import sys
from importlib import import_module

import click
import pytest

from runner import cli as package
from runner.cli.loading import MODULES
from runner.cli.main import cli
from tests.runner.cli.commands import ROOT, deskhand, environment

LOADED = """
import sys
from runner.cli.main import cli
command = cli.get_command(None, sys.argv[1])
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
JOURNAL = {"key", "checkpoints", "break", "evidence"}  # commands that the module of the journal takes into its group


def test_every_command_of_a_module_is_in_the_table() -> None:
    modules = [import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)]
    there = {command.name for module in modules for command in getattr(module, "COMMANDS", ())}
    assert there - JOURNAL == set(MODULES)
    with click.Context(cli) as context:
        found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    assert {name: command.name for name, command in found.items() if command is not None} == {n: n for n in MODULES}


def test_modules_that_add_to_a_group_are_loaded_with_it() -> None:
    adding = {f"{package.__name__}.{name}" for modules in MODULES.values() for name in modules[1:]}
    groups = {f"{package.__name__}.{modules[0]}": command for command, modules in MODULES.items()}
    for found in pkgutil.iter_modules(package.__path__):
        name = f"{package.__name__}.{found.name}"
        given = {value.__module__ for value in vars(import_module(name)).values() if isinstance(value, click.Group)}
        if (given - {name}) & groups.keys() and name not in groups:
            assert name in adding, f"{name} adds to a group of {given - {name}}"


@pytest.mark.parametrize("typed", ["jurnal", "akcess"])
def test_a_wrong_name_is_answered_with_the_nearest_of_all_commands(typed: str) -> None:
    assert "Did you mean" in deskhand(typed).err


def test_to_explain_a_code_no_database_and_no_web_server_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED, "explain"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert {"click", "runner", "forms"} <= loaded
    assert not loaded & {"sqlalchemy", "alembic", "flask", "waitress", "ldap3"}
