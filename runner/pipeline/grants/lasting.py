"""How long something lasts that is given until a day, and when people are told. Pure.

``until`` names the last day: what is given until 10 March can be used on 10 March and is gone when 11 March begins, in the
time zone of the organisation.  A moment, where a form gives one, is that moment.
"""

from datetime import date, datetime, time, timedelta

from forms.definition import Form

LATEST = date(9000, 1, 1)
_USUAL_WARNING = timedelta(days=7)
_SHORT_WARNING, _TOO_SHORT = timedelta(days=1), timedelta(days=2)
_MINUTE = timedelta(minutes=1)


def end_of(until: date, now: datetime) -> datetime:
    """Return when something ends that is given until a day; ``now`` is in the organisation's time zone."""
    if isinstance(until, datetime):
        return until
    return datetime.combine(until + timedelta(days=1), time(), now.tzinfo)


def last_day(ends_at: datetime, now: datetime) -> date:
    """Return the last day on which something that ends then can be used."""
    return (ends_at.astimezone(now.tzinfo) - timedelta(microseconds=1)).date()


def named_end(ends_at: datetime, now: datetime) -> datetime:
    """Return the moment to name to people: 23:59 of the last day, for what ends when the next one begins."""
    local = ends_at.astimezone(now.tzinfo)
    return (ends_at - _MINUTE).astimezone(now.tzinfo) if local.time() == time() else local


def warning_of(ends_at: datetime, now: datetime, form: Form | None) -> datetime | None:
    """Return when people are told that something ends soon; None when it is over too soon for that.

    It is as long before the end as the form says, seven days where it says nothing, and one day for what lasts no longer
    than that but more than two days.
    """
    rules = [rule.before_seconds for rule in form.notify if "ending_soon" in rule.on] if form else []
    before = timedelta(seconds=max(rules)) if rules else _USUAL_WARNING
    if ends_at - before > now:
        return ends_at - before
    return ends_at - _SHORT_WARNING if ends_at - now > _TOO_SHORT else None
