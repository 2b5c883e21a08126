"""Processes of one desk: each gives a sign that it lives, and what one that is gone left behind is found by the others."""

import os
import socket
from collections.abc import Sequence

from runner.errors import NotFoundError
from runner.pipeline.services import Services
from runner.store.records import Submission


def is_process_alive(pid: int) -> bool:
    """Say whether a process of this machine exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def gone(services: Services) -> Sequence[str]:
    """Return the ids of the other processes of this desk that are gone."""
    found = services.store.nodes.dead(services.clock(), socket.gethostname(), is_process_alive)
    return [node for node in found if node != services.node]


def sweep(services: Services) -> Sequence[Submission]:
    """Mark what processes that are gone left unfinished as unknown, and return it."""
    dead = gone(services)
    lost = services.store.submissions.mark_lost(dead, services.clock())
    for node in dead:
        services.store.nodes.leave(node)
    return lost


def beat(services: Services) -> None:
    """Note that this process lives; one that was taken for gone signs on again, since it is not."""
    try:
        services.store.nodes.heartbeat(services.node, services.clock())
    except NotFoundError:
        services.store.nodes.register(services.node, socket.gethostname(), os.getpid(), services.clock())
