"""Requests for those who decide on them: the one entrance for web, command line and API."""

from dataclasses import dataclass

from runner.access.model import Actor
from runner.errors import NotFoundError, RefusedError
from runner.pipeline.kept import KeptSubmissions
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.requests import saying
from runner.pipeline.requests.saying import Word
from runner.pipeline.services import Services
from runner.store.records import ApprovalDecision


@dataclass(frozen=True, slots=True)
class Requests:
    """What waits for somebody's yes. Every method decides first; refusals are recorded before they leave."""

    services: Services

    @in_our_errors
    def say(self, actor: Actor, submission_id: str, digest: str, decision: ApprovalDecision, comment: str = "") -> str:
        """Say yes or no to a request as it stands on a page, and return the state that follows; see `saying.say`."""
        submission = KeptSubmissions(self.services).asked_for(actor, submission_id)
        try:
            return saying.say(self.services, actor, submission.id, Word(digest, decision, comment))
        except (NotFoundError, RefusedError) as refused:
            raise refuse(self.services, actor, f"say {decision}", refused, form=submission.form_id)  # noqa: B904
