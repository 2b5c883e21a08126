"""The direction of imports is the architecture: what each room may import, and that nothing goes in circles.

Allow-lists, since the library nobody thought of passes a list of forbidden ones.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSES = ("connectors", "forms", "runner")
CONTRACT = ("connectors.spi", "connectors.errors", "connectors.verbs", "connectors.folding", "connectors.matching")
TOOLS = ("runner.counting", "runner.policy.keeping", "runner.passwords", "runner.sealing")
DECIDING = ("forms", *CONTRACT, "runner.errors", "runner.journal")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IMPURE = _words("""
    asyncio ftplib glob http logging multiprocessing os pathlib random secrets select shutil signal smtplib socket
    socketserver sqlite3 ssl subprocess tempfile threading time urllib uuid webbrowser
""")


@dataclass(frozen=True, slots=True)
class Room:
    """What modules below a name may import: of ours (itself always), and of other packages."""

    ours: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    is_pure: bool = False


def _room(ours: tuple[str, ...] = (), packages: str = "", *, is_pure: bool = False) -> Room:
    return Room(ours, _words(packages), is_pure)


# The longest name that fits a module is its room.
ROOMS: Mapping[str, Room] = {
    "connectors.spi": _room(CONTRACT, is_pure=True),
    "connectors.errors": _room(CONTRACT, is_pure=True),
    "connectors.verbs": _room(CONTRACT, is_pure=True),
    "connectors.folding": _room(CONTRACT, is_pure=True),
    "connectors.matching": _room(CONTRACT, is_pure=True),
    "connectors.directory": _room(CONTRACT, is_pure=True),
    "connectors.directory.values": _room(CONTRACT),  # the class of UUIDs
    "connectors": _room(CONTRACT),
    "connectors.local": _room((*CONTRACT, "connectors.directory"), "sqlalchemy argon2"),
    "connectors.joined": _room(CONTRACT, is_pure=True),
    "connectors.mailbox": _room(CONTRACT, "sqlalchemy"),
    "connectors.ldap": _room((*CONTRACT, "connectors.directory"), "ldap3"),
    "forms": _room(CONTRACT, "jsonschema ruamel yaml phonenumbers", is_pure=True),
    "runner.errors": _room(is_pure=True),
    "runner.access": _room((*DECIDING, "runner.counting"), is_pure=True),
    "runner.dispatch": _room(DECIDING),
    "runner.letters": _room((), "jinja2 markupsafe", is_pure=True),
    "runner.pipeline": _room(
        (
            *DECIDING,
            "runner.access",
            "runner.counting",
            "runner.dispatch",
            "runner.letters",
            "runner.resource_names",
            "runner.store",
            "runner.verification",
        )
    ),
    "runner.delegation": _room(
        (
            *DECIDING,
            "runner.access",
            "runner.counting",
            "runner.pipeline",
            "runner.resource_names",
            "runner.store",
        )
    ),
    "runner.journal": _room(DECIDING, "cryptography"),
    "runner.store": _room(HOUSES, "sqlalchemy alembic"),
    "runner.engine": _room((*DECIDING, "runner.delegation", "runner.pipeline", "runner.store")),
    "runner.identity": _room(HOUSES, "argon2"),
    "runner.web": _room(
        HOUSES, "flask flask_wtf flask_bootstrap jinja2 markupsafe werkzeug waitress wtforms markdown_it cryptography"
    ),
    "runner.testing": _room((*DECIDING, "connectors", "runner.access", "runner.pipeline", "runner.store", *TOOLS)),
    "runner.connect": _room(HOUSES, "cryptography tomlkit"),
    "runner.serving": _room(HOUSES, "click waitress"),
    "runner.housekeeping": _room(HOUSES, "click"),
    "runner.cli": _room(HOUSES, "click rich waitress"),
    "runner": _room(HOUSES, "cryptography"),
}
CLOCKS = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")
_READINGS = frozenset(clock.rpartition(".")[2] for clock in CLOCKS)
# Nothing outside these rooms reaches a connector's writing method.
PERFORMERS = ("runner.dispatch",)
# The only modules that import by name.
LOADERS = (
    "connectors.registry",  # loads the connectors that packages offer
    "runner.cli.loading",  # loads a command when it is asked for: formatting a form must not wait for the web server
)


@dataclass(frozen=True)
class Module:
    """A module of ours, by its dotted name."""

    name: str
    tree: ast.Module
    is_package: bool = False

    @property
    def room(self) -> Room:
        return ROOMS[name_of_room(self.name)]

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every name imported, with its line; ``from a import b`` gives ``a.b``."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._origin(node)
                yield from ((node.lineno, f"{origin}.{alias.name}".strip(".")) for alias in node.names)

    def _origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        base = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*base, node.module] if node.module else base)


def is_below(name: str, room: str) -> bool:
    return name == room or name.startswith(f"{room}.")


@cache
def name_of_room(module: str) -> str:
    return max((room for room in ROOMS if is_below(module, room)), key=len)


def read(source: str, name: str) -> Module:
    return Module(name, ast.parse(source))


@cache
def modules() -> list[Module]:
    found = []
    for house in HOUSES:
        for path in sorted((ROOT / house).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            found.append(Module(name, ast.parse(path.read_text("utf-8")), path.name == "__init__.py"))
    return found


@cache
def names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def wrong_imports(module: Module) -> list[str]:
    """Imports that the module's room does not allow."""
    return [f"{module.name}:{line} imports {name}" for line, name in module.imports() if not may_import(module, name)]


