"""Hand the rows of a confirmed bulk in, and take back what was not begun of one that is stopped. Part by part."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from connectors.errors import ConnectorError, UnavailableError
from forms.errors import AnswersError
from runner.access.model import Actor
from runner.errors import NotDurableError, NotReachableError, RunnerError
from runner.pipeline.bulk import recording
from runner.pipeline.handing_in import hand_in
from runner.pipeline.recording_waits import cancelled
from runner.pipeline.reopening import acting_again, planned_again
from runner.pipeline.services import Services
from runner.store.bulk_records import Bulk, BulkRow

AT_ONCE, ASKING_AT_ONCE = 100, 10
"""How many rows are handed in, or taken back, in one transaction; of those to ask a yes for fewer, each on its own."""
_A_MOMENT = timedelta(seconds=1)
"""Rows are due in their order, one microsecond apart, and all of them now."""
_OTHERWISE = "It is no longer what was confirmed, since something changed meanwhile. Nothing was done."


def start_part(services: Services, bulk: Bulk) -> None:
    """Hand the next rows in; with none left, the bulk runs. Raises as `prepare_part` does."""
    rows = services.store.bulk_work.rows(bulk.id, ("ready",), AT_ONCE)
    if not rows:
        services.store.bulks.move(bulk.id, before=("starting",), state="running", now=services.clock())
        return
    actor = acting_again(services, bulk.actor_id)
    if rows[0].asks:
        asking = [row for row in rows if row.asks][:ASKING_AT_ONCE]
        services.store.bulk_work.keep_started(bulk, [_asked(services, bulk, row) for row in asking])
    else:
        _queue(services, actor, bulk, [row for row in rows if not row.asks])
    services.bell.ring()


def _queue(services: Services, actor: Actor, bulk: Bulk, rows: Sequence[BulkRow]) -> None:
    """Let rows wait for a worker, in their order: what was due first is taken first."""
    now = services.clock()
    form = services.catalogue.forms.get(bulk.form_id)
    kind = form.target.type if form is not None and form.target is not None else "user"
    started = []
    for row in rows:
        due_at = max(row.due_at or now - _A_MOMENT, now - _A_MOMENT) + timedelta(microseconds=row.position)
        started.append((row, due_at, recording.handed_in(now, actor, bulk, row, kind, due_at)))
    services.store.bulk_work.start(bulk, started, now)


def _asked(services: Services, bulk: Bulk, row: BulkRow) -> BulkRow:
    """Ask for the yes that a row needs, as a submission of its own does; raises when a system does not answer."""
    try:
        submission = services.store.submissions.get(row.submission_id or "")
        if submission.state != "draft":
            return replace(row, state="started")
        prepared = planned_again(services, submission)
        if prepared.digest != row.digest:
            return replace(row, state="refused", why=_OTHERWISE)
        hand_in(prepared, submission, None, bulk_id=bulk.id)
    except (UnavailableError, NotReachableError, NotDurableError):
        raise
    except AnswersError:
        return replace(row, state="refused", why=_OTHERWISE)
    except (RunnerError, ConnectorError) as refused:
        return replace(row, state="refused", why=str(refused))
    return replace(row, state="started")


def stop_part(services: Services, bulk: Bulk) -> None:
    """Take back what was not begun; with nothing left of that, the bulk waits for what still runs."""
    found = services.store.bulk_work.not_begun(bulk.id, AT_ONCE)
    now = services.clock()
    if not found:
        services.store.bulk_work.leave_out(bulk.id, "started")
        services.store.bulks.move(bulk.id, before=("stopping",), state="running", now=now)
        return
    records = [(one, cancelled(now, bulk.actor_id, bulk.actor_login, one)) for one in found]
    services.store.bulk_work.cancel(bulk, records, bulk.note, now)
