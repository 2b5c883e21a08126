"""Who is told what of a submission: what its form says, what Deskhand says itself, and alarms. Reads; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.spi import Entry, Ref
from forms.answering.situation import Request, Situation
from forms.definition import Form
from forms.values import Value
from runner.access.model import Actor
from runner.dispatch import Performed
from runner.errors import NotFoundError
from runner.letters.cleaning import one_line
from runner.letters.writing import Particulars
from runner.pipeline.delivering import deliver, deliver_due
from runner.pipeline.form_rules import Occasion, messages
from runner.pipeline.happening import Event, Happening, Told
from runner.pipeline.own_mails import OwnMails, link_to, mail_to
from runner.pipeline.planning import Prepared
from runner.pipeline.reading import Reader
from runner.pipeline.recording import nobody_told
from runner.pipeline.services import Services
from runner.pipeline.touching import tell_touched
from runner.pipeline.walking import Walk, situation_of
from runner.store.records import Notification, Submission, SubmissionState

__all__ = [
    "Event",
    "Happening",
    "Told",
    "alarm",
    "deliver",
    "deliver_due",
    "event_of",
    "notify",
    "send_mails",
    "telling",
]

_EVENTS: Mapping[str, Event] = {"done": "done", "partly_done": "partly_done", "failed": "failed", "unknown": "failed"}
_MOST_ALARM = 400
_NOT_WRITTEN = "Who is to be told of this could not be worked out."


def event_of(state: SubmissionState) -> Event | None:
    """Return what the end of a run is called in a form; None while there is none. Pure."""
    return _EVENTS.get(state)


def notify(
    services: Services,
    submission: Submission,
    happening: Happening,
    *,
    form: Form | None = None,
    prepared: Prepared | None = None,
) -> Told:
    """Return what goes out because of a happening, to be stored together with the change of state it speaks of.

    ``form`` is the version the submission keeps; else the one in use now.  ``prepared`` is given where the submission was
    worked out a moment ago.  Never raises: what cannot be worked out is among the messages, as failed.
    """
    try:
        form = prepared.walk.form if prepared else form or services.catalogue.forms.get(submission.form_id)
        actor = prepared.walk.actor if prepared else _actor(services, submission)
        reader = prepared.walk.reader if prepared else Reader(services, actor, submission.form_id, happening.at)
        own = tuple(OwnMails(services, submission, happening, reader, actor.person).all())
        return Told(own) + (_by_rules(services, submission, happening, form, reader, prepared) if form else Told())
    except Exception:  # what it is about has happened, whatever becomes of the messages
        return Told((_lost(services, submission, happening),))


def _by_rules(
    services: Services,
    submission: Submission,
    happening: Happening,
    form: Form,
    reader: Reader,
    prepared: Prepared | None,
) -> Told:
    if not any(happening.event in rule.on for rule in form.notify):
        return Told()
    run: dict[str, Value] = {"id": submission.id, "finished_at": happening.at, **happening.run}
    run.setdefault("outcome", happening.event.replace("_", " "))
    occasion = Occasion(
        services=services,
        submission=submission,
        form=form,
        reader=reader,
        situation=prepared.walk.situation if prepared else _situation(reader, form, submission),
        event=happening.event,
        at=happening.at,
        values=prepared.worked.values if prepared else None,
        run=run,
    )
    found, reached_nobody = messages(occasion)
    records = (nobody_told(happening.at, reader.actor, form, submission),) if reached_nobody else ()
    return Told(found, records)


def _situation(reader: Reader, form: Form, submission: Submission) -> Situation:
    target = _target(reader, submission)
    language = submission.language or reader.services.catalogue.settings.languages[0]
    situation = situation_of(reader, form, target, language, submission.channel)
    then = (submission.asked_at or submission.created_at).astimezone(reader.now.tzinfo)
    request = Request(submission.ticket, submission.reason, submission.channel, then)
    return replace(situation, now=then, request=request)


def _target(reader: Reader, submission: Submission) -> Entry | None:
    if submission.target_kind is None or submission.target_id is None:
        return None
    return reader.entry(Ref(submission.target_kind, submission.target_id))


def _actor(services: Services, submission: Submission) -> Actor:
    """Return who asked, with the person behind the account as far as it is still known."""
    try:
        person_id = services.store.accounts.get(submission.actor_id).person_id
    except NotFoundError:
        person_id = None
    nobody = Actor(submission.actor_id, submission.actor_login, submission.actor_login, None)
    if person_id is None:
        return nobody
    person = Reader(services, nobody, None, services.now()).entry(Ref("user", person_id))
    return replace(nobody, display_name=person.label, person=person) if person else nobody


def _lost(services: Services, submission: Submission, happening: Happening) -> Notification:
    return Notification(
        id=services.new_id(),
        submission_id=submission.id,
        to=(),
        subject=one_line(submission.form_title),
        body="",
        created_at=happening.at,
        state="failed",
        error=_NOT_WRITTEN,
        event=happening.event,
    )


def alarm(
    services: Services, sentence: str, at: datetime, *, submission: Submission | None = None, path: str = ""
) -> tuple[Notification, ...]:
    """Return the mail that calls the operator; nothing where deskhand.toml names none. Never raises."""
    operator = services.channels.operator
    if not operator:
        return ()
    where = path or (f"/submissions/{submission.id}" if submission else "")
    told = Particulars(body=one_line(sentence, _MOST_ALARM), link=link_to(services, where) if where else "")
    return (mail_to(services, "alarm", operator, told, at, submission_id=submission.id if submission else None),)


def telling(
    prepared: Prepared,
    submission: Submission,
    performed: Sequence[Performed],
    state: SubmissionState,
    now: datetime,
) -> Told:
    """Return what goes out when a run ends in ``state``, to people whose account was touched too. Never raises."""
    services, event = prepared.walk.services, event_of(state)
    if event is None:
        return Told()
    run = {"outcome": state.replace("_", " ")}
    happening = Happening(event, now, was_waiting=prepared.walk.waited and submission.bulk_id is None, run=run)
    told = notify(services, submission, happening, prepared=prepared)
    try:
        return told + tell_touched(prepared, submission, performed, now)
    except Exception:  # what it is about is done, whatever becomes of the mail
        return told + Told((_lost(services, submission, happening),))


def send_mails(walk: Walk, submission_id: str) -> None:
    """Send what is to go out for a submission; one that cannot be sent stays in the queue with its reason. Never raises."""
    deliver_due(walk.services, submission_id=submission_id)
