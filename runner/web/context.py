"""What every view is given: the ports, and who is asking in which language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import current_app, g, request

from runner.access.model import Actor
from runner.delegation.delegation import Delegation
from runner.operators import Operators
from runner.web.ports import Clock, DeskPort, Gate, Outbox, SignInHint, Visitor

LANGUAGES = "LANGUAGES"
"""The key of the application's configuration that holds the languages of its texts, the one of the settings first."""


@dataclass(frozen=True, slots=True)
class Web:
    """The wiring of one application.

    ``zone`` is the organisation's time, ``outbox`` is there on a demo only, ``delegation`` where rights can be explored,
    ``operators`` where there is a journal to look after.
    """

    desk: DeskPort
    gate: Gate
    clock: Clock
    zone: tzinfo
    demo: bool
    outbox: Outbox | None
    hints: Sequence[SignInHint]
    delegation: Delegation | None = None
    operators: Operators | None = None

    def now(self) -> datetime:
        """Return the present moment in the organisation's zone."""
        return self.clock().astimezone(self.zone)


def visitor() -> Visitor:
    """Return who is signed in; the guard has made sure that somebody is."""
    found: Visitor | None = g.get("visitor")
    if found is None:
        raise RuntimeError("a view that needs a visitor was reached without one")
    return found


def actor() -> Actor:
    """Return who acts in this request."""
    return visitor().actor


def language() -> str:
    """Return the best of the languages of the forms that the browser asks for, else the first of the settings."""
    spoken: tuple[str, ...] = current_app.config[LANGUAGES]
    wanted = (name for name, quality in request.accept_languages if quality > 0)
    return next((found for name in wanted if (found := _matching(name, spoken))), spoken[0])


def _matching(wanted: str, spoken: Sequence[str]) -> str | None:
    """Return the language asked for, or one that differs in the region only: who prefers en-GB over nl reads en. Pure."""
    low = wanted.lower()
    alike = [one for one in spoken if one.lower() == low]
    alike += [one for one in spoken if one.lower().partition("-")[0] == low.partition("-")[0]]
    return alike[0] if alike else None
