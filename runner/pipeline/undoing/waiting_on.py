"""What was begun waits for a system that does not answer: whether it may, and how it ends when it does not go on."""

from collections.abc import Sequence

from connectors.spi import File, SecretRef
from forms.definition import Form
from runner.dispatch import Performed
from runner.pipeline.finishing import summed_up
from runner.pipeline.happening import Happening, Told
from runner.pipeline.notifying import event_of, notify
from runner.pipeline.recording_waits import ended_waiting
from runner.pipeline.services import Services
from runner.store.records import Submission


def may_wait(form: Form, performed: Sequence[Performed]) -> bool:
    """Say whether a run that a worker does may go on later: only a system that did not answer stood in its way. Pure.

    What was taken back, or is unclear, does not wait, nor what takes a typed password or a file: those are not kept.
    """
    waiting = [one for one in performed if one.state == "skipped" or one.is_unavailable]
    failed = [one for one in performed if one.state == "failed"]
    ended = [one for one in performed if one.state in ("done", "unchanged")]
    if not any(one.is_unavailable for one in failed) or any(one.state in ("unknown", "undone") for one in performed):
        return False
    stopped_by = failed[-1] if any(one.state == "skipped" for one in performed) else None
    if stopped_by is not None and not stopped_by.is_unavailable:
        return False
    if ended and any(one.planned.on_error == "undo" for one in failed):
        return False
    generated = {field.id for field in form.fields if field.type == "password" and field.generate is not None}
    used = {name for one in ended for name in _secrets(one)}
    return all(
        set(_secrets(one)) <= generated - used
        and not any(isinstance(value, File) for value in one.planned.operation.arguments.values())
        for one in waiting
    )


def _secrets(one: Performed) -> list[str]:
    return [value.field for value in one.planned.operation.arguments.values() if isinstance(value, SecretRef)]


def stop_waiting(services: Services, submission: Submission, why: str) -> None:
    """End a submission that was begun and waits, and say why it does not go on; what was done stays done.

    Raises `StaleError` when it does not wait any more.
    """
    now = services.now()
    rows = services.store.submissions.operations(submission.id)
    state = summed_up(["skipped" if row.state == "planned" else row.state for row in rows])
    event = event_of(state)
    told = notify(services, submission, Happening(event, now)) if event is not None else Told()
    actor = {"id": submission.actor_id, "login": submission.actor_login}
    services.store.continuing.settle(
        submission.id,
        before=("queued",),
        state=state,
        ends=(),
        note=why,
        now=now,
        records=[ended_waiting(now, actor, submission, state, why), *told.records],
        mails=told.notifications,
    )
