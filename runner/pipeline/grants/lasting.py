"""How long something lasts that is given until a day, and when people are told. Pure.

``until`` names the last day: what is given until 10 March can be used on 10 March and is gone when 11 March begins, in the
time zone of the organisation.  A moment, where a form gives one, is that moment.
"""

from datetime import date, datetime, time, timedelta

from forms.definition import Form, Given, Template
from forms.errors import AnswerProblem, AnswersError
from forms.planning import Plan

_LATEST_YEAR = 9_000
_PAST = "This day is over, so nothing can be given until then. Choose today or a later day."
_FAR = "This day is too far away. Leave the day empty for what is to stay for good."
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


def check_until(form: Form, plan: Plan, now: datetime) -> None:
    """Raise `AnswersError` when something is to be given until a day that is over, at the question it comes from."""
    problems = dict.fromkeys(
        AnswerProblem(_field_of(form, planned.operation.id), _FAR if planned.until.year > _LATEST_YEAR else _PAST)
        for planned in plan.operations
        if planned.until is not None and not is_ahead(planned.until, now)
    )
    if problems:
        raise AnswersError(list(problems))


def is_ahead(until: date, now: datetime) -> bool:
    """Say whether something can still be given until a day: its end is to come, and not too far away."""
    day = until.date() if isinstance(until, datetime) else until
    return day.year <= _LATEST_YEAR and end_of(until, now) > now


def _field_of(form: Form, operation_id: str) -> str:
    """Return the question that says until when; nothing where several do, or none."""
    until: Given = next((step.until for step in form.steps if step.id == operation_id.partition("/")[0]), None)
    names = set(until.single.names) if isinstance(until, Template) and until.single else set()
    asked = [field.id for field in form.fields if field.id in names]
    return asked[0] if len(asked) == 1 else ""
