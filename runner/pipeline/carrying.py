"""Carry out what waited: a worker's way from a row of the queue to its end. Nothing waits for ever, nothing ends unsaid."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

from connectors.errors import ConnectorError, UnavailableError
from connectors.spi import Secret
from forms.errors import AnswersError
from runner.dispatch import Performed
from runner.errors import BusyError, NotDurableError, NotReachableError, RunnerError, StaleError, TooManyError
from runner.pipeline.braking import ceilings
from runner.pipeline.drafting import kept_answers
from runner.pipeline.finishing import Finished, Resting, WaitFor, carry_on, carry_out
from runner.pipeline.notifying import send_mails
from runner.pipeline.planning import Prepared
from runner.pipeline.recording_waits import ended_waiting, handed_in
from runner.pipeline.reopening import planned_again, reopened
from runner.pipeline.requests.agreed import is_agreed
from runner.pipeline.requests.saying import CHANGED, asked_anew
from runner.pipeline.secrets import secrets_of
from runner.pipeline.services import Services
from runner.pipeline.undoing.going_on import begin_rest, made_anew
from runner.pipeline.undoing.resuming import rest
from runner.pipeline.undoing.waiting_on import may_wait, stop_waiting
from runner.pipeline.walking import Walk
from runner.store.records import Submission

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=15)
_MOST_ATTEMPTS = 100
"""A system that does not answer for about a day is not waited for any longer."""
_IN_THE_WAY = timedelta(seconds=1)
_OTHERWISE = "The form is no longer what was confirmed. Nothing was done. Open the form again and look at it."
_FAILED = "It could not be worked out. Nothing was done; tell an administrator."

Became: TypeAlias = Literal["carried out", "postponed", "ended", "gone"]


@dataclass(frozen=True, slots=True)
class Carried:
    """What a worker made of a submission."""

    became: Became
    note: str = ""


def carry_out_waiting(services: Services, submission: Submission) -> Carried:
    """Carry out a submission that this node took from the queue, once.

    It is opened, decided on and planned anew.  While a system does not answer, or a limit is reached, it waits longer.
    What may no longer be done, or would do something else than was confirmed, ends without anything done.  Raises
    `NotDurableError` when the store fails.
    """
    try:
        return _carried_out_or_put_off(services, submission)
    except StaleError:  # somebody cancelled it, or took this node for gone and has it now
        return Carried("gone")


def _carried_out_or_put_off(services: Services, submission: Submission) -> Carried:
    try:
        if submission.begun_at is not None:
            return _carried_on(services, submission)
        prepared = planned_again(services, submission)
        if prepared.plan.approval and not is_agreed(services, submission, prepared):
            return _ask_again(prepared, submission)
        if not is_as_confirmed(submission, prepared):
            return _end(services, submission, _OTHERWISE)
        return _carried(prepared, submission)
    except (StaleError, NotDurableError):
        raise
    except (UnavailableError, NotReachableError) as error:
        return _wait(services, submission, str(error), _pause(submission))
    except BusyError as error:
        return _wait(services, submission, str(error), _IN_THE_WAY)
    except TooManyError as error:
        return _wait(services, submission, str(error), timedelta(seconds=error.retry_after_seconds))
    except AnswersError as wrong:
        return _end(services, submission, " ".join(problem.message for problem in wrong.problems))
    except (RunnerError, ConnectorError) as error:
        return _end(services, submission, str(error))


def give_up(services: Services, submission: Submission) -> None:
    """End what failed in a way nobody foresaw; what was begun of it here is unclear. Others' work is left alone."""
    try:
        _end(services, submission, _FAILED)
    except StaleError:
        now_it_is = services.store.submissions.get(submission.id)
        if (now_it_is.state, now_it_is.node) == ("running", services.node):
            services.store.submissions.mark_unknown(submission.id, services.now())


def is_as_confirmed(submission: Submission, prepared: Prepared) -> bool:
    """Say whether a plan comes from what was confirmed: the same answers, in the same version of the form.

    What it comes to may be less or more by now, since things change around it: a leaver is taken out of the groups of that
    moment.  Where somebody agreed to the plan, it has to be the very same; see `is_agreed`.
    """
    form = prepared.walk.form
    return (submission.form_id, submission.form_digest) == (form.id, form.digest)


