"""Steps 5 to 8 of the way through: validate, gather, plan, prepare, decide. Reads; writes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.errors import RejectedError
from connectors.spi import Change, Preparation
from forms.answering.situation import Situation
from forms.answering.validating import validate
from forms.answering.wire import stored
from forms.answering.working_out import Worked
from forms.errors import AnswersError
from forms.plan_digest import operation_json, plan_digest
from forms.planning import Plan, PlanError, PlannedOperation, plan
from runner.errors import RefusedError
from runner.journal.records import timestamp
from runner.pipeline.authorising import Permit, decide_plan
from runner.pipeline.grants.foreseeing import cannot_be_put_back, ends_taken, named_of, there_already
from runner.pipeline.grants.lasting import check_until, last_day
from runner.pipeline.grants.moving import MovedEnd, given_until, moved_ends
from runner.pipeline.pages import ChangeLine, OperationView
from runner.pipeline.recording import denial
from runner.pipeline.telling import Teller, day, line_json, line_of
from runner.pipeline.waiting import with_contents
from runner.pipeline.walking import Walk, target_ref
from runner.store.records import Submission


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan that was decided on, with what it would change. ``kept`` is the same as JSON, ``digest`` names it all."""

    walk: Walk
    worked: Worked
    plan: Plan
    permits: tuple[Permit, ...]
    preparations: tuple[Preparation, ...]
    kept: tuple[Mapping[str, Any], ...]
    digest: str

    @property
    def changes_nothing(self) -> bool:
        """Whether everything is already as it was asked for, and for as long."""
        return not any(one["changes"] or one.get("moves") for one in self.kept)

    @property
    def can_undo(self) -> bool:
        """Whether all of what it changes can be taken back."""
        return all(one["can_undo"] for one in self.kept if one["changes"])


def prepare(walk: Walk, posted: Mapping[str, object]) -> Prepared:
    """Work a submission out up to what will change.

    Raises `forms.errors.AnswersError` with every problem, `RefusedError` when it is not allowed or cannot be done as
    things are; both leave nothing behind but, for a refusal or an answer that is out of reach, its record.
    """
    worked, situation = validated(walk, posted)
    try:
        made, situation = walk.reader.gather(situation, lambda known: plan(known, worked))
        check_until(walk.form, made, walk.reader.now)
        permits = decide_plan(walk.reader, walk.form, made, walk.target)
        preparations = tuple(prepare_operation(walk, planned) for planned in made.operations)
    except (RefusedError, PlanError, RejectedError) as refused:
        _record(walk, str(refused))
        raise RefusedError(_told(walk, refused)) from refused
    kept = tuple(
        kept_operation(walk, planned, prep, moved_ends(walk.services, walk.form, planned, walk.reader.now))
        for planned, prep in zip(made.operations, preparations, strict=True)
    )
    digest = plan_digest(walk.form, walk.actor.id, target_ref(walk), exact(kept))
    return Prepared(walk, worked, made, permits, preparations, kept, digest)


def _told(walk: Walk, refused: Exception) -> str:
    """Return why it cannot be planned; authors of forms read what it is that the form names and is not there."""
    if not isinstance(refused, PlanError) or not refused.name:
        return str(refused)
    authority, now = walk.services.authority.current(), walk.reader.now
    is_author = authority.holds(walk.actor, "form.author", "", form=walk.form.id, now=now)
    return (
        f'The form names the {refused.kind} "{refused.name}", which does not exist here.' if is_author else str(refused)
    )


def kept_plan(submission: Submission) -> Sequence[Mapping[str, Any]]:
    """Return the operations of a submission's plan as they are kept; none before there is a plan. Pure."""
    return submission.plan if isinstance(submission.plan, list | tuple) else ()


