"""What the journal says of requests: each yes and no, and how a request ended or began anew. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.access.model import Actor
from runner.journal.records import Record
from runner.pipeline.recording import actor_body
from runner.store.records import Submission
from runner.store.request_records import Absence, Approval


def approval(actor: Actor, said: Approval, submission: Submission, channel: str) -> Record:
    """Record what somebody said to a request by which channel, and to what exactly."""
    body: dict[str, Any] = {
        "submission": submission.id,
        "actor": actor_body(actor),
        "client": channel,
        "form": _form(submission),
        "operation": f"say {said.decision}",
        "target": _target(submission),
        "decision": {"effect": "permit" if said.decision == "yes" else "deny", "binding": None},
        "comment": said.comment,
        "digest": said.plan_digest,
        "plan_digest": submission.plan_digest,
        "stage": said.stage,
        "instead_of": said.instead_of,
        "requested_by": {"id": submission.actor_id, "login": submission.actor_login},
        "ticket": submission.ticket,
    }
    return Record("approval", said.created_at, body)


def absence(now: datetime, actor: Actor, what: str, one: Absence) -> Record:
    """Record that somebody named a deputy, or took that back; ``what`` is ``be away`` or ``be back``."""
    body: dict[str, Any] = {
        "actor": actor_body(actor),
        "operation": what,
        "target": {"kind": "user", "id": one.deputy_id},
        "absence": {"person": one.person_id, "from": one.starts_on.isoformat(), "until": one.ends_on.isoformat()},
    }
    return Record("config", now, body)


def _form(submission: Submission) -> Mapping[str, Any]:
    return {"id": submission.form_id, "version": submission.form_version, "digest": submission.form_digest}


def _target(submission: Submission) -> Mapping[str, Any] | None:
    if submission.target_id is None:
        return None
    return {"kind": submission.target_kind, "id": submission.target_id}
