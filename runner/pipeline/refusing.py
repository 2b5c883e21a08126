"""Refusals: each is recorded once, and what goes wrong in a target system leaves the desk in the runner's own errors."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from connectors.errors import ConnectorError
from connectors.spi import Entry, Ref
from runner.access.model import Actor
from runner.errors import NotReachableError, RefusedError, RunnerError
from runner.pipeline.recording import denial
from runner.pipeline.services import Services

_LONGEST_ID = 100
_CHANGING = frozenset(
    {
        "undo",
        "resume",
        "close_unknown",
        "export",
        "check_start",
        "check_answer",
        "turn",
        "submit",
        "plan",
        "confirm",
        "cancel",
        "reveal",
        "send_again",
        "give_up",
        "take_back_again",
        "say",
        "say_to_several",
        "be_away",
        "be_back",
        "pack_evidence",
        "publish_form",
        "turn_down",
        "begin_chosen",
        "begin_found",
        "begin_listed",
        "answer",
        "start",
        "stop",
        "retry",
        "result",
    }
)
_ONLY_LOOKING = "You are seeing the desk as somebody else; nothing can be done meanwhile. Nothing was done."
_ENDED = "Your own account is disabled in the directory, or has ended. Nothing was done."
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Refusal = TypeVar("Refusal", bound=RunnerError)


class HasServices(Protocol):
    """What serves actors."""

    @property
    def services(self) -> Services:
        """Everything it works with."""
        ...


Served = TypeVar("Served", bound=HasServices)


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


def has_ended(person: Entry | None, now: datetime) -> bool:
    """Say whether the person behind an account is disabled in the directory or past the last day there. Pure."""
    if person is None:
        return False
    last_day = person.attributes.get("expires_on")
    if isinstance(last_day, datetime):
        last_day = last_day.astimezone(now.tzinfo).date()
    return person.attributes.get("enabled") is False or (isinstance(last_day, date) and last_day < now.date())


def in_our_errors(
    method: Callable[Concatenate[Served, Actor, Parameters], Result],
) -> Callable[Concatenate[Served, Actor, Parameters], Result]:
    """Let in only whom the directory still knows as active, and errors of target systems out as `NotReachableError`.

    For an actor that is simulated nothing is let in that would keep, do or hand out something.  In all cases
    nothing was decided, so nothing was done.
    """

    @wraps(method)
    def called(desk: Served, actor: Actor, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        if has_ended(actor.person, desk.services.now()):
            raise refuse(desk.services, actor, method.__name__.replace("_", " "), RefusedError(_ENDED))
        if actor.simulated_by and method.__name__ in _CHANGING:
            raise refuse(desk.services, actor, method.__name__.replace("_", " "), RefusedError(_ONLY_LOOKING))
        try:
            desk.services.authority.refresh()
            return method(desk, actor, *args, **kwargs)
        except ConnectorError as error:
            raise NotReachableError.because(error) from error

    return called
