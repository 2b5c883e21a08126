"""Open the form of a submission that has run once more, for who may use it on that target now. Reads."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from forms.answering.working_out import Worked, work_out
from forms.definition import Result
from forms.plan_digest import plan_digest
from forms.planning import Plan, PlannedOperation
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.authorising import NOT_FOUND, decide_plan
from runner.pipeline.grants.lasting import end_of, is_ahead, last_day
from runner.pipeline.grants.moving import moved_ends
from runner.pipeline.planning import Prepared, exact, kept_operation
from runner.pipeline.reopening import is_offered, own_version
from runner.pipeline.services import Services
from runner.pipeline.telling import day
from runner.pipeline.undoing.standing import Ready
from runner.pipeline.walking import Walk, start, target_ref
from runner.store.records import Submission

CHECK_EXPIRED = (
    "This form asks for a caller check, and there is none any more that this could rest on. "
    "Use the form itself to put things right."
)
_OVER = "“{title}” was to last until {day}, and that day is over. Fill the form in again."


def opened_again(
    services: Services, actor: Actor, submission: Submission, id_: str, language: str, channel: str = "portal"
) -> Walk:
    """Open the form on the target of a submission in its own version, kept under ``id_``; refusals are recorded.

    What the submission did to its target is not held against the form's conditions.  Raises as
    `runner.pipeline.walking.start` does: who may not use the form on it now gets `NotFoundError`.
    """
    if not is_offered(services, submission.form_id):
        raise NotFoundError(NOT_FOUND)
    walk = start(
        services,
        actor,
        submission.form_id,
        submission.target_id,
        id_,
        language,
        channel,
        handed_in=submission.asked_at or submission.created_at,
        kept=own_version(services, submission),
        is_begun=True,
    )
    walk = walk.with_request(submission.ticket, submission.reason)
    walk = replace(walk, waited=False)
    return walk if submission.undoes is None else without_words(walk)


def without_words(walk: Walk) -> Walk:
    """Return the walk with a form that tells nobody and shows nothing: its words are about doing it, not taking it back."""
    return replace(walk, form=replace(walk.form, notify=(), result=Result()))


def worked_again(walk: Walk, answers: Mapping[str, object]) -> Worked:
    """Work the kept answers out for texts and mails; nothing is judged, since it was done already."""
    try:
        return walk.reader.gather(walk.situation, lambda known: work_out(known, answers))[0]
    except RefusedError:
        return Worked({}, {})


def is_still_checked(walk: Walk, submission: Submission) -> bool:
    """Say whether a form asks for no caller check, or the one of this submission is still good, for the same agent."""
    policy = walk.policy
    if policy is None:
        return True
    lasts = timedelta(seconds=policy.valid_for_seconds)
    rows = walk.services.store.verifications.for_submission(submission.id)
    passed = {
        row.method
        for row in rows
        if row.state == "passed"
        and row.passed_at is not None
        and walk.reader.now < row.passed_at + lasts
        and (row.actor_id, row.target_id, row.policy) == (walk.actor.id, submission.target_id or "", policy.id)
    }
    return len(passed) >= policy.need


def assembled(walk: Walk, worked: Worked, ready: "list[Ready]", about: Mapping[str, Any], *, is_undo: bool) -> Prepared:
    """Decide on operations that were looked at, and put them together as a plan; ``about`` is bound by its digest as well.

    An undo lets nothing last longer that ends by itself.
    Raises `RefusedError` naming the first that is not allowed, or whose last day is over.
    """
    planned: tuple[PlannedOperation, ...] = tuple(one.planned for one in ready)
    _check_days(planned, walk.reader.now)
    plan = Plan(planned)
    permits = decide_plan(walk.reader, walk.form, plan, walk.target)
    now = walk.reader.now
    moved = [() if is_undo else moved_ends(walk.services, walk.form, one.planned, now) for one in ready]
    kept = tuple(
        kept_operation(walk, one.planned, one.preparation, ends) for one, ends in zip(ready, moved, strict=True)
    )
    digest = plan_digest(walk.form, walk.actor.id, target_ref(walk), [*exact(kept), dict(about)])
    return Prepared(walk, worked, plan, permits, tuple(one.preparation for one in ready), kept, digest)


def _check_days(planned: Sequence[PlannedOperation], now: datetime) -> None:
    for one in planned:
        if one.until is not None and not is_ahead(one.until, now):
            raise RefusedError(_OVER.format(title=one.title, day=day(last_day(end_of(one.until, now), now))))
