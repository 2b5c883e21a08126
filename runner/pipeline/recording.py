"""What the pipeline writes into the journal. Pure: values in, records out; no secret can get in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.spi import Entry, File, Operation, Ref
from forms.answering.wire import stored
from forms.definition import Form
from forms.planning import PlannedOperation
from runner.access.model import Actor
from runner.dispatch import Performed
from runner.journal.records import Record
from runner.pipeline.authorising import Permit
from runner.resource_names import name_of
from runner.store.records import Submission


def actor_body(actor: Actor) -> dict[str, Any]:
    """Return who acted; ``simulated_by`` is there when somebody else only looked at the desk as this one sees it."""
    subject = actor.person.ref.id if actor.person else None
    issuer = "client" if actor.client else "local"
    simulated = {"simulated_by": actor.simulated_by} if actor.simulated_by else {}
    return {"issuer": issuer, "id": actor.id, "login": actor.login, "subject": subject, **simulated}


def target_body(ref: Ref | None, entry: Entry | None) -> dict[str, Any] | None:
    """Return on what, by its stable id and its resource name, and where it stood."""
    if ref is None:
        return None
    return {"kind": ref.kind, "id": ref.id, "name": name_of(ref), "dn_at_time": entry.dn if entry else None}


def form_body(form: Form) -> dict[str, Any]:
    """Return which form, exactly."""
    return {"id": form.id, "version": form.version, "digest": form.digest}


def denial(
    now: datetime, actor: Actor, what: str, reason: str, *, form: str | None = None, target: Any = None
) -> Record:
    """Record a refusal; nothing was done."""
    body = {
        "actor": actor_body(actor),
        "operation": what,
        "form": {"id": form} if form else None,
        "target": target,
        "decision": {"effect": "deny", "binding": None, "reason": reason},
    }
    return Record("deny", now, body)


def intents(
    now: datetime,
    actor: Actor,
    form: Form,
    submission: Submission,
    policy_digest: str,
    planned: Sequence[tuple[PlannedOperation, Permit, Mapping[str, Any]]],
    verification: Sequence[Mapping[str, Any]],
) -> list[Record]:
    """Record, for each operation, that it is allowed and about to be done, with what it will change."""
    return [
        Record(
            "intent",
            now,
            {
                "submission": submission.id,
                "actor": actor_body(actor),
                "client": submission.channel,
                "form": form_body(form),
                "policy_digest": policy_digest,
                "operation": {"id": operation.operation.id, "verb": operation.operation.verb},
                "connector": {"id": operation.operation.verb.partition(".")[0]},
                "target": _touched(permit),
                "objects": [_decided(permit_part) for permit_part in permit.decisions],
                "changes": kept["lines"],
                "verification": list(verification),
                "decision": _decision(permit),
                "ticket": submission.ticket,
                "reason": submission.reason,
                **_files(operation.operation),
            },
        )
        for operation, permit, kept in planned
    ]


def _files(operation: Operation) -> dict[str, Any]:
    """Return which files an operation takes, by argument: name, size in bytes, type and SHA-256; nothing without any."""
    files = {name: stored(value) for name, value in operation.arguments.items() if isinstance(value, File)}
    return {"files": files} if files else {}


def _touched(permit: Permit) -> dict[str, Any] | None:
    entry = next(iter(permit.entries), None)
    return target_body(entry.ref, entry) if entry else None


def _needed(planned: PlannedOperation) -> dict[str, Any] | None:
    return target_body(next((need.on for need in planned.requirements if isinstance(need.on, Ref)), None), None)


def _objects(planned: PlannedOperation) -> list[dict[str, str]]:
    return [{"permission": need.permission, "on": _named(need.on)} for need in planned.requirements]


def _decided(part: Any) -> dict[str, Any]:
    need, entry, decision = part
    where = {"dn_at_time": entry.dn} if entry else {}
    return {"permission": need.permission, "on": _named(need.on), "binding": decision.binding, **where}


def _named(on: object) -> str:
    return name_of(on) if isinstance(on, Ref) else str(on)


def _decision(permit: Permit) -> dict[str, Any]:
    bindings = [decision.binding for _, _, decision in permit.decisions if decision.binding]
    reasons = [decision.reason for _, _, decision in permit.decisions]
    return {
        "effect": "permit",
        "binding": ", ".join(dict.fromkeys(bindings)) or None,
        "reason": "; ".join(dict.fromkeys(reasons)),
    }


def taking_back(now: datetime, actor: Actor, form: Form, submission: Submission, planned: PlannedOperation) -> Record:
    """Record that what an operation of a run did is about to be taken back by that run, and by which operation."""
    operation = planned.operation
    return Record(
        "intent",
        now,
        {
            "submission": submission.id,
            "actor": actor_body(actor),
            "client": submission.channel,
            "form": form_body(form),
            "operation": {"id": operation.id, "verb": operation.verb},
            "connector": {"id": operation.verb.partition(".")[0]},
            "target": _needed(planned),
            "objects": _objects(planned),
            "takes_back": {
                "verb": operation.verb,
                "arguments": {name: stored(value) for name, value in operation.arguments.items()},
            },
            "decision": {
                "effect": "permit",
                "binding": None,
                "reason": "it takes back what this submission did, since a later step was not done",
            },
            "ticket": submission.ticket,
            "reason": submission.reason,
        },
    )


def outcome(
    now: datetime, actor: Actor, form: Form, submission: Submission, performed: Performed, lines: Sequence[Any]
) -> Record:
    """Record what became of an operation."""
    operation = performed.planned.operation
    return Record(
        "outcome",
        now,
        {
            "submission": submission.id,
            "actor": actor_body(actor),
            "form": form_body(form),
            "operation": {"id": operation.id, "verb": operation.verb},
            "target": _needed(performed.planned),
            "objects": _objects(performed.planned),
            "changes": list(lines),
            "note": performed.planned.note or None,
            "outcome": {"code": performed.state, "detail": performed.detail},
            "ticket": submission.ticket,
            **_files(operation),
        },
    )


def nobody_told(now: datetime, actor: Actor, form: Form, submission: Submission) -> Record:
    """Record that the form was to tell somebody, and that there was no address to write to."""
    return Record(
        "outcome",
        now,
        {
            "submission": submission.id,
            "actor": actor_body(actor),
            "form": form_body(form),
            "operation": {"id": None, "verb": "mail"},
            "target": None,
            "outcome": {"code": "nobody_could_be_told", "detail": "Nobody could be told by mail."},
            "ticket": submission.ticket,
        },
    )


def exported(now: datetime, actor: Actor, form: Form, target: Ref | None, what: Mapping[str, Any]) -> Record:
    """Record that rows left as a file: which table, for which arguments, how many of them."""
    return Record(
        "export",
        now,
        {
            "actor": actor_body(actor),
            "form": form_body(form),
            "operation": "export table",
            "target": target_body(target, None),
            "export": dict(what),
        },
    )


def checked(
    now: datetime, actor: Actor, submission: Submission, method: str, policy: str, code: str, detail: str
) -> Record:
    """Record a step of a caller check; ``code`` is ``sent``, ``passed`` or ``failed``."""
    return Record(
        "verify",
        now,
        {
            "submission": submission.id,
            "actor": actor_body(actor),
            "form": {"id": submission.form_id},
            "target": {"kind": submission.target_kind, "id": submission.target_id},
            "verification": {"method": method, "policy": policy},
            "outcome": {"code": code, "detail": detail},
        },
    )
