"""Moments as a browser sends and shows them: without an offset, in the organisation's time zone. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from forms.definition import Form

_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")


def with_zone(form: Form, answers: Mapping[str, object], zone: tzinfo | None) -> dict[str, object]:
    """Return the answers with an offset to every moment that was written without one; what is no moment stays."""
    moments = {field.id for field in form.fields if field.type == "datetime"}
    columns = {
        field.id: {column.id for column in field.fields if column.type == "datetime"}
        for field in form.fields
        if field.type == "rows"
    }
    made: dict[str, object] = dict(answers)
    for id_ in moments & made.keys():
        made[id_] = _zoned(made[id_], zone)
    for id_, names in columns.items():
        rows = made.get(id_)
        if names and isinstance(rows, list):
            made[id_] = [_row(row, names, zone) if isinstance(row, Mapping) else row for row in rows]
    return made


def _row(row: Mapping[str, Any], names: set[str], zone: tzinfo | None) -> dict[str, Any]:
    return {name: _zoned(value, zone) if name in names else value for name, value in row.items()}


def _zoned(value: object, zone: tzinfo | None) -> object:
    """Return a moment with its offset; one that a clock shows twice is the earlier, one it jumps over is what it jumps to."""
    if zone is None or not isinstance(value, str) or not _LOCAL.fullmatch(value):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone).isoformat()
    except (ValueError, OverflowError):
        return value


def local_text(wire: str, zone: tzinfo | None) -> str:
    """Return a moment as an input of a browser takes it; what is none is returned as it is."""
    try:
        moment = datetime.fromisoformat(wire)
    except ValueError:
        return wire
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment.tzinfo else wire
