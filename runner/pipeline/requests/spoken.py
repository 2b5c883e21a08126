"""What a reader said to a request and what follows from it, as one sentence at the head of its page. Reads names only."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.pipeline.requests.opened import Opened
from runner.pipeline.requests.rounds import Round
from runner.pipeline.requests.telling import who_of
from runner.pipeline.telling import moment

_AFTER_A_YES: Mapping[str, str] = {
    "running": "It is being carried out now.",
    "done": "It was done.",
    "partly_done": "Some of it was done, and some was not.",
    "failed": "It was not done.",
    "unknown": "It is not clear whether it was done.",
    "rejected": "Somebody else said no, so nothing was done.",
    "expired": "The others did not answer in time, so nothing was done.",
    "cancelled": "It was cancelled before anything was done.",
}


def spoken(request: Opened, account_id: str, now: datetime) -> str:
    """Tell an account what it said to this very request, and what follows; empty for one that said nothing to it."""
    own = [word for word in request.said if word.approver_id == account_id]
    if not own:
        return ""
    if own[-1].decision == "no":
        requester = request.pending.requester
        name = requester.label if requester else request.submission.actor_login
        return f"You said no. Nothing is done, and {name} can read why."
    return f"You said yes. {_after_a_yes(request, now)}".rstrip()


def _after_a_yes(request: Opened, now: datetime) -> str:
    submission = request.submission
    if submission.state == "awaiting_approval":
        return _lacking(request)
    if submission.state == "queued":
        due_at = submission.due_at
        return f"It runs {moment(due_at, now)}." if due_at and due_at > now else _AFTER_A_YES["running"]
    return _AFTER_A_YES.get(submission.state, "")


def _lacking(request: Opened) -> str:
    present = request.progress.present
    if present is None:
        return ""
    rest = _behind(request.rounds, present)
    texts = [f"{request.progress.lacks} more: {who_of(request, present)}"]
    texts += [f"{one.need} more: {who_of(request, one)}" for one in rest]
    return f"It waits for {', then for '.join(texts)}."


def _behind(rounds: Sequence[Round], present: Round) -> Sequence[Round]:
    return rounds[rounds.index(present) + 1 :]
