"""The desk of the way back and the way on; every method decides first and shows only what is allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from time import sleep
from typing import Literal, TypeVar

from runner.access.model import Actor
from runner.errors import BusyError, NotFoundError, RefusedError, StaleError, UnfitError
from runner.pipeline.finishing import Finished
from runner.pipeline.kept import KeptSubmissions
from runner.pipeline.notifying import deliver_due, send_mails
from runner.pipeline.pages import SubmissionPage, WayPage
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.results import finished_page
from runner.pipeline.services import Services
from runner.pipeline.undoing import closing, going_on, undoing
from runner.pipeline.undoing.opening import opened_again
from runner.pipeline.undoing.resuming import rest
from runner.pipeline.undoing.reversing import reversal
from runner.pipeline.undoing.rules import STOPPED
from runner.pipeline.walking import Walk, refused_on
from runner.store.records import Submission

_PATIENCE_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6)
"""How long a request waits for something else that is done to the same target, try by try."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Undoing:
    """What can still be done about a submission that ran. ``channel`` says by which way its callers come."""

    services: Services
    channel: str = "portal"

    @in_our_errors
    def undo_plan(self, actor: Actor, submission_id: str, language: str) -> WayPage:
        """Return the plan to take a submission back, or why it cannot be; keeps nothing.

        Raises `NotFoundError` unless the actor may use the form on the target now.
        """
        submission = self._begun(actor, submission_id)
        walk = self._opened(actor, submission, language)
        try:
            return undoing.undo_page(walk, submission, reversal(walk, submission))
        except RefusedError as refused:
            return self._refused_page(walk, submission, refused)

    @in_our_errors
    def undo(
        self, actor: Actor, submission_id: str, digest: str, reason: str, language: str
    ) -> WayPage | SubmissionPage:
        """Take a submission back, once; the plan is shown again when it is another one by now.

        Asking again gives what was done.  Raises `NotFoundError` as `undo_plan` does, `RefusedError` when it may not be,
        `StaleError` when somebody else took it back.
        """
        submission = self._begun(actor, submission_id)
        return patiently(lambda: self._undo(actor, submission, digest, reason, language))

    def _undo(
        self, actor: Actor, submission: Submission, digest: str, reason: str, language: str
    ) -> WayPage | SubmissionPage:
        walk = self._opened(actor, submission, language)
        try:
            result = undoing.undo(walk, submission, digest, reason)
        except StaleError:
            mine = self._taken_back_by(actor, submission)
            if mine is None:
                raise
            return self._kept.page(actor, mine)
        except RefusedError as refused:
            mine = self._taken_back_by(actor, submission)
            if mine is not None:
                return self._kept.page(actor, mine)
            raise refused_on(walk, "undo", refused)  # noqa: B904 - the same one
        if isinstance(result, Finished):
            return self._ended(result)
        mine = self._taken_back_by(actor, submission)
        return result if mine is None else self._kept.page(actor, mine)

    def _taken_back_by(self, actor: Actor, submission: Submission) -> Submission | None:
        """Return the submission by which this actor took one back, or takes it back just now."""
        taken = self.services.store.continuing.undos_of([submission.id])
        return next((one for one in taken if one.actor_id == actor.id), None)

    @in_our_errors
    def continue_plan(self, actor: Actor, submission_id: str, language: str) -> WayPage:
        """Return the plan of what is left of one's own submission that stopped, or why it cannot go on; keeps nothing."""
        submission = self._own(actor, submission_id)
        walk = self._opened(actor, submission, language, submission.id)
        try:
            return going_on.continue_page(walk, submission, rest(walk, submission))
        except RefusedError as refused:
            return self._refused_page(walk, submission, refused, "continue")

    @in_our_errors
    def resume(self, actor: Actor, submission_id: str, digest: str, language: str) -> WayPage | SubmissionPage:
        """Go on with one's own submission; the plan is shown again when it is another one by now.

        One that goes on already, or has ended, gives what is kept.  Raises `RefusedError` when it cannot go on.
        """
        submission = self._own(actor, submission_id)
        return patiently(lambda: self._resume(actor, submission, digest, language))

    def _resume(self, actor: Actor, submission: Submission, digest: str, language: str) -> WayPage | SubmissionPage:
        if submission.state not in STOPPED:
            return self._kept.page(actor, submission)
        walk = self._opened(actor, submission, language, submission.id)
        try:
            found = rest(walk, submission)
            if found.prepared.digest != digest:
                moved_on = self._moved_on(submission)
                if moved_on is not None:
                    return self._kept.page(actor, moved_on)
                return going_on.continue_page(walk, submission, found, changed=True)
            finished = going_on.go_on(walk, submission, found)
        except StaleError:
            return self._kept.page(actor, self.services.store.submissions.get(submission.id))
        except RefusedError as refused:
            moved_on = self._moved_on(submission)
            if moved_on is not None:
                return self._kept.page(actor, moved_on)
            raise refused_on(walk, "continue", refused)  # noqa: B904 - the same one
        if finished is not None:
            return self._ended(finished)
        send_mails(walk, submission.id)
        return self._kept.page(actor, self.services.store.submissions.get(submission.id))

    @in_our_errors
    def close_unknown(
        self, actor: Actor, submission_id: str, operation_id: str, comment: str, *, was_done: bool
    ) -> SubmissionPage:
        """Note what became of what is unclear, as its actor or somebody who reads the journal has seen."""
        submission = self._kept.asked_for(actor, submission_id)
        if submission.begun_at is None and submission.finished_at is None:
            raise self._kept.not_there(actor, submission.form_id)
        try:
            closing.close_unknown(self.services, actor, submission, operation_id, comment, was_done=was_done)
        except NotFoundError:
            raise self._kept.not_there(actor, submission.form_id) from None
        except UnfitError:
            raise
        except RefusedError as refused:
            raise refuse(self.services, actor, "close", refused, form=submission.form_id)  # noqa: B904 - the same one
        deliver_due(self.services, submission_id=submission.id)
        return self._kept.page(actor, self.services.store.submissions.get(submission.id))

    def _moved_on(self, submission: Submission) -> Submission | None:
        """Return a submission as it is now when another request went on with it meanwhile."""
        now = self.services.store.submissions.get(submission.id)
        return None if (now.state, now.updated_at) == (submission.state, submission.updated_at) else now

    def _begun(self, actor: Actor, submission_id: str) -> Submission:
        """Return a submission that ran; raises `NotFoundError` for any other."""
        submission = self._kept.asked_for(actor, submission_id)
        if submission.begun_at is None:
            raise self._kept.not_there(actor, submission.form_id)
        return submission

    def _own(self, actor: Actor, submission_id: str) -> Submission:
        submission = self._begun(actor, submission_id)
        self._kept.check_own(actor, submission)
        return submission

    def _ended(self, finished: Finished) -> SubmissionPage:
        submission = self.services.store.submissions.get(finished.walk.submission)
        send_mails(finished.walk, submission.id)
        return finished_page(finished, submission)

    def _opened(self, actor: Actor, submission: Submission, language: str, id_: str = "") -> Walk:
        """Open a submission's form on its target again; one that never was and one out of reach sound the same."""
        id_ = id_ or self.services.new_id()
        try:
            return opened_again(self.services, actor, submission, id_, language, self.channel)
        except NotFoundError:
            raise self._kept.not_there(actor, submission.form_id) from None

    def _refused_page(
        self, walk: Walk, submission: Submission, refused: RefusedError, kind: Literal["undo", "continue"] = "undo"
    ) -> WayPage:
        refused_on(walk, kind, refused)
        return WayPage(
            head=undoing.head_of(walk),
            kind=kind,
            of=submission.id,
            refused=str(refused),
            told=undoing.told(walk, submission),
            is_open=undoing.is_open(walk, submission),
        )

    @property
    def _kept(self) -> KeptSubmissions:
        return KeptSubmissions(self.services)


def patiently(work: Callable[[], Result]) -> Result:
    """Do something, again and again for a few seconds while something else is done to the same target."""
    for pause in _PATIENCE_SECONDS:
        try:
            return work()
        except BusyError:
            sleep(pause)
    return work()
