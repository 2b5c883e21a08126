"""Moments and days as directories write them: FILETIME and GeneralizedTime. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

_START = datetime(1601, 1, 1, tzinfo=UTC)
NEVER = 0x7FFFFFFFFFFFFFFF


def ticks(moment: datetime) -> int:
    """Return a moment as FILETIME: 100 ns since 1601 (MS-DTYP 2.3.3)."""
    return max(0, (moment - _START) // timedelta(microseconds=1) * 10)


def generalized(moment: datetime, *, fraction: bool = False) -> str:
    """Return a moment as GeneralizedTime in UTC (RFC 4517, 3.3.13), with ``.0`` behind the seconds as AD wants it."""
    text = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{text.rjust(14, '0')}{'.0' if fraction else ''}Z"


def day_after(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day is over in a zone: what an account that ends on that day gets."""
    following = day if day == date.max else day + timedelta(days=1)
    return datetime.combine(following, time(), zone)


def start_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins in a zone."""
    return datetime.combine(day, time(), zone)
