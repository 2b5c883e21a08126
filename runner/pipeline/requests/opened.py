"""A request opened: what it is bound to, what was said to it, which rounds it needs and in which of them it is. Reads."""

from collections.abc import Sequence
from dataclasses import dataclass

from runner.pipeline.requests.binding import bound_digest
from runner.pipeline.requests.pending import Pending, pending
from runner.pipeline.requests.rounds import Progress, Round, progress, rounds_of
from runner.pipeline.requests.voters import Voters, voters
from runner.pipeline.services import Services
from runner.store.records import Submission
from runner.store.request_records import Approval


@dataclass(frozen=True, slots=True)
class Opened:
    """A request as it is now. ``said`` is what was said to this very ``digest``; ``voters`` are none once all agreed."""

    pending: Pending
    digest: str
    said: tuple[Approval, ...]
    rounds: tuple[Round, ...]
    progress: Progress
    voters: Voters | None

    @property
    def submission(self) -> Submission:
        """The row it is kept in."""
        return self.pending.submission

    @property
    def services(self) -> Services:
        """Everything outside."""
        return self.pending.services

    def with_word(self, word: Approval) -> Progress:
        """Return how far it is when this is said as well. Pure."""
        return progress(self.rounds, (*self.said, word))


def open_request(services: Services, submission: Submission) -> Opened:
    """Open a request; raises `RefusedError` when its form is gone, `connectors.errors.ConnectorError`."""
    digest = bound_digest(submission)
    return opened(pending(services, submission), services.store.approvals.of(submission.id, digest))


def opened(request: Pending, said: Sequence[Approval] = ()) -> Opened:
    """Return a request with what was said to it; raises as `open_request` does."""
    rounds = rounds_of(request)
    stand = progress(rounds, said)
    digest = bound_digest(request.submission)
    return Opened(request, digest, tuple(said), rounds, stand, voters(request, stand))
