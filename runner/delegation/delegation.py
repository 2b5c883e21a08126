"""What administrators and auditors are shown of the delegation. Reads; whoever asks must hold ``access.read``."""

from dataclasses import dataclass, field

from runner.delegation.asking import Asking
from runner.delegation.checking import check_reading, may_manage, may_read
from runner.delegation.explorer.exploring import Exploring
from runner.delegation.graphs.graphing import Graphing
from runner.delegation.reviews.reviewing import Reviewing
from runner.delegation.simulating import Simulating
from runner.pipeline.bulk.desk import Bulks
from runner.pipeline.grants.desk import Grants
from runner.pipeline.message_queue import MessageQueue
from runner.pipeline.queueing import Queueing
from runner.pipeline.requests.desk import Requests
from runner.pipeline.services import Services

__all__ = ["Delegation", "check_reading", "may_manage", "may_read"]


@dataclass(frozen=True, slots=True)
class Delegation:
    """The questions that can be asked about the rights on one desk.

    ``graphing`` is the attack graph and the paths in it, kept from one question to the next.
    """

    services: Services
    graphing: Graphing = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "graphing", Graphing(self.services))

    @property
    def asking(self) -> Asking:
        """Why somebody may do something, who can, and what somebody can."""
        return Asking(self.services)

    @property
    def exploring(self) -> Exploring:
        """The pages on who may do what to whom."""
        return Exploring(self.services)

    @property
    def reviewing(self) -> Reviewing:
        """Reviews of bindings: campaigns, decisions, findings."""
        return Reviewing(self.services)

    @property
    def bulks(self) -> Bulks:
        """One form for many people."""
        return Bulks(self.services)

    @property
    def messages(self) -> MessageQueue:
        """Messages that wait or could not go out, for whoever reads the journal."""
        return MessageQueue(self.services)

    @property
    def grants(self) -> Grants:
        """What was given until a day."""
        return Grants(self.services)

    @property
    def queue(self) -> Queueing:
        """What has not ended, for whoever reads the journal."""
        return Queueing(self.services)

    @property
    def requests(self) -> Requests:
        """What waits for somebody's yes."""
        return Requests(self.services)

    @property
    def simulating(self) -> Simulating:
        """Seeing the desk as somebody else does."""
        return Simulating(self.services)
