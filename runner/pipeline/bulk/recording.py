"""What the journal says about bulks. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.spi import Ref
from runner.access.model import Actor
from runner.journal.records import Record, timestamp
from runner.pipeline.recording import actor_body, target_body
from runner.store.bulk_records import Bulk, BulkRow


def form_of(bulk: Bulk) -> dict[str, Any]:
    """Return which form, exactly."""
    return {"id": bulk.form_id, "digest": bulk.form_digest}


def confirmed(now: datetime, actor: Actor, bulk: Bulk, rows: Mapping[str, int], *, waits: bool) -> Record:
    """Record that a bulk was confirmed as its digest names it, and that somebody else has to start it, if so."""
    return _decision(now, actor, bulk, "wait for a second person" if waits else "start for many", rows)


def started(now: datetime, actor: Actor, bulk: Bulk, rows: Mapping[str, int]) -> Record:
    """Record that a second person started a bulk."""
    return _decision(now, actor, bulk, "start for many as a second person", rows)


def _decision(now: datetime, actor: Actor, bulk: Bulk, what: str, rows: Mapping[str, int]) -> Record:
    body: dict[str, Any] = {
        "actor": actor_body(actor),
        "operation": what,
        "form": form_of(bulk),
        "bulk": bulk.id,
        "asked_by": {"id": bulk.actor_id, "login": bulk.actor_login},
        "digest": bulk.digest,
        "rows": dict(rows),
        "ticket": bulk.ticket,
        "reason": bulk.reason,
        "decision": {"effect": "permit", "binding": None, "reason": "each row was decided on and is decided on again"},
    }
    return Record("decision", now, body)


def handed_in(now: datetime, actor: Actor, bulk: Bulk, row: BulkRow, kind: str, due_at: datetime) -> Record:
    """Record that the plan of one row waits for a worker now."""
    body: dict[str, Any] = {
        "submission": row.submission_id,
        "actor": actor_body(actor),
        "client": "portal",
        "form": form_of(bulk),
        "operation": "wait for its moment",
        "bulk": bulk.id,
        "target": target_body(Ref(kind, row.target_id), None) if row.target_id else None,
        "decision": {"effect": "permit", "binding": None, "reason": "the plan may be carried out as things are now"},
        "plan_digest": row.digest,
        "due_at": timestamp(due_at),
        "expires_at": None,
        "ticket": bulk.ticket,
        "reason": bulk.reason,
    }
    return Record("decision", now, body)


def ended(now: datetime, actor: Mapping[str, Any], bulk: Bulk, code: str, counts: Mapping[str, int]) -> Record:
    """Record that a bulk ended, or was stopped, and what became of its submissions."""
    body: dict[str, Any] = {
        "actor": dict(actor),
        "form": form_of(bulk),
        "operation": {"id": None, "verb": "run for many"},
        "bulk": bulk.id,
        "outcome": {"code": code, "detail": bulk.note},
        "submissions": dict(counts),
    }
    return Record("outcome", now, body)


def taken_out(now: datetime, actor: Actor, bulk: Bulk) -> Record:
    """Record that the result of a bulk left as a file."""
    return Record("export", now, {"actor": actor_body(actor), "form": form_of(bulk), "bulk": bulk.id})
