"""Compare two values. Pure, except that a name an author wrote for an object is looked up in the facts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal

from connectors.spi import OutputRef, Ref, Secret, SecretRef
from forms.errors import ExpressionError
from forms.expressions.environment import Environment
from forms.expressions.printing import in_zone, secret_error
from forms.values import Choice, Delta, Duration, Value

DAY_SECONDS = 86_400
_MONTH_SECONDS = 30 * DAY_SECONDS


def is_empty(value: Value) -> bool:
    """Say whether there is no answer: null, a text of blanks, a list without elements, a change that changes nothing.

    ``false`` and ``0`` are answers.  Pure.
    """
    match value:
        case None:
            return True
        case str():
            return not value.strip()
        case Choice():
            return not value.value.strip()
        case Delta():
            return not value.add and not value.remove
        case Secret() | SecretRef():
            raise secret_error()
        case Sequence() | Mapping():
            return not value
    return False


def are_equal(left: Value, right: Value, environment: Environment) -> bool:
    """Say whether two values are the same.

    A choice is its value; objects are the same by identity; a text beside an object is the name an author wrote for it.
    Texts are compared exactly.  Raises `ExpressionError` E230 for a secret, and `MissingFacts`.
    """
    if any(isinstance(side, Secret | SecretRef) for side in (left, right)):
        raise secret_error()
    left, right = (side.value if isinstance(side, Choice) else side for side in (left, right))
    if isinstance(left, Ref) and isinstance(right, str):
        left, right = right, left
    if isinstance(left, str) and isinstance(right, Ref):
        found = environment.find(right.kind, left)
        return found is not None and found.ref == right
    return _are_equal_plain(left, right, environment)


def _are_equal_plain(left: Value, right: Value, environment: Environment) -> bool:
    match left, right:
        case (None, None):
            return True
        case (bool(), bool()) | (str(), str()) | (Ref(), Ref()) | (OutputRef(), OutputRef()) | (Delta(), Delta()):
            return left == right
        case (Duration(), Duration()):
            return seconds_of(left) == seconds_of(right)
        case (datetime(), datetime()):
            return in_zone(left, environment) == in_zone(right, environment)
        case (Mapping(), Mapping()):
            return left.keys() == right.keys() and all(are_equal(left[key], right[key], environment) for key in left)
    if isinstance(left, str | bool) or isinstance(right, str | bool):
        return False
    if isinstance(left, int | Decimal) and isinstance(right, int | Decimal):
        return left == right
    if isinstance(left, Sequence) and isinstance(right, Sequence):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(are_equal(one, other, environment) for one, other in pairs)
    return type(left) is date and type(right) is date and left == right


def is_before(left: Value, right: Value, environment: Environment) -> bool:
    """Say whether ``left`` comes before ``right``; a date stands for the start of its day. Pure.

    Raises `ExpressionError` E214 when the two cannot be put in order.
    """
    match left, right:
        case (bool(), _) | (_, bool()):
            pass
        case (int() | Decimal(), int() | Decimal()):
            return left < right
        case (str() | Choice(), str() | Choice()):
            return plain_text(left) < plain_text(right)
        case (date(), date()):
            return _is_earlier(left, right, environment)
        case (Duration(), Duration()):
            return seconds_of(left) < seconds_of(right)
    raise ExpressionError("these two values cannot be put in order", code="E214")


def _is_earlier(left: date, right: date, environment: Environment) -> bool:
    if isinstance(left, datetime) or isinstance(right, datetime):
        return start_of_day(left, environment) < start_of_day(right, environment)
    return left < right


def contains(whole: Value, part: Value, environment: Environment) -> bool:
    """Say whether a list has an element, or a text a part; false when one of them is null.

    Raises `ExpressionError` E214 when ``whole`` is neither, E230 for a secret, and `MissingFacts`.
    """
    if whole is None or part is None:
        return False
    if isinstance(whole, str | Choice) and isinstance(part, str | Choice):
        return plain_text(part) in plain_text(whole)
    if isinstance(whole, Sequence) and not isinstance(whole, str):
        return any(are_equal(part, each, environment) for each in whole)
    raise ExpressionError("a list or a text is needed here", code="E214")


def plain_text(value: str | Choice) -> str:
    """Return the text of a text or a choice. Pure."""
    return value.value if isinstance(value, Choice) else value


def start_of_day(value: date, environment: Environment) -> datetime:
    """Return a moment as it is, and a date as the start of its day, in the organisation's time zone. Pure."""
    if isinstance(value, datetime):
        return in_zone(value, environment)
    return datetime.combine(value, time.min, environment.now.tzinfo)


def seconds_of(span: Duration) -> int:
    """Return the length of a span in seconds, a month counting as 30 days. Pure."""
    return span.months * _MONTH_SECONDS + span.seconds
