"""What administrators and auditors are shown of the delegation. Reads; whoever asks must hold ``access.read``."""

from dataclasses import dataclass

from runner.delegation.asking import Asking
from runner.delegation.checking import check_reading, may_manage, may_read
from runner.pipeline.services import Services

__all__ = ["Delegation", "check_reading", "may_manage", "may_read"]


@dataclass(frozen=True, slots=True)
class Delegation:
    """The questions that can be asked about the rights on one desk."""

    services: Services

    @property
    def asking(self) -> Asking:
        """Why somebody may do something, who can, and what somebody can."""
        return Asking(self.services)
