"""The journey of a form up to its plan: choose whom for, check the caller, fill in."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from runner.errors import RefusedError
from runner.pipeline.pages import FillPage, PickPage, TableFile, VerifyPage
from runner.web.context import Web, actor, language
from runner.web.journey import AnyPage, rendered, template_of
from runner.web.posted import Sent, expect_only, read_sent
from runner.web.rendering import harmless
from runner.web.showing import fragments, unequal_passwords

_LONGEST_TEXT = 200
_LONGEST_CHECK = 200
_CHECKED = frozenset({"csrf_token", "submission", "target", "method", "go"})


def form_blueprint(web: Web) -> Blueprint:
    """Serve ``/forms/…``."""
    blueprint = Blueprint("form", __name__, url_prefix="/forms/<form_id>")
    _serve_scripts(blueprint, web)
    _serve_downloads(blueprint, web)

    def first_step(form_id: str, target: str | None) -> AnyResponse:
        text = " ".join(request.args.get("q", "").split())[:_LONGEST_TEXT]
        return rendered(web.desk.open(actor(), form_id, target, text, language()))

    @blueprint.get("")
    def start(form_id: str) -> AnyResponse:
        return first_step(form_id, None)

    @blueprint.get("/for/<target>")
    def start_for(form_id: str, target: str) -> AnyResponse:
        return first_step(form_id, target)

    @blueprint.post("/submit")
    def submit(form_id: str) -> AnyResponse:
        sent = _sent()
        page: AnyPage
        if sent.go == "back":
            page = web.desk.turn(actor(), sent.submission, form_id, sent.target, sent.posted, language())
        elif sent.go:
            return _again(web, form_id, sent)
        elif sent.unequal:
            page = web.desk.evaluate(actor(), form_id, sent.target, sent.posted, language(), submission=sent.submission)
            if isinstance(page, FillPage):
                page = unequal_passwords(page, sent.unequal)
        else:
            page = web.desk.submit(actor(), sent.submission, form_id, sent.target, sent.posted, language())
        return rendered(page, posted=True)

    @blueprint.post("/check")
    def check(form_id: str) -> AnyResponse:
        expect_only(request.form, _CHECKED, "check.")
        submission, target = request.form.get("submission", ""), request.form.get("target") or None
        method = request.form.get("method", "")
        if request.form.get("go") == "start":
            page: AnyPage = web.desk.check_start(actor(), submission, form_id, target, method, language())
        else:
            answers = {
                name.removeprefix("check."): text[:_LONGEST_CHECK]
                for name, text in request.form.items()
                if name.startswith("check.")
            }
            page = web.desk.check_answer(actor(), submission, form_id, target, method, answers, language())
        return rendered(page, posted=True)

    return blueprint


def _sent() -> Sent:
    return read_sent(request.form.items(multi=True), request.files.items(multi=True))


def _again(web: Web, form_id: str, sent: Sent) -> AnyResponse:
    """Show the form again without handing it in: more questions, or what a picker finds. For browsers without script."""
    page = web.desk.evaluate(
        actor(),
        form_id,
        sent.target,
        sent.posted,
        language(),
        checks=sent.go == "more",
        submission=sent.submission,
    )
    if isinstance(page, VerifyPage):
        return rendered(page, posted=True)
    found: dict[str, PickPage] = {}
    if (wanted := sent.wanted) is not None:
        found[wanted.place] = web.desk.pick(
            actor(),
            form_id,
            sent.target,
            wanted.path,
            wanted.text,
            sent.posted,
            language(),
            submission=sent.submission,
        )
    return make_response(render_template(template_of(page), page=page, found=found))


def _serve_scripts(blueprint: Blueprint, web: Web) -> None:
    """Serve ``/forms/…/evaluate`` and ``/forms/…/pick``, which scripts ask while somebody fills a form in."""

    @blueprint.post("/evaluate")
    def evaluate(form_id: str) -> Response:
        sent = _sent()
        page = web.desk.evaluate(actor(), form_id, sent.target, sent.posted, language(), submission=sent.submission)
        if isinstance(page, VerifyPage):
            raise RefusedError(page.error)
        return jsonify(fragments(page))

    @blueprint.post("/pick")
    def pick(form_id: str) -> Response:
        sent = _sent()
        page = web.desk.pick(
            actor(),
            form_id,
            sent.target,
            sent.field,
            sent.text,
            sent.posted,
            language(),
            submission=sent.submission,
        )
        return jsonify(_picked(page))


def _serve_downloads(blueprint: Blueprint, web: Web) -> None:
    """Serve ``/forms/…/export``, a table of a form that only shows as a file."""

    @blueprint.post("/export")
    def export(form_id: str) -> Response:
        sent = _sent()
        return _download(web.desk.export(actor(), form_id, sent.target, sent.field, sent.posted, language()))


def _download(file: TableFile) -> Response:
    response = make_response(file.content)
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _picked(page: PickPage) -> dict[str, object]:
    return {
        "things": [
            {
                "id": thing.id,
                "label": harmless(thing.label),
                "detail": harmless(
                    " · ".join(cell for cell in thing.cells if cell and cell != thing.label) or thing.detail
                ),
                "refused": harmless(thing.refused),
            }
            for thing in page.things
        ],
        "more": page.more,
        "error": page.error,
    }
