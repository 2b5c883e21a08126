"""The desk: the one entrance for web, command line and API; every method decides first and shows only what is allowed.

All errors are those of `runner.errors`; a refusal is recorded before it leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from forms.errors import AnswersError
from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline import drafting, filling, submitting, uploading, viewing
from runner.pipeline.confirming import Confirming
from runner.pipeline.pages import (
    ChoosePage,
    CsvTemplate,
    FillPage,
    PickPage,
    PlanPage,
    Posted,
    SubmissionPage,
    TableFile,
    VerifyPage,
)
from runner.pipeline.planning import Prepared, prepare
from runner.pipeline.receiving import received
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.undoing.desk import Undoing
from runner.pipeline.walking import Walk, refused_on
from runner.store.records import Submission
from runner.verification.checks import CallerChecks


@dataclass(frozen=True, slots=True)
class Desk(Confirming):
    """What one installation offers: looking around, and the journey of a form."""

    @property
    def ways(self) -> Undoing:
        """The way back and the way on of what ran."""
        return Undoing(self.services, self.channel)

    # --- the journey ------------------------------------------------------------------------------------------------

    @in_our_errors
    def open(
        self, actor: Actor, form_id: str, target_id: str | None, text: str, language: str
    ) -> ChoosePage | VerifyPage | FillPage:
        """Return the first step of a form's journey. Creates nothing; a fresh id is given for what follows."""
        form = self.services.catalogue.forms.get(form_id)
        submission = self.services.new_id()
        if form is not None and form.target is not None and target_id is None:
            try:
                return filling.choose_page(self.services, actor, form_id, text, language, submission)
            except NotFoundError as refused:
                raise refuse(self.services, actor, "open", refused, form=form_id)  # noqa: B904 - the same one
        return self._first_step(self._walk(actor, form_id, target_id, submission, language))

    @in_our_errors
    def step(
        self, actor: Actor, submission_id: str, language: str
    ) -> VerifyPage | FillPage | PlanPage | SubmissionPage:
        """Return the present step of a submission that was started, or what is kept of one that ran."""
        submission = self._kept_ones.asked_for(actor, submission_id)
        if submission.state != "draft":
            return self._kept_ones.page(actor, submission)
        walk = self._walk_of(actor, submission, language).with_request(submission.ticket, submission.reason)
        state = submitting.check_state(walk)
        if submission.plan_digest is None or (state is not None and not state.is_met):
            return self._first_step(walk, submitting.EXPIRED if submission.plan_digest else "")
        try:
            return submitting.plan_page(prepare(walk, drafting.kept_answers(walk, submission)))
        except AnswersError as wrong:
            return submitting.fill_again(walk, submission, wrong)

    @in_our_errors
    def edit(self, actor: Actor, submission_id: str, language: str, page: int | None = None) -> FillPage | VerifyPage:
        """Return the form of a draft again, with what was answered, at a page of it; raises `NotFoundError`."""
        submission = self._kept_ones.asked_for(actor, submission_id)
        if submission.state != "draft":
            raise self._kept_ones.not_there(actor, submission.form_id)
        walk = self._walk_of(actor, submission, language)
        state = submitting.check_state(walk)
        if state is not None and not state.is_met:
            return filling.verify_page(walk, state)
        posted = Posted(submission.answers, submission.ticket, submission.reason, page)
        return filling.fill_page(walk, posted, checked=state.passed if state else 0)

    @in_our_errors
    def evaluate(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        posted: Posted,
        language: str,
        *,
        checks: bool = False,
        submission: str = "",
    ) -> FillPage | VerifyPage:
        """Return the form as it looks with these answers; only files that were sent are kept, for ``submission``.

        With ``checks``, a form that only shows says what is wrong with the answers.  A form whose caller check is not
        met for ``submission`` gives that check instead.
        """
        walk = self._shown_walk(actor, form_id, target_id, submission, language)
        unchecked = submitting.before_check(walk, "fill in")
        if unchecked is not None:
            return unchecked
        walk, posted = received(walk, posted)
        return viewing.shown_page(walk, posted, checks=checks)

    @in_our_errors
    def export(
        self, actor: Actor, form_id: str, target_id: str | None, table: str, posted: Posted, language: str
    ) -> TableFile:
        """Return a table of a form that only shows as a file; it is recorded that it left."""
        return viewing.export(self._walk(actor, form_id, target_id, self.services.new_id(), language), table, posted)

    @in_our_errors
    def csv_template(self, actor: Actor, form_id: str, field_id: str, language: str) -> CsvTemplate:
        """Return the file to fill in for a question of type ``csv``; raises `NotFoundError`."""
        try:
            return uploading.csv_template(self.services, actor, form_id, field_id, language)
        except NotFoundError as refused:
            raise refuse(self.services, actor, "open", refused, form=form_id)  # noqa: B904 - the same one

    @in_our_errors
    def pick(
        self,
        actor: Actor,
        form_id: str,
        target_id: str | None,
        field: str,
        text: str,
        posted: Posted,
        language: str,
        *,
        submission: str = "",
    ) -> PickPage:
        """Return what a picker finds for a typed text; raises `RefusedError` before the caller check is met."""
        walk = self._shown_walk(actor, form_id, target_id, submission, language)
        if submitting.before_check(walk, "pick") is not None:
            raise RefusedError(submitting.CHECK_FIRST)
        try:
            return filling.pick_page(walk, field, text, posted)
        except NotFoundError as refused:
            raise refused_on(walk, "pick", refused)  # noqa: B904 - the same one

    @in_our_errors
    def check_start(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, method: str, language: str
    ) -> VerifyPage | FillPage:
        """Send the one-time code of a caller check."""
        walk, submission = self._begun(actor, form_id, target_id, submission_id, language)
        error = CallerChecks(self.services).start(walk.reader, walk.situation, submission, method)
        return self._first_step(walk, error)

    @in_our_errors
    def check_answer(
        self,
        actor: Actor,
        submission_id: str,
        form_id: str,
        target_id: str | None,
        method: str,
        answers: Mapping[str, str],
        language: str,
    ) -> VerifyPage | FillPage:
        """Take the answer to a caller check."""
        walk, submission = self._begun(actor, form_id, target_id, submission_id, language)
        error = CallerChecks(self.services).answer(walk.reader, walk.situation, submission, method, answers)
        return self._first_step(walk, error)

    @in_our_errors
    def turn(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage:
        """Return the page before the one that was posted, of a form of several pages; nothing is checked or kept."""
        id_ = self._kept_ones.checked_id(actor, submission_id, form_id)
        walk = self._walk(actor, form_id, target_id, id_, language)
        unchecked = submitting.before_check(walk, "fill in")
        if unchecked is not None:
            return unchecked
        walk, posted = received(walk, posted)
        return submitting.turned(walk, posted, back=True) or filling.fill_page(walk, posted)

    @in_our_errors
    def submit(
        self,
        actor: Actor,
        submission_id: str,
        form_id: str,
        target_id: str | None,
        posted: Posted,
        language: str,
    ) -> FillPage | VerifyPage | PlanPage | SubmissionPage:
        """Take the answers of a form as far as its plan, or straight to the end where the form shows none.

        Of a form of several pages, those of the page that was posted are taken, and the next page is returned.
        Sent again after it ran, the answer is what is kept.
        """
        before = self._kept_ones.done_before(actor, submission_id, form_id, target_id)
        if before is not None:
            return self._kept_ones.page(actor, before)
        result = self._prepared(actor, submission_id, form_id, target_id, posted, language)
        if not isinstance(result, Prepared):
            return result
        shows = result.walk.form.confirm.plan
        if shows == "never" or (shows == "when_changes" and result.changes_nothing):
            return self.confirm(actor, submission_id, result.digest, "", (), language)
        return submitting.plan_page(result)

    @in_our_errors
    def plan(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage | PlanPage:
        """Take the answers of a form as far as its plan and no further, whatever the form says about showing it."""
        result = self._prepared(actor, submission_id, form_id, target_id, posted, language)
        return submitting.plan_page(result) if isinstance(result, Prepared) else result

    # --- inside -----------------------------------------------------------------------------------------------------

    def _shown_walk(self, actor: Actor, form_id: str, target_id: str | None, submission: str, language: str) -> Walk:
        """Open a form to show it, for the submission a page carries, or for none."""
        id_ = self._kept_ones.checked_id(actor, submission, form_id) if submission else self.services.new_id()
        return self._walk(actor, form_id, target_id, id_, language)

    def _prepared(
        self, actor: Actor, submission_id: str, form_id: str, target_id: str | None, posted: Posted, language: str
    ) -> FillPage | VerifyPage | Prepared:
        id_ = self._kept_ones.checked_id(actor, submission_id, form_id)
        walk = self._walk(actor, form_id, target_id, id_, language)
        viewing.refuse_to_do(walk, "submit")
        walk, posted = received(walk, posted)
        return submitting.turned(walk, posted, back=False) or submitting.submit(walk, posted)

    def _begun(
        self, actor: Actor, form_id: str, target_id: str | None, submission_id: str, language: str
    ) -> tuple[Walk, Submission]:
        """Open a form and make sure its draft exists, bound to this actor, form and target."""
        id_ = self._kept_ones.checked_id(actor, submission_id, form_id)
        walk = self._walk(actor, form_id, target_id, id_, language)
        viewing.refuse_to_do(walk, "check")
        submission = drafting.begin_draft(walk)
        if submission.state != "draft":
            raise RefusedError("This was already done. Open the form again for the next time.")
        return walk, submission

    def _first_step(self, walk: Walk, error: str = "") -> VerifyPage | FillPage:
        state = submitting.check_state(walk)
        if state is not None and (error or not state.is_met):
            return filling.verify_page(walk, state, error)
        return filling.fill_page(walk, Posted({}), checked=state.passed if state else 0)