def _ask_again(prepared: Prepared, submission: Submission) -> Carried:
    """Let a submission wait for a yes to its plan as it is now, from everybody who has to agree."""
    services = prepared.walk.services
    now = services.now()
    step = asked_anew(prepared, submission, now)
    expires_at, due_at = step.values["expires_at"], submission.due_at or now
    record = handed_in(prepared.walk, submission, prepared.digest, due_at, expires_at, _checks(submission))
    services.store.queue.move(
        submission.id,
        before=("queued",),
        state=step.state,
        now=now,
        values=step.values,
        records=[record, *step.told.records],
        notifications=step.told.notifications,
    )
    services.store.approvals.put_before(submission.id, step.digest, step.asking.principals if step.asking else ())
    return Carried("ended", CHANGED)


def _carried(prepared: Prepared, submission: Submission) -> Carried:
    walk = prepared.walk
    secrets = secrets_of(walk, prepared, kept_answers(walk, submission))
    shown_once = _for_the_actor(prepared, secrets)
    finished = carry_out(
        prepared,
        submission,
        Resting(
            verified=_checks(submission),
            waited_with=submission.plan_digest,
            shown_once=shown_once,
            wait_for=_waiting(walk, submission),
        ),
        secrets,
        ceilings(walk),
    )
    if shown_once is not None:
        _forget_what_was_not_given(finished, submission)
    send_mails(walk, submission.id)
    return Carried("carried out", finished.state)


def _carried_on(services: Services, submission: Submission) -> Carried:
    """Go on with what waited for a system in the middle: what was done is not done again."""
    walk = reopened(services, submission, is_begun=True)
    found = rest(walk, submission, is_waiting=True)
    secrets = made_anew(walk, found.prepared)
    shown_once = _for_the_actor(found.prepared, secrets)
    with services.halt.at(submission.id):
        begin_rest(walk, submission, found, shown_once)
        finished = carry_on(found.prepared, submission, secrets, found.earlier, _waiting(walk, submission))
    if shown_once is not None:
        _forget_what_was_not_given(finished, submission)
    send_mails(walk, submission.id)
    return Carried("carried out", finished.state)


def _waiting(walk: Walk, submission: Submission) -> WaitFor:
    """Return how long what was begun waits for a system that does not answer: longer each time, and not for ever."""

    def wait_for(performed: Sequence[Performed]) -> datetime | None:
        if submission.attempts >= _MOST_ATTEMPTS or not may_wait(walk.form, performed):
            return None
        return walk.services.now() + _pause(submission)

    return wait_for


def _checks(submission: Submission) -> list[Mapping[str, Any]]:
    """Return the caller checks it rests on, which were used up when it was handed in."""
    used = submission.verified if isinstance(submission.verified, list | tuple) else ()
    return [one for one in used if isinstance(one, Mapping)]


def _for_the_actor(prepared: Prepared, secrets: Mapping[str, Secret]) -> bytes | None:
    """Seal the secrets that the form shows one time: whoever asked is not there now."""
    names: set[str] = set()
    for show in prepared.walk.form.result.show:
        single = getattr(show.value, "single", None)
        if show.secret and single is not None:
            names |= set(single.names)
    given = {name: secret.reveal() for name, secret in secrets.items() if name in names}
    return prepared.walk.services.sealer.seal(json.dumps(given)) if given else None


def _forget_what_was_not_given(finished: Finished, submission: Submission) -> None:
    if not finished.secrets:
        finished.walk.services.store.queue.take_shown_once(submission.id, submission.actor_id)


def _pause(submission: Submission) -> timedelta:
    times: int = 2 ** min(submission.attempts, 10)
    return min(_FIRST_PAUSE * times, _LONGEST_PAUSE)


def _wait(services: Services, submission: Submission, why: str, pause: timedelta) -> Carried:
    if submission.attempts >= _MOST_ATTEMPTS:
        return _end(services, submission, why)
    now = services.now()
    services.store.queue.postpone(submission.id, services.node, due_at=now + pause, note=why, now=now)
    return Carried("postponed", why)


def _end(services: Services, submission: Submission, why: str) -> Carried:
    """End a submission, and say why; nothing was done of one that was not begun."""
    now: datetime = services.now()
    if submission.begun_at is not None:
        stop_waiting(services, submission, why)
        return Carried("ended", why)
    actor = {"id": submission.actor_id, "login": submission.actor_login}
    services.store.queue.move(
        submission.id,
        before=("queued",),
        state="failed",
        now=now,
        values={"note": why},
        records=[ended_waiting(now, actor, submission, "failed", why)],
    )
    return Carried("ended", why)
