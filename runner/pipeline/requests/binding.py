"""What a yes is bound to: everything a request consists of, in one digest. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runner.journal.chain import canonical
from runner.journal.records import timestamp
from runner.pipeline.planning import exact, kept_plan
from runner.store.records import Submission

_TARGET = "target"
_GONE = ("remove", "delete")


def bound_digest(submission: Submission) -> str:
    """Return the SHA-256, in hexadecimal, of what somebody agrees to who agrees to a submission.

    That is its form in its version, who asks, the target, all answers with those kept encrypted, ticket and reason, the
    caller checks it rests on, the whole plan with what it changes from and to, when it was asked for and until when a yes
    counts.  A yes to a submission of which any of these is different is no yes.
    """
    of = submission
    whole = {
        **_asked(of),
        "submission": of.id,
        "target": [of.target_kind, of.target_id],
        "plan": of.plan,
        "plan_digest": of.plan_digest,
        "asked_at": _written(of.asked_at),
        "expires_at": _written(of.expires_at),
    }
    return hashlib.sha256(canonical(whole).encode()).hexdigest()


def alike_digest(submission: Submission) -> str:
    """Return a digest that rows of a bulk share when they ask for the same, and would come to the same.

    It is over all that a yes is bound to, and when it runs, by ids and not by names; left out are the target itself, what
    is there now where it is set to something else, and when each row was asked for.
    """
    of = submission
    due_at = of.due_at if of.due_at and of.asked_at and of.due_at > of.asked_at else None
    plan = [_outcome(one) for one in exact(kept_plan(of))]
    whole = {**_asked(of), "due_at": _written(due_at), "plan": _impersonal(plan, f"{of.target_kind}:{of.target_id}")}
    return hashlib.sha256(canonical(whole).encode()).hexdigest()


def _asked(of: Submission) -> dict[str, Any]:
    """Return what was asked for, and by whom, whoever it is for."""
    return {
        "form": [of.form_id, of.form_version, of.form_digest],
        "actor": of.actor_id,
        "answers": of.answers,
        "sealed": hashlib.sha256(of.sealed).hexdigest() if of.sealed is not None else None,
        "ticket": of.ticket,
        "reason": of.reason,
        "verified": of.verified,
        "undoes": of.undoes,
    }


def _outcome(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    changes = [
        [kind, ref, attribute, before if kind in _GONE else None, after]
        for kind, ref, attribute, before, after in operation["changes"]
    ]
    return {**operation, "title": "", "changes": changes}


def _impersonal(value: Any, target: str) -> Any:
    """Return JSON with one word for the target, wherever its id stands."""
    if isinstance(value, Mapping):
        return {key: _impersonal(item, target) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_impersonal(item, target) for item in value]
    return _TARGET if value == target else value


def _written(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
