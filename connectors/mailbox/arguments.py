"""The arguments of an operation, each as the type its verb asks for. Pure.

Every function raises `RejectedError` with the name of the argument, never its value.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NoReturn

from connectors.errors import RejectedError
from connectors.mailbox.addresses import check_address
from connectors.mailbox.state import RIGHTS, Person
from connectors.spi import Operation, OutputRef, Ref, Value, Verb

NAME_CHARACTERS = 200
_REPLY_CHARACTERS = 20_000
_SEATS = 100_000


def is_storable(text: str) -> bool:
    """Say whether every database keeps this text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_control(letter: str) -> bool:
    """Say whether a character has no place in a line of text; joiners, which names in some scripts need, have one."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")


def is_name(text: str) -> bool:
    """Say whether a text can name a mailbox: one line that neither begins nor ends with a space."""
    return 0 < len(text) <= NAME_CHARACTERS and not any(map(_is_control, text)) and text == text.strip()


def _whole(value: Value) -> int | None:
    """Return a whole number of reasonable size, or None."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value) < 10**9 and value == int(value)):
        return None
    return int(value)


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one operation, checked against its verb: none unknown, none needed missing."""

    verb: Verb
    operation: Operation

    def __post_init__(self) -> None:
        for name in self.operation.arguments:
            if self.verb.argument(name) is None:
                raise RejectedError(f'{self.verb.name} has no argument "{name}".')
        for argument in self.verb.arguments:
            if argument.needed and self._value(argument.name) is None:
                self._refuse(argument.name, "is needed")

    def has(self, name: str) -> bool:
        """Say whether something was given."""
        return self._value(name) is not None

    def name(self) -> str:
        """Return the argument ``name``: one line of at most 200 characters."""
        text = self._text("name", NAME_CHARACTERS).strip()
        if not is_name(text):
            self._refuse("name", "must be one line of text")
        return text

    def message(self) -> str | None:
        """Return the argument ``message``, or None when it is empty."""
        text = self._text("message", _REPLY_CHARACTERS)
        return text if text.strip() else None

    def address(self) -> str:
        """Return the argument ``address``."""
        return check_address(self._value("address"))

    def person(self, name: str) -> Person:
        """Return a user, perhaps one that an earlier operation makes."""
        value = self._value(name)
        if not isinstance(value, Ref | OutputRef) or value.kind != "user":
            self._refuse(name, "must be a person")
        if isinstance(value, Ref) and not (value.id and is_storable(value.id) and len(value.id) <= 200):
            self._refuse(name, "must be a person")
        return value

    def owner(self, before: Person | None) -> Person | None:
        """Return the owner: the one before when nothing was given, nobody when the text is empty."""
        if not self.has("owner"):
            return before
        value = self._value("owner")
        return None if isinstance(value, str) and not value else self.person("owner")

    def target(self, name: str, kind: str) -> Ref | OutputRef:
        """Return the mailbox or list to change."""
        value = self._value(name)
        if not isinstance(value, Ref | OutputRef) or value.kind != kind:
            self._refuse(name, f"must be a {name}")
        return value

    def flag(self, name: str) -> bool | None:
        """Return yes, no, or None when nothing was given."""
        value = self._value(name)
        if value is not None and not isinstance(value, bool):
            self._refuse(name, "must be yes or no")
        return value

    def day(self, name: str) -> date | None:
        """Return a date, or None when nothing was given."""
        value = self._value(name)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self._refuse(name, "must be a date")
        return value

    def seats(self) -> int | None:
        """Return the argument ``capacity``: a whole number from 1 to 100,000, or None, also for an empty text."""
        value = self._value("capacity")
        if value is None or value == "":
            return None
        number = _whole(value)
        if number is None or not 1 <= number <= _SEATS:
            self._refuse("capacity", f"must be a whole number from 1 to {_SEATS:,}")
        return number

    def rights(self) -> frozenset[str]:
        """Return the argument ``rights``; it may be empty."""
        value = self._value("rights")
        rights = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [None]
        known = frozenset(right for right in rights if isinstance(right, str) and right in RIGHTS)
        if not all(isinstance(right, str) and right in known for right in rights):
            self._refuse("rights", f"must be a list of {', '.join(RIGHTS)}")
        return known

    def _value(self, name: str) -> Value:
        return self.operation.arguments.get(name)

    def _text(self, name: str, limit: int) -> str:
        value = self._value(name)
        if not isinstance(value, str) or not is_storable(value) or len(value) > limit:
            self._refuse(name, f"must be a text of at most {limit:,} characters")
        return value

    def _refuse(self, name: str, sentence: str) -> NoReturn:
        raise RejectedError(f'"{name}" of {self.verb.name} {sentence}.')
