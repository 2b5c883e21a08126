"""Seeing the desk as somebody else does: begun with a reason, on record, read-only, over after half an hour.

The session on the server remembers it.  Every request asks again whether it is still allowed.  Nothing is ever done for
an actor that is simulated: the web refuses what posts, and the desk itself refuses once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.spi import Ref
from runner.access.holders import MANAGING, Holding, barrier
from runner.access.model import Actor
from runner.delegation.checking import may_manage
from runner.delegation.named import Naming, Who
from runner.errors import NotFoundError, RefusedError, UnfitError
from runner.journal.records import JSON, Record
from runner.pipeline.authorising import NOT_FOUND
from runner.pipeline.recording import actor_body, target_body
from runner.pipeline.refusing import refuse
from runner.pipeline.services import Services

SIMULATE = "access.simulate"
LASTS = timedelta(minutes=30)
LONGEST_REASON = 500
_PERSON, _ACCOUNT = "person:", "account:"


@dataclass(frozen=True, slots=True)
class Simulating:
    """Begins, keeps up and ends it. Writes to the journal and to the session."""

    services: Services

    def may(self, actor: Actor) -> bool:
        """Say whether somebody may see the desk as others do."""
        authority, now = self.services.authority.current(), self.services.now()
        return actor.client is None and authority.holds(actor, SIMULATE, "", form=None, now=now)

    def check(self, actor: Actor) -> None:
        """Raise `NotFoundError`, recorded, for who may not."""
        if not self.may(actor):
            raise refuse(self.services, actor, "simulate", NotFoundError(NOT_FOUND))

    def begin(self, actor: Actor, session: str, who: str, reason: str) -> Who:
        """Let a session see the desk as somebody for half an hour.

        Raises `NotFoundError` for who may not and for nobody of that name, `UnfitError` without a reason, `RefusedError`
        for somebody who holds rights the actor does not hold; then nothing has changed.
        """
        self.check(actor)
        reason = " ".join(reason.split())[:LONGEST_REASON]
        if not reason:
            raise UnfitError("Say why you want to see the desk as somebody else; it goes into the journal.")
        found = Naming(self.services).who(who)
        if why := self.why_not(actor, found):
            raise refuse(self.services, actor, "simulate", RefusedError(why), target=_ref(found))
        until = self.services.clock() + LASTS
        record = self._record(actor_body(actor), found, reason, {"until": until.isoformat(timespec="seconds")})
        if not self.services.store.sessions.simulate(session, actor.id, _kept(found), until, [record]):
            raise NotFoundError("Your session has ended. Sign in again; nothing was begun.")
        return found

    def end(self, simulator: Actor, session: str) -> None:
        """Let a session see its own desk again: when it is asked for, and when it ran out or is not allowed any more."""
        body: dict[str, JSON] = {"actor": actor_body(simulator), "operation": "end simulation"}
        record = Record("decision", self.services.clock(), body)
        self.services.store.sessions.simulate(session, simulator.id, None, None, [record])

    def seen_as(self, simulator: Actor, kept: str | None, until: datetime | None, now: datetime) -> Actor | None:
        """Return whom a session's owner sees the desk as now; None when that is over, or not allowed any more."""
        if kept is None or until is None or until <= now or not self.may(simulator):
            return None
        found = self._found(kept)
        if found is None or self.why_not(simulator, found):
            return None
        return simulated(found, simulator.login)

    def why_not(self, actor: Actor, who: Who) -> str:
        """Say why somebody cannot be simulated by this actor; empty when they can."""
        if who.kind == "client":
            return "An API client has no desk to see. Use: what can they?"
        if who.ended:
            return f"{who.ended} There is no desk to see."
        if who.actor.id == actor.id or (actor.person is not None and _ref(who) == actor.person.ref):
            return "That is you."
        if may_manage(self.services, actor):
            return ""
        if who.actor.person is not None and self.services.authority.current().is_protected(who.actor.person):
            return f"{who.actor.display_name} is protected; only somebody with {MANAGING} sees the desk as they do."
        if self._covers(actor, who.actor):
            return ""
        return (
            f"{who.actor.display_name} holds rights that you do not hold; only somebody with {MANAGING} sees the desk "
            "as they do."
        )

    def from_host(self, text: str) -> Who:
        """Return somebody as the host's command line sees the desk, on record; raises `NotFoundError`, `RefusedError`."""
        found = Naming(self.services).who(text)
        if found.kind == "client" or found.ended:
            raise RefusedError(found.ended or "An API client has no desk to see.")
        self.services.store.journal.append([self._record({"id": "cli"}, found, "", {})])
        return replace(found, actor=simulated(found, "cli"))

    def _covers(self, actor: Actor, other: Actor) -> bool:
        """Say whether the actor holds at least what the other was given by name or by group.

        Here a role that the actor's role only ``covers`` does not count as held: covering is for helping, not for seeing.
        """
        authority, day = self.services.authority.current(), self.services.now().date()
        rows = [row for row in authority.view(other).rows if row.principal != "everyone"]
        mine = authority.view(actor).rows
        own = {(row.role, row.set, row.forms) for row in mine}
        covered = frozenset[str]().union(*(row.covers for row in mine))
        if any(row.role in covered and (row.role, row.set, row.forms) not in own for row in rows):
            return False
        held = [Holding(row, authority.resolved.sets.get(row.set)) for row in rows]
        found = barrier(authority.view(actor), held, None, day)
        return not found.groups and not found.people

    def _found(self, kept: str) -> Who | None:
        naming = Naming(self.services)
        try:
            if kept.startswith(_PERSON):
                return naming.person(kept.removeprefix(_PERSON))
            return naming.who(self.services.store.accounts.get(kept.removeprefix(_ACCOUNT)).login)
        except NotFoundError:
            return None

    def _record(self, by: Mapping[str, JSON], found: Who, reason: str, more: Mapping[str, JSON]) -> Record:
        person = found.actor.person
        body: dict[str, JSON] = {
            "actor": by,
            "operation": "simulate",
            "target": target_body(person.ref, person) if person else None,
            "simulated": found.actor.login,
            "decision": {"effect": "permit", "binding": None, "reason": "read-only"},
            "reason": reason,
            **more,
        }
        return Record("decision", self.services.clock(), body)


def simulated(found: Who, by: str) -> Actor:
    """Return the actor as somebody else sees the desk for them: no submission is of this id, so none is shown. Pure."""
    return replace(found.actor, id=f"simulated:{_kept(found)}", simulated_by=by)


def _kept(found: Who) -> str:
    person = found.actor.person
    return f"{_ACCOUNT}{found.actor.id}" if found.actor.id or person is None else f"{_PERSON}{person.ref.id}"


def _ref(found: Who) -> Ref | None:
    return found.actor.person.ref if found.actor.person else None
