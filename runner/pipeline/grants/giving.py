"""What an operation gave until a day, and which older grants it had the last word on. Pure, but for new ids.

Of each single thing the last word counts.  Whoever gives something for good that somebody has until a day gives it for
good; whoever gives it until a later day gives it until then, even where nothing had to be changed for it; nobody's gift is
cut short by another one.  What was taken away meanwhile is not taken away a second time from whoever got it anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.spi import Operation
from forms.answering.restoring import RestoreError, restored
from forms.answering.wire import stored
from forms.definition import Form
from runner.dispatch import Performed
from runner.journal.records import JSON, Record
from runner.pipeline.grants.lasting import warning_of
from runner.pipeline.grants.moving import given_until
from runner.pipeline.grants.recording import given, overtaken
from runner.pipeline.grants.things import objects, only, sign, things, with_values_of, without
from runner.pipeline.services import Services
from runner.resource_names import name_of
from runner.store.grant_records import OBJECT, Grant, KeyedGrant, Settled, Settling
from runner.store.records import Submission


def settling(
    services: Services, form: Form, submission: Submission, performed: Performed, now: datetime
) -> Settling | None:
    """Return what becomes of grants when this operation ended as it did; None where it changes nothing about them."""
    if performed.state not in ("done", "unchanged"):
        return None
    outcome = _Outcome.of(services, form, submission, performed, now)
    return Settling(outcome.about, outcome.settled) if outcome.about else None


def lasting_inverse(services: Services, performed: Performed) -> JSON:
    """Return what takes an operation back later on, for keeping; None where nothing does.

    Never does it give for good what was only until a day: then it says ``is_cut``, and no verb where nothing is left.
    """
    inverse = performed.inverse
    if inverse is None:
        return None
    ended = _ending_by_itself(services, inverse) if performed.state == "done" else frozenset[str]()
    if not ended:
        return _kept(inverse)
    rest = without(inverse, ended)
    return {**_kept(rest), "is_cut": True} if rest is not None else {"is_cut": True}


def _ending_by_itself(services: Services, inverse: Operation) -> frozenset[str]:
    """Return the things of which taking something back would bring back what was to end by itself."""
    ended: set[str] = set()
    for grant in services.store.grants.about(things(inverse)):
        try:
            back = restored(grant.inverse, services.connectors.verbs, grant.operation_id)
        except RestoreError:
            continue
        both = things(back) & things(inverse)
        ended |= {one for one in both if sign(back, one) == "=" or sign(back, one) != sign(inverse, one)}
    return frozenset(ended)


def keyed(grant: Grant, inverse: Operation) -> KeyedGrant:
    """Return a grant with its keys."""
    return KeyedGrant(grant, things(inverse) | {OBJECT + ref.id for ref in objects(inverse)})


def gone_by_now(grant: Grant, now: datetime) -> Grant:
    """Return a grant of which nothing is left to be taken back."""
    return replace(grant, state="gone", ended_at=now, updated_at=now, retry_at=None, error="")


def kept_inverse(inverse: Operation, changed: JSON) -> JSON:
    """Return what takes something back, for keeping; ``changed`` are the values that were set, before and after."""
    return {**_kept(inverse), "changed": changed, "objects": sorted(name_of(ref) for ref in objects(inverse))}


def _kept(operation: Operation) -> dict[str, Any]:
    return {"verb": operation.verb, "arguments": {name: stored(one) for name, one in operation.arguments.items()}}


@dataclass(slots=True)
class _Outcome:
    """How one operation ended; ``ends_at`` is None where what it gave is not to be taken back."""

    services: Services
    form: Form
    submission: Submission
    performed: Performed
    operation: Operation
    ends_at: datetime | None
    now: datetime
    inverse: Operation | None = None
    _given_again: frozenset[str] = frozenset()
    _changed: list[KeyedGrant] = field(default_factory=list)
    _made: list[KeyedGrant] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)

    @classmethod
    def of(
        cls, services: Services, form: Form, submission: Submission, performed: Performed, now: datetime
    ) -> "_Outcome":
        planned = performed.planned
        ends_at = given_until(form, planned, now)
        inverse = performed.inverse if performed.state == "done" else None
        return cls(services, form, submission, performed, planned.operation, ends_at, now, inverse)

    @property
    def about(self) -> frozenset[str]:
        """The things it had the last word on; where it made an object, that it exists."""
        return things(self.operation) | (things(self.inverse) if self.inverse else frozenset())

    def settled(self, running: Sequence[Grant]) -> Settled:
        """Return what becomes of the ``running`` grants about any of these things, and what is made."""
        known: dict[str, KeyedGrant] = {}
        backs: list[tuple[Grant, Operation]] = []
        for older in running:
            try:
                back = restored(older.inverse, self.services.connectors.verbs, older.operation_id)
            except RestoreError:
                continue
            known[older.id] = keyed(older, back)
            backs.append((older, back))
        self._given_again = frozenset(
            thing for _, back in backs for thing in things(back) if self._does_alike(back, thing)
        )
        for older, back in backs:
            self._compare(older, back)
        if self.inverse is not None and self.ends_at is not None:
            self._make(self.inverse, self.ends_at)
        before = tuple(known[one.grant.id] for one in self._changed)
        return Settled(tuple(self._changed), tuple(self._made), tuple(self._records), before)

    def _compare(self, older: Grant, back: Operation) -> None:
        """Have the last word on what an older grant is about too."""
        changed = things(back) & self._things_changed
        same = {thing for thing in things(back) - changed if thing in things(self.operation)}
        unchanged = frozenset(thing for thing in same if not self._does_alike(back, thing))
        if self.submission.undoes is not None:
            unchanged = frozenset()  # an undo puts back what was before, and lets nothing else last longer
        if self.ends_at is None:
            self._take_from(older, back, changed | unchanged)
            return
        if self.ends_at > older.ends_at and unchanged:
            self._take_from(older, back, unchanged)
            longer = only(back, unchanged)
            if longer is not None:
                self._make(longer, self.ends_at, changed=changed_of(older))
            back = without(back, unchanged) or back
        if changed:
            self._share(older, back, changed, self.ends_at)

    def _share(self, older: Grant, back: Operation, changed: frozenset[str], ends_at: datetime) -> None:
        """Decide who takes a thing back that this operation changed although an older grant was about to.

        What had to be given anew was not there any more, so the older one has no say in it; unless yet another one gives it
        back later on, which would be for good then.
        """
        lasts_longer = ends_at >= older.ends_at
        alike = frozenset(thing for thing in changed if self._does_alike(back, thing))
        if alike and lasts_longer and self.inverse is not None:
            self.inverse = without(self.inverse, alike)
        values = frozenset(thing for thing in changed if sign(back, thing) == "=")
        if values and lasts_longer and self.inverse is not None:
            self.inverse = with_values_of(self.inverse, back)
        if lasts_longer:
            self._take_from(older, back, changed)
            return
        rest = changed - values - alike
        again = rest & self._given_again
        if again and self.inverse is not None:
            self.inverse = without(self.inverse, again)
        self._take_from(older, back, rest - again)

    def _take_from(self, older: Grant, back: Operation, gone: frozenset[str]) -> None:
        """Leave the rest of an older grant running, or end it when nothing is left of it."""
        if not gone:
            return
        before = next((one.grant for one in self._changed if one.grant.id == older.id), older)
        self._changed = [one for one in self._changed if one.grant.id != older.id]
        rest = without(back, gone)
        if rest is None:
            self._changed.append(keyed(gone_by_now(before, self.now), back))
        else:
            narrowed = kept_inverse(rest, changed_of(older))
            self._changed.append(keyed(replace(before, inverse=narrowed, updated_at=self.now), rest))
        self._records.append(overtaken(self.now, before, self.submission, back, rest))

    def _make(self, inverse: Operation, ends_at: datetime, changed: JSON = None) -> None:
        grant = Grant(
            id=self.services.new_id(),
            submission_id=self.submission.id,
            operation_id=self.operation.id,
            form_id=self.submission.form_id,
            actor_id=self.submission.actor_id,
            actor_login=self.submission.actor_login,
            target_kind=self.submission.target_kind,
            target_id=self.submission.target_id,
            target_label=self.submission.target_label,
            group_id=_group_of(inverse),
            title=self.performed.planned.title,
            inverse=kept_inverse(inverse, self._values_set() if changed is None else changed),
            state="running",
            ends_at=ends_at,
            warn_at=warning_of(ends_at, self.now, self.form),
            retry_at=None,
            attempts=0,
            error="",
            node="",
            created_at=self.now,
            updated_at=self.now,
            ended_at=None,
        )
        self._made.append(keyed(grant, inverse))
        self._records.append(given(self.now, grant))

    @property
    def _things_changed(self) -> frozenset[str]:
        is_done = self.performed.state == "done" and self.performed.inverse is not None
        return things(self.performed.inverse) if is_done and self.performed.inverse else frozenset()

    def _does_alike(self, back: Operation, thing: str) -> bool:
        """Say whether this operation did what taking back does: then what is as it should be is not given anew."""
        return sign(self.operation, thing) == sign(back, thing) != "="

    def _values_set(self) -> JSON:
        """Return the values that were set, as they were before and after: only where they still are, they are put back."""
        return [
            [str(change.ref), change.attribute, stored(change.before), stored(change.after)]
            for change in self.performed.changes
            if change.kind == "set"
        ]


def changed_of(grant: Grant) -> Any:
    """Return the values that the run of a grant set, as `kept_inverse` keeps them."""
    return grant.inverse.get("changed") if isinstance(grant.inverse, Mapping) else None


def _group_of(inverse: Operation) -> str | None:
    """Return the group that a grant is about, when it is about one alone."""
    groups = sorted(ref.id for ref in objects(inverse) if ref.kind == "group")
    return groups[0] if len(groups) == 1 else None
