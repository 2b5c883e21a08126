"""Requests for those who decide on them: the one entrance for web, command line and API."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic, sleep

from connectors.errors import ConnectorError
from runner.access.model import Actor
from runner.errors import (
    NotDurableError,
    NotFoundError,
    NotReachableError,
    RefusedError,
    RunnerError,
    StaleError,
    UnfitError,
)
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.kept import KeptSubmissions
from runner.pipeline.refusing import Refusal, in_our_errors, refuse
from runner.pipeline.requests import away, every, inbox, saying, showing, together
from runner.pipeline.requests.away import Leave
from runner.pipeline.requests.pages import AnswerToOne, AwayPage, BulkToDecide, InboxPage, OpenPage, RequestPage
from runner.pipeline.requests.saying import Word
from runner.pipeline.requests.seeing import sees_any, sees_of
from runner.pipeline.services import Services
from runner.store.records import Submission
from runner.store.request_records import ApprovalDecision

MOST_AT_ONCE = 100
_PAUSE_SECONDS = 0.1
_ROWS_AT_ONCE = 10
_OTHER_ROWS = "These rows are no longer as they were on your page. Look at them again; nothing was said."
_SEVERAL = "Several requests begin with that number. Write more of it."
_SEVERAL_BULKS = "Several bulks begin with that number. Write more of it."
_SHORTEST_START, _WHOLE_ID = 8, 32
_MOST_ALIKE = 20
_BUSY = frozenset({"queued", "running"})


@dataclass(frozen=True, slots=True)
class Requests:
    """What waits for somebody's yes. Every method decides first; refusals are recorded before they leave.

    After the last yes it waits up to ``patience_seconds`` for what is carried out at once by this process, so that who
    agreed sees that it was done.
    """

    services: Services
    patience_seconds: float = 2.0
    channel: str = "portal"
    rows_seconds: float = 20.0

    @in_our_errors
    def inbox(self, actor: Actor) -> InboxPage:
        """Return what waits for this actor's yes, and what they said lately."""
        return inbox.inbox_page(self.services, actor)

    @in_our_errors
    def open_ones(self, actor: Actor, page: int, bulk_id: str = "") -> OpenPage:
        """Return a page, from 1, of all open requests the actor may see, or of the rows of a bulk.

        Raises `NotFoundError` for who sees none.
        """
        if page < 1 or not sees_any(self.services, actor):
            raise refuse(self.services, actor, "open all requests", NotFoundError(NOT_FOUND))
        return every.open_page(self.services, actor, page, bulk_id)

    @in_our_errors
    def named(self, actor: Actor, start: str) -> str:
        """Return the id of the request that begins so, of those the actor may see; a whole id is returned as it is.

        Raises `UnfitError` when there are several, `NotFoundError` for none and for fewer than 8 characters.
        """
        start = start.replace("-", "").lower()
        if len(start) >= _WHOLE_ID:
            return start
        alike = (
            self.services.store.open_requests.beginning_with(start, _MOST_ALIKE)
            if len(start) >= _SHORTEST_START
            else ()
        )
        found = [one.id for one in alike if self._is_seen(actor, one)]
        if len(found) > 1:
            raise UnfitError(_SEVERAL)
        if not found:
            raise self._kept.not_there(actor)
        return found[0]

    @in_our_errors
    def bulk_named(self, actor: Actor, start: str) -> str:
        """Return the id of the bulk that begins so, of those of which the actor sees the requests.

        Raises `UnfitError` when there are several, `NotFoundError` for none and for fewer than 8 characters.
        """
        start, store = start.replace("-", "").lower(), self.services.store.open_requests
        alike = store.bulks_beginning_with(start, _MOST_ALIKE) if len(start) >= _SHORTEST_START else {}
        found = [id_ for id_, form_id in alike.items() if sees_of(self.services, actor, form_id)]
        if len(found) > 1:
            raise UnfitError(_SEVERAL_BULKS)
        if not found:
            raise self._kept.not_there(actor)
        return found[0]

    def _is_seen(self, actor: Actor, submission: Submission) -> bool:
        try:
            showing.request_page(self.services, actor, submission, submission.language)
        except NotFoundError:
            return False
        return True

    @in_our_errors
    def request(self, actor: Actor, submission_id: str, language: str) -> RequestPage:
        """Return a request; raises `NotFoundError` unless the actor decides on it or may see it."""
        submission = self._kept.asked_for(actor, submission_id)
        try:
            return showing.request_page(self.services, actor, submission, language)
        except NotFoundError as refused:
            raise self._refused(actor, "open request", submission, refused)  # noqa: B904 - the same one

    @in_our_errors
    def say(self, actor: Actor, submission_id: str, digest: str, decision: ApprovalDecision, comment: str = "") -> str:
        """Say yes or no to a request as it stands on a page, and return its state after that; see `saying.say`."""
        submission = self._kept.asked_for(actor, submission_id)
        state = self._said(actor, submission, Word(digest, decision, comment, self.channel))
        return self._once_done(submission.id) if state == "queued" else state

    @in_our_errors
    def say_to_several(
        self, actor: Actor, chosen: Sequence[tuple[str, str]], decision: ApprovalDecision, comment: str = ""
    ) -> tuple[AnswerToOne, ...]:
        """Say the same to several requests of one form, each by its id and digest; each is decided on by itself.

        Raises `UnfitError` for none, too many, or those of several forms: nothing was said then.
        """
        if not chosen:
            raise UnfitError("Choose at least one request.")
        if len(chosen) > MOST_AT_ONCE:
            raise UnfitError(f"Choose at most {MOST_AT_ONCE} requests at a time.")
        found = [(self._kept.asked_for(actor, id_), digest) for id_, digest in dict(chosen).items()]
        if len({submission.form_id for submission, _ in found}) != 1:
            raise UnfitError("Only requests of the same form are decided on together.")
        if decision == "no" and not comment.strip():
            raise UnfitError(saying.NO_REASON)
        return tuple(
            self._one_of(actor, submission, Word(digest, decision, comment, self.channel))
            for submission, digest in found
        )

    @in_our_errors
    def rows(self, actor: Actor, bulk_id: str, page: int, language: str = "") -> BulkToDecide:
        """Return a page, from 1, of the rows of a bulk that wait for the actor; raises `NotFoundError` without any."""
        try:
            return together.bulk_to_decide(self.services, actor, bulk_id, page, language)
        except NotFoundError as refused:
            raise refuse(self.services, actor, "open requests of a bulk", refused)  # noqa: B904 - the same one

    @in_our_errors
    def say_to_rows(
        self, actor: Actor, bulk_id: str, digest: str, decision: ApprovalDecision, comment: str = ""
    ) -> tuple[tuple[AnswerToOne, ...], bool]:
        """Say the same to rows of a bulk that are alike, named by one digest, as `say_to_several` does.

        Returns what became of each, and whether others wait.  Those that cannot be answered within ``rows_seconds`` wait
        on.  Raises `UnfitError` for a no without a reason, `StaleError` when they are no longer as they were on the page,
        `NotFoundError` when none waits for the actor.
        """
        try:
            found = together.alike_rows(self.services, actor, bulk_id)
        except NotFoundError as refused:
            raise refuse(self.services, actor, f"say {decision}", refused)  # noqa: B904 - the same one
        chosen = next((one.chosen for one in found if one.digest == digest), ())
        if not chosen:
            raise StaleError(_OTHER_ROWS)
        answers: tuple[AnswerToOne, ...] = ()
        end = monotonic() + self.rows_seconds
        while len(answers) < len(chosen) and (not answers or monotonic() < end):
            part = chosen[len(answers) : len(answers) + _ROWS_AT_ONCE]
            answers += self.say_to_several(actor, part, decision, comment)
        return answers, len(found) > 1 or len(answers) < len(chosen)

    @in_our_errors
    def away(self, actor: Actor, typed: Leave | None = None, error: str = "") -> AwayPage:
        """Return the actor's own absences and deputies."""
        return away.away_page(self.services, actor, typed, error)

    @in_our_errors
    def be_away(self, actor: Actor, leave: Leave) -> None:
        """Name who decides while the actor is away; raises `UnfitError` with what to mend."""
        try:
            away.be_away(self.services, actor, leave)
        except UnfitError:
            raise
        except RefusedError as refused:
            raise refuse(self.services, actor, "be away", refused)  # noqa: B904 - the same one

    @in_our_errors
    def be_back(self, actor: Actor, absence_id: str) -> None:
        """Take an absence of one's own back; raises `NotFoundError`."""
        try:
            away.be_back(self.services, actor, absence_id)
        except (NotFoundError, RefusedError) as refused:
            raise refuse(self.services, actor, "be back", refused)  # noqa: B904 - the same one

    @property
    def _kept(self) -> KeptSubmissions:
        return KeptSubmissions(self.services)

    def _one_of(self, actor: Actor, submission: Submission, word: Word) -> AnswerToOne:
        try:
            state, error = self._said(actor, submission, word), ""
        except NotDurableError:
            raise
        except ConnectorError as failed:
            state, error = submission.state, str(NotReachableError.because(failed))
        except RunnerError as refused:
            state, error = submission.state, str(refused)
        title = "" if error == NOT_FOUND else submission.form_title
        target = submission.target_label if title else ""
        return AnswerToOne(submission.id, title, target, state, error)

    def _said(self, actor: Actor, submission: Submission, word: Word) -> str:
        try:
            return saying.say(self.services, actor, submission.id, word)
        except UnfitError:
            raise
        except (NotFoundError, RefusedError) as refused:
            raise self._refused(actor, f"say {word.decision}", submission, refused)  # noqa: B904 - the same one

    def _refused(self, actor: Actor, what: str, submission: Submission, refused: Refusal) -> Refusal:
        return refuse(self.services, actor, what, refused, form=submission.form_id)

    def _once_done(self, submission_id: str) -> str:
        """Wait a moment for what a worker of this process carries out now, and return the state then."""
        state, waited = "queued", 0.0
        while state in _BUSY and self.services.bell.answer is not None and waited < self.patience_seconds:
            sleep(_PAUSE_SECONDS)
            waited += _PAUSE_SECONDS
            submission = self.services.store.submissions.get(submission_id)
            state = submission.state
            if state == "queued" and submission.due_at is not None and submission.due_at > self.services.now():
                break
        return state
