"""Says why something is allowed or refused, with the names of the access file. Pure.

For administrators and those who may read the access file: the sentences name bindings, groups and units.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.spi import Entry
from connectors.verbs import PERMISSIONS
from runner.access.authority import Authority
from runner.access.explanation.lacking import Asked, Considered, as_one_of, considered
from runner.access.explanation.protection_reasons import Groups, protection
from runner.access.model import Actor, Decision

MOST_ROWS = 50
"""How many rows an explanation lists, the nearest first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, and how it came about.

    ``sentence`` names the binding that decided it, or the nearest miss.  ``rows`` are those that were considered, the
    nearest to a yes first; ``more`` is how many others there are.  ``notes`` are what one should know about the actor.
    """

    decision: Decision
    sentence: str
    rows: tuple[Considered, ...] = ()
    more: int = 0
    notes: tuple[str, ...] = ()


def explain(
    authority: Authority, actor: Actor, permission: str, entry: Entry, *, form: str | None, now: datetime
) -> tuple[Decision, str]:
    """Return the decision and a sentence: the binding that decided it, or the nearest miss."""
    found = explanation(authority, Asked(actor, permission, entry, form, now))
    return found.decision, found.sentence


def explanation(authority: Authority, asked: Asked, groups: Groups | None = None) -> Explanation:
    """Explain a decision; ``groups`` are those the object is in, as read, so that the way into one can be told."""
    decision = decided(authority, asked)
    rows = sorted(considered(authority, asked), key=lambda row: (not row.is_own, row.nearness))
    found = Explanation(
        decision, decision.reason, _nearest_first(rows)[:MOST_ROWS], max(0, len(rows) - MOST_ROWS), notes_on(asked)
    )
    if decision.allowed:
        return found
    if decision.code == "protected":
        why = protection(authority, asked, groups) if groups is not None else ""
        return replace(found, sentence=f"{decision.reason} {why}".strip())
    return replace(found, sentence=_miss(authority, rows) or decision.reason)


def decided(authority: Authority, asked: Asked) -> Decision:
    """Decide; what is about the installation as a whole is held or not, whatever the object."""
    if asked.entry is not None and "" not in PERMISSIONS[asked.permission][0]:
        return authority.decide(asked.actor, asked.permission, asked.entry, form=asked.form, now=asked.now)
    for row in authority.view(asked.actor).rows:
        if asked.permission in row.permissions and row.counts_on(asked.now.date()) and row.counts_in(asked.form):
            return Decision(True, f'{asked.permission} is given by the binding "{row.id}".', row.id, "allowed")
    return Decision(False, f"No binding gives {asked.permission}.", None, "no_binding")


def notes_on(asked: Asked) -> tuple[str, ...]:
    """Say what about the actor decides which bindings count at all."""
    actor = asked.actor
    if actor.client is not None:
        return (f"{actor.client} is an API client: only bindings of this client count, not those of people.",)
    if actor.person is None:
        return (f"Nobody in the directory stands behind {actor.login}: only what is given to everyone counts.",)
    return ()


def _nearest_first(rows: Sequence[Considered]) -> tuple[Considered, ...]:
    """Sort what allows first, then the actor's own, then by how many things are lacking."""
    return tuple(sorted(rows, key=lambda row: (bool(row.lacks), not row.is_own, len(row.lacks), row.nearness)))


def _miss(authority: Authority, rows: Sequence[Considered]) -> str:
    """Name the nearest of the actor's own bindings with what it lacks, else one that gives it to others."""
    own = next((row for row in rows if row.is_own), None)
    if own is not None:
        return f"would be allowed by {own.row.binding}, but {', and '.join(own.lacks)}"
    others = [row for row in rows if len(row.lacks) == 1]
    first = min(others, key=lambda row: row.nearness[2], default=None)
    if first is None:
        return ""
    if first.row.principal == "client" or first.lacks[0].startswith("it is for"):
        return f"would be allowed by {first.row.binding}, but {first.lacks[0]}"
    binding = next(one for one in authority.resolved.policy.bindings if one.id == first.row.binding)
    who = " or ".join(as_one_of(str(principal).replace(":", " ", 1)) for principal in binding.principals)
    return f"would be allowed by {first.row.binding}, but the actor is not {who}"
