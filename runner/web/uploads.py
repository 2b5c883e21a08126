"""Files as a browser sends them; rows pasted, or carried along as JSON; and the limits of such requests.

A form with such a question is posted as ``multipart/form-data``; only that, only on the routes of a form, may be larger
than other requests.
"""

import json
import re
from collections.abc import Iterable, Mapping

from flask import Blueprint, Flask, Response, jsonify, make_response, request
from werkzeug.datastructures import FileStorage

from forms.answering.wire import ROW, is_line, is_storable
from forms.definition import MOST_FILE_BYTES
from runner.web.context import Web, actor, language

LARGEST_UPLOAD_BYTES = MOST_FILE_BYTES + 64 * 1024
"""The most a form with a file may send: the largest file and what is around it, or 1,000 rows that are carried along."""
_ROUTES = frozenset({"form.submit", "form.evaluate", "form.pick", "form.export", "bulk.begin_listed"})
_NAME = r"[A-Za-z][A-Za-z0-9_-]{0,63}"
_FILE = re.compile(rf"file\.({_NAME})")
_MOST_CARRIED_ROWS = 1_000
_MOST_CARRIED_COLUMNS = 200


class CarriedError(ValueError):
    """What a page carried along is not what it was given."""


def allow_uploads(app: Flask) -> None:
    """Let forms that may hold a file be larger; before anything reads the request."""

    @app.before_request
    def allow() -> None:
        if request.endpoint in _ROUTES and request.mimetype == "multipart/form-data":
            request.max_content_length = LARGEST_UPLOAD_BYTES
            request.max_form_memory_size = LARGEST_UPLOAD_BYTES


def files_sent(files: Iterable[tuple[str, FileStorage]]) -> dict[str, tuple[str, bytes]]:
    """Return name and content of the files by question, each cut just above what any question takes.

    Raises `CarriedError` for others, or two of one.
    """
    found: dict[str, tuple[str, bytes]] = {}
    for name, file in files:
        match = _FILE.fullmatch(name)
        if match is None or match[1] in found:
            raise CarriedError
        content = file.stream.read(MOST_FILE_BYTES + 1)
        if file.filename or content:
            found[match[1]] = (file.filename or "", content)
    return found


def rows_carried(text: str) -> list[dict[str, object]]:
    """Return the rows a page carried along as JSON; raises `CarriedError`."""
    if not text:
        return []
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CarriedError from error
    columns, rows = _parts(found)
    return [_row(columns, row) for row in rows]


def _parts(found: object) -> tuple[list[str], list[object]]:
    if not isinstance(found, Mapping) or found.keys() != {"columns", "rows"}:
        raise CarriedError
    columns, rows = found["columns"], found["rows"]
    is_fit = isinstance(columns, list) and isinstance(rows, list)
    if not is_fit or len(columns) > _MOST_CARRIED_COLUMNS or len(rows) > _MOST_CARRIED_ROWS:
        raise CarriedError
    if not all(isinstance(name, str) and re.fullmatch(_NAME, name) for name in columns):
        raise CarriedError
    return columns, rows


def _row(columns: list[str], row: object) -> dict[str, object]:
    if not isinstance(row, list) or len(row) != len(columns) + 1:
        raise CarriedError
    line, *cells = row
    if line is not None and not is_line(line):
        raise CarriedError
    if not all(cell is None or isinstance(cell, str | int | float | bool) for cell in cells):
        raise CarriedError
    if not all(is_storable(cell) for cell in cells if isinstance(cell, str)):
        raise CarriedError
    found = {name: cell for name, cell in zip(columns, cells, strict=True) if cell not in (None, "")}
    return found if line is None else {ROW: line, **found}


def files_blueprint(web: Web) -> Blueprint:
    """Serve the files to fill in: ``/forms/<id>/files/<question>.csv`` and ``.schema.json``."""
    blueprint = Blueprint("files", __name__, url_prefix="/forms/<form_id>/files")

    @blueprint.get("/<question>.csv")
    def template(form_id: str, question: str) -> Response:
        found = web.desk.csv_template(actor(), form_id, question, language())
        response = make_response(found.content)
        response.content_type = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{found.name}.csv"'
        return response

    @blueprint.get("/<question>.schema.json")
    def schema(form_id: str, question: str) -> Response:
        return jsonify(web.desk.csv_template(actor(), form_id, question, language()).schema)

    return blueprint
