"""A submission by its address: the step it is at, or the record of what was done; and the button that does it."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from runner.web.context import Web, actor, language
from runner.web.journey import rendered
from runner.web.posted import expect_only

_LONGEST_TYPED = 500
_MOST_BOXES = 100
_CONFIRMED = frozenset({"csrf_token", "submission", "target", "digest", "typed", "acknowledged"})

_TOKEN_ONLY = frozenset({"csrf_token"})


def submission_blueprint(web: Web) -> Blueprint:
    """Serve ``/submissions/<id>``."""
    blueprint = Blueprint("submission", __name__, url_prefix="/submissions/<submission_id>")

    @blueprint.get("")
    def present(submission_id: str) -> Response:
        return rendered(web.desk.step(actor(), submission_id, language()))

    @blueprint.get("/edit")
    def edit(submission_id: str) -> Response:
        page = request.args.get("page", "")
        wanted = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else None
        return rendered(web.desk.edit(actor(), submission_id, language(), wanted))

    @blueprint.post("/confirm")
    def confirm(submission_id: str) -> Response:
        expect_only(request.form, _CONFIRMED)
        boxes = request.form.getlist("acknowledged")[:_MOST_BOXES]
        page = web.desk.confirm(
            actor(),
            submission_id,
            request.form.get("digest", ""),
            request.form.get("typed", "")[:_LONGEST_TYPED],
            tuple(sorted({int(box) for box in boxes if box.isascii() and box.isdigit() and len(box) < 4})),
            language(),
        )
        return rendered(page, posted=True, confirmed=True)

    @blueprint.post("/cancel")
    def cancel(submission_id: str) -> Response:
        expect_only(request.form, _TOKEN_ONLY)
        web.desk.cancel(actor(), submission_id)
        return redirect(f"/submissions/{submission_id}", 303)

    @blueprint.post("/reveal")
    def reveal(submission_id: str) -> Response:
        expect_only(request.form, _TOKEN_ONLY)
        return rendered(web.desk.reveal(actor(), submission_id, language()), posted=True)

    return blueprint
