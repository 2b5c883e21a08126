"""What the checker says to one file of the library, changed in one place."""

import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

from forms.companions import read_list, read_lookups, read_settings, read_verification
from forms.compiling.form import compile_form
from forms.compiling.surroundings import Surroundings
from forms.definition import Settings
from forms.documents import read_document
from forms.errors import DefinitionError
from runner.access.reading import read_access
from runner.testing.fixtures import read_fixture
from tests.forms.desk_folders import library, load, surroundings
from tests.forms.schemas.written import as_yaml, kind_of

KINDS_JUDGED = ("form", "access", "lookups", "list", "verification", "settings", "fixture")
# What is put in the place of something else: shapes and words that keys take, and that they do not.
PUT = (
    None, True, False, 0, 1, 3, 2.5, -1, 1_000_000_000, "", "true", "yes", "No", "on", "3", "007", "2.5", "x", "a b", "x-y",
    "X", "none", "all", "everything", "null", "~", "15m", "2h", "30/hour", "2027-01-31", "$(target)", "$(target.mail)",
    "target.mail", "target.enabled", "user", "text", "auto", "name@example.org", "${x}", [], {}, ["x"], [1], [True],
    [None], ["$(target)"], {"en": "Text"}, {"en": 1}, {"nl": None}, {"x": "y"}, [{}], [{"value": "a", "label": "A"}],
    ["a", "b"], {"policy": "none", "because": "x"}, {"list": "departments"}, "mail", "auto_map", "directory.user.unlock",
)  # fmt: skip


@cache
def around() -> Surroundings:
    return surroundings(library())


@cache
def originals() -> tuple[tuple[str, Any], ...]:
    """Every file of the library as JSON, by its name with the ending of JSON."""
    found = ((file, as_yaml(read_document(file, content).root)) for file, content in sorted(library().items()))
    return tuple((file.removesuffix(".yaml") + ".json", root) for file, root in found if kind_of(root) in KINDS_JUDGED)


def accepts(file: str, content: bytes, kind: str) -> bool:
    """Say whether the checker finds no error in a file of a kind."""
    settings: Settings = around().settings
    if kind == "form":
        try:
            compile_form(file, content, around())
        except DefinitionError:
            return False
        return True
    problems = {
        "access": lambda: read_access(file, content)[1],
        "lookups": lambda: read_lookups(file, content, settings, None)[1],
        "list": lambda: read_list(file, content)[1],
        "verification": lambda: read_verification(file, content, settings)[1],
        "settings": lambda: read_settings(file, content)[1],
        "fixture": lambda: read_fixture(file, content)[1],
    }[kind]()
    return not any(problem.level == "error" for problem in problems)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a file."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(root: Any, chance: random.Random) -> Any:
    """Return a copy with one value replaced, removed, added or copied from somewhere else."""
    copy = json.loads(json.dumps(root))
    every = list(places(copy))
    path, other = chance.choice(every), chance.choice(every)
    *steps, last = path
    parent = _at(copy, steps)
    match chance.randrange(5):
        case 0:
            del parent[last]
        case 1:
            parent[last] = json.loads(json.dumps(_at(copy, other)))
        case 2 if isinstance(parent, dict):
            parent[str(other[-1])] = json.loads(json.dumps(_at(copy, other)))
        case _:
            parent[last] = chance.choice(PUT)
    return copy


def based_on(root: Any, chance: random.Random) -> Any:
    """Return a form based on another: some of its parts, mostly incomplete, some taken away, perhaps one changed."""
    own = {key: value for key, value in _some(root, chance).items() if chance.random() < 0.5 and key not in _OWN}
    child = {**own, "format": "form/1", "id": "child", "title": "Child", "extends": root["id"]}
    return changed(child, chance) if chance.random() < 0.5 else child


_OWN = frozenset({"version", "status", "tests", "locked"})


def _some(node: Any, chance: random.Random) -> Any:
    if isinstance(node, list):
        return [_some(item, chance) for item in node if chance.random() < 0.6]
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key == "id" or chance.random() < 0.6}
    return {
        key: {"remove": True} if key != "id" and chance.random() < 0.08 else _some(value, chance)
        for key, value in kept.items()
    }


def accepts_child(parent: str, content: bytes) -> bool:
    """Say whether a desk folder with a form of the library and one based on it has the latter as a usable form."""
    files = {name: text for name, text in library().items() if ".form." not in name and "/" not in name}
    lists = {name: text for name, text in library().items() if name.startswith("lists/")}
    found, _ = load({**files, **lists, parent: library()[parent], "child.form.json": content})
    return "child" in found.forms


def _at(node: Any, path: Any) -> Any:
    for step in path:
        node = node[step]
    return node
