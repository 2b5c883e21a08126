"""Values as expressions see them, and the types the checker gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from connectors.spi import File, OutputRef, Ref, Secret, SecretRef


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time; months are calendar months (``6mo``, ``1y`` = 12), the rest is exact seconds."""

    months: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer to a choice: the stored value and the row of its list (columns → values).

    It equals the text of its value in comparisons and prints as its value.
    """

    value: str
    row: Mapping[str, "Value"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delta:
    """A change of membership, not a state."""

    add: tuple[Ref, ...] = ()
    remove: tuple[Ref, ...] = ()


Number: TypeAlias = int | Decimal
Value: TypeAlias = (
    "str | int | Decimal | bool | date | datetime | Duration | Choice | Delta | Ref | OutputRef | Secret"
    " | SecretRef | File | None | Sequence[Value] | Mapping[str, Value]"
)


@dataclass(frozen=True, slots=True)
class Type:
    """A static type.

    ``name`` is one of ``text number bool date datetime duration user group ou computer contact mailbox list choice
    delta row table secret file null any``.  A list has ``item``; a choice or a row has ``columns`` (its attributes); a
    delta has ``item``, the kind of thing added and removed.  ``table`` is a table that is only shown and so has no value.
    """

    name: str
    item: "Type | None" = None
    columns: Mapping[str, "Type"] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"list of {self.item}" if self.name == "list" and self.item else self.name


TEXT, NUMBER, BOOL, DATE, DATETIME, DURATION, SECRET, FILE, NULL, ANY = (
    Type(name) for name in ("text", "number", "bool", "date", "datetime", "duration", "secret", "file", "null", "any")
)
FILE_ATTRIBUTES = ("name", "size", "type", "sha256")
OBJECT_KINDS = ("user", "group", "ou", "computer", "contact", "mailbox", "mail_list")


def list_of(item: Type) -> Type:
    """Return the type of a list of ``item``."""
    return Type("list", item)
