"""Bulks: choosing many people for one form, answering it for all, looking at it row by row, and watching it run."""

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from runner.delegation.delegation import Delegation
from runner.errors import StaleError, UnfitError
from runner.pipeline.bulk.pages import AnswerPage, BulkPage
from runner.pipeline.bulk.showing import FILTERS
from runner.pipeline.bulk.stepping import Word
from runner.web.context import actor, language
from runner.web.posted import UnexpectedInputError, expect_only, read_sent
from runner.web.showing import fragments

_LONGEST_TEXT = 200
_LONGEST_FILE = 1024 * 1024 + 1
_MOST_CHOSEN = 200
_CHOSEN = frozenset({"csrf_token", "how", "chosen", "text"})
_STARTED = frozenset({"csrf_token", "digest", "leave_out", "acknowledged", "typed"})
_TOKEN_ONLY = frozenset({"csrf_token"})


def bulks_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/bulks`` and what is below it."""
    blueprint = Blueprint("bulk", __name__, url_prefix="/bulks")

    @blueprint.get("")
    def overview() -> str:
        return render_template("bulk/bulks.html", page=delegation.bulks.overview(actor()))

    _add_choosing(blueprint, delegation)
    _add_looking(blueprint, delegation)
    _add_doing(blueprint, delegation)
    return blueprint


def _add_choosing(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/new/<form_id>")
    def choose(form_id: str) -> str:
        page = delegation.bulks.choose(actor(), form_id, _text(request.args.get("q", "")), language())
        return render_template("bulk/many.html", page=page)

    def again(form_id: str, text: str, error: UnfitError) -> AnyResponse:
        page = delegation.bulks.choose(actor(), form_id, text, language(), str(error))
        return make_response(render_template("bulk/many.html", page=page), 422)

    @blueprint.post("/new/<form_id>")
    def begin(form_id: str) -> AnyResponse:
        expect_only(request.form, _CHOSEN)
        text = _text(request.form.get("text", ""))
        try:
            if request.form.get("how") == "found":
                id_ = delegation.bulks.begin_found(actor(), form_id, text, language())
            else:
                ids = request.form.getlist("chosen")[:_MOST_CHOSEN]
                id_ = delegation.bulks.begin_chosen(actor(), form_id, ids, language())
        except UnfitError as error:
            return again(form_id, text, error)
        return redirect(f"/bulks/{id_}", 303)

    @blueprint.post("/new/<form_id>/file")
    def begin_listed(form_id: str) -> AnyResponse:
        expect_only(request.form, _TOKEN_ONLY)
        expect_only(request.files, frozenset({"file"}))
        file = request.files.get("file")
        content = file.stream.read(_LONGEST_FILE) if file is not None else b""
        if not content:
            return again(form_id, "", UnfitError("Choose a file first."))
        try:
            id_ = delegation.bulks.begin_listed(actor(), form_id, content, language())
        except UnfitError as error:
            return again(form_id, "", error)
        return redirect(f"/bulks/{id_}", 303)


def _add_looking(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.get("/<bulk_id>")
    def present(bulk_id: str) -> AnyResponse:
        return _shown(delegation.bulks.page(actor(), bulk_id, *_place()))

    @blueprint.get("/<bulk_id>/progress")
    def progress(bulk_id: str) -> Response:
        known = request.if_none_match.to_header().strip('"')
        mark, page = delegation.bulks.progress(actor(), bulk_id, *_place(), known)
        text = render_template("bulk/live.html", page=page) if page is not None else ""
        response = make_response(text, 200 if page is not None else 304)
        response.headers["Cache-Control"] = "private, no-cache"
        response.vary.add("Cookie")
        response.set_etag(mark)
        return response


def _add_doing(blueprint: Blueprint, delegation: Delegation) -> None:
    @blueprint.post("/<bulk_id>/answers")
    def answer(bulk_id: str) -> AnyResponse:
        sent = read_sent(request.form.items(multi=True))
        if sent.go:
            return _shown(delegation.bulks.again(actor(), bulk_id, sent.posted))
        page = delegation.bulks.answer(actor(), bulk_id, sent.posted)
        return _shown(page, 422) if page is not None else redirect(f"/bulks/{bulk_id}", 303)

    @blueprint.post("/<bulk_id>/evaluate")
    def evaluate(bulk_id: str) -> Response:
        sent = read_sent(request.form.items(multi=True))
        return jsonify(fragments(delegation.bulks.again(actor(), bulk_id, sent.posted).fill))

    @blueprint.post("/<bulk_id>/start")
    def start(bulk_id: str) -> AnyResponse:
        expect_only(request.form, _STARTED)
        boxes = request.form.getlist("acknowledged")[:100]
        word = Word(
            request.form.get("digest", ""),
            request.form.get("leave_out") == "yes",
            tuple(int(box) for box in boxes if box.isascii() and box.isdigit() and len(box) < 4),
            request.form.get("typed", "")[:_LONGEST_TEXT],
        )
        try:
            delegation.bulks.start(actor(), bulk_id, word)
        except UnfitError as error:
            return _shown(delegation.bulks.page(actor(), bulk_id), 422, str(error))
        except StaleError as error:
            return _shown(delegation.bulks.page(actor(), bulk_id), 409, str(error))
        return redirect(f"/bulks/{bulk_id}", 303)

    @blueprint.post("/<bulk_id>/stop")
    def stop(bulk_id: str) -> AnyResponse:
        expect_only(request.form, _TOKEN_ONLY)
        delegation.bulks.stop(actor(), bulk_id)
        return redirect(f"/bulks/{bulk_id}", 303)

    @blueprint.post("/<bulk_id>/retry")
    def retry(bulk_id: str) -> AnyResponse:
        expect_only(request.form, _TOKEN_ONLY)
        return redirect(f"/bulks/{delegation.bulks.retry(actor(), bulk_id)}", 303)

    @blueprint.post("/<bulk_id>/go-on")
    def go_on(bulk_id: str) -> AnyResponse:
        expect_only(request.form, _TOKEN_ONLY)
        return redirect(f"/bulks/{delegation.bulks.go_on(actor(), bulk_id)}", 303)

    @blueprint.post("/<bulk_id>/result")
    def result(bulk_id: str) -> Response:
        expect_only(request.form, _TOKEN_ONLY)
        response = make_response(delegation.bulks.result(actor(), bulk_id))
        response.content_type = "text/csv; charset=utf-8"
        response.headers["Content-Disposition"] = 'attachment; filename="result.csv"'
        return response


def _text(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]


def _place() -> tuple[str, int]:
    """Return which rows are asked for: a filter, empty for all, and a page from 1."""
    shown, page = request.args.get("shown", ""), request.args.get("page", "1")
    if shown and shown not in FILTERS:
        raise UnexpectedInputError("There is no such filter.")
    return shown, int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1


def _shown(page: AnswerPage | BulkPage, status: int = 200, error: str = "") -> AnyResponse:
    if isinstance(page, AnswerPage):
        return make_response(render_template("bulk/answers.html", page=page.fill, bulk=page, found={}), status)
    return make_response(render_template("bulk/bulk.html", page=page, error=error), status)
