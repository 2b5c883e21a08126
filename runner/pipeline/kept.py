"""Submissions as they are kept, for one actor: those that are not theirs read like those that never were."""

import uuid
from dataclasses import dataclass

from connectors.errors import ConnectorError
from connectors.spi import Ref
from runner.access.model import Actor
from runner.errors import NotFoundError, NotReachableError
from runner.pipeline import results
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.pages import SubmissionPage
from runner.pipeline.refusing import refuse
from runner.pipeline.services import Services
from runner.store.records import Submission


@dataclass(frozen=True, slots=True)
class KeptSubmissions:
    """Finds submissions by the ids that pages carry; every refusal is recorded."""

    services: Services

    def check_own(self, actor: Actor, submission: Submission) -> None:
        """Raise `NotFoundError` for a submission of somebody else."""
        if submission.actor_id != actor.id:
            raise self.not_there(actor, submission.form_id)

    def not_there(self, actor: Actor, form_id: str | None = None) -> NotFoundError:
        """Record that a submission was not shown; one of somebody else and one that never was sound the same."""
        return refuse(self.services, actor, "open submission", NotFoundError(NOT_FOUND), form=form_id)

    def not_asked(self, actor: Actor, submission: Submission, error: ConnectorError) -> NotReachableError:
        """Record that what was confirmed was not begun, since a system could not be asked about it."""
        kind, id_ = submission.target_kind, submission.target_id
        target = Ref(kind, id_) if kind and id_ else None
        refusal = NotReachableError.because(error)
        return refuse(self.services, actor, "confirm", refusal, form=submission.form_id, target=target)

    def checked_id(self, actor: Actor, text: str, form_id: str | None = None) -> str:
        """Return a submission's id in its one spelling; raises `NotFoundError` for anything else."""
        try:
            return uuid.UUID(text).hex
        except ValueError:
            raise self.not_there(actor, form_id) from None

    def asked_for(self, actor: Actor, submission_id: str) -> Submission:
        """Return a submission by its id; raises `NotFoundError`."""
        id_ = self.checked_id(actor, submission_id)
        try:
            return self.services.store.submissions.get(id_)
        except NotFoundError:
            raise self.not_there(actor) from None

    def page(self, actor: Actor, submission: Submission) -> SubmissionPage:
        """Return the page of a submission that ran; raises `NotFoundError` when it is not the actor's to see."""
        try:
            return results.submission_page(self.services, actor, submission)
        except NotFoundError:
            raise self.not_there(actor, submission.form_id) from None

    def done_before(self, actor: Actor, submission_id: str, form_id: str, target_id: str | None) -> Submission | None:
        """Return the actor's submission of this id when it is for this form and target and no draft any more."""
        id_ = self.checked_id(actor, submission_id, form_id)
        try:
            found = self.services.store.submissions.get(id_)
        except NotFoundError:
            return None
        same = (found.actor_id, found.form_id, found.target_id) == (actor.id, form_id, target_id)
        return found if same and found.state != "draft" else None
