"""Plan to take a submission back: the inverse of what it did, last first, as far as nothing was changed since. Reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import RejectedError
from connectors.spi import Verb
from forms.answering.restoring import RestoreError, restored
from forms.answering.working_out import Worked
from forms.planning import PlannedOperation, requirements_of
from runner.errors import RefusedError
from runner.pipeline.authorising import reads_journal
from runner.pipeline.planning import Prepared, prepare_operation
from runner.pipeline.services import Services
from runner.pipeline.undoing.opening import CHECK_EXPIRED, assembled, is_still_checked, without_words
from runner.pipeline.undoing.rules import DONE, why_it_stays
from runner.pipeline.undoing.standing import Ready, Standing
from runner.pipeline.walking import Walk
from runner.store.records import OperationRow, Submission

NOT_FINISHED = "Only what was done can be undone."
TAKEN_BACK = "This was undone already."
IS_UNDO = "This is an undo itself; it is not undone again. Use the form."
NOTHING = "Nothing of this can be undone here."
_CHANGED = "Something of this was changed since."


@dataclass(frozen=True, slots=True)
class Kept:
    """A part that stays as it is, and why."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Reversal:
    """What takes a submission back, decided on, and the parts that stay."""

    prepared: Prepared
    stays: tuple[Kept, ...]


def reversal(walk: Walk, submission: Submission) -> Reversal:
    """Plan to take a submission back, as its actor may now.

    Raises `RefusedError` when it cannot be, or when one of its parts is not the actor's to take back.
    """
    check_may_be_undone(walk.services, submission)
    if not is_still_checked(walk, submission):
        raise RefusedError(CHECK_EXPIRED)
    ready: list[Ready] = []
    stays: list[Kept] = []
    standing = Standing(walk, submission)
    is_told = submission.actor_id == walk.actor.id or reads_journal(walk.reader)
    for row in reversed(walk.services.store.submissions.operations(submission.id)):
        if row.state == "done":
            found = _reversed(walk, standing, row, is_told=is_told)
            (ready if isinstance(found, Ready) else stays).append(found)  # type: ignore[arg-type]
    if not ready:
        raise RefusedError(" ".join([NOTHING, *dict.fromkeys(one.why for one in stays)]))
    about = {"undoes": submission.id}
    return Reversal(assembled(without_words(walk), Worked({}, {}), ready, about), tuple(stays))


def check_may_be_undone(services: Services, submission: Submission) -> None:
    """Raise `RefusedError` unless a submission is finished, no undo itself, and was not taken back."""
    if submission.undoes is not None:
        raise RefusedError(IS_UNDO)
    if submission.state not in DONE:
        raise RefusedError(NOT_FINISHED)
    if services.store.continuing.undos_of([submission.id]):
        raise RefusedError(TAKEN_BACK)


def _reversed(walk: Walk, standing: Standing, row: OperationRow, *, is_told: bool) -> Ready | Kept:
    """Plan to take one operation back; titles and values are told to those who may read what was done."""
    verbs: Mapping[str, Verb] = walk.services.connectors.verbs
    verb = verbs.get(row.verb)
    title = row.title if is_told else verb.meaning.partition(";")[0] if verb else row.verb
    why = why_it_stays(walk.form, row, verb)
    if why:
        return Kept(title, why)
    try:
        planned = _planned(row.operation_id, title, row.inverse, verbs)
        preparation, trouble = standing.compared(row, prepare_operation(walk, planned))
    except (RestoreError, RejectedError) as refused:
        standing.has_trouble = True
        return Kept(title, str(refused) if is_told else _CHANGED)
    return Kept(title, trouble if is_told else _CHANGED) if trouble else Ready(planned, preparation)


def _planned(id_: str, title: str, inverse: Any, verbs: Mapping[str, Verb]) -> PlannedOperation:
    operation = restored(inverse, verbs, id_)
    needs = requirements_of(verbs[operation.verb], operation.arguments)
    return PlannedOperation(operation, f"Undo: {title}", needs, "stop", undo=False, retry=0)
