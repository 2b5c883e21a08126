"""A ``csv`` question as files: the rows of one that was chosen, the template to fill in, the schema of its columns. Pure.

The schema follows the Frictionless Table Schema (specs.frictionlessdata.io/table-schema), which editors of tables read.
"""

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms.answering.csv_formulas import inert
from forms.answering.csv_headings import is_in_files, match_headings
from forms.answering.csv_reading import CsvError, read_table, rows_by_column
from forms.answering.languages import in_best_language
from forms.answering.wire import ROW
from forms.answering.working_out import most_rows
from forms.definition import Field, Text
from forms.headings import heading_key

_TYPES = {"number": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}


def rows_of_file(field: Field, content: bytes) -> tuple[list[dict[str, object]], str]:
    """Return the rows of a file as an answer, and what to know of how it was read; raises `CsvError`."""
    table = read_table(content, most_rows(field))
    rows = rows_by_column(table, match_headings(field, table.headings))
    example = _example_row(field)
    for row in rows:
        if example and {id_: text for id_, text in row.items() if id_ != ROW} == example:
            raise CsvError(f"Row {row[ROW]} is the example of the template. Remove it.")
    return rows, table.note


def template(field: Field, language: str) -> bytes:
    """Return the file to fill in: headings and, where the columns have placeholders, one example row.

    With a byte order mark, so that spreadsheets see UTF-8; nothing in it reads as a formula.
    """
    columns = [column for column in field.fields if is_in_files(column)]
    headings = [_heading(field, column, language) for column in columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    example = _example_row(field)
    if example:
        writer.writerow([inert(example.get(column.id, "")) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _heading(field: Field, column: Field, language: str) -> str:
    """Return the label of a column, or its id where the label may be taken for another column or for a formula."""
    label = _plain(column.label, language)
    others = {heading_key(other.id) for other in field.fields if other is not column}
    others |= {heading_key(_plain(other.label, language)) for other in field.fields if other is not column}
    is_fit = label and inert(label) == label and heading_key(label) and heading_key(label) not in others
    return label if is_fit else column.id


def _example_row(field: Field) -> dict[str, str]:
    found = {column.id: _plain(column.placeholder, "") for column in field.fields if is_in_files(column)}
    return {id_: text for id_, text in found.items() if text}


def _plain(text: Text | None, language: str) -> str:
    """Return a text that needs nothing filled in, on one line; empty for one that does."""
    if text is None or not text.languages:
        return ""
    found = in_best_language(text, language)
    return " ".join("".join(found.parts).split()) if all(isinstance(part, str) for part in found.parts) else ""  # type: ignore[arg-type]


def table_schema(field: Field, language: str) -> dict[str, Any]:
    """Return the Frictionless Table Schema of the file, under the headings the template has."""
    columns = [column for column in field.fields if is_in_files(column)]
    names = {column.id: _heading(field, column, language) for column in columns}
    schema: dict[str, Any] = {"fields": [_column_schema(column, names[column.id], language) for column in columns]}
    unique = [names[id_] for id_ in field.unique_by if id_ in names]
    return schema | ({"uniqueKeys": [unique]} if unique else {})


def _column_schema(column: Field, name: str, language: str) -> dict[str, Any]:
    type_ = "integer" if column.type == "number" and column.integer else _TYPES.get(column.type, "string")
    described = {
        "name": name,
        "type": type_,
        "title": _plain(column.label, language),
        "description": _plain(column.help, language),
    }
    found: dict[str, Any] = {key: text for key, text in described.items() if text}
    if column.type == "email":
        found["format"] = "email"
    if column.type == "boolean":
        found |= {"trueValues": ["yes", "true", "1", "x"], "falseValues": ["no", "false", "0"]}
    constraints = _constraints(column)
    return found | ({"constraints": constraints} if constraints else {})


def _constraints(column: Field) -> Mapping[str, Any]:
    fixed = column.options.fixed if column.options is not None and column.type == "choice" else ()
    found = {
        "required": True if column.required is True and column.default is None else None,
        "minLength": column.min_length,
        "maxLength": column.max_length,
        "pattern": column.pattern,
        "minimum": _number(column.min),
        "maximum": _number(column.max),
        "enum": [option.value for option in fixed] if fixed and not column.allow_other else None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _number(value: object) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return value if isinstance(value, int) else float(value)
