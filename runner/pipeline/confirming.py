"""The end of a form's journey: a plan is confirmed, cancelled while it waits, and what may be seen once is shown."""

from dataclasses import dataclass
from time import sleep

from connectors.errors import ConnectorError
from forms.errors import AnswersError
from runner.access.model import Actor
from runner.errors import BusyError, RefusedError
from runner.pipeline import handing_in, results, showing_once, submitting
from runner.pipeline.finishing import Finished
from runner.pipeline.handing_in import HandedIn
from runner.pipeline.kept import KeptSubmissions
from runner.pipeline.looking import Looking
from runner.pipeline.notifying import send_mails
from runner.pipeline.pages import FillPage, PlanPage, SubmissionPage, VerifyPage
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.walking import Walk, start
from runner.store.records import Submission

_PATIENCE_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6)
"""How long a request waits for something else that is done to the same target, try by try."""


@dataclass(frozen=True, slots=True)
class Confirming(Looking):
    """The part of a desk that carries out, or lets wait, what was confirmed."""

    @in_our_errors
    def confirm(
        self,
        actor: Actor,
        submission_id: str,
        digest: str,
        typed: str,
        acknowledged: tuple[int, ...],
        language: str,
    ) -> FillPage | PlanPage | VerifyPage | SubmissionPage:
        """Carry a confirmed plan out, once, or let it wait; confirming again gives what is kept, without secrets.

        Answers that do not fit any more give the form again.  While something else is done to the same target, it is
        tried again for a few seconds.
        """
        for pause in _PATIENCE_SECONDS:
            try:
                return self._confirm(
                    actor, submission_id, submitting.Confirmation(digest, typed, acknowledged), language
                )
            except BusyError:
                sleep(pause)
        return self._confirm(actor, submission_id, submitting.Confirmation(digest, typed, acknowledged), language)

    @in_our_errors
    def cancel(self, actor: Actor, submission_id: str) -> SubmissionPage:
        """End one's own submission that waits, before anything of it is done; raises `RefusedError` when it is too late."""
        submission = self._kept_ones.asked_for(actor, submission_id)
        self._kept_ones.check_own(actor, submission)
        try:
            handing_in.cancel(self.services, actor.id, actor.login, submission)
        except RefusedError as refused:
            raise refuse(self.services, actor, "cancel", refused, form=submission.form_id)  # noqa: B904 - the same one
        return self._kept_ones.page(actor, self.services.store.submissions.get(submission.id))

    @in_our_errors
    def reveal(self, actor: Actor, submission_id: str, language: str) -> SubmissionPage:
        """Return the page of one's own submission with what may be seen one time, which is gone from then on."""
        submission = self._kept_ones.asked_for(actor, submission_id)
        self._kept_ones.check_own(actor, submission)
        return showing_once.revealed_page(self.services, self._kept_ones.page(actor, submission), submission, language)

    def _confirm(
        self, actor: Actor, submission_id: str, confirmation: submitting.Confirmation, language: str
    ) -> FillPage | PlanPage | VerifyPage | SubmissionPage:
        submission = self._kept_ones.asked_for(actor, submission_id)
        self._kept_ones.check_own(actor, submission)
        if submission.state != "draft":
            return self._kept_ones.page(actor, submission)
        try:
            walk = self._walk_of(actor, submission, language)
            result = submitting.confirm(walk, submission, confirmation)
        except AnswersError as wrong:
            return submitting.fill_again(walk, submission, wrong)
        except RefusedError:
            submitting.check_draft(self.services, submission.id)
            raise
        except ConnectorError as error:
            raise self._kept_ones.not_asked(actor, submission, error) from error
        if isinstance(result, HandedIn):
            self.services.bell.ring()
            return self._kept_ones.page(actor, self.services.store.submissions.get(submission.id))
        if not isinstance(result, Finished):
            return result
        send_mails(walk, submission.id)
        return results.finished_page(result, self.services.store.submissions.get(submission.id))

    # --- inside -----------------------------------------------------------------------------------------------------

    @property
    def _kept_ones(self) -> KeptSubmissions:
        return KeptSubmissions(self.services)

    def _walk(self, actor: Actor, form_id: str, target_id: str | None, submission: str, language: str) -> Walk:
        return start(self.services, actor, form_id, target_id, submission, language, self.channel)

    def _walk_of(self, actor: Actor, submission: Submission, language: str) -> Walk:
        """Open the form and the target of a draft again; raises `NotFoundError` for a draft of somebody else."""
        self._kept_ones.check_own(actor, submission)
        return self._walk(actor, submission.form_id, submission.target_id, submission.id, language)
