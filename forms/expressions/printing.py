"""Write a value as the text a person reads. Pure, except that it looks facts up."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from connectors.spi import File, OutputRef, Ref, Secret, SecretRef
from forms.errors import ExpressionError
from forms.expressions.environment import MAX_TEXT, Environment, gather, too_large
from forms.values import Choice, Delta, Duration, Value

_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def to_text(value: Value, environment: Environment) -> str:
    """Return ``value`` as text.

    Empty is nothing, yes/no are the words, a list is joined with ``, `` without its empty elements, an object is its
    label, a date ``2026-11-21``, a moment ``2026-11-21 09:30`` in the organisation's time zone, a number has no
    trailing zeros.  A change of members is ``+ a, - b``; a row its values.  Raises `ExpressionError` E230 for a secret,
    E241 for more than `MAX_TEXT` characters, and `MissingFacts` for objects that have not been read, all at once.
    """
    text = _text(value, environment)
    if len(text) > MAX_TEXT:
        raise too_large("text")
    return text


def _text(value: Value, environment: Environment) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | Decimal():
            return number_text(value)
        case datetime():
            return in_zone(value, environment).strftime("%Y-%m-%d %H:%M") if value.year > 999 else value.isoformat(" ")
        case date():
            return value.isoformat()
    return _compound_text(value, environment)


def _compound_text(value: Value, environment: Environment) -> str:
    match value:
        case Secret() | SecretRef():
            raise secret_error()
        case Choice():
            return value.value
        case File():
            return value.name
        case Ref():
            entry = environment.read(value)
            return entry.label if entry else ""
        case Duration():
            return _duration_text(value)
        case Delta():
            signs = ["+ "] * len(value.add) + ["- "] * len(value.remove)
            labels = gather(lambda ref: _text(ref, environment), (*value.add, *value.remove))
            return ", ".join(map(str.__add__, signs, labels))
        case OutputRef():
            return f"(new {value.kind})"
        case Mapping():
            return _joined(tuple(value.values()), environment)
        case Sequence():
            return _joined(value, environment)
    raise ExpressionError("this value cannot be written as text", code="E214")


def _joined(values: Sequence[Value], environment: Environment) -> str:
    texts = gather(lambda each: _text(each, environment), values)
    return ", ".join(text for text in texts if text)


def secret_error(offset: int = 0) -> ExpressionError:
    """Return the error for a password where none may stand. Pure."""
    fix = "Passwords go only into the password argument of an operation, or into  result.show  with  secret: once ."
    return ExpressionError("a password may not be written here", code="E230", offset=offset, fix=fix)


def number_text(value: int | Decimal) -> str:
    """Return a number in digits, without exponent and without trailing zeros. Pure."""
    if isinstance(value, int):
        return str(value)
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def in_zone(moment: datetime, environment: Environment) -> datetime:
    """Return ``moment`` in the organisation's time zone; one without a zone is already there. Pure."""
    try:
        zone = environment.now.tzinfo
        return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    except (OverflowError, ValueError) as error:
        raise too_large("date") from error


def _duration_text(span: Duration) -> str:
    parts = [f"{span.months}mo"] if span.months else []
    if span.seconds:
        size, unit = next(((size, unit) for size, unit in _SPANS if span.seconds % size == 0), (1, "s"))
        parts.append(f"{span.seconds // size}{unit}")
    return " ".join(parts) or "0d"
