"""A large bulk beside the pages of a desk: ``deskhand serve`` carries it out while a visitor looks at a person."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

from bench.browsers import Browser
from bench.desks import agent, opened, people
from bench.engine_processes import peak_octets, resident_octets, serving
from bench.figures import Figure
from bench.journeys import sign_in
from bench.slices import Effort, percentile, timed
from connectors.local.loading import NewEntry, load_entries
from connectors.local.transactions import open_engine
from runner.access.model import Actor
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.bulk.stepping import Word
from runner.pipeline.pages import Posted
from runner.pipeline.services import BulkBrakes
from runner.wiring import Installation

_UNIT, _BRANCH = "OU=Rotterdam,OU=People,DC=sample,DC=test", "GG-Location-Rotterdam"
_PAUSE_SECONDS = 0.25
_PATIENCE_SECONDS = 7_200
_BEFORE = 60
"""How many pages a visitor looks at before the bulk begins, as the yardstick."""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What it took: seconds to prepare and to carry out, those of every page looked at meanwhile, and memory in bytes."""

    preparing: float
    carrying: float
    before: list[float]
    pages: list[float]
    resident: float
    peak: float


def measure_on(path: Path, effort: Effort) -> list[Figure]:
    """Measure on the desk in this folder, with as many further people as the bulk has rows."""
    with opened(path) as installation:
        logins = add_people(path, effort.rows)
        found = _run(path, installation, logins)
    rows, many = len(logins), f"bulk of {len(logins):,}, served"
    slowest, usual = percentile(found.pages, 0.99), percentile(found.before, 0.99)
    return [
        Figure(f"{many}: prepared", rows / found.preparing, "/s", "carried out", rows / found.carrying),
        Figure(f"{many}: a page meanwhile, p99", slowest, "s", "before it, p99", usual),
        Figure("the same, p50", median(found.pages), "s", "before it, p50", median(found.before)),
        Figure(f"{many}: memory at most", found.peak, "bytes", "before it", found.resident, goal=2),
    ]


def add_people(path: Path, count: int) -> list[str]:
    """Add so many people to the branch of the agent; return their logins."""
    logins = [f"row.{number}" for number in range(count)]
    engine = open_engine(f"sqlite:///{path / 'directory.db'}")
    entries = (
        NewEntry("user", f"CN={login},{_UNIT}", {"login": login, "display_name": f"Row {login}", "groups": [_BRANCH]})
        for login in logins
    )
    report = load_entries(engine, entries, now=datetime.now(UTC))
    engine.dispose()
    if report.problems or report.dangling:
        raise SystemExit(f"people could not be added: {(*report.problems, *report.dangling)[0].reason}")
    return logins


def _run(path: Path, installation: Installation, logins: list[str]) -> Meanwhile:
    actor = agent(installation)
    target = people(installation, actor, 1)[0]
    port = _free_port()
    with serving(path, port) as pid, closing(Browser(port, actor.login)) as browser:
        sign_in(browser)

        def look() -> None:
            browser.get(f"/people/{target}", "person")

        before = [timed(look) for _ in range(min(_BEFORE, len(logins)))]
        resident = resident_octets(pid)
        pages = list[float]()
        with _looking(look, pages):
            preparing, carrying = _carried_out(installation, actor, logins)
        return Meanwhile(preparing, carrying, before, pages, resident, peak_octets(pid))


def _carried_out(installation: Installation, actor: Actor, logins: list[str]) -> tuple[float, float]:
    """Let the processes of the desk prepare and carry out a bulk; return the seconds of both."""
    services = replace(installation.services, bulk=BulkBrakes(most=len(logins), second_person_above=len(logins)))
    bulks = Bulks(services)
    content = "login,office\n" + "".join(f"{login},R-{number}\n" for number, login in enumerate(logins))
    id_ = bulks.begin_listed(actor, "set-office", content.encode(), "en")
    begun = perf_counter()
    if bulks.answer(actor, id_, Posted({})) is not None:
        raise SystemExit("the answers of the bulk did not fit")
    _until(installation, id_, "checked")
    prepared = perf_counter()
    bulks.start(actor, id_, Word(services.store.bulks.get(id_).digest))
    _until(installation, id_, "ended")
    rows, ran = services.store.bulks.counts(id_)
    if ran != {"done": len(logins)}:
        raise SystemExit(f"the bulk ended otherwise: {rows}, {ran}")
    return prepared - begun, perf_counter() - prepared


def _until(installation: Installation, bulk_id: str, state: str) -> None:
    over = perf_counter() + _PATIENCE_SECONDS
    while installation.services.store.bulks.get(bulk_id).state != state:
        if perf_counter() > over:
            raise SystemExit(f"the bulk did not become {state}")
        sleep(_PAUSE_SECONDS)


@contextmanager
def _looking(look: Callable[[], None], pages: list[float]) -> Iterator[None]:
    """Look at a page four times a second meanwhile."""
    is_over = threading.Event()

    def run() -> None:
        while not is_over.wait(_PAUSE_SECONDS):
            pages.append(timed(look))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
