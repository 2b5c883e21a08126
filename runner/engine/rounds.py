"""Rounds: what every node looks after from time to time. Each is safe when several nodes do it at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from runner.delegation.reviews.using import note_bindings
from runner.engine.losing import note_what_was_lost
from runner.engine.releases import stop_at_newer_tables
from runner.errors import NotDurableError
from runner.pipeline import drafting, waiting
from runner.pipeline.bulk.working import end_what_is_done, forget_what_nobody_started
from runner.pipeline.delivering import deliver_due
from runner.pipeline.requests.calling import call_for_bulks
from runner.pipeline.requests.looking_after import end_what_nobody_answered, follow_the_directory, remind_those_asked
from runner.pipeline.services import Services

_SHOWN_ONCE_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Round:
    """Something to look after every so many seconds; ``asks`` says that it asks systems, which may be slow to answer."""

    every_seconds: int
    look: Callable[[Services], object]
    asks: bool = False


def release_what_lost_nodes_took(services: Services) -> int:
    """Give what nodes took that are gone, and did not begin, back to the queue; return how many."""
    return services.store.queue.release(())


def forget_what_nobody_came_to_see(services: Services) -> int:
    """Forget passwords that wait for their one look for a week; return how many."""
    return services.store.queue.forget_shown_once(services.clock() - _SHOWN_ONCE_FOR)


def forget_files(services: Services) -> int:
    """Remove files that waited for a day; return how many."""
    return services.store.uploads.forget(services.clock() - waiting.LIFETIME)


def end_drafts(services: Services) -> int:
    """End drafts that nobody touched for a week, with all that was answered in them; return how many."""
    now = services.clock()
    return services.store.submissions.expire(now - drafting.LIFETIME, now)


def follow_the_journal(services: Services) -> int:
    """Keep the counts of how bindings are used up with the journal, a step at a time."""
    return services.store.binding_uses.follow(steps=1)


def release_grants_in_lost_hands(services: Services) -> int:
    """Let what was being taken back by a node that is gone be taken back by another; return how many."""
    return services.store.grants.release(services.clock())


def make_rounds(services: Services, seconds: int, *, asking: bool | None = None) -> None:
    """Make the rounds that are due ``seconds`` after the start, which go by twos; only those that ask systems, or do not.

    One that fails does not keep the others from being made, unless it is the store that fails; raises the first error.
    """
    faults = list[Exception]()
    for one in ROUNDS:
        if seconds % one.every_seconds or asking not in (None, one.asks):
            continue
        try:
            one.look(services)
        except NotDurableError:
            raise
        except Exception as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


ROUNDS: Sequence[Round] = (
    Round(2, release_what_lost_nodes_took),
    Round(2, note_what_was_lost),
    Round(2, follow_the_journal),
    Round(4, stop_at_newer_tables),
    Round(4, release_grants_in_lost_hands),
    Round(4, end_what_is_done, asks=True),
    Round(10, call_for_bulks, asks=True),
    Round(30, forget_files),
    Round(30, end_drafts),
    Round(30, note_bindings),
    Round(30, deliver_due, asks=True),
    Round(10, end_what_nobody_answered, asks=True),
    Round(60, remind_those_asked, asks=True),
    Round(300, follow_the_directory, asks=True),
    Round(3_600, forget_what_nobody_came_to_see),
    Round(3_600, forget_what_nobody_started),
)
"""In the order they are made."""
