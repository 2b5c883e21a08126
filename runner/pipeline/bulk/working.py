"""What workers do for bulks between single submissions: one part at a time, so that nobody waits behind a large one."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

from connectors.errors import ConnectorError, UnavailableError
from runner.errors import NotDurableError, NotReachableError, RunnerError, StaleError
from runner.pipeline.bulk import recording
from runner.pipeline.bulk.preparing import prepare_part
from runner.pipeline.bulk.starting import start_part, stop_part
from runner.pipeline.bulk.summing_up import summary
from runner.pipeline.services import Services
from runner.store.bulk_records import Bulk

_LEASE = timedelta(seconds=60)
"""After this, what a worker that is gone was at is given to another."""
_PAUSE = timedelta(seconds=5)
_KEPT = timedelta(days=7)
_PARTS = {"preparing": prepare_part, "starting": start_part, "stopping": stop_part}
_MOST = 200


def work_on_bulks(services: Services) -> bool:
    """Do the next part of the bulk that waits longest; return whether there was one. Raises `NotDurableError`."""
    now = services.clock()
    bulk = services.store.bulks.lease(services.node, now, now + _LEASE)
    if bulk is None:
        return False
    try:
        _PARTS[bulk.state](services, bulk)
    except StaleError:
        return True
    except NotDurableError:
        raise
    except (UnavailableError, NotReachableError):
        services.store.bulk_work.give_back(bulk, services.clock() + _PAUSE)
    except (RunnerError, ConnectorError) as error:
        break_off(services, bulk, str(error))
    except Exception:
        break_off(services, bulk, "Something went wrong that nobody foresaw. Tell an administrator.")
        raise
    return True


def break_off(services: Services, bulk: Bulk, why: str) -> None:
    """Begin nothing more of a bulk, and keep why; what was handed in is carried out."""
    services.store.bulk_work.leave_out(bulk.id, "left_out")
    values = {"note": why[:500]}
    services.store.bulks.move(bulk.id, before=(bulk.state,), state="running", now=services.clock(), values=values)


def end_what_is_done(services: Services) -> int:
    """End bulks of which nothing is left to do, each with its record and a mail to who asked; return how many.

    One whose end cannot be told while the directory does not answer ends later.
    """
    ended = 0
    for bulk in services.store.bulks.done(_MOST):
        rows, ran = services.store.bulks.counts(bulk.id)
        with suppress(StaleError, ConnectorError):
            _end(services, bulk, rows, ran)
            ended += 1
    return ended


def _end(services: Services, bulk: Bulk, rows: Mapping[str, int], ran: Mapping[str, int]) -> None:
    now = services.clock()
    actor = {"id": bulk.actor_id, "login": bulk.actor_login}
    services.store.bulks.move(
        bulk.id,
        before=("running",),
        state="ended",
        now=now,
        values={"ended_at": now},
        records=[recording.ended(now, actor, bulk, "stopped" if bulk.note else "done", ran)],
        mails=summary(services, bulk, rows, ran),
        is_finished=True,
    )


def forget_what_nobody_started(services: Services) -> int:
    """End bulks that were prepared and not started for a week, with all that stood in them; return how many."""
    now = services.clock()
    return services.store.bulks.expire(now - _KEPT, now)