def may_import(module: Module, name: str) -> bool:
    top = name.partition(".")[0]
    if top in HOUSES:
        own = name_of_room(module.name)
        allowed = (*module.room.ours, *(() if own in HOUSES and own != "forms" else (own,)))
        return any(is_below(name, room) for room in allowed)
    if top in sys.stdlib_module_names:
        is_reading_own_files = is_below(name, "importlib.resources")
        return not module.room.is_pure or (top not in IMPURE and (top != "importlib" or is_reading_own_files))
    return top in module.room.packages


def hidden_imports(module: Module) -> list[str]:
    """Imports inside functions, and imports by a name made at run time."""
    found = []
    for function in module.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            found += [
                f"{module.name}:{node.lineno} imports inside a function"
                for node in ast.walk(function)
                if isinstance(node, ast.Import | ast.ImportFrom)
            ]
    for node in module.nodes:
        named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if named in ("import_module", "__import__") and module.name not in LOADERS:
            found.append(f"{module.name}:{node.lineno} imports by name")
    return found


def foreign_performing(module: Module) -> list[str]:
    """Mentions of a method called ``perform`` where nobody may reach a connector's."""
    if not is_below(module.name, "runner") or module.name in PERFORMERS:
        return []
    return [
        f"{module.name}:{node.lineno} mentions .perform"
        for node in module.nodes
        if (isinstance(node, ast.Attribute) and node.attr == "perform")
        or (isinstance(node, ast.Constant) and node.value == "perform")
    ]


def impure_calls(module: Module) -> list[str]:
    """Files opened, lines printed and clocks read in a pure room."""
    if not module.room.is_pure:
        return []
    found = []
    for node in module.nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "print", "input")
        ):
            found.append(f"{module.name}:{node.lineno} calls {node.func.id}")
        if isinstance(node, ast.Attribute) and node.attr in _READINGS and ast.unparse(node) in CLOCKS:
            found.append(f"{module.name}:{node.lineno} reads the clock")
    return found


def imported_modules(module: Module) -> set[str]:
    """The modules of ours that a module imports, as far down as the import names them."""
    found = set()
    for _, name in module.imports():
        while name and name not in names():
            name = name.rpartition(".")[0]
        if name and name != module.name:
            found.add(name)
    return found


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """A circle of modules, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_module_imports_only_what_its_room_may() -> None:
    assert [wrong for module in modules() for wrong in wrong_imports(module)] == []


def test_no_import_hides_in_a_function() -> None:
    assert [hidden for module in modules() for hidden in hidden_imports(module)] == []


def test_no_module_imports_itself_by_a_detour() -> None:
    assert circle({module.name: imported_modules(module) for module in modules()}) == []


def test_one_module_of_the_runner_reaches_what_connectors_write() -> None:
    assert [wrong for module in modules() for wrong in foreign_performing(module)] == []
    mentions = [
        module.name for module in modules() if module.name in PERFORMERS and ".perform(" in ast.unparse(module.tree)
    ]
    assert mentions == list(PERFORMERS)


def test_one_module_imports_ldap3() -> None:
    importing = {module.name for module in modules() for _, name in module.imports() if is_below(name, "ldap3")}
    assert importing == {"connectors.ldap.talking.session"}


def test_pure_rooms_open_nothing_and_read_no_clock() -> None:
    assert [wrong for module in modules() for wrong in impure_calls(module)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("forms.planning", "import os"),
        ("forms.planning", "from time import sleep"),
        ("forms.planning", "import importlib"),
        ("forms.planning", "from runner.errors import RunnerError"),
        ("forms.planning", "import requests"),
        ("forms.planning", "from connectors.registry import load"),
        ("forms.planning", "from connectors import local"),
        ("connectors.spi", "from forms.values import Value"),
        ("connectors.mailbox.mail", "from connectors.local.tables import people"),
        ("connectors.mailbox.mail", "import flask"),
        ("connectors.mailbox.mail", "from ..local import tables"),
        ("connectors.registry", "from connectors.mailbox.connector import MailboxStub"),
        ("runner.access.model", "from runner.store.store import Store"),
        ("runner.access.model", "import sqlalchemy"),
        ("runner.dispatch", "from runner.pipeline.desk import Desk"),
        ("runner.pipeline.desk", "import flask"),
        ("runner.pipeline.desk", "from connectors.local.connector import LocalDirectory"),
        ("runner.wiring", "from sqlalchemy import select"),
        ("runner.testing.world", "from runner.web.app import create_app"),
        ("runner.cli.main", "from flask import Flask"),
        ("runner.web.app", "import sqlalchemy.orm"),
    ],
)
def test_a_wrong_import_is_noticed(name: str, source: str) -> None:
    assert wrong_imports(read(source, name)) != []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("forms.planning", "from importlib.resources import files"),
        ("forms.expressions.typing", "from forms.values import Type"),
        ("connectors.mailbox.mail", "from .composing import compose"),
        ("runner.web.app", "from flask import Flask"),
        ("runner.wiring", "from connectors.registry import load"),
    ],
)
def test_a_right_import_is_let_pass(name: str, source: str) -> None:
    assert wrong_imports(read(source, name)) == []


def test_hidden_imports_performing_and_impure_calls_are_noticed() -> None:
    assert hidden_imports(read("def f():\n    import os", "runner.web.app"))
    assert hidden_imports(read("from importlib import import_module\nimport_module('os')", "runner.web.app"))
    assert foreign_performing(read("connector.perform(operation, (), {})", "runner.web.app"))
    assert foreign_performing(read("write = getattr(connector, 'perform')", "runner.pipeline.desk"))
    assert impure_calls(read("open('x')", "forms.planning"))
    assert impure_calls(read("from datetime import datetime\nnow = datetime.now()", "runner.access.model"))
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})
