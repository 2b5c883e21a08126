"""Rounds: what every node looks after from time to time. Each is safe when several nodes do it at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from runner.pipeline.services import Services

_SHOWN_ONCE_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Round:
    """Something to look after every so many seconds."""

    every_seconds: int
    look: Callable[[Services], object]


def release_what_lost_nodes_took(services: Services) -> int:
    """Give what nodes took that are gone, and did not begin, back to the queue; return how many."""
    return services.store.queue.release(())


def forget_what_nobody_came_to_see(services: Services) -> int:
    """Forget passwords that wait for their one look for a week; return how many."""
    return services.store.queue.forget_shown_once(services.clock() - _SHOWN_ONCE_FOR)


def make_rounds(services: Services, seconds: int) -> None:
    """Make the rounds that are due ``seconds`` after the start, which go by twos; raises the first `RunnerError`."""
    for one in ROUNDS:
        if seconds % one.every_seconds == 0:
            one.look(services)


ROUNDS: Sequence[Round] = (
    Round(2, release_what_lost_nodes_took),
    Round(3_600, forget_what_nobody_came_to_see),
)
"""In the order they are made."""
