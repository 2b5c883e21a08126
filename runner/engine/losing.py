"""Submissions that this process lost while its store did not answer: found, marked as unclear, and the desk goes on."""

from datetime import timedelta

from runner.pipeline.finishing import NOT_RECORDED
from runner.pipeline.services import Services

_SETTLED_AFTER = timedelta(seconds=10)
"""Longer than any submission needs from its intent to being performed."""


def note_what_was_lost(services: Services) -> int:
    """Mark as unknown what runs in this process's name and is not under way in it; return how many.

    An outcome that could not be stored leaves such a row, and so does an intent of which the answer of the store was lost.
    A process that took nothing more for that reason takes submissions again, since the store keeps records now.
    """
    now = services.clock()
    running = services.store.queue.waiting(("running",), node=services.node)
    lost = [one for one in running if one.id not in services.halt.under_way]
    settled = [one for one in lost if one.updated_at is None or one.updated_at < now - _SETTLED_AFTER]
    for submission in settled:
        services.store.submissions.mark_unknown(submission.id, now)
    if len(settled) == len(lost) and services.halt.reason == NOT_RECORDED:
        services.halt.reason = ""
    return len(settled)
