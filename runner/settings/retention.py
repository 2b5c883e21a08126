"""How long the journal stays in the database: ``7y``, ``18m`` or ``400d``, and who archives it then. Pure."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

BY_HAND, MONTHLY = "by hand", "monthly"
_ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SPAN = re.compile(r"([1-9][0-9]{0,3})([ymd])")
_LEAST_DAYS = 30
_FIRST_YEAR = 1970
WRONG = f'must be a number of years, months or days of at least {_LEAST_DAYS} days, such as "7y", "18m" or "400d"'


def oldest_kept(keep: str, now: datetime) -> datetime:
    """Return the moment from which records stay; raises `ValueError` with what is wrong with ``keep``."""
    found = _SPAN.fullmatch(keep)
    if found is None:
        raise ValueError(WRONG)
    number, unit = int(found[1]), found[2]
    moment = now - timedelta(days=number) if unit == "d" else _months_before(now, number * (12 if unit == "y" else 1))
    if now - moment < timedelta(days=_LEAST_DAYS) and unit == "d":
        raise ValueError(WRONG)
    return moment


def wrong_retention(table: Mapping[str, object]) -> str:
    """Return what is wrong with the settings of a ``[journal]`` table that are about archiving; nothing when all is well."""
    if "keep" not in table and (named := [key for key in ("archive", "archive_to") if key in table]):
        return f'{named[0]} is about archiving, so it needs keep = "7y", or another time.'
    if table.get("archive", BY_HAND) not in (BY_HAND, MONTHLY):
        return f'archive must be "{BY_HAND}" or "{MONTHLY}".'
    try:
        oldest_kept(str(table.get("keep", "1y")), _ANY_DAY)
    except ValueError as error:
        return f"keep {error}."
    return ""


def month_begin(moment: datetime) -> datetime:
    """Return the first moment of a month."""
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _months_before(now: datetime, months: int) -> datetime:
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    if year < _FIRST_YEAR:
        return now.replace(year=_FIRST_YEAR, month=1, day=1)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
