"""Which running grants a plan lets last longer, or for good, without changing anything else. Reads the store alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connectors.spi import Ref
from forms.answering.restoring import RestoreError, restored
from forms.definition import Form
from forms.planning import PlannedOperation
from runner.pipeline.grants.lasting import end_of
from runner.pipeline.grants.things import objects, only, sign, things
from runner.pipeline.services import Services
from runner.store.grant_records import Grant


@dataclass(frozen=True, slots=True)
class MovedEnd:
    """A grant of which a part, about these objects, ends at ``ends_at`` now, or for None never."""

    grant: Grant
    about: tuple[Ref, ...]
    ends_at: datetime | None


def given_until(form: Form, planned: PlannedOperation, now: datetime) -> datetime | None:
    """Return when an operation is taken back by itself; None where it is not. Pure."""
    step = next((one for one in form.steps if one.id == planned.operation.id.partition("/")[0]), None)
    is_kept = planned.until is None or step is None or step.revert == "none"
    return None if is_kept or planned.until is None else end_of(planned.until, now)


def moved_ends(services: Services, form: Form, planned: PlannedOperation, now: datetime) -> tuple[MovedEnd, ...]:
    """Return what an operation moves; see `runner.pipeline.grants.giving` for the rules."""
    return tuple(_moved(services, planned, given_until(form, planned, now)))


def _moved(services: Services, planned: PlannedOperation, ends_at: datetime | None) -> Iterator[MovedEnd]:
    about = things(planned.operation)
    for grant in services.store.grants.about(about):
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
