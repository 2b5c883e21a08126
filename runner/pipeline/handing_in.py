"""Hand a confirmed submission in that does not run at once: it waits for a yes, for its moment, or for a worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from runner.errors import RefusedError, StaleError
from runner.pipeline.happening import Told
from runner.pipeline.planning import Prepared
from runner.pipeline.recording_waits import cancelled, handed_in
from runner.pipeline.requests.asking import put_forward, told_of_the_end
from runner.pipeline.services import Services
from runner.pipeline.walking import Walk
from runner.store.records import Submission
from runner.verification.checks import CheckState

WAITING = ("awaiting_approval", "queued")
"""States in which a submission was handed in and nothing of it was done."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A submission that waits now."""

    walk: Walk
    submission_id: str


def waits(prepared: Prepared) -> bool:
    """Say whether a plan does not run at once when it is confirmed."""
    return prepared.plan.approval or prepared.plan.runs_at is not None


def run_moment(prepared: Prepared) -> datetime | None:
    """Return when a plan is to run; a date is the beginning of that day here. None: at once."""
    when = prepared.plan.runs_at
    if when is None or isinstance(when, datetime):
        return when
    return datetime.combine(when, time(), prepared.walk.reader.now.tzinfo)


def hand_in(
    prepared: Prepared, submission: Submission, check: CheckState | None, *, bulk_id: str | None = None
) -> HandedIn:
    """Let a confirmed submission wait, durably; its caller check is used up by that.

    Raises `StaleError` when another request got here first.
    """
    walk = prepared.walk
    now, used = walk.reader.now, used_checks(walk, check)
    approval = walk.form.approval if prepared.plan.approval else None
    due_at = run_moment(prepared) or now
    expires_at = now + timedelta(seconds=approval.expires_seconds) if approval else None
    values: dict[str, Any] = {
        "due_at": due_at,
        "asked_at": now,
        "expires_at": expires_at,
        "reminded_at": None,
        "stage": 0,
        "language": walk.situation.language,
        "verified": used,
        "bulk_id": bulk_id,
        "plan": list(prepared.kept),
        "note": "",
    }
    asked = put_forward(prepared, replace(submission, **values, plan_digest=prepared.digest))
    walk.services.store.queue.move(
        submission.id,
        before=("draft",),
        state="awaiting_approval" if approval else "queued",
        plan_digest=prepared.digest,
        now=now,
        values=values | {"note": asked.note},
        records=[handed_in(walk, submission, prepared.digest, due_at, expires_at, used), *asked.told.records],
        notifications=asked.told.notifications,
        consume=check.usable if check else (),
    )
    if approval:
        walk.services.store.approvals.put_before(submission.id, asked.digest, asked.principals)
    return HandedIn(walk, submission.id)


def used_checks(walk: Walk, check: CheckState | None) -> Sequence[Mapping[str, Any]]:
    """Return which caller checks a submission rests on, for the record."""
    if check is not None:
        return [{"method": view.id} for view in check.methods if view.state == "passed"]
    verify = walk.form.verify
    return [{"method": "none", "because": verify.because}] if verify is not None and verify.because else []


def cancel(services: Services, actor_id: str, login: str, submission: Submission) -> None:
    """End a submission before anything of it is done; raises `RefusedError` when it is too late.

    One that was cancelled already stays so, and nothing happens.
    """
    now = services.now()
    if submission.state == "cancelled":
        return
    if submission.begun_at is not None:
        raise RefusedError("It is too late to cancel this: it was begun.")
    is_asked = submission.state == "awaiting_approval" and submission.bulk_id is None
    told = told_of_the_end(services, submission, login, now) if is_asked else Told()
    try:
        services.store.queue.move(
            submission.id,
            before=("draft", *WAITING),
            state="cancelled",
            now=now,
            values={"note": f"{login} cancelled it."},
            records=[cancelled(now, actor_id, login, submission), *told.records],
            notifications=told.notifications,
        )
    except StaleError as error:
        if services.store.submissions.get(submission.id).state != "cancelled":
            raise RefusedError("It is too late to cancel this: it was begun, or has ended.") from error
