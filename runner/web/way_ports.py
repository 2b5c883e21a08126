"""What the web needs of the way back and the way on of what ran. All errors are those of `runner.errors`."""

from typing import Protocol

from runner.access.model import Actor
from runner.pipeline.pages import SubmissionPage, WayPage


class WaysPort(Protocol):
    """Undo, continue and close, as the web sees them; ids are opaque texts from the browser and untrusted."""

    def undo_plan(self, actor: Actor, submission_id: str, language: str) -> WayPage:
        """Return the plan to take a submission back, or why it cannot be. Keeps nothing."""
        ...

    def undo(
        self, actor: Actor, submission_id: str, digest: str, reason: str, language: str
    ) -> WayPage | SubmissionPage:
        """Take a submission back, once; the plan is shown again when it is another one by now."""
        ...

    def continue_plan(self, actor: Actor, submission_id: str, language: str) -> WayPage:
        """Return the plan of what is left of one's own submission, or why it cannot go on. Keeps nothing."""
        ...

    def resume(self, actor: Actor, submission_id: str, digest: str, language: str) -> WayPage | SubmissionPage:
        """Go on with one's own submission; the plan is shown again when it is another one by now."""
        ...

    def close_unknown(
        self, actor: Actor, submission_id: str, operation_id: str, comment: str, *, was_done: bool
    ) -> SubmissionPage:
        """Note what became of an unclear operation."""
        ...
