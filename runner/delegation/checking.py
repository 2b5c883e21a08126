"""Who may see, and who may decide, who may do what: asked before anything of the delegation is shown or changed."""

from runner.access.model import Actor
from runner.errors import NotFoundError
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.refusing import refuse
from runner.pipeline.services import Services


def may_read(services: Services, actor: Actor) -> bool:
    """Say whether the actor may see who may do what."""
    return _holds(services, actor, "access.read")


def may_manage(services: Services, actor: Actor) -> bool:
    """Say whether the actor may decide who may do what."""
    return _holds(services, actor, "access.manage")


def check_reading(services: Services, actor: Actor, what: str) -> None:
    """Raise `NotFoundError`, and record the refusal, for who may not see who may do what."""
    if not may_read(services, actor):
        raise refuse(services, actor, what, NotFoundError(NOT_FOUND))


def _holds(services: Services, actor: Actor, permission: str) -> bool:
    return services.authority.current().holds(actor, permission, "", form=None, now=services.now())
