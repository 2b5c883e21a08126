"""Measure the questions about many people: whom an agent may see, and who is protected, of all in a local directory.

Beside Cedar's engine, which can only be asked about one person after the other: its time for one decision on the same
cases, times the people that have to be gone through.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Generic, TypeVar

from bench.access_bench import CedarEngine
from bench.access_cases import ADMIN_GROUPS, NOW, authority_over, make_agents, make_people
from bench.figures import Figure
from bench.slices import Effort, timed
from connectors.local.connector import LocalDirectory
from connectors.local.loading import NewEntry, load_entries
from connectors.local.tables import create_tables
from connectors.local.transactions import open_engine
from connectors.spi import Entry, Everything, Filter, Page, Question, Ref
from runner.access.authority import Authority
from runner.access.model import Actor

TOP = "DC=sample,DC=test"
_PAGE = 50
_GROUPS_EACH = 3
_ASKED_OF_CEDAR = 50
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Timed(Generic[Result]):
    """What a search found, and the median of its times, in seconds."""

    found: Result
    seconds: float


def measure(effort: Effort) -> list[Figure]:
    """Load the people into a directory, list them, and have Cedar decide on some of them."""
    chance = random.Random(7)  # noqa: S311 - the same people every time
    people = make_people(effort.people, effort.bindings, chance, _GROUPS_EACH)
    agent = make_agents(effort.bindings, chance)[0]
    with directory_of(people) as directory:
        authority = authority_over(effort.bindings, lambda unit: directory.place_of(f"OU={unit},OU=people,{TOP}"))
        seen = authority.scope(agent, ["user.read"], "user", form=None, now=NOW)
        page = several(effort, lambda: first_page(directory, seen))
        everybody = several(effort, lambda: first_page(directory, Everything()))
        count = several(effort, lambda: count_all(directory, seen))
        protected = several(effort, lambda: count_all(directory, authority.protected_filter("user")))
    must_be(count.found, sum(_is_seen(authority, agent, person) for person in people), "people who may be seen")
    must_be(protected.found, sum("tier0" in person.groups for person in people), "protected people")
    one = _decision_of_cedar(effort, authority, [(agent, "user.read", person) for person in people[:_ASKED_OF_CEDAR]])
    who = f"of {effort.people:,} people"
    until_full = _gone_through(page.found, people)
    return [
        Figure(f"{who}, those an agent may see: a page", page.seconds, "s", "a page of everybody", everybody.seconds),
        _beside_cedar(f"{who}, those an agent may see: a page", page.seconds, one * until_full),
        _beside_cedar(f"{who}, the {count.found:,} an agent may see", count.seconds, one * effort.people),
        _beside_cedar(f"{who}, the {protected.found:,} protected", protected.seconds, one * effort.people),
    ]


def _beside_cedar(name: str, ours: float, cedar: float) -> Figure:
    return Figure(name, ours, "s", "Cedar's engine, one by one", cedar, goal=1)


def _decision_of_cedar(effort: Effort, authority: Authority, asked: Sequence[tuple[Actor, str, Entry]]) -> float:
    cedar = CedarEngine(effort.bindings, asked)
    cedar.must_agree(authority)
    return median(timed(cedar.decide_all) for _ in range(effort.rounds)) / len(asked)


def several(effort: Effort, work: Callable[[], Result]) -> Timed[Result]:
    """Do it a few times."""
    found = work()
    return Timed(found, median(timed(work) for _ in range(max(1, effort.rounds // 2))))


def first_page(directory: LocalDirectory, wanted: Filter) -> Page:
    """Return the first people by login."""
    return directory.read(Question("user", wanted, sort="login", limit=_PAGE))


def count_all(directory: LocalDirectory, wanted: Filter) -> int:
    """Read them all and count them."""
    return sum(1 for _ in directory.scan("user", wanted))


def _gone_through(page: Page, people: Sequence[Entry]) -> int:
    """Return on how many people one has to decide, by login, until the page is full."""
    if not page.more:
        return len(people)
    last = str(page.entries[-1].attributes["login"])
    return sum(str(person.attributes["login"]) <= last for person in people)


def _is_seen(authority: Authority, agent: Actor, person: Entry) -> bool:
    return authority.decide(agent, "user.read", person, form=None, now=NOW).allowed


def must_be(found: int, expected: int, what: str) -> None:
    """Raise `RuntimeError` when a search finds others than the decisions do: then its time means nothing."""
    if found != expected:
        raise RuntimeError(f"The search finds {found} {what}, and there are {expected}.")


@contextmanager
def directory_of(people: Sequence[Entry]) -> Iterator[LocalDirectory]:
    """Load people, and the groups they are in, into a local directory that is gone afterwards."""
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'directory.db'}"
        engine = open_engine(url)
        create_tables(engine)
        report = load_entries(engine, [*map(_new_person, people), *_new_groups(people)], now=NOW)
        engine.dispose()
        must_be(len(report.problems) + len(report.dangling), 0, "problems")
        directory = LocalDirectory(url)
        try:
            yield directory
        finally:
            directory.close()


def _new_person(person: Entry) -> NewEntry:
    units = ",".join(reversed([part.replace("ou=", "OU=") for part in person.place[2:]]))
    attributes = {name: value for name, value in person.attributes.items() if name != "groups"}
    return NewEntry("user", f"CN={person.ref.id},{units},{TOP}", {**attributes, "enabled": True}, id=person.ref.id)


def _new_groups(people: Sequence[Entry]) -> Iterator[NewEntry]:
    members: dict[str, list[Ref]] = {"tier0": [Ref("group", f"admins-{number}") for number in range(ADMIN_GROUPS)]}
    members |= {f"admins-{number}": [] for number in range(ADMIN_GROUPS)}
    members["admins-0"].append(Ref("group", "tier0"))
    for person in people:
        groups = person.attributes["groups"]
        for group in groups if isinstance(groups, tuple) else ():
            members.setdefault(group.id, []).append(person.ref)
    for name, listed in members.items():
        yield NewEntry("group", f"CN={name},OU=groups,{TOP}", {"name": name}, members=tuple(listed), id=name)
