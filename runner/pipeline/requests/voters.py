"""Who may say yes to a request in its present round: by name, as a deputy, or because nobody else is left. Reads."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

from connectors.spi import Entry, Ref
from runner.access.model import Actor
from runner.pipeline.requests.barred import Barred, barred, is_active
from runner.pipeline.requests.naming import fallback_ways, fits, means_everyone, people, principals
from runner.pipeline.requests.pending import Pending
from runner.pipeline.requests.rounds import Progress, Round, Way
from runner.pipeline.same_person import is_same_person
from runner.store.request_records import Absence, Principal

_SAID = "You have agreed to this already. Somebody else has to as well."
_LOOKING = "You are seeing the desk as somebody else; nothing can be done meanwhile."
_MOST_HOPS = 10
_Step: TypeAlias = Callable[[Collection[str], date], Sequence[Absence]]
_Other: TypeAlias = Callable[[Absence], str]


@dataclass(frozen=True, slots=True)
class Vote:
    """Whether somebody may decide: named, or deputy of ``instead_of``; ``why_not`` is for one who is named but may not.

    Neither ``may`` nor ``why_not``: the request is not theirs to see.
    """

    may: bool = False
    instead_of: str | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Voters:
    """Who may decide in the present round.

    ``ways`` are those of the round and, where it ``is_short`` of people or was escalated, those of last resort.
    """

    pending: Pending
    present: Round
    progress: Progress
    barred: Barred
    ways: tuple[Way, ...]
    is_short: bool

    def vote(self, actor: Actor) -> Vote:
        """Say whether an actor may decide."""
        person = actor.person
        if person is None or actor.client is not None:
            return Vote()
        seat = self._seat(person)
        if seat is None:
            return Vote()
        why_not = _LOOKING if actor.simulated_by else self.why_not(person)
        return Vote(why_not=why_not) if why_not else Vote(True, seat or None)

    def why_not(self, person: Entry) -> str:
        """Return why the yes of this person would not count; empty when it would, if they are meant at all."""
        if self._has_agreed(person):
            return _SAID
        return self.barred.why(person) or ("" if is_active(self.pending, person) else "This account has ended.")

    def principals(self) -> tuple[Principal, ...]:
        """Return before whom the request is put."""
        return principals(self.pending, self.ways)

    def people(self) -> Iterator[Entry]:
        """Yield everybody whose yes counts, deputies of those who are away behind them; of everyone nobody."""
        seen: set[str] = set()
        for person in people(self.pending, self.ways):
            for one in (person, *self._deputies(person)):
                if one.ref.id not in seen and not self.why_not(one):
                    seen.add(one.ref.id)
                    yield one

    def _seat(self, person: Entry) -> str | None:
        """Return empty text for one who is named, the id of whom a deputy stands in for, None for anybody else."""
        if self._is_named(person):
            return ""
        for other in self._stood_in_for(person):
            if self._is_named(other) and not self.why_not(other):
                return other.ref.id
        return None

    def _is_named(self, person: Entry) -> bool:
        return any(fits(self.pending, way, person) for way in self.ways)

    def _has_agreed(self, person: Entry) -> bool:
        if person.ref.id in self.progress.used:
            return True
        used = (self.pending.reader.entry(Ref("user", id_)) for id_ in sorted(self.progress.used))
        return any(one is not None and is_same_person(one, person) for one in used)

    def _stood_in_for(self, deputy: Entry) -> Iterator[Entry]:
        """Yield those who are away and named this one, or somebody away who did; never through one whose yes is barred."""
        yield from self._along(deputy, self.pending.services.store.absences.standing_in, _person)

    def _deputies(self, person: Entry) -> Iterator[Entry]:
        yield from self._along(person, self.pending.services.store.absences.away, _deputy)

    def _along(self, start: Entry, step: _Step, other: _Other) -> Iterator[Entry]:
        day, seen, frontier = self.pending.reader.now.date(), {start.ref.id}, {start.ref.id}
        for _ in range(_MOST_HOPS):
            found = {other(one) for one in step(frontier, day)} - seen
            if not found:
                return
            seen |= found
            frontier = set()
            for id_ in sorted(found):
                entry = self.pending.reader.entry(Ref("user", id_))
                if entry is not None and not self.barred.why(entry):
                    frontier.add(id_)
                    yield entry


def voters(pending: Pending, progress: Progress) -> Voters | None:
    """Return who may decide now; None when no yes is lacking. Raises `connectors.errors.ConnectorError`."""
    present = progress.present
    if present is None:
        return None
    named = Voters(pending, present, progress, barred(pending), present.ways, is_short=False)
    is_short = _is_short(named)
    if not is_short and not is_escalated(pending):
        return named
    ways = (*present.ways, *fallback_ways(pending))
    return Voters(pending, present, progress, named.barred, ways, is_short)


def last_moment(pending: Pending) -> datetime | None:
    """Return until when a yes counts at all: as long again where a form escalates what nobody answered. Pure."""
    expires_at = pending.submission.expires_at
    if expires_at is not None and pending.approval.on_expiry == "escalate":
        return expires_at + timedelta(seconds=pending.approval.expires_seconds)
    return expires_at


def is_escalated(pending: Pending) -> bool:
    """Say whether nobody answered in time and the owner of the form is asked instead. Pure."""
    expires_at = pending.submission.expires_at
    is_late = expires_at is not None and expires_at <= pending.reader.now
    return is_late and pending.approval.on_expiry == "escalate"


def _is_short(named: Voters) -> bool:
    """Say whether fewer people are left than are needed."""
    if means_everyone(named.pending, named.ways):
        return False
    left = 0
    for person in people(named.pending, named.ways):
        left += not named.why_not(person)
        if left >= named.progress.lacks:
            return False
    return True


def _person(absence: Absence) -> str:
    return absence.person_id


def _deputy(absence: Absence) -> str:
    return absence.deputy_id
