"""By what values are put in order in tables and files, so that a page and its download agree. Pure."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

_SHIFT = 10**15  # larger than any number that is shown, so that those below zero come first


def sort_key(value: object) -> tuple[bool, str]:
    """Return what a value is sorted by, as text: nothing first, numbers by size, moments by time, texts without case."""
    if value is None or value == "" or value == ():
        return False, ""
    if isinstance(value, bool):
        return True, str(int(value))
    if isinstance(value, int | Decimal):
        return True, f"{value + _SHIFT:019.2f}"
    if isinstance(value, datetime):
        return True, value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return True, value.isoformat()
    apart = unicodedata.normalize("NFKD", str(value).casefold())
    return True, "".join(sign for sign in apart if not unicodedata.combining(sign))
