"""What a submission's page offers besides itself: to take it back, to go on with it, to close what is unclear. Reads."""

from collections.abc import Sequence

from connectors.spi import Entry
from runner.access.model import Actor
from runner.pipeline.authorising import is_fitting, may_use, reads_journal
from runner.pipeline.pages import UnclearView, Ways
from runner.pipeline.services import Services
from runner.pipeline.undoing.rules import can_be_undone, can_go_on
from runner.pipeline.walking import reader_for
from runner.store.records import OperationRow, Submission


def ways(services: Services, actor: Actor, submission: Submission, target: Entry | None) -> Ways:
    """Return what this actor can do about a submission; ``target`` is its target as the actor sees it now, if at all.

    About one whose target they may not see any more, only who reads the journal can do anything.
    """
    audits = reads_journal(reader_for(services, actor, submission.form_id))
    is_hidden = submission.target_id is not None and target is None and not audits
    if is_hidden or (submission.begun_at is None and submission.state != "unknown"):
        return Ways()
    rows = services.store.submissions.operations(submission.id)
    taken = next(iter(services.store.continuing.undos_of([submission.id])), None)
    is_own = submission.actor_id == actor.id
    unclear = _unclear(submission, rows) if submission.state == "unknown" and (is_own or audits) else ()
    return Ways(
        can_undo=taken is None and offers_undo(services, actor, submission, target),
        can_continue=taken is None and is_own and can_go_on(submission, rows),
        unclear=unclear,
        undone_by=taken.id if taken and (audits or taken.actor_id == actor.id) else "",
        undone_state=taken.state if taken else "",
        undone_login=taken.actor_login if taken else "",
        undone_at=(taken.finished_at or taken.updated_at) if taken else None,
        undoes=_opened_by(services, actor, submission.undoes, audits=audits),
        is_undo=submission.undoes is not None,
    )


def _unclear(submission: Submission, rows: Sequence[OperationRow]) -> tuple[UnclearView, ...]:
    """Return what is unclear of a submission: its operations that are, all of it when none of them is."""
    found = tuple(UnclearView(row.operation_id, row.title, row.error or "") for row in rows if row.state == "unknown")
    return found or (UnclearView("", submission.form_title, submission.note),)


def _opened_by(services: Services, actor: Actor, id_: str | None, *, audits: bool) -> str:
    """Return the id of a submission that the actor may open; else nothing."""
    if id_ is None or audits:
        return id_ or ""
    return id_ if services.store.submissions.get(id_).actor_id == actor.id else ""


def offers_undo(services: Services, actor: Actor, submission: Submission, target: Entry | None) -> bool:
    """Say whether to offer an actor to take a submission back: whoever may use its form on its target now.

    Whether something was changed since is looked at when the plan is made.
    """
    form = services.catalogue.forms.get(submission.form_id)
    if form is None or not can_be_undone(form, submission, services.store.submissions.operations(submission.id)):
        return False
    reader = reader_for(services, actor, form.id)
    if not may_use(reader, form) or (form.target is None) != (submission.target_id is None):
        return False
    return form.target is None or (target is not None and is_fitting(reader, form, target))
