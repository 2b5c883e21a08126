"""Take a submission back: the plan as a page, and the plan carried out as a submission of its own, once."""

from dataclasses import replace

from runner.journal.records import Record
from runner.pipeline.authorising import reads_journal
from runner.pipeline.drafting import draft
from runner.pipeline.finishing import Finished, carry_on
from runner.pipeline.pages import Head, Journey, WayPage
from runner.pipeline.planning import Prepared, operation_views
from runner.pipeline.recording import intents
from runner.pipeline.telling import moment
from runner.pipeline.undoing.reversing import Reversal, reversal
from runner.pipeline.walking import Walk, head
from runner.store.records import OperationRow, Submission

CHANGED = "What it would take back is no longer what was shown."
_LONGEST_REASON = 500


def undo_page(walk: Walk, submission: Submission, found: Reversal, *, changed: bool = False) -> WayPage:
    """Return the plan to take a submission back, as a page."""
    return WayPage(
        head=head_of(walk),
        kind="undo",
        of=submission.id,
        digest=found.prepared.digest,
        operations=operation_views(found.prepared.kept),
        stays=found.stays,
        changed_meanwhile=changed,
        nothing_to_do=found.prepared.changes_nothing,
        told=told(walk, submission),
        is_open=is_open(walk, submission),
    )


def is_open(walk: Walk, submission: Submission) -> bool:
    """Say whether the actor may open a submission's own page: whoever handed it in, and who reads the journal."""
    return submission.actor_id == walk.actor.id or reads_journal(walk.reader)


def head_of(walk: Walk) -> Head:
    """Return what stands on top: the form and the target, without the steps of a form's journey."""
    return replace(head(walk, "plan"), journey=Journey(()), say="")


def told(walk: Walk, submission: Submission) -> str:
    """Say who did it, and when."""
    when = submission.finished_at or submission.updated_at
    return f"{submission.actor_login}, {moment(when, walk.reader.now)}"


def undo(walk: Walk, submission: Submission, digest: str, reason: str) -> WayPage | Finished:
    """Carry out the plan that has this digest; one that is another by now is shown instead, and nothing is done.

    Raises `RefusedError` as `reversal` does, `StaleError` when somebody else took it back just now, `BusyError` while
    something else is done to the same target, `NotDurableError` when the intent could not be stored.
    """
    found = reversal(walk, submission)
    if found.prepared.digest != digest:
        return undo_page(walk, submission, found, changed=True)
    walk.services.halt.check()
    with walk.services.halt.at(walk.submission):
        taking = _begun(found.prepared, submission, reason)
        return carry_on(found.prepared, taking, {})


def _begun(prepared: Prepared, submission: Submission, reason: str) -> Submission:
    walk = prepared.walk
    taking = replace(
        draft(walk),
        undoes=submission.id,
        form_title=f"Undo: {submission.form_title}",
        plan=list(prepared.kept),
        plan_digest=prepared.digest,
        ticket=submission.ticket,
        reason=reason.strip()[:_LONGEST_REASON],
        language=walk.situation.language,
    )
    rows = [
        OperationRow(taking.id, kept["id"], position, kept["verb"], kept["title"], kept["arguments"])
        for position, kept in enumerate(prepared.kept)
    ]
    records = intents_of(prepared, taking)
    named = [replace(record, body={**record.body, "undoes": submission.id}) for record in records]
    walk.services.store.continuing.begin_undo(taking, rows, walk.reader.now, named)
    return taking


def intents_of(prepared: Prepared, submission: Submission) -> list[Record]:
    """Return the intents of a plan, for the journal."""
    walk = prepared.walk
    return intents(
        walk.reader.now,
        walk.actor,
        walk.form,
        submission,
        walk.services.authority.digest,
        list(zip(prepared.plan.operations, prepared.permits, prepared.kept, strict=True)),
        (),
    )
