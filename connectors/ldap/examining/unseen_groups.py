"""Looks for people in groups that the account cannot read: they count as protected. Changes nothing."""

from collections.abc import Iterator
from itertools import islice

from connectors.ldap.reading.reader import Reader
from connectors.spi import UNSEEN, Observation

_LOOKED_AT = 500
_MOST_NAMED = 4
_BATCH = 100


def unseen_groups(reader: Reader) -> Iterator[Observation]:
    """Yield a warning when people, of the first few hundred, are in groups that cannot be read; raises `ConnectorError`."""
    rows = list(islice(reader.serving.rows(reader.search("user", "(&)")), _LOOKED_AT))
    batches = (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))
    count = sum(UNSEEN in found.entry.groups for batch in batches for found in reader.found("user", batch))
    if not count:
        return
    named = sorted(reader.everywhere.unseen)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    which = f" ({'; '.join(named[:_MOST_NAMED])}{more})" if named else ""
    yield Observation(
        "memberships",
        "warning",
        f"of {len(rows)} people {count} are in groups that the account cannot read{which}. What else these groups are in is "
        "not known, so these people count as protected wherever groups protect or give rights. Let the account read the "
        "groups, also outside the base.",
    )
