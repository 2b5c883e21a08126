"""Start children that run submissions without end, kill each at a random instant, and note every change asked for.

The instant is a random moment after a random change, so that a slow machine is killed as often in the middle of things.

Each child begins as a restarted server does: it sweeps what the one before left behind.  ``asked.log`` gets a line for
every call of a connector, written before the call, so that it outlives the kill.
"""

import os
import signal
import sys
import time
import traceback
from itertools import count
from pathlib import Path
from random import Random

from connectors.spi import Operation
from runner.engine.nodes import sweep
from tests.runner.pipeline.desks import catalogue, open_desk

AGENT, MOST_CHANGES, LONGEST_SECONDS = "agent.rotterdam", 6, 0.1


def work(folder: Path, ready: int, kind: str) -> None:
    """Run submissions until the end comes; the office that is set is the id of the submission that sets it."""
    desk = open_desk(folder)
    log = os.open(folder / "asked.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(operation: Operation) -> None:
        values = operation.arguments["set"]
        os.write(log, f"{next(iter(values.values()))} {operation.id}\n".encode())  # type: ignore[union-attr]
        os.write(ready, b"c")

    desk.directory.before = note
    os.write(ready, b".")
    sweep(desk.installation.services)
    for _ in count():
        submission = desk.new()
        plan = desk.planned(
            AGENT, "three-steps", "u-t.novak", {"rule": kind, "office": submission}, submission=submission
        )
        desk.confirm(AGENT, plan)


def main(folder: Path, kills: int, seed: int) -> None:
    random = Random(seed)
    catalogue()
    for _ in range(kills):
        told, ready = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            try:
                work(folder, ready, random.choice(["stop", "continue"]))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(3)
        os.close(ready)
        assert os.read(told, 1) == b".", "the child ended before it began"
        for _ in range(random.randint(0, MOST_CHANGES)):
            assert os.read(told, 1) == b"c", "the child ended by itself"
        time.sleep(random.uniform(0, LONGEST_SECONDS))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(told)
        assert os.WIFSIGNALED(status), f"the child ended by itself: {status}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
