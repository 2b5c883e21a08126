"""What is new for somebody who is signed in: what waits for their yes, and what of theirs ended. Reads; cheap."""

from dataclasses import dataclass
from datetime import datetime

from runner.access.model import Actor
from runner.pipeline.requests.inbox import count_waiting
from runner.pipeline.services import Services


@dataclass(frozen=True, slots=True)
class News:
    """How much waits for somebody's yes, how many of their own submissions ended, and the last of those."""

    waiting: int = 0
    ended: int = 0
    last_id: str = ""
    last_title: str = ""
    last_state: str = ""


def waiting_for(services: Services, actor: Actor) -> int:
    """Return how many requests wait for this actor's yes."""
    return count_waiting(services, actor)


def news(services: Services, actor: Actor, since: datetime) -> News:
    """Return what is new since a moment; nothing for an actor that is simulated, who is somebody else."""
    if actor.simulated_by:
        return News()
    ended = services.store.endings.since(actor.id, since)
    return News(waiting_for(services, actor), ended.count, ended.id, ended.title, ended.state)
