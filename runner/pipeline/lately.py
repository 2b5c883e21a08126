"""The same form for the same target, a few minutes ago: said as a warning, since two agents may have the same caller. Reads."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.spi import Ref
from runner.access.model import Actor
from runner.pipeline.services import Services

SPAN = timedelta(minutes=10)
"""How far back it is said."""
_BECAME: Mapping[str, str] = {
    "awaiting_approval": "It waits for a yes.",
    "queued": "It waits to run.",
    "running": "It is being done now.",
    "done": "It was done.",
    "partly_done": "It was done in part.",
    "unknown": "It is not clear whether it was done.",
}


def ran_lately(services: Services, actor: Actor, form_id: str, target: Ref, submission_id: str, now: datetime) -> str:
    """Say who used a form for a target within ten minutes, when, and what became of it; nothing when nobody did.

    What was taken back since is not said.
    """
    found = services.store.continuing.ran_lately(form_id, target.id, now - SPAN)
    if found is None or found.id == submission_id or services.store.continuing.undos_of([found.id]):
        return ""
    who = "You" if found.actor_id == actor.id else found.actor_login
    whom = "person" if target.kind == "user" else "thing"
    began = found.begun_at or found.asked_at or found.updated_at
    return f"{who} used this form for the same {whom} {_ago(now - began)}. {_BECAME.get(found.state, '')}".strip()


def _ago(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    return "just now" if minutes == 0 else "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
