"""What the operations of a run made of grants, and the way back when the run takes an operation back itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from forms.answering.restoring import restored
from forms.definition import Form
from runner.dispatch import Performed
from runner.journal.records import Record
from runner.pipeline.grants.giving import changed_of, gone_by_now, kept_inverse, keyed, settling
from runner.pipeline.grants.recording import restored_again
from runner.pipeline.grants.things import only, things
from runner.pipeline.services import Services
from runner.store.grant_records import OBJECT, Grant, KeyedGrant, Settled, Settling
from runner.store.records import Submission


@dataclass(slots=True)
class LastWords:
    """The words of one run; it remembers what each made of grants until the run is over."""

    services: Services
    form: Form
    submission: Submission
    _spoken: dict[str, Settled] = field(default_factory=dict)

    def settling(self, performed: Performed, now: datetime) -> Settling | None:
        """Return what becomes of grants when this operation ended as it did; None where it changes nothing about them.

        One that could not be taken back has the last word once more; what it made goes on running.
        """
        id_ = performed.planned.operation.id
        said = self._spoken.get(id_)
        if performed.state == "undone":
            return self._as_before(self._spoken.pop(id_, Settled()), now)
        found = settling(self.services, self.form, self.submission, performed, now)
        return None if found is None else Settling(found.keys, lambda running: self._said(id_, found, said, running))

    def unsaid(self, performed: Performed, now: datetime) -> Settling | None:
        """Let what an operation took over run again, since it is about to be taken back; what it made goes on running.

        Should nobody ever know what came of that, everything ends on its day.
        """
        id_ = performed.planned.operation.id
        said = self._spoken.get(id_, Settled())
        self._spoken[id_] = replace(said, changed=(), before=())
        return self._as_before(replace(said, made=()), now)

    def has_moved(self, performed: Performed) -> bool:
        """Say whether an operation that was stored moved when something ends, or let it stay for good."""
        return bool(self._spoken.get(performed.planned.operation.id, Settled()).changed)

    def _said(self, id_: str, found: Settling, said: Settled | None, running: Sequence[Grant]) -> Settled:
        own = {one.grant.id for one in said.made} if said is not None else set()
        settled = found.settle([one for one in running if one.id not in own])
        if said is not None:
            again = {one.grant.id for one in settled.made}
            records = tuple(one for one in settled.records if one.body.get("grant") not in again)
            settled = replace(settled, made=(), records=records)
        self._spoken[id_] = settled
        return settled

    def _as_before(self, said: Settled, now: datetime) -> Settling | None:
        """Let those that were taken over run again as they did, and those that were made not at all."""
        keys = frozenset(key for one in (*said.made, *said.before) for key in one.keys if not key.startswith(OBJECT))
        return Settling(keys, lambda running: self._put_back(said, running, now)) if keys else None

    def _put_back(self, said: Settled, running: Sequence[Grant], now: datetime) -> Settled:
        still = {one.id for one in running}
        changed = [KeyedGrant(gone_by_now(one.grant, now), one.keys) for one in said.made if one.grant.id in still]
        made, records = list[KeyedGrant](), list[Record]()
        for before, after in zip(said.before, said.changed, strict=True):
            part = self._part_taken(before.grant, after, now)
            (changed if part.grant.id == before.grant.id else made).append(part)
            records.append(restored_again(now, part.grant, self.submission))
        return Settled(tuple(changed), tuple(made), tuple(records))

    def _part_taken(self, before: Grant, after: KeyedGrant, now: datetime) -> KeyedGrant:
        """Return what an operation took from a grant: all of it, or a part that runs beside the rest from now on."""
        if after.grant.state == "gone":
            return KeyedGrant(replace(before, updated_at=now), after.keys)
        verbs = self.services.connectors.verbs
        back, rest = (restored(one.inverse, verbs, before.operation_id) for one in (before, after.grant))
        part = only(back, things(back) - things(rest)) or back
        inverse = kept_inverse(part, changed_of(before))
        return keyed(replace(before, id=self.services.new_id(), inverse=inverse, updated_at=now), part)
