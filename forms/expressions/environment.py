"""What an expression is worked out with: the values of its names, the facts, the moment. Performs no I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from connectors.spi import Entry, Ref
from forms.errors import ExpressionError
from forms.facts import Facts, MissingFacts
from forms.values import Duration, Value

MAX_TEXT = 100_000
"""Characters of the longest text an expression may make."""
MAX_ITEMS = 10_000
"""Elements of the longest list an expression may make."""
MAX_NUMBER = 10**18
"""Every number an expression makes lies strictly between plus and minus this."""

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Environment:
    """Values by name, what has been read, and the present.

    ``names`` has every name the expression was checked with, unasked fields as None.  ``now`` is aware and in the
    organisation's time zone: ``today()`` is its date.
    """

    names: Mapping[str, Value]
    facts: Facts
    now: datetime

    def read(self, ref: Ref) -> Entry | None:
        """Return the object, None when it does not exist or may not be seen; raises `MissingFacts`."""
        return self.facts.entry(ref)

    def find(self, kind: str, thing: Value) -> Entry | None:
        """Return the object that ``thing`` is, by reference or by the name an author wrote; raises `MissingFacts`."""
        if isinstance(thing, Ref):
            return self.facts.entry(thing)
        return self.facts.named(kind, thing) if isinstance(thing, str) and thing and kind else None


def gather(call: Callable[[Given], Made], values: Iterable[Given]) -> tuple[Made, ...]:
    """Call ``call`` with each of ``values`` and return what it gives.

    Raises one `MissingFacts` with everything that any of them lacks, so that it can be read in one go.
    """
    made: list[Made] = []
    missing: list[MissingFacts] = []
    for value in values:
        try:
            made.append(call(value))
        except MissingFacts as lack:
            missing.append(lack)
    if missing:
        raise _together(missing)
    return tuple(made)


def _together(missing: Sequence[MissingFacts]) -> MissingFacts:
    """Join what is lacking; expressions read objects and names only."""
    refs: frozenset[Ref] = frozenset().union(*(lack.refs for lack in missing))
    names: frozenset[tuple[str, str]] = frozenset().union(*(lack.names for lack in missing))
    return MissingFacts(refs=refs, names=names)


def bounded(value: Value) -> Value:
    """Return ``value``; raises `ExpressionError` E241 when it is larger than an expression may make. Pure."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise too_large("text")
    if isinstance(value, tuple) and len(value) > MAX_ITEMS:
        raise too_large("list")
    if isinstance(value, Decimal) and not value.is_finite():
        raise too_large("number")
    if isinstance(value, int | Decimal) and not -MAX_NUMBER < value < MAX_NUMBER:
        raise too_large("number")
    if isinstance(value, Duration) and not all(
        -MAX_NUMBER < part < MAX_NUMBER for part in (value.months, value.seconds)
    ):
        raise too_large("span of time")
    return value


def too_large(what: str) -> ExpressionError:
    """Return the error for a result that is out of bounds. Pure."""
    return ExpressionError(f"the {what} becomes too large", code="E241")
