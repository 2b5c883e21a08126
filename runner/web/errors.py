"""The one table from what went wrong to a page that says so: status, heading, and what to do now."""

import logging
import secrets
from dataclasses import dataclass

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from runner.errors import (
    NotDurableError,
    NotFoundError,
    NotReachableError,
    RefusedError,
    RunnerError,
    SetUpError,
    StaleError,
    TooManyError,
    UnfitError,
    untold,
)
from runner.pipeline.authorising import NOT_FOUND
from runner.web.context import Web
from runner.web.posted import UnexpectedInputError
from runner.web.why import why_address

_LOG = logging.getLogger("deskhand.web")


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind of error looks; ``text`` is used when the error brings no sentence of its own."""

    status: int
    title: str
    text: str
    icon: str


_UNUSABLE = "Deskhand cannot be used as it is set up; an operator sees why with: deskhand doctor. Nothing was done."
_OURS: tuple[tuple[type[Exception], Shape], ...] = (
    (NotFoundError, Shape(404, "Not found", NOT_FOUND, "compass")),
    (UnfitError, Shape(422, "That did not fit", "Mend the answers. Nothing was done.", "pencil")),
    (RefusedError, Shape(403, "Not allowed", "This is not yours to do. Nothing was done.", "shield-lock")),
    (StaleError, Shape(409, "This has changed", "Something changed meanwhile. Nothing was done.", "arrow-repeat")),
    (TooManyError, Shape(429, "Too many at once", "A limit was reached. Nothing was done.", "hourglass-split")),
    (
        NotDurableError,
        Shape(503, "Not possible right now", "The record could not be stored, so nothing was done.", "journal-x"),
    ),
    (NotReachableError, Shape(503, "Not possible right now", "A system does not answer. Try again later.", "plug")),
    (SetUpError, Shape(503, "Not possible right now", _UNUSABLE, "plug")),
    (UnexpectedInputError, Shape(400, "That did not fit", "The page sent something unexpected.", "slash-circle")),
)
_BY_STATUS = {
    400: Shape(400, "That did not fit", "The page sent something unexpected. Nothing was done.", "slash-circle"),
    401: Shape(401, "Signed out", "Your session has ended. Sign in again; nothing was done.", "door-closed"),
    403: Shape(403, "Not allowed", "Nothing was done.", "shield-lock"),
    404: Shape(404, "Not found", NOT_FOUND, "compass"),
    405: Shape(405, "Not possible like this", "This address is not opened that way. Nothing was done.", "slash-circle"),
    413: Shape(
        413,
        "Too much at once",
        "More was sent than a form can hold (256 KiB; with a file of rows 4 MiB). Nothing was done.",
        "box-seam",
    ),
}
_STALE_PAGE = Shape(
    400, "This page was open too long", "Go back, load the page again and send it once more. Nothing was done.", "clock"
)
_UNFORESEEN = Shape(500, "Something went wrong", "It has been written down. Tell an administrator this number:", "bug")


def shape_of(error: Exception) -> Shape:
    """Return how an error looks, with its own sentence where it has one that may be shown. Pure."""
    for kind, shape in _OURS:
        if isinstance(error, kind):
            if kind is SetUpError:
                return shape  # its sentence names files of the host
            return Shape(shape.status, shape.title, _sentence(str(error)) or shape.text, shape.icon)
    if isinstance(error, CSRFError):
        return _STALE_PAGE
    if isinstance(error, HTTPException):
        code = error.code or 500
        known = _BY_STATUS.get(code, Shape(code, "Not possible", "Nothing was done.", "slash-circle"))
        own = error.description if code in (401, 403) and error.description else known.text
        return Shape(known.status, known.title, own, known.icon)
    return _UNFORESEEN


def _sentence(text: str) -> str:
    """Begin and end as sentences do: what the store says stands behind ``deskhand:`` on the command line."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


def handle_errors(app: Flask, web: Web) -> None:
    """Make every error a page (or JSON, where a script asked) and journal what the web itself refused."""

    def expected(error: Exception) -> Response:
        shape = shape_of(error)
        if isinstance(error, HTTPException | UnexpectedInputError) and shape.status in (400, 403, 405, 413):
            _journal(web, f"{request.method} {request.url_rule.rule if request.url_rule else 'unknown'}")
        response = _page(shape, why=why_address(web, request) if shape.status in (403, 404) else "")
        if isinstance(error, TooManyError):
            response.headers["Retry-After"] = str(max(1, error.retry_after_seconds))
        return response

    def unforeseen(error: Exception) -> Response:
        number = secrets.token_hex(4)
        _LOG.error("error %s: %s in %s", number, untold(error), request.endpoint)
        return _page(_UNFORESEEN, number)

    app.register_error_handler(RunnerError, expected)
    app.register_error_handler(UnexpectedInputError, expected)
    app.register_error_handler(HTTPException, expected)
    app.register_error_handler(Exception, unforeseen)


def _journal(web: Web, what: str) -> None:
    visitor = g.get("visitor")
    if visitor is not None:
        try:
            web.desk.refused(visitor.actor, what)
        except RunnerError as error:
            _LOG.error("a refusal could not be recorded: %s", untold(error))


def _page(shape: Shape, number: str = "", why: str = "") -> Response:
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        response = jsonify(error=shape.text, title=shape.title)
    else:
        response = make_response(render_template("errors/error.html", shape=shape, number=number, why=why))
    response.status_code = shape.status
    return response
