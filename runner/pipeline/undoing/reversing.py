"""Plan to take a submission back: the inverse of what it did, last first, as far as nothing was changed since. Reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.errors import RejectedError
from connectors.spi import Ref, Verb
from forms.answering.restoring import RestoreError, restored
from forms.answering.working_out import Worked
from forms.planning import PlannedOperation, requirements_of
from runner.errors import RefusedError
from runner.pipeline.authorising import reads_journal
from runner.pipeline.pages import KeptPart
from runner.pipeline.planning import Prepared, kept_plan, prepare_operation
from runner.pipeline.services import Services
from runner.pipeline.telling import Teller
from runner.pipeline.undoing.opening import CHECK_EXPIRED, assembled, is_still_checked, without_words
from runner.pipeline.undoing.rules import DONE, has_inverse, is_cut, why_it_stays
from runner.pipeline.undoing.standing import Ready, Standing
from runner.pipeline.walking import Walk
from runner.store.records import OperationRow, Submission

NOT_FINISHED = "Only what was done can be undone."
TAKEN_BACK = "This was undone already."
IS_UNDO = "This is an undo itself; it is not undone again. Use the form."
NOTHING = "Nothing of this can be undone here."
MOVED = "This moved the day on which it ends. That day stays; use the form itself to end it earlier."
FOR_GOOD = "This took its end away, and it has none now. Use the form itself to take it away or give it an end."
_CHANGED = "Something of this was changed since."


@dataclass(frozen=True, slots=True)
class Reversal:
    """What takes a submission back, decided on, and the parts that stay."""

    prepared: Prepared
    stays: tuple[KeptPart, ...]


def reversal(walk: Walk, submission: Submission) -> Reversal:
    """Plan to take a submission back, as its actor may now.

    Raises `RefusedError` when it cannot be, or when one of its parts is not the actor's to take back.
    """
    check_may_be_undone(walk.services, submission)
    if not is_still_checked(walk, submission):
        raise RefusedError(CHECK_EXPIRED)
    standing = Standing(walk, submission)
    every = walk.services.store.submissions.operations(submission.id)
    rows = [row for row in every if row.state == "done"]
    looked_at = [step_back(standing, row) for row in reversed(rows)]
    ready = [one for one in looked_at if isinstance(one, Ready)]
    stays = [one for one in looked_at if isinstance(one, KeptPart)]
    stays += [standing.cut(row) for row in rows if is_cut(row) and has_inverse(row)]
    stays += _moved_ends(walk, submission, every)
    stays += [one.already for one in ready if one.already]
    if not ready:
        raise nothing_of(NOTHING, stays)
    about = {"undoes": submission.id}
    return Reversal(assembled(without_words(walk), Worked({}, {}), ready, about, is_undo=True), tuple(stays))


def _moved_ends(walk: Walk, submission: Submission, rows: Sequence[OperationRow]) -> Iterator[KeptPart]:
    """Yield what had an end that these operations moved: it ends as it does now, since only values are taken back."""
    done, teller = {row.operation_id for row in rows if row.state in ("done", "unchanged")}, Teller(walk.reader)
    for one in kept_plan(submission):
        for *about, _, ends_at in one.get("moves", ()) if one.get("id") in done else ():
            refs = tuple(Ref(*str(text).split(":", 1)) for text in about)
            yield KeptPart(teller.text(refs) or str(one.get("title")), MOVED if ends_at else FOR_GOOD)


def nothing_of(said: str, stays: Sequence[KeptPart]) -> RefusedError:
    """Return the refusal of what leaves nothing to be done: every reason once, or what is said where there is none."""
    return RefusedError(" ".join(dict.fromkeys(one.why for one in stays)) or said)


def check_may_be_undone(services: Services, submission: Submission) -> None:
    """Raise `RefusedError` unless a submission is finished, no undo itself, and was not taken back."""
    if submission.undoes is not None:
        raise RefusedError(IS_UNDO)
    if submission.state not in DONE:
        raise RefusedError(NOT_FINISHED)
    if services.store.continuing.undos_of([submission.id]):
        raise RefusedError(TAKEN_BACK)


def step_back(standing: Standing, row: OperationRow) -> Ready | KeptPart:
    """Plan to take one operation back; titles and values are told to those who may read what was done."""
    walk = standing.walk
    is_told = standing.submission.actor_id == walk.actor.id or reads_journal(walk.reader)
    verbs: Mapping[str, Verb] = walk.services.connectors.verbs
    verb = verbs.get(row.verb)
    title = row.title if is_told else verb.meaning.partition(";")[0] if verb else row.verb
    why = why_it_stays(walk.form, row, verb)
    if why:
        return KeptPart(title, why)
    try:
        planned = _planned(row.operation_id, title, row.inverse, verbs)
        preparation, trouble = standing.compared(row, prepare_operation(walk, planned))
    except (RestoreError, RejectedError) as refused:
        standing.has_trouble = True
        return KeptPart(title, str(refused) if is_told else _CHANGED)
    if trouble:
        return KeptPart(title, trouble if is_told else _CHANGED)
    return Ready(planned, preparation, already=standing.already(row, preparation) if is_told else None)


def _planned(id_: str, title: str, inverse: Any, verbs: Mapping[str, Verb]) -> PlannedOperation:
    operation = restored(inverse, verbs, id_)
    needs = requirements_of(verbs[operation.verb], operation.arguments)
    return PlannedOperation(operation, f"Undo: {title}", needs, "stop", undo=False, retry=0)
