"""Let several nodes carry out what waits, kill one of them again and again at a random instant, and start another.

``asked.log`` gets a line for every call of a connector, written before the call, so that it outlives the kill.
"""

import os
import signal
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path
from random import Random

from connectors.spi import Operation
from runner.engine.rounds import make_rounds
from runner.engine.workers import Workers
from runner.serving import beat, sweep
from tests.runner.pipeline.desks import TestDesk, open_desk
from tests.runner.pipeline.small_company import NOW

LONGEST_SECONDS, POLL_SECONDS, THREADS, PATIENCE_SECONDS = 0.4, 0.1, 3, 120


def work(folder: Path, directory_url: str, store_url: str, began: float) -> None:
    """Be one node until the end comes."""
    desk = open_desk(folder, directory_url=directory_url, store_url=store_url)
    log = os.open(folder / "asked.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(operation: Operation) -> None:
        values, user = operation.arguments["set"], operation.arguments["user"]
        office = next(iter(values.values()))  # type: ignore[union-attr]
        os.write(log, f"{office} {operation.id} {user.id}\n".encode())  # type: ignore[union-attr]

    desk.directory.before = note
    Workers(desk.services, THREADS, lambda line: print(line, file=sys.stderr), poll_seconds=POLL_SECONDS).start()
    while True:
        desk.clock.now = NOW + timedelta(seconds=time.time() - began)
        beat(desk.installation)
        sweep(desk.installation)
        make_rounds(desk.services, 2)
        time.sleep(POLL_SECONDS)


def forked(folder: Path, directory_url: str, store_url: str, began: float) -> int:
    child = os.fork()
    if child == 0:
        try:
            work(folder, directory_url, store_url, began)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(3)
    return child


def kill_again_and_again(
    folder: Path, directory_url: str, store_url: str, *, nodes: int, kills: int, seed: int
) -> None:
    """Do it in a process forked from this one, which must have none of these databases open; raises when it goes wrong."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            _kill(folder, directory_url, store_url, nodes, kills, Random(seed))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0, "see what it printed"


def _kill(folder: Path, directory_url: str, store_url: str, nodes: int, kills: int, random: Random) -> None:
    began = time.time()
    children = [forked(folder, directory_url, store_url, began) for _ in range(nodes)]
    for _ in range(kills):
        time.sleep(random.uniform(0.05, LONGEST_SECONDS))
        victim = children.pop(random.randrange(nodes))
        os.kill(victim, signal.SIGKILL)
        _, status = os.waitpid(victim, 0)
        assert os.WIFSIGNALED(status), f"a node ended by itself: {status}"
        children.append(forked(folder, directory_url, store_url, began))
    watcher = open_desk(folder, directory_url=directory_url, store_url=store_url)
    try:
        _wait(watcher)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _wait(watcher: TestDesk) -> None:
    over = time.monotonic() + PATIENCE_SECONDS
    while counts := {k: v for k, v in watcher.store.queue.counts().items() if k in ("queued", "running")}:
        assert time.monotonic() < over, f"something is left: {counts}"
        time.sleep(0.1)
