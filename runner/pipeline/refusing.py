"""Refusals: each is recorded once, and what goes wrong in a target system leaves the desk in the runner's own errors."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from connectors.errors import ConnectorError
from connectors.spi import Ref
from runner.access.model import Actor
from runner.errors import NotReachableError, RunnerError
from runner.pipeline.recording import denial
from runner.pipeline.services import Services

_LONGEST_ID = 100
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Refusal = TypeVar("Refusal", bound=RunnerError)


def refuse(
    services: Services,
    actor: Actor,
    what: str,
    refusal: Refusal,
    *,
    form: str | None = None,
    target: Ref | None = None,
) -> Refusal:
    """Record a refusal and return it, to be raised; raises `NotDurableError` when it cannot be stored."""
    known = form if form in services.catalogue.forms else None
    body = {"kind": target.kind, "id": target.id[:_LONGEST_ID]} if target else None
    record = denial(services.now(), actor, what, str(refusal), form=known, target=body)
    services.store.journal.append([record])
    return refusal


def in_our_errors(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Let errors of target systems out as `NotReachableError`: nothing was decided, so nothing was done."""

    @wraps(method)
    def called(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return method(*args, **kwargs)
        except ConnectorError as error:
            raise NotReachableError(str(error)) from error

    return called
