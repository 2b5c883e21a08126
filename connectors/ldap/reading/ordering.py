"""The order of an answer: by a neutral attribute, as people sort, whatever the server does. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from connectors.errors import RejectedError
from connectors.folding import key
from connectors.spi import Question, Value
from connectors.verbs import ATTRIBUTES

_LABEL = {"user": "display_name", "contact": "display_name"}
_UNSORTABLE = frozenset({"dn", "has_photo", "is_manager"})


@dataclass(frozen=True, slots=True)
class Order:
    """How an answer is sorted; objects without a value stand before all others."""

    neutral: str
    descending: bool

    @classmethod
    def of(cls, question: Question) -> "Order":
        """Return the order a question asks for; raises `RejectedError` for what nothing can be sorted by."""
        neutral, descending = question.sorting
        neutral = neutral or _LABEL.get(question.kind, "name")
        found = ATTRIBUTES.get(question.kind, {}).get(neutral)
        if found is None or found.type.startswith("list:") or neutral in _UNSORTABLE:
            raise RejectedError(f"A {question.kind} cannot be sorted by “{neutral[:100]}”.")
        return cls(neutral, descending)

    def position(self, attributes: Mapping[str, Value]) -> tuple[bool, object, str]:
        """Return what sorts an object by its neutral attributes; objects that are equal are sorted by id."""
        value = _comparable(attributes.get(self.neutral))
        return (value is not None, 0 if value is None else value, str(attributes["id"]))


def _comparable(value: Value) -> object:
    if isinstance(value, str):
        return key(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC).timestamp()
    return value if isinstance(value, bool | Decimal | int) else None