def exact(kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the operations of a kept plan without the lines that are for people. Pure."""
    return [{key: value for key, value in one.items() if key != "lines"} for one in kept]


def validated(walk: Walk, posted: Mapping[str, object]) -> tuple[Worked, Situation]:
    """Work the answers out and judge them; raises `AnswersError`, and records an answer that is out of reach."""
    try:
        return walk.reader.gather(walk.situation, lambda known: validate(known, posted))
    except AnswersError as wrong:
        beyond = [problem.field for problem in wrong.problems if problem.is_out_of_reach]
        if beyond:
            _record(walk, f"An answer names what is not offered: {', '.join(dict.fromkeys(beyond))}.")
        raise


def prepare_operation(walk: Walk, planned: PlannedOperation) -> Preparation:
    """Ask the connector what an operation would change now; raises as the connector does, and `RefusedError`."""
    operation = with_contents(
        walk.services, walk.actor.id, walk.form.id, walk.submission, planned.operation, waited=walk.waited
    )
    return walk.services.connectors.for_verb(operation.verb).prepare(operation)


def _record(walk: Walk, reason: str) -> None:
    ref = target_ref(walk)
    target = {"kind": ref.kind, "id": ref.id} if ref else None
    walk.services.store.journal.append(
        [denial(walk.reader.now, walk.actor, "plan", reason, form=walk.form.id, target=target)]
    )


def kept_operation(
    walk: Walk, planned: PlannedOperation, preparation: Preparation, moved: Sequence[MovedEnd] = ()
) -> dict[str, Any]:
    """Return a planned operation, its changes and the ends it moves as JSON.

    The raw values make the digest exact, the lines are for people.
    """
    moves = [[*map(str, one.about), timestamp(one.grant.ends_at), _end(one)] for one in moved]
    return operation_json(planned) | {
        "changes": [change_json(change) for change in preparation.changes],
        "lines": [line_json(line) for line in _lines(walk, planned, preparation, moved)],
        "can_undo": preparation.can_undo
        and planned.undo
        and not cannot_be_put_back(walk.services, planned.operation, preparation),
        **({"moves": moves} if moves else {}),
        **_keeps(walk, planned, preparation),
    }


def _keeps(walk: Walk, planned: PlannedOperation, preparation: Preparation) -> dict[str, Any]:
    """Return what is given until a day and there already, for longer or for good (None), as JSON; nothing without any."""
    ends_at = given_until(walk.form, planned, walk.reader.now)
    if ends_at is None:
        return {}
    found, target = there_already(walk.services, planned.operation, preparation, ends_at), target_ref(walk)
    keeps: list[list[str | None]] = [
        [*map(str, named_of(part, target)), timestamp(end)] for end, part in found.ends.items()
    ]
    if found.endless is not None:
        keeps.append([*map(str, named_of(found.endless, target)), None])
    return {"keeps": keeps} if keeps else {}


def _lines(
    walk: Walk, planned: PlannedOperation, preparation: Preparation, moved: Sequence[MovedEnd]
) -> Iterator[ChangeLine]:
    """Tell what changes, and until when that lasts; then what has an end already, and ends later, or no more."""
    teller, now = Teller(walk.reader), walk.reader.now
    ends_at = given_until(walk.form, planned, now)
    note = f"until {day(last_day(ends_at, now))}" if ends_at else ""
    taken = tuple(ends_taken(walk.services, planned.operation, preparation))
    if not preparation.changes and not moved:
        yield from teller.lines(())
    for change in preparation.changes:
        until = next((end for one, end in taken if one is change), None)
        yield replace(teller.line(change), note=f"otherwise until {day(last_day(until, now))}" if until else note)
    whom = walk.target.label if walk.target else planned.title
    for one in moved:
        before = f"until {day(last_day(one.grant.ends_at, now))}"
        after = f"until {day(last_day(one.ends_at, now))}" if one.ends_at else "for good"
        yield ChangeLine("end", whom, teller.text(one.about) or planned.title, before, after)


def _end(moved: MovedEnd) -> str | None:
    return timestamp(moved.ends_at) if moved.ends_at else None


def change_json(change: Change) -> list[Any]:
    """Return a change with its values, as JSON. Pure."""
    return [change.kind, str(change.ref), change.attribute, stored(change.before), stored(change.after)]


def operation_views(kept: Sequence[Mapping[str, Any]]) -> tuple[OperationView, ...]:
    """Return the operations of a kept plan as a page shows them."""
    return tuple(
        OperationView(
            str(operation["id"]),
            str(operation["title"]),
            tuple(line_of(line) for line in operation["lines"]),
            bool(operation["can_undo"]),
        )
        for operation in kept
    )
