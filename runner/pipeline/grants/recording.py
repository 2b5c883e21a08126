"""What the pipeline writes into the journal about grants. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.spi import Operation
from forms.answering.wire import stored
from runner.journal.records import Record, timestamp
from runner.store.grant_records import Grant
from runner.store.records import Submission


def given(now: datetime, grant: Grant) -> Record:
    """Record that something is taken back on a day, and by which operation."""
    return Record("decision", now, {**_body(grant), "operation": "take back later", "takes_back": _kept(grant)})


def overtaken(now: datetime, grant: Grant, by: Submission, back: Operation, rest: Operation | None) -> Record:
    """Record that a later submission had the last word on what a grant would have taken back, or on a part of it."""
    body = {
        **_body(grant),
        "operation": {"id": grant.operation_id, "verb": back.verb},
        "outcome": {"code": "overtaken", "detail": f"submission {by.id} had the last word on it"},
        "left": {name: stored(value) for name, value in rest.arguments.items()} if rest else None,
    }
    return Record("outcome", now, body)


def restored_again(now: datetime, grant: Grant, by: Submission) -> Record:
    """Record that a grant runs again as it did, since the submission that had the last word on it took that back."""
    body = {
        **_body(grant),
        "operation": {"id": grant.operation_id, "verb": _kept(grant).get("verb")},
        "takes_back": _kept(grant),
        "outcome": {"code": "restored", "detail": f"submission {by.id} took back what it did"},
    }
    return Record("outcome", now, body)


def taking_back(now: datetime, grant: Grant) -> Record:
    """Record that a grant is about to be taken back, and why that is allowed."""
    until = timestamp(grant.ends_at)
    body = {
        **_body(grant),
        "operation": {"id": grant.operation_id, "verb": _kept(grant).get("verb")},
        "takes_back": _kept(grant),
        "attempt": grant.attempts,
        "decision": {
            "effect": "permit",
            "binding": None,
            "reason": f"it takes back what submission {grant.submission_id} was permitted to give until {until}",
        },
    }
    return Record("intent", now, body)


def taken_back(now: datetime, grant: Grant, code: str, detail: str, lines: Any = ()) -> Record:
    """Record what came of taking a grant back: ``ended``, ``gone``, ``unavailable`` or ``failed``."""
    body = {
        **_body(grant),
        "operation": {"id": grant.operation_id, "verb": _kept(grant).get("verb")},
        "changes": list(lines),
        "outcome": {"code": code, "detail": detail},
    }
    return Record("outcome", now, body)


def again(now: datetime, grant: Grant, actor: Mapping[str, Any]) -> Record:
    """Record that an operator wants it tried again now."""
    body = {
        **_body(grant),
        "actor": dict(actor),
        "operation": {"id": grant.operation_id, "verb": _kept(grant).get("verb")},
        "outcome": {"code": "again", "detail": "it is tried again now"},
    }
    return Record("outcome", now, body)


def _kept(grant: Grant) -> Mapping[str, Any]:
    kept = grant.inverse if isinstance(grant.inverse, Mapping) else {}
    return {name: value for name, value in kept.items() if name != "objects"}


def _objects(grant: Grant) -> Any:
    return grant.inverse.get("objects", ()) if isinstance(grant.inverse, Mapping) else ()


def _body(grant: Grant) -> dict[str, Any]:
    return {
        "grant": grant.id,
        "submission": grant.submission_id,
        "actor": {"id": grant.actor_id, "login": grant.actor_login},
        "form": {"id": grant.form_id},
        "target": {"kind": grant.target_kind, "id": grant.target_id},
        "objects": [{"on": name} for name in _objects(grant)],
        "until": timestamp(grant.ends_at),
    }
