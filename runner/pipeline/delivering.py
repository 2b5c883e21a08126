"""Send what waits, each message by one node at a time, and try again for a day. Never raises."""

import contextlib
from datetime import timedelta

from connectors.errors import ConnectorError, RejectedError
from connectors.spi import Message
from runner.errors import NotDurableError, NotFoundError
from runner.pipeline.services import Services
from runner.store.records import Notification

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 180, 240, 360, 480))
"""How long a message waits after each try that failed; together a little over a day."""
_MOST_ERROR = 500


def deliver_due(services: Services, *, limit: int = 50, submission_id: str | None = None) -> int:
    """Send messages that are due, at most ``limit``, and return how many went out; one that cannot is tried again later.

    Each is claimed before it is sent, so of many processes one sends it.
    """
    sent = 0
    with contextlib.suppress(NotDurableError):  # they stay in the queue
        for _ in range(limit):
            claimed = services.store.notifications.claim(services.node, services.now(), submission_id=submission_id)
            if not claimed:
                break
            sent += sum(deliver(services, one) for one in claimed)
    return sent


def deliver(services: Services, waiting: Notification) -> bool:
    """Send a message that was claimed and return whether it went out; raises `NotDurableError` when that cannot be kept."""
    store = services.store.notifications
    with contextlib.suppress(NotFoundError):
        try:
            _send(services, waiting)
        except ConnectorError as error:
            is_final = waiting.attempts >= len(PAUSES)
            due_at = None if is_final else services.now() + PAUSES[waiting.attempts]
            store.mark_failed(waiting.id, str(error)[:_MOST_ERROR], services.now(), is_final=is_final, due_at=due_at)
            return False
        store.mark_sent(waiting.id, services.now())
    return True


def _send(services: Services, waiting: Notification) -> None:
    if waiting.channel == "mail":
        services.postman.send(Message(waiting.to, waiting.subject, waiting.body, waiting.id, waiting.html))
        return
    hook = services.channels.hooks.get(waiting.to[0]) if waiting.to else None
    if hook is None:
        raise RejectedError("deskhand.toml has no webhook of this name any more.")
    hook.send(waiting.id, waiting.body)
