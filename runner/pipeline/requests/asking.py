"""Put a request before the people whose yes it lacks: mails, the index of inboxes, and an alarm where nobody is left."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Literal

from connectors.errors import ConnectorError
from connectors.spi import Ref
from forms.answering.situation import in_language
from runner.errors import RunnerError
from runner.pipeline.happening import Happening, Told
from runner.pipeline.notifying import alarm, notify
from runner.pipeline.planning import Prepared
from runner.pipeline.requests.opened import Opened, open_request, opened
from runner.pipeline.requests.pending import pending_of
from runner.pipeline.requests.voters import last_moment
from runner.pipeline.services import Services
from runner.store.records import Submission
from runner.store.request_records import Principal

NOBODY = "Too few people are left who may agree to this. Whoever looks after the form was called."
_MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Asking:
    """What goes out, before whom the request is put, and the note that tells its requester when nobody is left."""

    told: Told
    people: tuple[Ref, ...]
    principals: tuple[Principal, ...]
    note: str
    digest: str = ""


def page_of(submission_id: str) -> str:
    """Return the path of the page on which a request is decided."""
    return f"/requests/{submission_id}"


def ask(request: Opened, event: Literal["asked", "reminded"] = "asked", *, was_short: bool = False) -> Asking:
    """Work out who is to be asked, and what goes out; ``was_short`` leaves out an alarm that was given before.

    Of rows of a bulk people are told together, see `runner.pipeline.requests.calling`; here one of them is enough.
    Raises `connectors.errors.ConnectorError` when it cannot be said who that is.
    """
    voters, submission = request.voters, request.submission
    if voters is None:
        return Asking(Told(), (), (), "", request.digest)
    now = request.services.now()
    is_single = submission.bulk_id is None
    people = tuple(person.ref for person in islice(voters.people(), _MOST_TOLD if is_single else 1))
    happening = Happening(
        event,
        now,
        message=_message(request),
        people=people,
        expires_at=last_moment(request.pending),
        path=page_of(submission.id),
    )
    told = notify(request.services, submission, happening, form=request.pending.form)
    is_stuck = voters.is_short or not (people or any(one.kind == "everyone" for one in voters.principals()))
    if is_stuck and is_single and not was_short:
        asked_for = f"“{submission.form_title}”, which {submission.actor_login} asked for"
        sentence = f"Too few people are left who may agree to {asked_for}."
        told += Told(alarm(request.services, sentence, now, submission=submission, path=page_of(submission.id)))
    return Asking(told, people, voters.principals(), NOBODY if is_stuck else "", request.digest)


def _message(request: Opened) -> str:
    """Return what the form says to those asked, in the language they are written to."""
    walk, text, values = request.pending.walk, request.pending.approval.message, request.pending.worked.values
    language = request.services.catalogue.settings.languages[0]
    return walk.reader.gather(walk.situation, lambda known: in_language(text, language, known.environment(values)))[0]


def put_forward(prepared: Prepared, submission: Submission) -> Asking:
    """Tell of what is handed in now: its requester, and everybody whose yes it needs first.

    ``submission`` is as it will be kept.  Raises `connectors.errors.ConnectorError`.
    """
    services, now = prepared.walk.services, prepared.walk.reader.now
    asking = ask(opened(pending_of(prepared, submission))) if prepared.plan.approval else Asking(Told(), (), (), "")
    happening = Happening(
        "submitted",
        now,
        people=asking.people,
        due_at=submission.due_at if prepared.plan.runs_at else None,
        expires_at=submission.expires_at,
    )
    told = notify(services, submission, happening, prepared=prepared)
    return replace(asking, told=asking.told + told)


def told_of_the_end(services: Services, submission: Submission, by: str, now: datetime) -> Told:
    """Return what goes out when a request is cancelled: to whoever was asked, as far as that can be said now."""
    people: tuple[Ref, ...] = ()
    form = None
    try:
        request = open_request(services, submission)
        form = request.pending.form
        people = tuple(person.ref for person in islice(request.voters.people(), _MOST_TOLD)) if request.voters else ()
    except (ConnectorError, RunnerError):  # it is cancelled, whoever can be told of it
        people = ()
    return notify(services, submission, Happening("cancelled", now, by=by, people=people), form=form)
