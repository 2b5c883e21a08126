"""A process that outlives an upgrade: it sees that the tables are newer than it is, and takes nothing more."""

from runner.errors import SetUpError
from runner.pipeline.services import Services
from runner.store.schema import is_newer

REPLACED = (
    "The database was brought to a newer release of Deskhand. This process only shows pages from now on: start it again "
    "with that release."
)


def stop_at_newer_tables(services: Services) -> None:
    """Take no submissions any more once the tables are those of a newer release; raises `SetUpError` the first time."""
    if services.halt.reason != REPLACED and is_newer(services.store.database):
        services.halt.reason = REPLACED
        raise SetUpError(REPLACED)
