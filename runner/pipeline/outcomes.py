"""What became of a run, stored step by step: outcomes, their records, and the end, with who is told of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from forms.answering.wire import stored
from forms.planning import PlannedOperation
from runner.dispatch import Performed
from runner.journal.records import Record
from runner.pipeline.grants.giving import lasting_inverse
from runner.pipeline.grants.last_words import LastWords
from runner.pipeline.notifying import telling
from runner.pipeline.planning import Prepared, change_json
from runner.pipeline.recording import outcome, taking_back
from runner.pipeline.telling import Teller, line_json
from runner.store.records import OperationEnd, Submission, SubmissionState


@dataclass(slots=True)
class Recorder:
    """Stores the outcome of each operation and, with the last one, of the submission."""

    prepared: Prepared
    submission: Submission
    last_words: LastWords = field(init=False)

    def __post_init__(self) -> None:
        walk = self.prepared.walk
        self.last_words = LastWords(walk.services, walk.form, self.submission)

    def remember(self, performed: Performed, following: PlannedOperation | None) -> None:
        """Store how an operation ended, and that the one given second begins now, if one does."""
        end, record = self._told(performed)
        self._store.operation_finished(
            self.submission.id,
            end.operation_id,
            state=end.state,
            changes=end.changes,
            error=end.error,
            inverse=end.inverse,
            outputs=end.outputs,
            now=self._now(),
            records=[record],
            next_running=following.operation.id if following else None,
            grants=self.last_words.settling(performed, self._now()),
        )

    def take_back(self, performed: Performed, planned: PlannedOperation) -> None:
        """Store that an operation that was done is about to be taken back, and by what."""
        walk, now = self.prepared.walk, self._now()
        walk.services.store.continuing.take_back(
            self.submission.id,
            performed.planned.operation.id,
            now,
            taking_back(now, walk.actor, walk.form, self.submission, planned),
            self.last_words.unsaid(performed, now),
        )

    def finish(self, performed: Sequence[Performed], state: SubmissionState) -> None:
        """Store the end; what was remembered already is left as it is."""
        known = {row.operation_id for row in self._store.operations(self.submission.id) if row.finished_at is not None}
        left = [done for done in performed if done.planned.operation.id not in known and done.state != "skipped"]
        for done in left[:-1]:
            self.remember(done, None)
        last, records = None, list[Record]()
        if left:
            last, record = self._told(left[-1])
            records.append(record)
        records += [self._told(one)[1] for one in performed if one.state == "skipped"]
        told = telling(self.prepared, self.submission, performed, state, self._now())
        self._store.finish(
            self.submission.id,
            state=state,
            now=self._now(),
            records=[*records, *told.records],
            operation=last,
            notifications=told.notifications,
            grants=self.last_words.settling(left[-1], self._now()) if left else None,
        )

    def pause(self, performed: Sequence[Performed], due_at: datetime) -> None:
        """Store what was done, and let the rest wait for a system that does not answer."""
        known = {row.operation_id for row in self._store.operations(self.submission.id) if row.finished_at is not None}
        left = [one for one in performed if one.state not in ("failed", "skipped")]
        for done in left:
            if done.planned.operation.id not in known:
                self.remember(done, None)
        waiting = [one for one in performed if one.state == "skipped" or one.is_unavailable]
        failed = [one for one in performed if one.state == "failed" and one.planned.operation.id not in known]
        self.prepared.walk.services.store.continuing.pause(
            self.submission.id,
            [one.planned.operation.id for one in waiting],
            due_at=due_at,
            note=next((one.detail for one in waiting if one.detail), ""),
            now=self._now(),
            records=[self._told(one)[1] for one in failed],
        )

    @property
    def _store(self) -> Any:
        return self.prepared.walk.services.store.submissions

    def _now(self) -> Any:
        return self.prepared.walk.services.now()

    def _lines(self, performed: Performed) -> list[dict[str, str]]:
        """Return the changes for keeping; names that cannot be read now are left out, the outcome is stored anyway."""
        teller = Teller(self.prepared.walk.reader)
        try:
            return [line_json(line) for line in teller.lines(performed.changes)]
        except Exception:  # the change is done: nothing may keep its outcome from being stored
            return [line_json(line) for line in teller.without_names().lines(performed.changes)]

    def _told(self, performed: Performed) -> tuple[OperationEnd, Record]:
        """Return an outcome for keeping and for the journal; what changed is read and written once for both."""
        walk = self.prepared.walk
        kept = performed.state in ("done", "undone")
        lines = self._lines(performed) if kept or performed.changes else []
        end = OperationEnd(
            performed.planned.operation.id,
            performed.state,
            [*_with_values(lines, performed)] if kept else [],
            performed.detail or None,
            lasting_inverse(walk.services, performed),
            {name: stored(ref) for name, ref in performed.outputs.items()} or None,
        )
        told = lines if performed.changes else []
        return end, outcome(self._now(), walk.actor, walk.form, self.submission, performed, told)


def _with_values(lines: Sequence[Mapping[str, str]], performed: Performed) -> Iterator[Mapping[str, Any]]:
    """Yield each line with the values themselves: by them it is seen later whether what was done is still so."""
    if len(lines) != len(performed.changes):
        yield from lines
        return
    for line, change in zip(lines, performed.changes, strict=True):
        yield {**line, "values": change_json(change)}
