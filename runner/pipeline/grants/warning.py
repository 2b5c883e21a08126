"""Tell people that what was given until a day ends soon, once."""

from collections.abc import Sequence
from itertools import groupby

from runner.errors import StaleError
from runner.pipeline.grants.lasting import named_end
from runner.pipeline.notifying import Happening, notify
from runner.pipeline.services import Services
from runner.store.grant_records import Grant

_AT_ONCE = 50


def warn_of_ends(services: Services) -> int:
    """Tell people of some of what ends soon, one message for what one submission gave until one day; return how many."""
    now = services.now()
    due = services.store.grants.to_warn(now, _AT_ONCE)
    warned = 0
    for _, group in groupby(due, key=lambda grant: (grant.submission_id, grant.ends_at)):
        warned += _warn(services, list(group))
    return warned


def _warn(services: Services, those: Sequence[Grant]) -> int:
    now, one = services.now(), those[0]
    submission = services.store.submissions.get(one.submission_id)
    told = notify(services, submission, Happening("ending_soon", now, due_at=named_end(one.ends_at, now)))
    try:
        services.store.grants.warned(those, now, told.notifications, told.records)
    except StaleError:
        return 0  # another node told them
    return 1
