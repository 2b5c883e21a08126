"""What a yes is bound to: everything a request consists of, in one digest. Pure."""

import hashlib
from datetime import datetime

from runner.journal.chain import canonical
from runner.journal.records import timestamp
from runner.store.records import Submission


def bound_digest(submission: Submission) -> str:
    """Return the SHA-256, in hexadecimal, of what somebody agrees to who agrees to a submission.

    That is its form in its version, who asks, the target, all answers with those kept encrypted, ticket and reason, the
    caller checks it rests on, the whole plan with what it changes from and to, when it was asked for and until when a yes
    counts.  A yes to a submission of which any of these is different is no yes.
    """
    of = submission
    whole = {
        "submission": of.id,
        "form": [of.form_id, of.form_version, of.form_digest],
        "actor": of.actor_id,
        "target": [of.target_kind, of.target_id],
        "answers": of.answers,
        "sealed": hashlib.sha256(of.sealed).hexdigest() if of.sealed is not None else None,
        "ticket": of.ticket,
        "reason": of.reason,
        "verified": of.verified,
        "plan": of.plan,
        "plan_digest": of.plan_digest,
        "asked_at": _written(of.asked_at),
        "expires_at": _written(of.expires_at),
        "undoes": of.undoes,
    }
    return hashlib.sha256(canonical(whole).encode()).hexdigest()


def _written(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None
