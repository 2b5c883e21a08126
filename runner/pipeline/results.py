"""A submission's page: the last step of the journey, and what is kept of it afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.errors import ConnectorError
from connectors.spi import Entry, Secret
from forms.answering.options import NOT_IN_SCOPE
from forms.answering.situation import given, in_markdown
from forms.definition import Show
from forms.expressions import to_text
from forms.values import Value
from runner.access.model import Actor
from runner.dispatch import Performed
from runner.errors import NotFoundError, NotReachableError, RefusedError
from runner.pipeline.authorising import NOT_FOUND, reads_journal
from runner.pipeline.finding import plain
from runner.pipeline.finishing import Finished
from runner.pipeline.grants.showing import lines
from runner.pipeline.handing_in import WAITING
from runner.pipeline.links import links_after, links_again
from runner.pipeline.on_record import facts_of, journal_of
from runner.pipeline.pages import AnswersView, Fact, Head, Journey, OperationView, ShowView, SubmissionPage, Thing
from runner.pipeline.planning import kept_plan, operation_views
from runner.pipeline.reading import Reader
from runner.pipeline.requests.telling import agreement, own_answers
from runner.pipeline.services import Services
from runner.pipeline.telling import day, initials, line_of, moment
from runner.pipeline.undoing.offering import ways
from runner.pipeline.undoing.rules import has_inverse
from runner.pipeline.walking import Walk, head, reader_for
from runner.store.records import OperationRow, OperationState, Submission

STATE_TEXTS: Mapping[str, str] = {
    "draft": "Not confirmed yet",
    "running": "Running",
    "done": "Done",
    "partly_done": "Partly done",
    "failed": "Not done",
    "unknown": "Unclear",
    "awaiting_approval": "Waiting for a yes",
    "queued": "Waiting to run",
    "rejected": "Rejected",
    "expired": "Expired",
    "cancelled": "Cancelled",
}
_MESSAGES: Mapping[str, str] = {
    "unknown": "It is not clear whether the change was made. Look at the person before you try again; nothing is repeated "
    "by itself.",
    "failed": "Nothing was changed.",
    "partly_done": "Some steps were done and some were not. What was done stays done.",
    "expired": "Nobody confirmed or agreed to this in time. Nothing was changed. Open the form again.",
    "awaiting_approval": "This waits for a yes. Nothing is done before that, and everything is looked at again then.",
    "queued": "This is to run by itself. Everything is looked at again at that moment.",
    "cancelled": "This was cancelled before it began. Nothing was changed.",
    "rejected": "This was not agreed to. Nothing was changed.",
    "running": "This is being done now, or it was interrupted. Load the page again in a moment.",
}


_NOT_AS_TITLED: Mapping[str, str] = {
    "failed": "Not done",
    "skipped": "Not done",
    "unknown": "Unclear",
    "undone": "Taken back",
}
"""What stands before the title of an operation that did not end as the title says."""
_AS_ITS_STEPS: Mapping[str, OperationState] = {"done": "done", "unknown": "unknown"}
"""What is said of the steps of a submission that never began, but was put back from a backup and closed by a person."""
_SHOWN_ONCE = "The password was shown once, right after the change; it is not kept."


def finished_page(finished: Finished, submission: Submission) -> SubmissionPage:
    """Return the page right after the run, the only one that carries secrets.

    When the directory or the policy cannot be asked any more, it is shorter, but the secrets are on it.
    """
    try:
        return _whole_page(finished, submission)
    except (ConnectorError, RefusedError, NotReachableError):
        return _short_page(finished, submission)


def _short_page(finished: Finished, submission: Submission) -> SubmissionPage:
    """Return what needs no reading of names: state, operations and secrets."""
    walk = finished.walk
    shows = (one for one in walk.form.result.show if one.secret)
    found = ((one, _secret_of(finished, one)) for one in shows)
    thing = _thing(submission, submission.target_label, walk.target) if walk.target else None
    return SubmissionPage(
        head=Head(submission.form_id, submission.form_title, "", Journey(()), submission.id, thing),
        state=finished.state,
        state_text=STATE_TEXTS[finished.state],
        message=_MESSAGES.get(finished.state, "It was done."),
        operations=_operation_views(walk.services.store.submissions.operations(submission.id), finished.prepared.kept),
        shows=tuple(
            ShowView(plain(one.label, walk.situation.language), "", copy=True, secret=secret)
            for one, secret in found
            if secret is not None
        ),
        facts=facts_of(walk.services, submission),
        journal=journal_of(walk.services, submission),
        just_done=True,
    )


def _whole_page(finished: Finished, submission: Submission) -> SubmissionPage:
    walk = replace(finished.walk, target=_as_it_is_now(finished.walk))
    message = _message(finished) if finished.state == "done" else _MESSAGES[finished.state]
    return SubmissionPage(
        head=_ended(head(walk, "done"), finished.state),
        state=finished.state,
        state_text=STATE_TEXTS[finished.state],
        message=message,
        operations=_operation_views(walk.services.store.submissions.operations(submission.id), finished.prepared.kept),
        shows=tuple(_shows(finished)) if finished.state in ("done", "partly_done") else (),
        facts=facts_of(walk.services, submission),
        journal=journal_of(walk.services, submission),
        next=links_after(finished, _values(finished)),
        just_done=True,
        ways=ways(walk.services, walk.actor, submission, walk.target),
    )


def _ended(top: Head, state: str) -> Head:
    """Let the last step of the journey say how it ended, where that is not as it should: no tick then."""
    if state == "done" or not top.journey.steps:
        return top
    return replace(top, journey=Journey((*top.journey.steps[:-1], (STATE_TEXTS[state], state))))


def _as_it_is_now(walk: Walk) -> Entry | None:
    """Read the target again, as it is after the run, if it may still be seen."""
    if walk.target is None:
        return None
    return walk.reader.visible(walk.target.ref.kind, walk.target.ref.id) or walk.target


def _values(finished: Finished) -> dict[str, Value]:
    return {
        **finished.prepared.worked.values,
        "run": {
            "finished_at": finished.walk.services.now(),
            "outcome": finished.state.replace("_", " "),
            "id": finished.walk.submission,
        },
    }


def _message(finished: Finished) -> str:
    walk = finished.walk
    text, _ = walk.reader.gather(
        walk.situation,
        lambda known: in_markdown(walk.form.result.message, known.language, known.environment(_values(finished))),
    )
    return text or "It was done."


def _shows(finished: Finished) -> Sequence[ShowView]:
    return [view for show in finished.walk.form.result.show if (view := _show(finished, show)) is not None]


def _show(finished: Finished, show: Show) -> ShowView | None:
    walk = finished.walk
    label = walk.text(show.label)
    if show.secret:
        secret = _secret_of(finished, show)
        return ShowView(label, "", copy=True, secret=secret) if secret is not None else None
    text, _ = walk.reader.gather(
        walk.situation,
        lambda known: to_text(
            given(show.value, known.environment(_values(finished))), known.environment(_values(finished))
        ),
    )
    return ShowView(label, text, show.copy)


def _secret_of(finished: Finished, show: Show) -> Secret | None:
    """Return the secret a line shows, when the operation that took it was done."""
    single = getattr(show.value, "single", None)
    names = single.names if single is not None else frozenset()
    done = {field for one in finished.performed if one.state == "done" for field in _secret_fields(one)}
    return next((finished.secrets[name] for name in names if name in finished.secrets and name in done), None)


def _secret_fields(performed: Performed) -> Sequence[str]:
    values = performed.planned.operation.arguments.values()
    return [field for value in values if isinstance(field := getattr(value, "field", None), str)]


def submission_page(services: Services, actor: Actor, submission: Submission) -> SubmissionPage:
    """Return a submission as it was kept; secrets were never kept.

    A target that the actor may not see any more is not named, nor what was done to it, unless the actor may read the
    journal.  Raises `NotFoundError` unless it is the actor's own or the actor may read the journal.
    """
    reader = reader_for(services, actor, submission.form_id)
    audits = reads_journal(reader)
    if submission.actor_id != actor.id and not audits:
        raise NotFoundError(NOT_FOUND)
    target = _target(services, actor, submission)
    hidden = submission.target_id is not None and target is None and not audits
    label = submission.target_label if submission.target_id is None or target is not None else NOT_IN_SCOPE
    thing = _thing(submission, label, target) if submission.target_id else None
    return SubmissionPage(
        head=Head(submission.form_id, submission.form_title, "", Journey(()), submission.id, thing),
        state=submission.state,
        state_text=STATE_TEXTS[submission.state],
        message=_MESSAGES.get(submission.state, "") if hidden else _said(submission),
        operations=() if hidden else operations_of(services, submission),
        shows=(),
        facts=facts_of(services, submission),
        journal=journal_of(services, submission, hidden=hidden),
        notice=_SHOWN_ONCE if _showed_secret(services, submission) and not hidden else "",
        can_cancel=submission.state in WAITING and submission.actor_id == actor.id and submission.begun_at is None,
        can_reveal=submission.shown_once is not None
        and submission.finished_at is not None
        and submission.actor_id == actor.id,
        conditions=() if hidden else (*_waits_for(services, submission), *_lasts(reader, submission)),
        next=links_again(services, actor, submission, target) if submission.actor_id == actor.id else (),
        ways=ways(services, actor, submission, target),
        answers=() if hidden or submission.actor_id != actor.id else _answers(services, submission),
    )


def operations_of(services: Services, submission: Submission) -> tuple[OperationView, ...]:
    """Return what was done, or, of what was handed in and did not begin, what is to be done."""
    rows = services.store.submissions.operations(submission.id)
    if not rows and submission.asked_at is not None and kept_plan(submission):
        state = "planned" if submission.finished_at is None else _AS_ITS_STEPS.get(submission.state, "skipped")
        return tuple(replace(view, state=state) for view in operation_views(kept_plan(submission)))
    return _operation_views(rows, kept_plan(submission))


def _waits_for(services: Services, submission: Submission) -> tuple[Fact, ...]:
    if submission.state not in WAITING:
        return ()
    now = services.now()
    facts = list[Fact]()
    if submission.state == "awaiting_approval":
        facts += agreement(services, submission)
    if submission.due_at is not None and submission.due_at > now:
        facts.append(Fact("Runs", moment(submission.due_at, now)))
    if submission.note:
        facts.append(Fact("So far", submission.note))
    return tuple(facts)


def _answers(services: Services, submission: Submission) -> tuple[AnswersView, ...]:
    return own_answers(services, submission) if submission.state == "awaiting_approval" else ()


def _lasts(reader: Reader, submission: Submission) -> Iterator[Fact]:
    """Tell what this gave that still ends by itself, and its last day."""
    found = reader.services.store.grants.running(submission_id=submission.id)
    for one in lines(reader, found, audits=True):
        yield Fact("Ends by itself", f"{one.what or one.title}: until {day(one.last_day)}")


def _said(submission: Submission) -> str:
    """Return what a state means, with the reason where nothing was done."""
    message = _MESSAGES.get(submission.state, "")
    return " ".join(part for part in (message, submission.note if submission.finished_at else "") if part)


def _showed_secret(services: Services, submission: Submission) -> bool:
    """Say whether the last page of this submission showed a secret."""
    form = services.catalogue.forms.get(submission.form_id)
    return submission.state == "done" and form is not None and any(show.secret for show in form.result.show)


def _thing(submission: Submission, label: str, target: Entry | None) -> Thing:
    id_ = target.ref.id if target else ""
    return Thing(id_, submission.target_kind or "", label, "", initials(label))


def _target(services: Services, actor: Actor, submission: Submission) -> Entry | None:
    if submission.target_kind is None or submission.target_id is None:
        return None
    return reader_for(services, actor, submission.form_id).visible(submission.target_kind, submission.target_id)


def _operation_views(rows: Sequence[OperationRow], plan: Sequence[Mapping[str, Any]]) -> tuple[OperationView, ...]:
    kept = {operation["id"]: operation for operation in plan}
    return tuple(_operation_view(row, kept.get(row.operation_id, {})) for row in rows)


def _operation_view(row: OperationRow, kept: Mapping[str, Any]) -> OperationView:
    changes = row.changes if isinstance(row.changes, list | tuple) and row.changes else kept.get("lines", ())
    lines = tuple(line_of(change) for change in changes if isinstance(change, Mapping))
    said = _NOT_AS_TITLED.get(row.state)
    title = f"{said}: {row.title}" if said else row.title
    state = "done" if row.state == "unchanged" and kept.get("moves") else row.state
    return OperationView(row.operation_id, title, lines, has_inverse(row), state, row.error or "")
