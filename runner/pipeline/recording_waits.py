"""What the pipeline writes into the journal about submissions that wait. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from runner.journal.records import Record, timestamp
from runner.pipeline.recording import actor_body, form_body, target_body
from runner.pipeline.walking import Walk
from runner.store.records import Submission


def handed_in(
    walk: Walk,
    submission: Submission,
    digest: str,
    due_at: datetime,
    expires_at: datetime | None,
    verification: Sequence[Mapping[str, Any]],
) -> Record:
    """Record that a plan was confirmed and waits now: for a yes until ``expires_at``, or for its moment."""
    target = walk.target
    body: dict[str, Any] = {
        "submission": submission.id,
        "actor": actor_body(walk.actor),
        "client": submission.channel,
        "form": form_body(walk.form),
        "operation": "wait for a yes" if expires_at else "wait for its moment",
        "target": target_body(target.ref, target) if target else None,
        "decision": {"effect": "permit", "binding": None, "reason": "the plan may be carried out as things are now"},
        "plan_digest": digest,
        "due_at": timestamp(due_at),
        "expires_at": timestamp(expires_at) if expires_at else None,
        "verification": list(verification),
        "ticket": submission.ticket,
        "reason": submission.reason,
    }
    return Record("decision", walk.reader.now, body)


def cancelled(now: datetime, actor_id: str, login: str, submission: Submission) -> Record:
    """Record that a submission that waited was ended before anything of it was done."""
    return ended_waiting(now, {"id": actor_id, "login": login}, submission, "cancelled", f"{login} cancelled it")


def ended_waiting(now: datetime, actor: Mapping[str, Any], submission: Submission, code: str, detail: str) -> Record:
    """Record how a submission ended of which nothing was done."""
    body: dict[str, Any] = {
        "submission": submission.id,
        "actor": dict(actor),
        "form": {"id": submission.form_id, "version": submission.form_version, "digest": submission.form_digest},
        "operation": {"id": None, "verb": "wait"},
        "target": {"kind": submission.target_kind, "id": submission.target_id},
        "outcome": {"code": code, "detail": detail},
        "ticket": submission.ticket,
    }
    return Record("outcome", now, body)
