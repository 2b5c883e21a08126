"""A small directory in memory, and the readers of the case files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from ruamel.yaml import YAML

from connectors.errors import RejectedError
from connectors.spi import Entry, Ref
from runner.access.authority import Authority
from runner.access.model import Actor
from runner.access.reading import read_access
from runner.access.resolving import resolve

settings.register_profile("mutants", derandomize=True, phases=(Phase.explicit, Phase.generate))

HERE = Path(__file__).parent
REFERENCES = ("manager", "owner")


def parse_place(text: str) -> tuple[str, ...]:
    if "=" not in text:
        raise RejectedError("this is not a DN")
    return tuple(part.strip().lower() for part in reversed(text.split(",")))


@dataclass(frozen=True)
class Town:
    """Objects by their name. An id is never its name, so that nothing can be decided by a name."""

    entries: Mapping[str, Entry]

    @classmethod
    def of(cls, rows: Mapping[str, Mapping[str, Any]]) -> "Town":
        kinds = {name: row.get("is", "user") for name, row in rows.items()}
        return cls({name: _entry(name, row, rows, kinds) for name, row in rows.items()})

    def locate(self, kind: str, text: str) -> Ref | None:
        for name, entry in self.entries.items():
            names = (name.lower(), entry.ref.id, entry.dn.lower())
            if entry.ref.kind == kind and (text in names or text.lower() in names):
                return entry.ref
        return None

    def actor(self, name: str) -> Actor:
        if name.startswith("client "):
            return Actor(name, name, name, None, client=name.removeprefix("client "))
        return Actor(f"account-{name}", name, name, self.entries.get(name))


def _id(name: str, kinds: Mapping[str, str]) -> str:
    return name if kinds[name] in ("mail_domain", "form") else f"id-of-{kinds[name]}-{name}"


def _entry(name: str, row: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]], kinds: Mapping[str, str]) -> Entry:
    attributes = {key: value for key, value in row.items() if key not in ("is", "in", "groups")}
    for key in set(REFERENCES) & attributes.keys():
        attributes[key] = Ref("user", _id(attributes[key], kinds))
    direct = list(row.get("groups", ()))
    attributes["groups"] = tuple(Ref("group", _id(group, kinds)) for group in direct)
    inside = rows.get(row.get("owner", ""), {}).get("groups", ()) if kinds[name] == "mailbox" else ()
    groups = frozenset(_id(group, kinds) for group in _closure([*direct, *inside], rows))
    place = parse_place(row["in"]) if "in" in row else ()
    dn = f"{'OU' if kinds[name] == 'ou' else 'CN'}={name},{row.get('in', '')}"
    if kinds[name] == "ou":
        place = (*place, f"ou={name.lower()}")
    return Entry(Ref(kinds[name], _id(name, kinds)), dn, place, {"login": name, **attributes}, groups)


def _closure(waiting: list[str], rows: Mapping[str, Mapping[str, Any]]) -> set[str]:
    found: set[str] = set()
    while waiting:
        group = waiting.pop()
        if group not in found:
            found.add(group)
            waiting += rows[group].get("groups", ())
    return found


@pytest.fixture(scope="session")
def read_cases() -> Callable[[str], Any]:
    return lambda name: YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def town_of() -> Callable[[Mapping[str, Mapping[str, Any]]], Town]:
    return Town.of


@pytest.fixture(scope="session")
def authority_of() -> Callable[[str, Town], Authority]:
    """Return the authority for the text of an access file that has no problems."""

    def make(text: str, town: Town) -> Authority:
        policy, problems = read_access("access.yaml", text.encode())
        assert [str(problem) for problem in problems if problem.level == "error"] == []
        return Authority(resolve(policy, town.locate, parse_place))

    return make


@pytest.fixture(scope="session")
def place_of() -> Callable[[str], tuple[str, ...]]:
    return parse_place


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 6, 15, 9, 30, tzinfo=UTC)
