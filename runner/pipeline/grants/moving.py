"""Which running grants a plan lets last longer, or for good, without changing anything else. Reads the store alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import Ref
from forms.answering.restoring import RestoreError, restored
from forms.definition import Form
from forms.planning import Plan, PlannedOperation
from runner.pipeline.grants.lasting import end_of
from runner.pipeline.grants.things import objects, only, sign, things
from runner.pipeline.services import Services
from runner.store.records import Grant


@dataclass(frozen=True, slots=True)
class MovedEnd:
    """A grant of which a part, about these objects, ends at ``ends_at`` now, or for None never."""

    grant: Grant
    about: tuple[Ref, ...]
    ends_at: datetime | None


def moved_ends(services: Services, form: Form, plan: Plan, now: datetime) -> tuple[MovedEnd, ...]:
    """Return what a plan moves; see `runner.pipeline.grants.giving` for the rules."""
    kept = {step.id for step in form.steps if step.revert == "none"}
    return tuple(
        moved
        for planned in plan.operations
        for moved in _moved(services, planned, now, is_kept=planned.operation.id.partition("/")[0] in kept)
    )


def _moved(services: Services, planned: PlannedOperation, now: datetime, *, is_kept: bool) -> Iterator[MovedEnd]:
    about = things(planned.operation)
    ends_at = None if planned.until is None or is_kept else end_of(planned.until, now)
    for grant in services.store.grants.about(sorted(about)) if about else ():
        try:
            back = restored(grant.inverse, services.connectors.verbs, grant.operation_id)
        except RestoreError:
            continue
        given = frozenset(
            one for one in about & things(back) if sign(back, one) not in (sign(planned.operation, one), "=")
        )
        part = only(back, given) if given else None
        if part is not None and (ends_at is None or ends_at > grant.ends_at):
            refs = (ref for ref in objects(part) if ref.id != grant.target_id)
            yield MovedEnd(grant, tuple(sorted(refs, key=str)), ends_at)
