"""Measure the LDAP connector on an OpenLDAP of 100,000 people, beside the programs in C and beside bare ldap3.

All speak TLS to the same server on the same machine, in turns.  Times of pickers and of pages stand beside a budget, since
no other product answers the same question.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import sleep

from bench.directory_http import keystrokes, over_http
from bench.figures import Figure
from bench.large_directory import UNITS, Large, Person, large_directory
from bench.ldap_clients import OFFICE, USER, Bare, Programs, bare_ldap3
from bench.slices import Effort, compare, durations, percentile, timed
from connectors.ldap.connector import LdapDirectory
from connectors.ldap.reading.decoding import wanted
from connectors.ldap.requests import Modification, Modify, Search
from connectors.spi import (
    Compare,
    Everything,
    Filter,
    Ids,
    InGroup,
    Operation,
    Question,
    Secret,
    SecretRef,
    Under,
    Value,
)
from runner.sample.parts import SUFFIX
from tests.servers.openldap import PASSWORD

_MODIFY, _SEARCH, _C = "bare ldap3 modify", "bare ldap3 search", "the C client"
_PICKED = 20
_P50, _P99 = 0.030, 0.150


def measure(effort: Effort) -> list[Figure]:
    """Measure on a server of its own, or say that there is none."""
    if shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/lib/openldap:/usr/bin") is None:
        sys.stderr.write("directory: left out, since OpenLDAP's slapd is not installed (make system).\n")
        return []
    with large_directory(effort.people) as large, bare_ldap3(large.server) as bare, connector_on(large) as directory:
        return [
            *_searches(large, bare, directory, effort),
            *_changes(large, bare, directory, effort),
            *_pickers(large, bare, directory, effort),
            *over_http(large, bare, effort),
        ]


@contextmanager
def connector_on(large: Large) -> Iterator[LdapDirectory]:
    """Connect our connector, the same account reading and writing."""
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        file = Path(folder) / "password"
        file.touch(mode=0o600)
        file.write_text(PASSWORD, encoding="utf-8")
        directory = LdapDirectory(
            [large.server.tls_url],
            dialect="openldap",
            base=SUFFIX,
            user=USER,
            password_file=str(file),
            ca_file=str(large.server.authority),
        )
        with closing(directory):
            yield directory


def _turns(large: Large) -> Iterator[Person]:
    """Yield people far from each other, so that nothing is found because it was just asked for."""
    return (large.people[number * 7919 % len(large.people)] for number in count(77))


# --- one person -----------------------------------------------------------------------------------------------------


def _searches(large: Large, bare: Bare, directory: LdapDirectory, effort: Effort) -> list[Figure]:
    turns, attributes = _turns(large), wanted(directory.layout, "user")
    find = "(&(objectClass=inetOrgPerson)(uid=*)(entryUUID={}))"

    def raw() -> None:
        _one(len(list(directory.session.search(Search(SUFFIX, find.format(next(turns).ref.id), attributes)))))

    def read(wanted_: Filter) -> None:
        _one(len(directory.read(Question("user", wanted_, limit=1)).entries))

    works: dict[str, Callable[[], object]] = {
        "bare": lambda: bare.search(next(turns).ref.id, attributes),
        "raw": raw,
        "by id": lambda: read(Ids(frozenset({next(turns).ref.id}))),
        "by login": lambda: read(Compare("login", "==", next(turns).login)),
        "locate": lambda: directory.locate(next(turns).login, "user"),
        "table": lambda: directory.read(
            Question("user", Under(directory.place_of(large.unit(next(turns).number))), sort="display_name", limit=20)
        ),
    }
    found = {name: median(taken) for name, taken in compare(works, effort).items()}
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        programs = Programs(large.server, Path(folder))
        ids = [next(turns).ref.id for _ in range(min(len(large.people), 2_000))]
        c = median(programs.search(ids, attributes) for _ in range(max(1, effort.rounds // 2)))
    least = found["bare"]
    return [
        Figure("LDAP search by id, our session", found["raw"], "s", _C, c),
        Figure("the same", found["raw"], "s", _SEARCH, least, goal=1),
        Figure("LDAP read of a person by id", found["by id"], "s", _SEARCH, least, goal=3),
        Figure("LDAP read of a person by login", found["by login"], "s", _SEARCH, least, goal=3),
        Figure("LDAP locate of a login", found["locate"], "s", _SEARCH, least, goal=3),
        Figure(
            f"LDAP table of a unit, {len(large.people) // UNITS} people, 20 shown", found["table"], "s", _SEARCH, least
        ),
    ]


def _one(found: int) -> None:
    if found != 1:
        raise SystemExit(f"{found} people were found where there is one")


# --- changes --------------------------------------------------------------------------------------------------------


def _changes(large: Large, bare: Bare, directory: LdapDirectory, effort: Effort) -> list[Figure]:
    turns, numbers = _turns(large), count()
    taken: dict[str, list[float]] = {"prepare": [], "perform": []}

    def raw() -> None:
        office = Modification("replace", OFFICE, (f"R-{next(numbers)}".encode(),))
        if not directory.session.apply(Modify(next(turns).dn, (office,))).is_success:
            raise SystemExit("the session could not change an office")

    def update() -> None:
        ref, office = next(turns).ref, f"U-{next(numbers)}"
        change = Operation("update", "directory.user.update", {"user": ref, "set": {"office": office}})
        start = directory.prepare(change)
        taken["perform"].extend(durations(lambda: directory.perform(change, start.guards, {}), 0))

    def prepare() -> None:
        arguments: dict[str, Value] = {"user": next(turns).ref, "set": {"office": f"P-{next(numbers)}"}}
        directory.prepare(Operation("update", "directory.user.update", arguments))

    def reset() -> None:
        arguments: dict[str, Value] = {"user": next(turns).ref, "password": SecretRef("password"), "must_change": True}
        change = Operation("reset", "directory.user.set_password", arguments)
        start = directory.prepare(change)
        directory.perform(change, start.guards, {"password": Secret(f"Kompas-Regen-{next(numbers)}")})

    works: dict[str, Callable[[], object]] = {
        "bare": lambda: bare.modify(next(turns).dn, f"B-{next(numbers)}"),
        "raw": raw,
        "prepare": prepare,
        "update": update,
        "bare password": lambda: bare.set_password(next(turns).dn, f"Kompas-Wind-{next(numbers)}"),
        "reset": reset,
    }
    found = {name: median(seconds) for name, seconds in compare(works, effort).items()}
    with TemporaryDirectory(prefix="deskhand-bench-") as folder:
        programs = Programs(large.server, Path(folder))
        dns = [next(turns).dn for _ in range(min(len(large.people), 300))]
        c = median(programs.modify(dns, f"C-{next(numbers)}") for _ in range(max(1, effort.rounds // 2)))
    least, password = found["bare"], found["bare password"]
    both = "LDAP password reset, prepare and perform"
    return [
        Figure("LDAP modify, our session", found["raw"], "s", _C, c),
        Figure("the same", found["raw"], "s", _MODIFY, least, goal=1),
        Figure("LDAP update of a person, perform", median(taken["perform"]), "s", _MODIFY, least, goal=4),
        Figure("LDAP update of a person, prepare", found["prepare"], "s", _MODIFY, least),
        Figure("LDAP update, prepare and perform", found["update"], "s", _MODIFY, least),
        Figure(both, found["reset"], "s", "bare ldap3 password", password),
    ]


# --- pickers --------------------------------------------------------------------------------------------------------


def _pickers(large: Large, bare: Bare, directory: LdapDirectory, effort: Effort) -> list[Figure]:
    """Measure from a keystroke to rows: everywhere, in a unit, in a group, and with several typing at once."""
    directory.read(Question("user", Everything(), text="é", limit=1))
    sleep(effort.people / 5_000)  # the names with accents are read once, in a thread of their own
    scopes: dict[str, Filter] = {
        "everybody": Everything(),
        "a unit": Under(directory.place_of(large.unit(7))),
        "a group": InGroup(large.group(7).id, nested=True),
    }
    taken = {name: _typing(directory, scope, effort, effort.rounds) for name, scope in scopes.items()}
    attributes = wanted(directory.layout, "user")
    hits = compare({"bare": lambda: bare.search_some("Kraanv", attributes, _PICKED)}, effort)["bare"]
    alone = median(taken["everybody"])
    with ThreadPoolExecutor(effort.clients) as threads:
        typing = threads.map(
            lambda _: _typing(directory, Everything(), effort, max(1, effort.rounds // 3)), range(effort.clients)
        )
        together = [seconds for row in typing for seconds in row]
    at_once = f"picker, {effort.clients} typing at once"
    return [
        *(figure for name, seconds in taken.items() for figure in _beside_budget(f"picker, {name}", seconds)),
        Figure("picker, everybody, p50", alone, "s", f"bare ldap3 search, {_PICKED} hits", median(hits)),
        Figure(f"{at_once}, p50", median(together), "s", "that many in turn", alone * effort.clients),
        Figure("the same, p99", percentile(together, 0.99), "s", "its p50", median(together)),
    ]


def _typing(directory: LdapDirectory, scope: Filter, effort: Effort, rounds: int) -> list[float]:
    def keystroke(text: str) -> float:
        return timed(lambda: directory.read(Question("user", scope, text=text, limit=_PICKED)))

    return [keystroke(text) for text in keystrokes(effort) * rounds]


def _beside_budget(name: str, taken: list[float]) -> list[Figure]:
    return [
        Figure(f"{name}, p50", percentile(taken, 0.5), "s", "the budget", _P50, goal=1),
        Figure(f"{name}, p99", percentile(taken, 0.99), "s", "the budget", _P99, goal=1),
    ]
