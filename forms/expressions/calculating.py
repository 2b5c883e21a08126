"""Arithmetic with numbers, days, moments and spans of time. Pure; results are exact or rounded to 12 decimals."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from forms.errors import ExpressionError
from forms.expressions.comparing import DAY_SECONDS, plain_text, start_of_day
from forms.expressions.environment import Environment, bounded, too_large
from forms.expressions.printing import in_zone
from forms.values import Choice, Duration, Number, Value

_CONTEXT = Context(prec=40)
_SMALLEST = Decimal("1e-12")


def calculate(operator: str, left: Value, right: Value, environment: Environment) -> Value:
    """Return ``left operator right`` for ``+ - * /``; null when a side is null.

    A day plus whole days is a day, plus hours a moment counted from the start of that day.  A month added to the 31st
    ends on the last day of a shorter month.  Raises `ExpressionError`: E214 for values that do not go together, E240
    for a division by zero, E241 for a result out of bounds.
    """
    if left is None or right is None:
        return None
    try:
        return bounded(_calculate(operator, left, right, environment))
    except (OverflowError, ValueError, ArithmeticError) as error:
        raise too_large("date" if isinstance(left, date) else "number") from error


def _calculate(operator: str, left: Value, right: Value, environment: Environment) -> Value:
    if _is_number(left) and _is_number(right):
        return _with_numbers(operator, left, right)  # type: ignore[arg-type]
    match operator, left, right:
        case ("+", str() | Choice(), str() | Choice()):
            return plain_text(left) + plain_text(right)
        case ("+", date(), Duration()):
            return _shifted(left, right, environment)
        case ("+", Duration(), date()):
            return _shifted(right, left, environment)
        case ("-", date(), Duration()):
            return _shifted(left, _times(right, -1), environment)
        case ("-", date(), date()):
            return _between(left, right, environment)
        case ("+", Duration(), Duration()):
            return Duration(left.months + right.months, left.seconds + right.seconds)
        case ("-", Duration(), Duration()):
            return Duration(left.months - right.months, left.seconds - right.seconds)
        case ("*", Duration(), int() | Decimal()) if _is_number(right):
            return _times(left, right)
        case ("*", int() | Decimal(), Duration()) if _is_number(left):
            return _times(right, left)
    raise ExpressionError(f'"{operator}" does not go with these two values', code="E214")


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _with_numbers(operator: str, left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int) and operator != "/":
        return {"+": left + right, "-": left - right, "*": left * right}[operator]
    if operator == "/" and right == 0:
        raise ExpressionError("a number cannot be divided by 0", code="E240")
    one, other = Decimal(left), Decimal(right)
    steps = {"+": _CONTEXT.add, "-": _CONTEXT.subtract, "*": _CONTEXT.multiply, "/": _CONTEXT.divide}
    return rounded(steps[operator](one, other), 12)


def rounded(value: Number, digits: int) -> Decimal:
    """Return ``value`` with at most ``digits`` decimals, halves away from zero; zero has no sign. Pure."""
    number = Decimal(value)
    if number.as_tuple().exponent not in range(-digits, 1):
        number = number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP, context=_CONTEXT)
    return number or number.copy_abs()


def _times(span: Duration, factor: Number) -> Duration:
    if not -1_000_000_000 < factor < 1_000_000_000:
        raise OverflowError
    months, seconds = (_CONTEXT.multiply(Decimal(part), Decimal(factor)) for part in (span.months, span.seconds))
    if months != int(months):
        raise ExpressionError("a month cannot be divided: use days", code="E214")
    return Duration(int(months), int(rounded(seconds, 0)))


def _shifted(day: date, span: Duration, environment: Environment) -> date:
    moved = _with_months(day, span.months)
    if isinstance(moved, datetime):
        return _with_seconds(in_zone(moved, environment), span.seconds)
    if span.seconds % DAY_SECONDS == 0:
        return moved + timedelta(days=span.seconds // DAY_SECONDS)
    return _with_seconds(start_of_day(moved, environment), span.seconds)


def _with_seconds(moment: datetime, seconds: int) -> datetime:
    days, rest = divmod(seconds, DAY_SECONDS)
    return moment + timedelta(days=days, seconds=rest)


def _with_months(day: date, months: int) -> date:
    if not months:
        return day
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9_999:
        raise OverflowError
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def _between(end: date, start: date, environment: Environment) -> Duration:
    if isinstance(end, datetime) or isinstance(start, datetime):
        apart = start_of_day(end, environment) - start_of_day(start, environment)
    else:
        apart = end - start
    return Duration(0, apart.days * DAY_SECONDS + apart.seconds)


def negative(value: Value) -> Value:
    """Return ``-value`` of a number or a span; null of null. Raises `ExpressionError` E214 for anything else."""
    match value:
        case None:
            return None
        case bool():
            pass
        case int():
            return -value
        case Decimal():
            return _CONTEXT.minus(value)
        case Duration():
            return _times(value, -1)
    raise ExpressionError('"-" needs a number or a span of time', code="E214")
