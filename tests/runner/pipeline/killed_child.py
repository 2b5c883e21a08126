"""Run one submission in a process of its own and stop for ever before or after its effect; the test kills it."""

import sys
import time
from pathlib import Path

from tests.runner.pipeline.desks import open_desk


def main(folder: Path, where: str) -> None:
    desk = open_desk(folder)
    plan = desk.planned("agent.rotterdam", "three-steps", "u-t.novak", {"rule": "stop", "office": "A"})

    def stop(operation: object) -> None:
        if getattr(operation, "id", "") == "second":
            print(plan.head.submission, flush=True)
            time.sleep(600)

    setattr(desk.directory, where, stop)
    desk.confirm("agent.rotterdam", plan)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
