"""What happens to requests while nobody answers: reminders, the end of their time, and inboxes that follow the directory.

Each is safe when several nodes do it at once, and tried again later when a system does not answer.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from connectors.errors import ConnectorError
from forms.definition import Form
from runner.errors import NotFoundError, NotReachableError, RefusedError, StaleError
from runner.pipeline.happening import Happening
from runner.pipeline.notifying import notify
from runner.pipeline.recording_waits import ended_waiting
from runner.pipeline.reopening import own_version
from runner.pipeline.requests.asking import NOBODY, ask
from runner.pipeline.requests.opened import Opened, open_request
from runner.pipeline.requests.saying import agreed_by_all
from runner.pipeline.services import Services
from runner.store.records import Submission

_LAPSED = "Nobody agreed to it in time."
_ESCALATED = "Nobody answered in time, so the owner of the form was asked."
_MOST_ENDED = 200
_MOST_FOLLOWED = 500
_STRIDE_SECONDS, _STRIDE = 300, 37
"""Ids are random hexadecimal: 37 of 256 further every five minutes comes by every place."""

_WAITS_ON = (ConnectorError, NotReachableError, StaleError)


def end_what_nobody_answered(services: Services) -> int:
    """Let requests lapse whose time is over, or ask the owner of the form where it says so; return how many.

    At most ``_MOST_ENDED`` at a time; those that wait for the owner of the form by now keep no other from its turn.
    """
    due = (one for one in _late(services) if _has_to_end(services, one) or not _is_escalated(one))
    return sum(_each(services, submission, _end_or_escalate) for submission in islice(due, _MOST_ENDED))


def _late(services: Services) -> Iterator[Submission]:
    now, last = services.now(), None
    while found := services.store.approvals.late(now, last):
        yield from found
        last = found[-1]


def remind_those_asked(services: Services) -> int:
    """Remind everybody whose yes is lacking, as often as the form says; return how many requests that were."""
    now, count = services.now(), 0
    for form in services.catalogue.forms.values():
        seconds = form.approval.remind_seconds if form.approval else None
        if seconds:
            since = now - timedelta(seconds=seconds)
            found = services.store.approvals.unanswered(form.id, since)
            count += sum(_each(services, submission, _remind) for submission in found)
    return count


def follow_the_directory(services: Services) -> int:
    """Bring requests before those who may decide on them as things are now; return how many were looked at.

    At most ``_MOST_FOLLOWED`` at a time, from another place each time, so that none is left out for long.
    """
    services.store.approvals.forget_ended()
    place = f"{int(services.now().timestamp()) // _STRIDE_SECONDS * _STRIDE % 256:02x}"
    behind = services.store.approvals.all_waiting(place, _MOST_FOLLOWED)
    before = (
        services.store.approvals.all_waiting("", _MOST_FOLLOWED - len(behind)) if len(behind) < _MOST_FOLLOWED else ()
    )
    found = {one.id: one for one in (*behind, *before)}
    return sum(_each(services, submission, _follow) for submission in found.values())


def _each(services: Services, submission: Submission, look: Callable[[Services, Submission], object]) -> int:
    """Look after one; what cannot be worked out now is looked at again the next time."""
    try:
        look(services, submission)
    except (*_WAITS_ON, RefusedError):
        return 0
    return 1


def _end_or_escalate(services: Services, submission: Submission) -> None:
    now = services.now()
    if _has_to_end(services, submission):
        _lapse(services, submission, now)
    else:
        _ask_again(open_request(services, submission), now, _ESCALATED)


def _is_escalated(late: Submission) -> bool:
    """Say whether the owner of the form was asked; of rows of a bulk the owner is told later, of all of them together."""
    if late.reminded_at is None:
        return late.bulk_id is not None and late.note in (_ESCALATED, NOBODY)
    return late.expires_at is not None and late.reminded_at >= late.expires_at


def _has_to_end(services: Services, late: Submission) -> bool:
    return services.now() >= _last(services, late)


def _last(services: Services, submission: Submission) -> datetime:
    """Return until when a yes counts; a form that is gone gives no more time."""
    expires_at = submission.expires_at or services.now()
    form = _form(services, submission)
    if form is None or form.approval is None or form.approval.on_expiry != "escalate":
        return expires_at
    return expires_at + timedelta(seconds=form.approval.expires_seconds)


def _form(services: Services, submission: Submission) -> Form | None:
    try:
        return own_version(services, submission)
    except (RefusedError, NotFoundError):
        return None


def _lapse(services: Services, submission: Submission, now: datetime) -> None:
    actor = {"id": submission.actor_id, "login": submission.actor_login}
    told = notify(services, submission, Happening("expired", now, comment=_LAPSED), form=_form(services, submission))
    services.store.queue.move(
        submission.id,
        before=("awaiting_approval",),
        state="expired",
        plan_digest=submission.plan_digest,
        now=now,
        values={"note": _LAPSED},
        records=[ended_waiting(now, actor, submission, "expired", _LAPSED), *told.records],
        notifications=told.notifications,
    )


def _remind(services: Services, submission: Submission) -> None:
    now = services.now()
    if submission.expires_at is None or submission.expires_at > now:
        _ask_again(open_request(services, submission), now, submission.note)


def _ask_again(request: Opened, now: datetime, note: str) -> None:
    asking = ask(request, "reminded", was_short=request.submission.note == NOBODY)
    request.services.store.approvals.remind(
        request.submission,
        now,
        note=asking.note or note,
        records=asking.told.records,
        notifications=asking.told.notifications,
    )
    request.services.store.approvals.put_before(request.submission.id, request.digest, asking.principals)


def _follow(services: Services, submission: Submission) -> None:
    request = open_request(services, submission)
    now = services.now()
    if request.voters is None:
        step = agreed_by_all(request, now, "", "")
        services.store.queue.move(
            submission.id,
            before=("awaiting_approval",),
            state=step.state,
            plan_digest=submission.plan_digest,
            now=now,
            values=step.values,
            records=[*step.records, *step.told.records],
            notifications=step.told.notifications,
        )
        services.bell.ring()
        return
    if request.voters.is_short and submission.note != NOBODY:
        _ask_again(request, now, NOBODY)
    else:
        services.store.approvals.put_before(submission.id, request.digest, request.voters.principals())
