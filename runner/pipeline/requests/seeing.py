"""Who sees the requests of others without being asked: holders of a permission, and whoever reads the journal. Reads."""

from runner.access.model import Actor
from runner.pipeline.authorising import may_audit
from runner.pipeline.services import Services

READING = "request.read"
"""Who holds this permission sees the requests of others."""


def sees_of(services: Services, actor: Actor, form_id: str) -> bool:
    """Say whether an actor sees every request of a form."""
    held = services.authority.current().holds(actor, READING, "", form=form_id, now=services.now())
    return held or may_audit(services, actor)


def sees_any(services: Services, actor: Actor) -> bool:
    """Say whether an actor sees every request of some form."""
    forms = {*services.catalogue.forms, *services.store.open_requests.forms()}
    return any(sees_of(services, actor, form_id) for form_id in forms)


def open_forms(services: Services, actor: Actor) -> frozenset[str]:
    """Return the forms of which something waits for a yes and whose requests the actor sees."""
    return frozenset(one for one in services.store.open_requests.forms() if sees_of(services, actor, one))
