"""The queue as operators see it: what waits for what, what is stuck, which processes are at work. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND, may_audit
from runner.pipeline.refusing import in_our_errors, refuse
from runner.pipeline.services import Services
from runner.store.nodes import SILENT_SECONDS
from runner.store.records import Submission

LATE = timedelta(minutes=1)
"""How long after its moment something that nobody took is late."""
_MOST = 100
_STATES = ("running", "queued", "awaiting_approval")


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A submission that has not ended. ``is_late``: its moment is over, and nobody took it."""

    id: str
    title: str
    target: str
    actor: str
    state: str
    due_at: datetime | None
    expires_at: datetime | None
    note: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class NodeLine:
    """A process that carries submissions out."""

    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    is_silent: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What has not ended: how many of each, the first of them, and the processes. ``unclear`` is how many ended so."""

    running: int
    queued: int
    awaiting: int
    unclear: int
    lines: tuple[QueueLine, ...]
    nodes: tuple[NodeLine, ...]


@dataclass(frozen=True, slots=True)
class Queueing:
    """The queue, for whoever reads the journal."""

    services: Services

    def is_open_to(self, actor: Actor) -> bool:
        """Say whether somebody may see it."""
        return may_audit(self.services, actor)

    @in_our_errors
    def page(self, actor: Actor) -> QueuePage:
        """Return what has not ended; raises `NotFoundError` for whoever may not see it."""
        if not self.is_open_to(actor):
            raise refuse(self.services, actor, "open queue", NotFoundError(NOT_FOUND))
        return queue_page(self.services)


def queue_page(services: Services) -> QueuePage:
    """Return what has not ended, for whoever may see all of it."""
    store, now = services.store, services.now()
    counts = store.queue.counts()
    found = [one for state in _STATES for one in store.queue.waiting((state,), limit=_MOST)]
    return QueuePage(
        running=counts.get("running", 0),
        queued=counts.get("queued", 0),
        awaiting=counts.get("awaiting_approval", 0),
        unclear=store.queue.unclear(),
        lines=tuple(_line(one, now) for one in found[:_MOST]),
        nodes=tuple(
            NodeLine(
                one.host, one.pid, one.started_at, one.seen_at, one.seen_at < now - timedelta(seconds=SILENT_SECONDS)
            )
            for one in store.nodes.all()
        ),
    )


def _line(one: Submission, now: datetime) -> QueueLine:
    return QueueLine(
        id=one.id,
        title=one.form_title,
        target=one.target_label,
        actor=one.actor_login,
        state=one.state,
        due_at=one.due_at,
        expires_at=one.expires_at if one.state == "awaiting_approval" else None,
        note=one.note,
        is_late=one.state == "queued" and one.due_at is not None and one.due_at < now - LATE,
    )
