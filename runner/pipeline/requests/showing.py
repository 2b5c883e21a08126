"""The page of one request: what somebody has to know who says yes or no to it. Reads; writes nothing.

Whoever decides on a request sees it as its requester did when they confirmed it, also where it names things that are
otherwise outside their scope: a yes to something unseen would be none.  Nothing beyond the request is shown to them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal

from connectors.spi import Entry, Ref
from forms.answering.situation import in_markdown
from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.pages import Fact, OperationView, Thing
from runner.pipeline.planning import kept_plan
from runner.pipeline.reading import Reader
from runner.pipeline.requests.naming import fits
from runner.pipeline.requests.opened import Opened, open_request
from runner.pipeline.requests.pages import RequestPage, RoundView, SaidView
from runner.pipeline.requests.rounds import Round
from runner.pipeline.requests.seeing import sees_of
from runner.pipeline.requests.spoken import spoken
from runner.pipeline.requests.telling import shown_answers, who_of
from runner.pipeline.requests.voters import Vote, is_escalated, last_moment
from runner.pipeline.results import STATE_TEXTS, operations_of
from runner.pipeline.services import Services
from runner.pipeline.telling import chips, initials, moment, subtitle
from runner.pipeline.terms import kept_ends
from runner.pipeline.walking import Walk
from runner.store.records import Submission
from runner.store.request_records import Approval

_LATE = "Nobody answered in time, so the owner of the form was asked as well."
_SHORT = "Too few of those who are named are left. The owner of the form, or who holds request.approve, may decide."


def request_page(services: Services, actor: Actor, submission: Submission, language: str) -> RequestPage:
    """Return a request for one reader; raises `NotFoundError` for one who neither decides on it nor may see it."""
    if submission.asked_at is None:
        raise NotFoundError(NOT_FOUND)
    request = open_request(services, submission)
    reader = Reader(services, actor, submission.form_id, services.now())
    is_waiting = submission.state == "awaiting_approval"
    vote = request.voters.vote(actor) if is_waiting and request.voters else Vote()
    everything = services.store.approvals.of(submission.id)
    if not (vote.may or vote.why_not or _may_look(request, reader, everything)):
        raise NotFoundError(NOT_FOUND)
    walk = request.pending.walk
    walk = replace(walk, situation=replace(walk.situation, language=language))
    operations = operations_of(services, submission)
    return RequestPage(
        id=submission.id,
        digest=request.digest,
        title=walk.text(walk.form.title) or submission.form_title,
        state=submission.state,
        state_text=STATE_TEXTS[submission.state],
        requester=_requester(request, reader),
        target=_target(request, reader),
        target_chips=chips(walk.target, reader.now, brief=True) if walk.target else (),
        facts=tuple(_facts(request, reader.now)),
        answers=shown_answers(walk, request.pending),
        operations=operations,
        rounds=tuple(_round(request, one, is_waiting=is_waiting) for one in request.rounds),
        earlier=tuple(_said(request, one, counts=False) for one in everything if one.plan_digest != request.digest),
        message=_message(walk, request),
        spoken="" if vote.may else spoken(request, actor.id, reader.now),
        note=_note(request) if is_waiting else submission.note,
        may=vote.may,
        why_not=vote.why_not,
        instead_of=_name(reader, vote.instead_of) if vote.instead_of else "",
        is_own=submission.actor_id == actor.id,
        for_themselves=_is_for_themselves(request),
        can_undo=_can_undo(operations),
    )


def _may_look(request: Opened, reader: Reader, said: Sequence[Approval]) -> bool:
    """Say whether somebody who cannot decide may see it: it is theirs, they spoke, they were meant, or they see all."""
    actor, submission = reader.actor, request.submission
    if submission.actor_id == actor.id or any(one.approver_id == actor.id for one in said):
        return True
    if sees_of(reader.services, actor, submission.form_id):
        return True
    person = actor.person
    if person is None or actor.client is not None:
        return False
    return any(fits(request.pending, way, person) for one in request.rounds for way in one.ways)


def _is_for_themselves(request: Opened) -> bool:
    person, target = request.pending.requester, request.pending.walk.target
    return person is not None and target is not None and person.ref == target.ref


def _requester(request: Opened, reader: Reader) -> Thing:
    person, submission = request.pending.requester, request.submission
    if person is None:
        return Thing("", "user", submission.actor_login, "", initials(submission.actor_login))
    return _thing(person, reader)


def _target(request: Opened, reader: Reader) -> Thing | None:
    submission, target = request.submission, request.pending.walk.target
    if submission.target_id is None:
        return None
    if target is None:
        return Thing("", submission.target_kind or "", submission.target_label, "", initials(submission.target_label))
    return _thing(target, reader)


def _thing(entry: Entry, reader: Reader) -> Thing:
    is_open = entry.ref.kind == "user" and reader.visible("user", entry.ref.id) is not None
    return Thing(entry.ref.id if is_open else "", entry.ref.kind, entry.label, subtitle(entry), initials(entry.label))


def _facts(request: Opened, now: datetime) -> list[Fact]:
    submission, until = request.submission, last_moment(request.pending)
    facts = [Fact("Reason", submission.reason), Fact("Ticket", submission.ticket)]
    if submission.asked_at is not None:
        facts.append(Fact("Asked", moment(submission.asked_at, now)))
    if until is not None and submission.state == "awaiting_approval":
        facts.append(Fact("Answer until", moment(until, now)))
    if submission.due_at is not None and submission.due_at > now:
        facts.append(Fact("Runs", moment(submission.due_at, now)))
    facts += kept_ends(request.pending.reader, kept_plan(submission))
    facts.append(Fact("Caller check", _checks(request)))
    facts.append(Fact("Number", submission.id[:8]))
    return [fact for fact in facts if fact.text]


def _checks(request: Opened) -> str:
    used = request.submission.verified
    known = request.services.catalogue.verification.methods
    names = []
    for one in used if isinstance(used, list | tuple) else ():
        method = str(one.get("method", "")) if isinstance(one, dict) else ""
        if method == "none" and isinstance(one, dict):
            names.append(f"none: {one.get('because', '')}")
        elif method:
            title = known[method].title if method in known else None
            names.append(request.pending.walk.text(title) or method.replace("_", " "))
    return ", ".join(names)


def _message(walk: Walk, request: Opened) -> str:
    text, values = request.pending.approval.message, request.pending.worked.values
    return walk.reader.gather(
        walk.situation, lambda known: in_markdown(text, known.language, known.environment(values))
    )[0]


def _note(request: Opened) -> str:
    if request.voters is not None and request.voters.is_short:
        return _SHORT
    return _LATE if is_escalated(request.pending) else request.submission.note


def _round(request: Opened, one: Round, *, is_waiting: bool) -> RoundView:
    said = tuple(_said(request, word) for word in request.said if word.stage == one.number)
    present = request.progress.present
    is_now = is_waiting and present is not None and present.number == one.number
    is_done = sum(1 for word in said if word.decision == "yes") >= one.need
    state: Literal["done", "now", ""] = "now" if is_now else "done" if is_done else ""
    return RoundView(one.title, who_of(request, one), one.need, state, said)


def _said(request: Opened, word: Approval, *, counts: bool = True) -> SaidView:
    reader = request.pending.reader
    name = _name(reader, word.person_id) if word.person_id else ""
    other = _name(reader, word.instead_of) if word.instead_of else ""
    return SaidView(name or word.approver_login, word.decision, word.comment, word.created_at, other, counts)


def _name(reader: Reader, person_id: str | None) -> str:
    person = reader.entry(Ref("user", person_id)) if person_id else None
    return person.label if person else ""


def _can_undo(operations: Sequence[OperationView]) -> bool:
    return bool(operations) and all(one.can_undo for one in operations)
