"""What a form asks: texts with expressions in them, options, fields and sections. Immutable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from forms.expressions import Expression
from forms.values import Type
from forms.values import Value as Literal_


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``$( … )`` in it, as parts; a template of exactly one expression passes that value typed."""

    parts: tuple[str | Expression, ...]
    type: Type

    @property
    def single(self) -> Expression | None:
        """The expression, when the template is nothing else."""
        first = self.parts[0] if len(self.parts) == 1 else None
        return first if isinstance(first, Expression) else None


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, per language; the first language of the settings is always there."""

    languages: Mapping[str, Template]


Given: TypeAlias = "Template | Literal_ | Sequence[Given] | Mapping[str, Given]"
"""The value of a key: a literal, a template, or a list or map of them."""

Flag: TypeAlias = bool | Expression

ROW_TYPES = frozenset({"rows", "csv"})
"""The field types whose answer is a list of rows."""

USUAL_ROWS = 100
"""The most rows of ``rows`` when a form says nothing."""

MOST_CSV_ROWS = 1_000
"""The most rows a file may have, whatever a form says."""

FILE_TYPES: Mapping[str, str] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "pdf": "application/pdf",
    "txt": "text/plain",
}
"""The kinds of file there are: the endings that ``accept:`` takes, and their media types."""

USUAL_FILE_TYPES = ("image/jpeg", "image/png")
"""The media types a question takes when a form says nothing."""

MOST_FILE_BYTES = 4 * 1024 * 1024
"""The largest file, whatever a form says."""

USUAL_FILE_BYTES = 1024 * 1024
"""The largest file when a form says nothing."""

USUAL_CSV_ROWS = 500
"""The most rows a file may have when a form says nothing."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule and the message when it is not met; ``at`` names the field the message stands at."""

    check: Expression
    message: Text | None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One fixed option of a choice."""

    value: str
    label: Text
    help: Text | None = None
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """Where the options of a choice come from: written here, a shared list, or a search."""

    fixed: tuple[Option, ...] = ()
    list: str | None = None
    lookup: str | None = None
    arguments: Mapping[str, Given] = field(default_factory=dict)
    value: str = "value"
    label: Text | None = None
    columns: tuple[str, ...] = ()
    search: bool = False
    where: Expression | None = None


@dataclass(frozen=True, slots=True)
class Unique:
    """How a text is kept unique, see 3.6 of the language."""

    places: tuple[str, ...]
    compare: Given = None
    max_length: int | None = None
    when_taken: Literal["number", "refuse"] = "refuse"
    start: int = 2
    max: int = 99
    alternatives: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One question. Keys a type does not have keep their defaults.

    ``when`` includes the conditions of the section around it.  ``source`` is ``from:``, an expression over ``target``.
    ``is_read`` says that something else in the form looks at it.
    ``arguments`` is ``with:`` of a picker's lookup; a table has both under ``source:``, and ``row_kind`` says of what
    kind its rows are.  ``fields`` are the questions of each row, of ``csv`` its columns.
    ``is_written`` marks a column of ``csv``: it is answered by what somebody wrote in a cell, names instead of ids.
    """

    id: str
    type: str
    value_type: Type
    label: Text
    section: int | None = None
    help: Text | None = None
    placeholder: Text | None = None
    required: Flag = False
    default: Given = None
    source: Expression | None = None
    when: Expression | None = None
    readonly: Flag = False
    validate: tuple[Check, ...] = ()
    sensitive: bool = False
    width: Literal["full", "half", "third"] = "full"
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_help: Text | None = None
    unique: Unique | None = None
    rows: int = 3
    domains: tuple[str, ...] = ()
    region: str | None = None
    min: Given = None
    max: Given = None
    step: Given = None
    integer: bool = False
    unit: str | None = None
    style: str | None = None
    options: Options | None = None
    allow_other: bool = False
    min_items: int | None = None
    max_items: int | None = None
    generate: str | None = None
    policy: str | None = None
    repeat: bool = True
    within: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()  # except:
    lookup: str | None = None
    arguments: Mapping[str, Given] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    multiple: bool = False
    of: Given = None
    keep: tuple[str, ...] = ()
    max_changes: int | None = None
    select: Literal["none", "one", "many"] = "none"
    row_kind: str = ""
    fields: tuple["Field", ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
    unique_by: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    max_size: int | None = None
    text: Text | None = None
    tone: Literal["info", "warning", "success"] = "info"
    value: Given = None
    show: bool = False
    is_read: bool = False
    is_written: bool = False

    @property
    def has_rows(self) -> bool:
        """Whether the answer is a list of rows of ``fields``."""
        return self.type in ROW_TYPES


@dataclass(frozen=True, slots=True)
class Section:
    """A heading over some fields."""

    title: Text
    help: Text | None = None
    when: Expression | None = None
