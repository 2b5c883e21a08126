"""Say yes or no to a request: bound to all it consists of, once by each person, in one transaction with what follows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from connectors.errors import ConnectorError, UnavailableError
from forms.errors import AnswersError
from runner.access.model import Actor
from runner.errors import NotFoundError, NotReachableError, RefusedError, RunnerError, StaleError, UnfitError
from runner.journal.records import Record
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.happening import Happening, Told
from runner.pipeline.notifying import notify
from runner.pipeline.planning import Prepared
from runner.pipeline.recording_waits import ended_waiting
from runner.pipeline.reopening import planned_again
from runner.pipeline.requests.asking import Asking, ask
from runner.pipeline.requests.opened import Opened, open_request, opened
from runner.pipeline.requests.pending import pending_of
from runner.pipeline.requests.recording import approval
from runner.pipeline.requests.voters import Vote, last_moment
from runner.pipeline.services import Services
from runner.store.approvals import OvertakenError
from runner.store.records import Submission
from runner.store.request_records import Approval, ApprovalDecision

LONGEST_COMMENT = 2_000
CHANGED = "The plan is another one than was agreed to, so it needs a yes again."
_TRIES = 100
_OVER = "This was decided already, or has ended. Nothing was said."
_OTHER = "This request is no longer as it was on your page. Look at it again; nothing was said."
_TOO_LATE = "The time for a yes is over. Nothing was said."
NO_REASON = "Say why not: whoever asked reads it."
_TOO_LONG = f"Write at most {LONGEST_COMMENT:,} characters."


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says: to which digest, as it stood on their page, what, and a comment; ``channel`` is by what way."""

    digest: str
    decision: ApprovalDecision
    comment: str = ""
    channel: str = "portal"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a word: the state, further columns, records, what goes out, and who is asked from now on."""

    state: Literal["awaiting_approval", "queued", "rejected", "failed"]
    values: Mapping[str, Any]
    told: Told
    records: tuple[Record, ...] = ()
    asking: Asking | None = None
    digest: str = ""


def say(services: Services, actor: Actor, submission_id: str, word: Word) -> str:
    """Say yes or no, and return the state that follows.

    Nothing is said when an error is raised: `UnfitError` for a no without a reason, `StaleError` when the request is
    another one than on the page or ended, `RefusedError` for one who is named but may not, `NotFoundError` for others.
    """
    word = replace(word, comment=word.comment.strip())
    if word.decision == "no" and not word.comment:
        raise UnfitError(NO_REASON)
    if len(word.comment) > LONGEST_COMMENT:
        raise UnfitError(_TOO_LONG)
    for _ in range(_TRIES):
        submission = services.store.submissions.get(submission_id)
        if submission.state != "awaiting_approval":
            raise StaleError(_OVER)
        try:
            return _said(open_request(services, submission), actor, word)
        except OvertakenError:
            continue
    raise StaleError(_OTHER)


def checked_vote(request: Opened, actor: Actor) -> Vote:
    """Return the vote of one who may decide now; raises as `say` does."""
    vote = request.voters.vote(actor) if request.voters else Vote()
    if vote.why_not:
        raise RefusedError(f"{vote.why_not} Nothing was said.")
    if not vote.may:
        raise NotFoundError(NOT_FOUND)
    return vote


def _said(request: Opened, actor: Actor, word: Word) -> str:
    services, submission, now = request.services, request.submission, request.services.now()
    vote, present = checked_vote(request, actor), request.progress.present
    if word.digest != request.digest or present is None:
        raise StaleError(_OTHER)
    until = last_moment(request.pending)
    if until is None or now >= until:
        raise StaleError(_TOO_LATE)
    said = Approval(
        id=services.new_id(),
        submission_id=submission.id,
        plan_digest=request.digest,
        stage=present.number,
        approver_id=actor.id,
        approver_login=actor.login,
        person_id=actor.person.ref.id if actor.person else None,
        instead_of=vote.instead_of,
        decision=word.decision,
        comment=word.comment,
        created_at=now,
    )
    step = _rejected(request, actor, said) if word.decision == "no" else _agreed(request, actor, said)
    services.store.approvals.say(
        said,
        submission,
        seen=[one.id for one in request.said],
        state=step.state,
        now=now,
        values=step.values,
        records=[approval(actor, said, submission, word.channel), *step.records, *step.told.records],
        notifications=step.told.notifications,
    )
    _after(services, submission, step)
    return step.state


def _after(services: Services, submission: Submission, step: Step) -> None:
    if step.state == "queued":
        services.bell.ring()
    asking = step.asking
    if step.state != "awaiting_approval":
        services.store.approvals.put_before(submission.id, "", ())
    elif asking is not None:
        services.store.approvals.put_before(submission.id, step.digest, asking.principals)


def _rejected(request: Opened, actor: Actor, said: Approval) -> Step:
    happening = Happening("rejected", said.created_at, by=_name(actor), comment=said.comment)
    note = f"{_name(actor)} did not agree: {said.comment}"
    record = ended_waiting(said.created_at, _who(actor), request.submission, "rejected", note)
    return Step("rejected", {"note": note}, _told(request, happening), (record,))


def _agreed(request: Opened, actor: Actor, said: Approval) -> Step:
    stand = request.with_word(said)
    if stand.present is None:
        return agreed_by_all(request, said.created_at, _name(actor), said.comment)
    further = opened(request.pending, (*request.said, said))
    before = request.progress.present
    if before is not None and stand.present.number == before.number:
        values: dict[str, Any] = {"stage": stand.present.number}
        return Step("awaiting_approval", values, Told(), (), _asked_quietly(further), request.digest)
    asking = ask(further, was_short=False)
    values = {"stage": stand.present.number, "note": asking.note, "reminded_at": None}
    return Step("awaiting_approval", values, asking.told, (), asking, request.digest)


def _asked_quietly(further: Opened) -> Asking:
    voters = further.voters
    return Asking(Told(), (), voters.principals() if voters else (), "")


def agreed_by_all(request: Opened, now: datetime, by: str, comment: str) -> Step:
    """Return what follows once nobody's yes is lacking: everything is decided and planned anew, as the requester, now.

    Raises `UnavailableError` or `NotReachableError` while a system does not answer.
    """
    submission = request.submission
    try:
        prepared = planned_again(request.services, submission)
    except (UnavailableError, NotReachableError):
        raise
    except AnswersError as wrong:
        return _impossible(request, now, " ".join(problem.message for problem in wrong.problems))
    except (RunnerError, ConnectorError) as error:
        return _impossible(request, now, str(error))
    if prepared.digest != submission.plan_digest and prepared.plan.approval:
        return asked_anew(prepared, submission, now)
    due_at = max(submission.due_at or now, now)
    later = due_at if due_at > now else None
    happening = Happening("approved", now, by=by, comment=comment, due_at=later)
    told = notify(request.services, submission, happening, prepared=prepared)
    return Step("queued", {"note": "", "due_at": due_at, "attempts": 0}, told)


def asked_anew(prepared: Prepared, submission: Submission, now: datetime) -> Step:
    """Return what follows when the plan is another one by now: it is put before everybody again, from the first stage."""
    form = prepared.walk.form
    seconds = form.approval.expires_seconds if form.approval else 0
    values: dict[str, Any] = {
        "plan": list(prepared.kept),
        "plan_digest": prepared.digest,
        "stage": 0,
        "expires_at": now + timedelta(seconds=seconds),
        "reminded_at": None,
    }
    again = replace(submission, **values)
    request = opened(pending_of(prepared, again))
    asking = ask(request)
    people = asking.people
    happening = Happening("submitted", now, people=people, expires_at=again.expires_at)
    told = asking.told + notify(request.services, again, happening, prepared=prepared)
    values["note"] = asking.note or CHANGED
    return Step("awaiting_approval", values, told, (), asking, request.digest)


def _impossible(request: Opened, now: datetime, why: str) -> Step:
    """End a request that all agreed to, and that its requester may not or cannot carry out any more."""
    submission = request.submission
    actor = {"id": submission.actor_id, "login": submission.actor_login}
    record = ended_waiting(now, actor, submission, "failed", why)
    return Step("failed", {"note": why}, _told(request, Happening("failed", now, comment=why)), (record,))


def _told(request: Opened, happening: Happening) -> Told:
    return notify(request.services, request.submission, happening, form=request.pending.form)


def _name(actor: Actor) -> str:
    return actor.display_name or actor.login


def _who(actor: Actor) -> Mapping[str, Any]:
    return {"id": actor.id, "login": actor.login}
