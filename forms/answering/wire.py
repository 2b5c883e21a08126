"""Answers as they travel (JSON, or texts from a page) and the typed values expressions see. Pure.

`normalise` tidies what was posted without judging it; `typed` turns it into a value, or None when it is malformed (the
effective schema then says so in the author's words); `stored` turns a value back into JSON.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypeGuard

from connectors.spi import File, OutputRef, Ref, Secret, SecretRef
from forms.answering.phones import stored_phone
from forms.definition import Field
from forms.values import Choice, Delta, Duration, Value

PICKERS = frozenset({"user", "group", "ou", "computer", "mailbox"})
PICKS = PICKERS | {"table"}
"""The field types answered with objects that a search finds."""
_TEXTS = frozenset({"text", "multiline", "email", "phone", "date", "datetime", "choice"})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_MOST_ID = 200
_MOST_LINES = 2_000_000
ROW = "#"
"""The key under which a row of a file says in which line it stood, as a spreadsheet counts; no column has this id."""
MOST_ITEMS = 1_000
MOST_NUMBER = 10**15
_TRUE, _FALSE = frozenset({"true", "on", "1", "yes"}), frozenset({"false", "off", "0", "no", ""})


def normalise(field: Field, posted: object) -> object:
    """Tidy one posted answer: spaces cut, empty text to None, numbers and yes/no from their texts, phones to E.164.

    Whatever does not look like an answer of this type is returned as it is, for the schema to refuse.
    """
    if isinstance(posted, str) and field.type != "password":
        posted = posted.replace("\r\n", "\n").strip()
    if field.type == "boolean":
        return _normalised_bool(posted)
    if field.type in ("choices", "membership") or field.has_rows or (field.type in PICKS and field.multiple):
        return _normalised_many(field, posted)
    if posted == "" or posted is None:
        return None
    if field.type == "number":
        return _number(posted) if isinstance(posted, str) else _bounded(posted)
    if field.type == "phone" and isinstance(posted, str):
        return stored_phone(posted, field.region)
    if field.type == "email" and isinstance(posted, str):
        name, at, domain = posted.rpartition("@")
        return name + at + domain.lower()
    return posted


def _normalised_bool(posted: object) -> object:
    if isinstance(posted, str) and posted.lower() in _TRUE | _FALSE:
        return posted.lower() in _TRUE
    return False if posted is None else posted


def _normalised_many(field: Field, posted: object) -> object:
    if posted is None or posted == "":
        return {"add": [], "remove": []} if field.type == "membership" else []
    if field.has_rows and isinstance(posted, list):
        return [_normalised_row(field, row) for row in filled_rows(field, posted)]
    if field.type == "membership" and isinstance(posted, dict):
        return {"add": posted.get("add") or [], "remove": posted.get("remove") or []} | {
            key: value for key, value in posted.items() if key not in ("add", "remove")
        }
    if isinstance(posted, str):
        return [posted]
    return [item for item in posted if item != ""] if isinstance(posted, list) else posted


def filled_rows(field: Field, posted: Sequence[object]) -> list[object]:
    """Return the posted rows without those in which nothing is answered: rows are counted without them."""
    known = {column.id for column in field.fields} | {ROW}
    return [row for row in posted if not (isinstance(row, dict) and row.keys() <= known and _is_blank(row))]


def _is_blank(row: Mapping[str, object]) -> bool:
    return all(value in ("", None, []) or value is False for key, value in row.items() if key != ROW)


def row_number(field: Field, row: object, position: int) -> int:
    """Return by which number a person knows a row: its line in the file it came from, else its position from 1."""
    number = row.get(ROW) if field.type == "csv" and isinstance(row, Mapping) else None
    return number if is_line(number) else position


def is_line(number: object) -> TypeGuard[int]:
    """Say whether this can be the number of a line in a file: a whole number from 1, and no yes or no."""
    return type(number) is int and 0 < number <= _MOST_LINES


def _normalised_row(field: Field, row: object) -> object:
    if not isinstance(row, dict):
        return row
    columns = {column.id: column for column in field.fields}
    kept = {key: value for key, value in row.items() if key != ROW or field.type != "csv" or is_line(value)}
    return {key: normalise(columns[key], value) if key in columns else value for key, value in kept.items()}


def _number(text: str) -> object:
    """Read a number with a point or a comma; ``1,000`` may mean two things and is left for the schema to refuse."""
    if _THOUSANDS.fullmatch(text):
        return text
    try:
        number = Decimal(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 15:
        return text
    return int(number) if number == number.to_integral_value() else float(number)


def _bounded(posted: object) -> object:
    """Return a number that counts as one; what is no number, or too large to work with, becomes a text."""
    if isinstance(posted, int | float) and not -MOST_NUMBER <= posted <= MOST_NUMBER:
        return "too large"
    return posted


def is_storable(text: str) -> bool:
    """Say whether a text can be stored and searched for: no NUL, no half of a character."""
    return _UNSTORABLE.search(text) is None


def is_id(item: object) -> bool:
    """Say whether something posted could be the id of an object."""
    return isinstance(item, str) and 0 < len(item) <= _MOST_ID and is_storable(item)


def empty(field: Field) -> Value:
    """Return the value of a question that has no answer: null, but false, a change of nothing, or no items."""
    if field.type == "boolean":
        return False
    if field.type == "membership":
        return Delta()
    is_shown = field.type == "table" and field.select == "none"
    if field.type == "choices" or field.has_rows or is_shown or (field.type in PICKS and field.multiple):
        return ()
    return None


def typed(field: Field, wire: object, other_kind: str = "group") -> Value:
    """Turn a normalised answer into its value; None when it is malformed. Choices get their rows elsewhere.

    ``other_kind`` is what a membership adds and removes.
    """
    if wire is None:
        return empty(field)
    if field.type == "boolean":
        return wire if isinstance(wire, bool) else False
    if field.type == "number":
        return _typed_number(wire)
    if field.type == "password":
        return SecretRef(field.id)
    if field.type == "membership":
        return _typed_delta(wire, other_kind)
    if field.has_rows:
        return _typed_rows(field, wire)
    if field.type in PICKS:
        return _typed_refs(field, wire)
    if field.type == "choices":
        return tuple(Choice(item) for item in wire if is_id(item)) if isinstance(wire, list) else ()
    return _typed_text(field, wire) if field.type in _TEXTS and isinstance(wire, str) and is_storable(wire) else None


def _typed_text(field: Field, wire: str) -> Value:
    try:
        if field.type == "date":
            return date.fromisoformat(wire) if re.fullmatch(r"\d{4}-\d\d-\d\d", wire) else None
        if field.type == "datetime":
            moment = datetime.fromisoformat(wire)
            return moment if moment.tzinfo else None
    except ValueError:
        return None
    return Choice(wire) if field.type == "choice" else wire


def _typed_number(wire: object) -> Value:
    if isinstance(wire, bool):
        return None
    if isinstance(wire, int):
        return wire
    return Decimal(str(wire)) if isinstance(wire, float) else None


def _typed_delta(wire: object, kind: str) -> Delta:
    if not isinstance(wire, Mapping):
        return Delta()
    sides = [wire.get(side) for side in ("add", "remove")]
    add, remove = (
        tuple(Ref(kind, item) for item in side if is_id(item)) if isinstance(side, list) else () for side in sides
    )
    return Delta(add, remove)


def picked_kind(field: Field) -> str:
    """Return the kind of object that a picker or a table is answered with."""
    return field.row_kind if field.type == "table" else field.type


def _typed_refs(field: Field, wire: object) -> Value:
    kind = picked_kind(field)
    if field.multiple:
        items = wire if isinstance(wire, list) else []
        return tuple(Ref(kind, item) for item in items if is_id(item))
    return Ref(kind, wire) if isinstance(wire, str) and is_id(wire) else None


def _typed_rows(field: Field, wire: object) -> Value:
    rows = wire if isinstance(wire, list) else []
    return tuple(
        {column.id: typed(column, row.get(column.id)) for column in field.fields if column.type != "note"}
        for row in rows
        if isinstance(row, Mapping)
    )


def as_wire(field: Field, value: Value) -> Any:
    """Turn a default or a stored attribute into the answer a person would have given."""
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, Ref):
        return [value.id] if field.multiple else value.id
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Delta):
        return {"add": [ref.id for ref in value.add], "remove": [ref.id for ref in value.remove]}
    if isinstance(value, datetime):
        return value.date().isoformat() if field.type == "date" else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_item(item) for item in value]
    return value


def _item(item: Value) -> Any:
    if isinstance(item, Ref):
        return item.id
    return item.value if isinstance(item, Choice) else item


def stored(value: Value) -> Any:
    """Turn a value into JSON for rows, records and digests; a secret becomes the text ``[secret]``."""
    simple = _stored_scalar(value)
    if simple is not NotImplemented:
        return simple
    if isinstance(value, Mapping):
        return {key: stored(item) for key, item in value.items()}
    if isinstance(value, File):
        return {"name": value.name, "size": value.size, "type": value.type, "sha256": value.sha256}
    return [stored(item) for item in value]  # type: ignore[union-attr]


def _stored_scalar(value: Value) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Secret | SecretRef):
        return "[secret]"
    if isinstance(value, Ref | OutputRef):
        return str(value) if isinstance(value, Ref) else f"steps.{value.step}.{value.output}"
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Duration):
        return {"months": value.months, "seconds": value.seconds}
    if isinstance(value, Choice):
        return value.value
    if isinstance(value, Delta):
        return {"add": [str(ref) for ref in value.add], "remove": [str(ref) for ref in value.remove]}
    return NotImplemented
