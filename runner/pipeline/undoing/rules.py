"""What can be taken back, and what can go on: by state, inverse and what the form says. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.spi import Verb
from forms.definition import Form, Step
from runner.store.records import OperationRow, Submission

DONE = ("done", "partly_done")
"""States of a submission that can be taken back."""
STOPPED = ("partly_done", "failed", "unknown")
"""States of a submission that can go on."""
NOT_DONE = ("failed", "skipped", "unknown", "planned")
_NO_INVERSE = "This cannot be undone."
_SECRET = "A password that was handed out cannot be undone; set a new one."  # noqa: S105 - no password
_STAYS = "The form says that this stays done."
FOR_A_WHILE = (
    "What was there before was only until a day. It is not put back: it would stay for good. Use the form itself."
)


def step_of(form: Form, operation_id: str) -> Step | None:
    """Return the step that an operation came from; None when the form has it no more."""
    id_ = operation_id.partition("/")[0]
    return next((step for step in form.steps if step.id == id_), None)


def why_it_stays(form: Form, row: OperationRow, verb: Verb | None) -> str:
    """Return why what was done cannot be taken back; an empty text when it can."""
    step = step_of(form, row.operation_id)
    if step is not None and step.undo == "none":
        return _STAYS
    if is_cut(row) and not has_inverse(row):
        return FOR_A_WHILE
    if not has_inverse(row):
        takes_secret = verb is not None and any(one.type == "secret" for one in verb.arguments)
        return _SECRET if takes_secret else _NO_INVERSE
    return ""


def has_inverse(row: OperationRow) -> bool:
    """Say whether it is known what takes an operation back."""
    return "verb" in _kept(row)


def is_cut(row: OperationRow) -> bool:
    """Say whether a part of an operation is not taken back, because what was there before was to end by itself."""
    return "is_cut" in _kept(row)


def is_taken_back(row: OperationRow, value: Any) -> bool:
    """Say whether what takes an operation back is about this value, as it is stored; all of them, unless it is cut."""
    arguments = _kept(row).get("arguments", {})
    return not is_cut(row) or any(value in (one if isinstance(one, list) else [one]) for one in arguments.values())


def _kept(row: OperationRow) -> Mapping[str, Any]:
    return row.inverse if isinstance(row.inverse, Mapping) else {}


def can_be_undone(form: Form | None, submission: Submission, rows: Sequence[OperationRow]) -> bool:
    """Say whether a submission is finished, no undo itself, and something of it has an inverse that its form lets be used."""
    if form is None or submission.undoes is not None or submission.state not in DONE:
        return False
    return any(why_it_stays(form, row, None) == "" for row in rows if row.state == "done")


def can_go_on(submission: Submission, rows: Sequence[OperationRow]) -> bool:
    """Say whether a submission stopped with something left, of which nothing was taken back."""
    return submission.state in STOPPED and is_stopped(rows) and not any(row.state == "undone" for row in rows)


def is_stopped(rows: Sequence[OperationRow]) -> bool:
    """Say whether something of these operations is left to be done."""
    return any(row.state in NOT_DONE for row in rows)
