"""The way back and the way on of a submission: each a plan first, and a button that posts its digest."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.pipeline.pages import SubmissionPage, WayPage
from runner.web.context import Web, actor, language
from runner.web.journey import rendered
from runner.web.posted import UnexpectedInputError, expect_only

_LONGEST = 500
_UNDONE = frozenset({"csrf_token", "digest", "reason"})
_RESUMED = frozenset({"csrf_token", "digest"})
_CLOSED = frozenset({"csrf_token", "operation", "was", "comment"})


def undoing_blueprint(web: Web) -> Blueprint:
    """Serve ``/submissions/<id>/undo``, ``…/continue`` and ``…/close``."""
    blueprint = Blueprint("undoing", __name__, url_prefix="/submissions/<submission_id>")

    @blueprint.get("/undo")
    def undo_plan(submission_id: str) -> Response:
        return _plan(web.desk.ways.undo_plan(actor(), submission_id, language()))

    @blueprint.post("/undo")
    def undo(submission_id: str) -> Response:
        expect_only(request.form, _UNDONE)
        reason = request.form.get("reason", "")[:_LONGEST]
        page = web.desk.ways.undo(actor(), submission_id, request.form.get("digest", ""), reason, language())
        return _there(page) if isinstance(page, SubmissionPage) else _plan(page)

    @blueprint.get("/continue")
    def continue_plan(submission_id: str) -> Response:
        return _plan(web.desk.ways.continue_plan(actor(), submission_id, language()))

    @blueprint.post("/continue")
    def resume(submission_id: str) -> Response:
        expect_only(request.form, _RESUMED)
        page = web.desk.ways.resume(actor(), submission_id, request.form.get("digest", ""), language())
        if isinstance(page, WayPage):
            return _plan(page)
        return rendered(page, posted=True) if page.just_done else _there(page)

    @blueprint.post("/close")
    def close(submission_id: str) -> Response:
        expect_only(request.form, _CLOSED)
        was = request.form.get("was", "")
        if was not in ("done", "not_done"):
            raise UnexpectedInputError("The page did not say whether it was done.")
        comment, operation = request.form.get("comment", "")[:_LONGEST], request.form.get("operation", "")
        return _there(web.desk.ways.close_unknown(actor(), submission_id, operation, comment, was_done=was == "done"))

    return blueprint


def _plan(page: WayPage) -> Response:
    return make_response(render_template("undoing/plan.html", page=page), 409 if page.changed_meanwhile else 200)


def _there(page: SubmissionPage) -> Response:
    return redirect(f"/submissions/{page.head.submission}", 303)
