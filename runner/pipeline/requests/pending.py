"""A submission that waits for a yes, with what its form says about it worked out as things are now. Reads; writes nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from connectors.spi import Entry, Ref
from forms.answering.situation import Request, Situation
from forms.answering.working_out import Worked, work_out
from forms.definition import Approval, Form
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.planning import Prepared
from runner.pipeline.reading import Reader
from runner.pipeline.reopening import own_version
from runner.pipeline.services import Services
from runner.pipeline.waiting import waiting_files
from runner.pipeline.walking import Walk, situation_of
from runner.store.records import Submission

Result = TypeVar("Result")
_GONE = "The form of this request is no longer known here, so nobody can agree to it."


@dataclass(frozen=True, slots=True)
class Pending:
    """A request: the submission as it is kept, its form in its own version, and who asks.

    ``walk`` reads with the eyes of the requester; whether they may still do what they ask for is not decided here.
    """

    submission: Submission
    approval: Approval
    walk: Walk
    worked: Worked

    @property
    def form(self) -> Form:
        """The form in the version it was filled in with."""
        return self.walk.form

    @property
    def reader(self) -> Reader:
        """What reads as the requester."""
        return self.walk.reader

    @property
    def services(self) -> Services:
        """Everything outside."""
        return self.walk.services

    @property
    def requester(self) -> Entry | None:
        """The person who asks, as far as the directory still knows them."""
        return self.walk.actor.person

    def gather(self, work: Callable[[Situation], Result]) -> Result:
        """Work something out from the answers; raises `RefusedError` when an expression cannot be worked out."""
        return self.reader.gather(self.walk.situation, work)[0]


def pending_of(prepared: Prepared, submission: Submission) -> Pending:
    """Return a request that was planned a moment ago; raises `RefusedError` when its form asks for no yes."""
    return Pending(submission, _approval_of(prepared.walk.form), prepared.walk, prepared.worked)


def pending(services: Services, submission: Submission) -> Pending:
    """Open a request to say who may decide on it, whatever the requester may still do.

    Raises `RefusedError` when its form is gone, `connectors.errors.ConnectorError` when a system does not answer.
    """
    form = own_version(services, submission)
    if form is None:
        raise RefusedError(_GONE)
    approval = _approval_of(form)
    reader = Reader(services, _requester(services, submission), submission.form_id, services.now())
    language = submission.language or services.catalogue.settings.languages[0]
    situation = situation_of(reader, form, _target(reader, submission), language, submission.channel)
    then = (submission.asked_at or submission.created_at).astimezone(reader.now.tzinfo)
    request = Request(submission.ticket, submission.reason, submission.channel, then)
    files = waiting_files(services, submission.actor_id, form, submission.id, then)
    situation = replace(situation, now=then, request=request, files=files)
    worked, situation = reader.gather(situation, lambda known: work_out(known, _answers(submission)))
    target = situation.facts.entries.get(situation.target) if situation.target else None
    walk = Walk(services, reader.actor, reader, form, target, situation, submission.id, None, waited=True)
    return Pending(submission, approval, walk, worked)


def _answers(submission: Submission) -> Mapping[str, object]:
    return dict(submission.answers)


def _approval_of(form: Form) -> Approval:
    if form.approval is None:
        raise RefusedError("The form of this request does not ask anybody for a yes.")
    return form.approval


def _target(reader: Reader, submission: Submission) -> Entry | None:
    if submission.target_kind is None or submission.target_id is None:
        return None
    return reader.entry(Ref(submission.target_kind, submission.target_id))


def _requester(services: Services, submission: Submission) -> Actor:
    """Return who asks, with the person behind the account; whether the account may still do anything does not matter."""
    nobody = Actor(submission.actor_id, submission.actor_login, submission.actor_login, None)
    try:
        person_id = services.store.accounts.get(submission.actor_id).person_id
    except NotFoundError:
        return nobody
    person = Reader(services, nobody, None, services.now()).entry(Ref("user", person_id)) if person_id else None
    return replace(nobody, display_name=person.label, person=person) if person else nobody
