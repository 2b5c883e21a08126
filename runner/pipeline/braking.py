"""The limits of a form: how often it may be used by one actor, and for one target; and of files that leave."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil

from forms.definition import Rate
from runner.access.model import Actor
from runner.errors import TooManyError
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk, refused_on, target_ref
from runner.store.records import Ceiling

_BY_ACTOR = "You have used this form {count} times within {span}."
_EXPORTED = "You have downloaded {count} files within an hour. Wait a while."
MOST_EXPORTS, EXPORT_SPAN = 60, timedelta(hours=1)
"""How many tables one actor may download as files, and within what time."""
_FOR_TARGET = "This was done {count} times within {span} for the same target."


def ceilings(walk: Walk) -> tuple[Ceiling, ...]:
    """Return the form's limits for this actor and this target, from now back. Pure."""
    return tuple(ceiling for ceiling, _ in _limits(walk))


def brake(walk: Walk) -> None:
    """Raise `TooManyError`, recorded, when a limit of the form is reached.

    Others may begin in the meantime: `ceilings` go along with the intent, where they are counted once more.
    """
    for ceiling, text in _limits(walk):
        count = walk.services.store.submissions.count_since(
            form_id=ceiling.form_id, since=ceiling.since, actor_id=ceiling.actor_id, target_id=ceiling.target_id
        )
        if count >= ceiling.count:
            sentence = text.format(count=count, span=_span(ceiling.seconds)) + " Wait a while, or ask a colleague."
            raise braked(walk, TooManyError(sentence, ceiling.seconds))


def braked(walk: Walk, refusal: TooManyError, what: str = "submit") -> TooManyError:
    """Record that a limit was reached; return the refusal, to be raised."""
    return refused_on(walk, what, refusal)


def brake_exports(walk: Walk) -> None:
    """Raise `TooManyError`, recorded, when this actor downloaded too many files lately, see `too_many_exports`."""
    refusal = too_many_exports(walk.services, walk.actor, walk.reader.now)
    if refusal is not None:
        raise braked(walk, refusal, "export")


def too_many_exports(services: Services, actor: Actor, now: datetime) -> TooManyError | None:
    """Return the refusal, not recorded yet, when this actor downloaded too many files lately, as the journal has it.

    Downloads that begin at the same moment may each be the last one allowed.
    """
    since = now - EXPORT_SPAN
    found = services.store.journal.search(kind="export", actor_id=actor.id, since=since, limit=MOST_EXPORTS)
    if len(found) < MOST_EXPORTS:
        return None
    seconds = ceil((found[-1].time - since).total_seconds())
    return TooManyError(_EXPORTED.format(count=MOST_EXPORTS), max(1, seconds))


def _limits(walk: Walk) -> Iterator[tuple[Ceiling, str]]:
    limits, target = walk.form.limits, target_ref(walk)
    if limits.per_actor is not None:
        yield _ceiling(walk, limits.per_actor, actor_id=walk.actor.id), _BY_ACTOR
    if limits.per_target is not None and target is not None:
        yield _ceiling(walk, limits.per_target, target_id=target.id), _FOR_TARGET


def _ceiling(walk: Walk, rate: Rate, actor_id: str | None = None, target_id: str | None = None) -> Ceiling:
    since = walk.reader.now - timedelta(seconds=rate.seconds)
    return Ceiling(walk.form.id, since, rate.count, rate.seconds, actor_id, target_id)


def _span(seconds: int) -> str:
    return "a day" if seconds == 86_400 else "an hour" if seconds == 3_600 else f"{seconds} s"
