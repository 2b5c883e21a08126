"""Go on with a submission that stopped: the plan of the rest as a page, and the rest carried out, in the same submission."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from connectors.spi import Secret, SecretRef
from runner.journal.records import Record
from runner.pipeline.finishing import Finished, carry_on, summed_up
from runner.pipeline.happening import Happening, Told
from runner.pipeline.notifying import event_of, notify
from runner.pipeline.pages import KeptPart, WayPage
from runner.pipeline.planning import Prepared, operation_views
from runner.pipeline.recording import actor_body
from runner.pipeline.services import Services
from runner.pipeline.undoing.resuming import FoundDone, Rest
from runner.pipeline.undoing.undoing import head_of, intents_of, told
from runner.pipeline.walking import Walk
from runner.store.continuing import Resumption
from runner.store.records import OperationEnd, Submission, SubmissionState


def continue_page(walk: Walk, submission: Submission, found: Rest, *, changed: bool = False) -> WayPage:
    """Return the plan of what is left, as a page."""
    return WayPage(
        head=head_of(walk),
        kind="continue",
        of=submission.id,
        digest=found.prepared.digest,
        operations=operation_views(found.prepared.kept),
        found=tuple(KeptPart(one.row.title, one.said) for one in found.found),
        stays=found.stays,
        changed_meanwhile=changed,
        told=told(walk, submission),
    )


def go_on(walk: Walk, submission: Submission, found: Rest) -> Finished | None:
    """Carry out what is left; None when nothing had to be done any more.

    Raises `StaleError` when it goes on already, `BusyError` while something else is done to the same target,
    `NotDurableError` when the intent could not be stored: nothing was done then.
    """
    walk.services.halt.check()
    if not found.prepared.plan.operations:
        _settle(walk, submission, found)
        return None
    secrets = made_anew(walk, found.prepared)
    with walk.services.halt.at(submission.id):
        begin_rest(walk, submission, found)
        return carry_on(found.prepared, submission, secrets, found.earlier)


def begin_rest(walk: Walk, submission: Submission, found: Rest, shown_once: bytes | None = None) -> None:
    """Store that the rest begins, durably; raises `StaleError` and `BusyError`, and nothing was stored then."""
    what = Resumption(
        id=submission.id,
        before=(submission.state,),
        plan_digest=submission.plan_digest or "",
        node=walk.services.node,
        now=walk.reader.now,
        operation_ids=tuple(one.operation.id for one in found.prepared.plan.operations),
        found=_ends(found.found),
        target_id=submission.target_id,
        shown_once=shown_once,
    )
    intents = [
        replace(record, body={**record.body, "continues": True}) for record in intents_of(found.prepared, submission)
    ]
    walk.services.store.continuing.resume(what, [*_found_records(walk, submission, found.found), *intents])


def made_anew(walk: Walk, prepared: Prepared) -> Mapping[str, Secret]:
    """Make the passwords anew that what is left takes."""
    fields = {field.id: field.generate for field in walk.form.fields if field.generate is not None}
    policies = walk.services.catalogue.settings.password_policies
    wanted = {
        value.field
        for planned in prepared.plan.operations
        for value in planned.operation.arguments.values()
        if isinstance(value, SecretRef)
    }
    return {name: walk.services.make_password(policies[policy]) for name, policy in fields.items() if name in wanted}


def _settle(walk: Walk, submission: Submission, found: Rest) -> None:
    """End a submission whose unclear steps were all found done."""
    now, state = walk.reader.now, summed_up(found.earlier)
    told_of = told_of_end(walk.services, submission, state, now)
    walk.services.store.continuing.settle(
        submission.id,
        before=(submission.state,),
        state=state,
        ends=_ends(found.found),
        now=now,
        records=[*_found_records(walk, submission, found.found), *told_of.records],
        mails=told_of.notifications,
    )


def told_of_end(services: Services, submission: Submission, state: SubmissionState, now: datetime) -> Told:
    """Return who is told how a submission ended after all; nobody while it is still unclear."""
    event = event_of(state)
    if event is None or state == "unknown":
        return Told()
    run = {"outcome": state.replace("_", " ")}
    return notify(services, submission, Happening(event, now, was_waiting=False, run=run))


def _ends(found: Sequence[FoundDone]) -> tuple[OperationEnd, ...]:
    return tuple(OperationEnd(one.row.operation_id, "done", error=one.said) for one in found)


def _found_records(walk: Walk, submission: Submission, found: Sequence[FoundDone]) -> list[Record]:
    return [
        settled(
            walk.reader.now,
            actor_body(walk.actor),
            submission,
            one.row.operation_id,
            one.row.verb,
            "found_done",
            one.said,
        )
        for one in found
    ]


def settled(
    now: datetime,
    actor: Mapping[str, object],
    submission: Submission,
    operation_id: str,
    verb: str,
    code: str,
    detail: str,
) -> Record:
    """Record what an unclear operation turned out to be."""
    body = {
        "submission": submission.id,
        "actor": dict(actor),
        "form": {"id": submission.form_id, "version": submission.form_version, "digest": submission.form_digest},
        "target": {"kind": submission.target_kind, "id": submission.target_id},
        "operation": {"id": operation_id, "verb": verb},
        "outcome": {"code": code, "detail": detail},
        "ticket": submission.ticket,
    }
    return Record("reconcile", now, body)  # type: ignore[arg-type]
