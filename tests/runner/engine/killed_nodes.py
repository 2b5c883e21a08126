"""Let several nodes carry out what waits, kill one of them again and again at a random instant, and start another.

``asked.log`` gets a line for every call of a connector, written before the call, so that it outlives the kill.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from connectors.spi import Operation
from runner.engine.nodes import beat, sweep
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from tests.runner.pipeline.desks import TestDesk, open_desk
from tests.runner.pipeline.small_company import NOW

POLL_SECONDS, THREADS, PATIENCE_SECONDS = 0.1, 3, 120
MOST_CHANGES, LONGEST_SECONDS = 8, 0.05
"""How many changes are asked for between two kills at most, and how long after that a kill comes."""
_WITHOUT_WORK_SECONDS = 5


def _office_of(operation: Operation) -> str:
    values, user = operation.arguments["set"], operation.arguments["user"]
    office = next(iter(values.values()))  # type: ignore[union-attr]
    return f"{office} {operation.id} {user.id}"  # type: ignore[union-attr]


def _waiting(desk: TestDesk) -> object:
    return {k: v for k, v in desk.store.queue.counts().items() if k in ("queued", "running")}


@dataclass(frozen=True, slots=True)
class Load:
    """What nodes do: what is noted of a call; what is ``left`` to do; what each does ``meanwhile``.

    Their clock begins at ``start`` and makes ``pace`` seconds in a second.
    """

    start: datetime = NOW
    pace: int = 1
    noted: Callable[[Operation], str] = _office_of
    left: Callable[[TestDesk], object] = _waiting
    meanwhile: Callable[[TestDesk], None] = lambda _: None


SUBMISSIONS = Load()


def work(folder: Path, directory_url: str, store_url: str, began: float, load: Load) -> None:
    """Be one node until the end comes."""
    desk = open_desk(folder, directory_url=directory_url, store_url=store_url)
    log = os.open(folder / "asked.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    desk.clock.now = load.start
    desk.directory.before = lambda operation: bool(os.write(log, f"{load.noted(operation)}\n".encode())) and None
    Workers(desk.services, THREADS, lambda line: print(line, file=sys.stderr), poll_seconds=POLL_SECONDS).start()
    while True:
        desk.clock.now = load.start + timedelta(seconds=load.pace * (time.time() - began))
        beat(desk.installation.services)
        sweep(desk.installation.services)
        make_rounds(desk.services, 2)
        load.meanwhile(desk)
        time.sleep(POLL_SECONDS)


def forked(folder: Path, directory_url: str, store_url: str, began: float, load: Load) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(folder, directory_url, store_url, began, load)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(3)
    return child


def kill_again_and_again(
    folder: Path,
    directory_url: str,
    store_url: str,
    *,
    nodes: int,
    kills: int,
    seed: int,
    load: Load = SUBMISSIONS,
) -> None:
    """Do it in a process forked from this one, which must have none of these databases open; raises when it goes wrong."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            _kill((folder, directory_url, store_url, time.time(), load), nodes, kills, Random(seed))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0, "see what it printed"


def _kill(node: tuple[Path, str, str, float, Load], nodes: int, kills: int, random: Random) -> None:
    folder, directory_url, store_url, _, load = node
    children = [forked(*node) for _ in range(nodes)]
    for _ in range(kills):
        _let_work(folder / "asked.log", random)
        victim = children.pop(random.randrange(nodes))
        os.kill(victim, signal.SIGKILL)
        _, status = os.waitpid(victim, 0)
        assert os.WIFSIGNALED(status), f"a node ended by itself: {status}"
        children.append(forked(*node))
    watcher = open_desk(folder, directory_url=directory_url, store_url=store_url)
    try:
        _wait(watcher, load)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _let_work(log: Path, random: Random) -> None:
    """Wait until some more changes were asked for, however busy the machine is, or nothing is left to do; then a little."""
    wanted, over = _lines(log) + random.randint(0, MOST_CHANGES), time.monotonic() + _WITHOUT_WORK_SECONDS
    while _lines(log) < wanted and time.monotonic() < over:
        time.sleep(0.005)
    time.sleep(random.uniform(0, LONGEST_SECONDS))


def _lines(log: Path) -> int:
    return log.read_bytes().count(b"\n") if log.exists() else 0


def _wait(watcher: TestDesk, load: Load) -> None:
    before, over = None, 0.0
    while left := load.left(watcher):
        if left != before:
            before, over = left, time.monotonic() + PATIENCE_SECONDS
        assert time.monotonic() < over, f"nothing goes on, and something is left: {left}"
        time.sleep(0.1)
