"""Take back what was given until a day: exactly what the run changed, and no more. Nothing that fails stays silent.

It is done on the authority of the run that gave it, which was decided on then.  Whoever gave it may have lost the right since,
may even be gone: that keeps nothing alive, for what ends is what somebody had to be permitted to give, and only that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from connectors.errors import ConnectorError, StaleObjectError, UnavailableError, UnknownOutcomeError
from connectors.spi import Change
from forms.answering.restoring import RestoreError
from runner.access.model import Actor
from runner.dispatch import take_back_alone
from runner.errors import NotDurableError, StaleError, untold
from runner.pipeline.grants.lasting import named_end
from runner.pipeline.grants.recording import taken_back, taking_back
from runner.pipeline.grants.remaining import remaining
from runner.pipeline.notifying import Happening, Told, alarm, notify
from runner.pipeline.reading import Reader
from runner.pipeline.services import Services
from runner.pipeline.telling import Teller, line_json
from runner.store.grant_records import INTERRUPTED, Grant

_FIRST_PAUSE, _LONGEST_PAUSE, _DAILY = timedelta(seconds=5), timedelta(minutes=15), timedelta(days=1)
_LOUD_AFTER = 8
"""After so many tries, about twenty minutes, a system that does not answer is a failure that calls the operator."""
_MOST_TRIES_WHEN_STALE = 20
_ALREADY = "Nothing of it was there any more."
_FAULT = "It could not be worked out how to take it back. Tell an administrator."

Became: TypeAlias = Literal["ended", "gone"]


@dataclass(frozen=True, slots=True)
class _Taken:
    """What came of it: ``ended``, or ``gone`` where nothing of it was there any more, with a sentence why."""

    became: Became
    why: str = ""
    changes: tuple[Change, ...] = ()


def end_due(services: Services, limit: int = 20, *, tell: Callable[[str], None] | None = None) -> int:
    """Take some of what is due into this node's hands and take it back; return how much that was.

    Raises `NotDurableError` when the store fails: what was in hand is tried again then, by this node or another.
    """
    services.halt.check()
    now = services.now()
    claimed = services.store.grants.claim(services.node, now, lambda grant: taking_back(now, grant), limit)
    for grant in claimed:
        try:
            _end(services, grant)
        except StaleError:
            continue  # somebody took it for lost meanwhile, and does it
        except NotDurableError:
            raise
        except Exception as error:  # a fault of ours must not end the worker, nor leave the grant in between
            if tell is not None:
                tell(f"grant {grant.id} could not be taken back: {untold(error)}")
            _fail(services, grant, _FAULT)
    return len(claimed)


def _end(services: Services, grant: Grant) -> None:
    reader = Reader(services, Actor(grant.actor_id, grant.actor_login, grant.actor_login, None), None, services.now())
    try:
        taken = _taken(reader, grant)
    except UnavailableError as error:
        _put_off(services, grant, str(error))
    except UnknownOutcomeError:
        _put_off(services, grant, INTERRUPTED)
    except (ConnectorError, RestoreError) as error:
        _fail(services, grant, str(error))
    else:
        _store(reader, grant, taken)


def _taken(reader: Reader, grant: Grant) -> _Taken:
    """Take back what is left, while it is in these hands.

    Raises the errors of connectors, `RestoreError`, and `StaleError` when another node has it by now; nothing was done then.
    """
    services = reader.services
    for left_tries in reversed(range(_MOST_TRIES_WHEN_STALE)):
        left = remaining(reader, grant)
        if left.operation is None:
            return _nothing_left(grant, left.why)
        services.store.grants.check_held(grant)  # this node may have stood still for long, and another one gone on
        try:
            outcome = take_back_alone(services.connectors.for_verb, left.operation, left.guards)
        except StaleObjectError:
            if not left_tries:
                raise
            continue
        if outcome.state == "unchanged":
            return _nothing_left(grant, left.why)
        return _Taken("ended", left.why, outcome.changes)
    raise AssertionError("unreachable")


def _nothing_left(grant: Grant, why: str) -> _Taken:
    """Tell what somebody else took away before from what this desk took back and could not write down."""
    return _Taken("ended", INTERRUPTED) if grant.error == INTERRUPTED else _Taken("gone", why or _ALREADY)


def _store(reader: Reader, grant: Grant, taken: _Taken) -> None:
    services, now = reader.services, reader.services.now()
    told = _told(services, grant, now)
    record = taken_back(now, grant, taken.became, taken.why, _lines(reader, taken.changes))
    services.store.grants.finish(
        grant,
        state=taken.became,
        now=now,
        error=taken.why,
        records=[record, *told.records],
        told=told.notifications,
    )
    if any(change.attribute in ("groups", "members", "dn") for change in taken.changes):
        services.authority.expire()


def _told(services: Services, grant: Grant, now: datetime) -> Told:
    submission = services.store.submissions.get(grant.submission_id)
    return notify(services, submission, Happening("ended", now, due_at=named_end(grant.ends_at, now)))


def _lines(reader: Reader, changes: Sequence[Change]) -> list[dict[str, str]]:
    teller = Teller(reader).without_names()
    return [line_json(line) for line in teller.lines(changes)]


def _put_off(services: Services, grant: Grant, why: str) -> None:
    """Try again soon: a system did not answer. For long, that is a failure like any other, and still tried."""
    now = services.now()
    retry_at = now + min(_FIRST_PAUSE * 2 ** min(grant.attempts, 10), _LONGEST_PAUSE)
    is_loud = grant.attempts >= _LOUD_AFTER
    calls = _call(services, grant, why, now) if grant.attempts == _LOUD_AFTER else ()
    services.store.grants.put_off(
        grant,
        state="failed" if is_loud else "running",
        retry_at=retry_at,
        error=INTERRUPTED if grant.error == INTERRUPTED else why,
        now=now,
        records=[taken_back(now, grant, "unavailable", why)],
        told=calls,
    )


def _fail(services: Services, grant: Grant, why: str) -> None:
    """Leave it failed, tell the operator, and try again tomorrow."""
    now = services.now()
    services.store.grants.put_off(
        grant,
        state="failed",
        retry_at=now + _DAILY,
        error=why,
        now=now,
        records=[taken_back(now, grant, "failed", why)],
        told=_call(services, grant, why, now),
    )


def _call(services: Services, grant: Grant, why: str, now: datetime) -> Any:
    sentence = f"“{grant.title}” for {grant.target_label or 'no target'} has ended and could not be taken back: {why}"
    return alarm(services, sentence, now, path="/grants")
