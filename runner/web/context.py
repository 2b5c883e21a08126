"""What every view is given: the ports, and who is asking in which language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask import g, request

from runner.access.model import Actor
from runner.web.ports import Clock, DeskPort, Gate, Outbox, SignInHint, Visitor

LANGUAGES = ("en", "nl")


@dataclass(frozen=True, slots=True)
class Web:
    """The wiring of one application; ``zone`` is the organisation's time, ``outbox`` is there on a demo only."""

    desk: DeskPort
    gate: Gate
    clock: Clock
    zone: tzinfo
    demo: bool
    outbox: Outbox | None
    hints: Sequence[SignInHint]

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
    """Return the best of our languages that the browser asks for."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
