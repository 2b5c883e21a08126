"""Publishing forms that somebody else handed in: what would change, and a yes or a no."""

from collections.abc import Callable

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.access.model import Actor
from runner.errors import RefusedError, RunnerError, StaleError, UnfitError
from runner.operators import Operators
from runner.versions.desk import LONGEST_COMMENT, FormsPublishing
from runner.web.context import actor
from runner.web.posted import UnexpectedInputError, expect_only

_SAID = frozenset({"csrf_token", "digest", "comment", "decision"})


def publishing_blueprint(operators: Operators) -> Blueprint:
    """Serve ``/publishing`` and the buttons of each form on it."""
    blueprint = Blueprint("publishing", __name__)

    def shown(form_id: str = "", error: str = "", comment: str = "") -> str:
        page = operators.publishing.page(actor())
        return render_template("publishing/publishing.html", page=page, at=form_id, error=error, comment=comment)

    @blueprint.get("/publishing")
    def waiting() -> str:
        return shown()

    @blueprint.post("/publishing/<form_id>")
    def decide(form_id: str) -> Response:
        expect_only(request.form, _SAID)
        comment = request.form.get("comment", "")[:LONGEST_COMMENT]
        try:
            _said(operators.publishing)(actor(), form_id, request.form.get("digest", ""), comment)
        except (RefusedError, StaleError) as error:
            return make_response(shown(form_id, str(error), comment), _status(error))
        return redirect("/publishing", 303)

    return blueprint


def _said(publishing: FormsPublishing) -> Callable[[Actor, str, str, str], None]:
    decisions = request.form.getlist("decision")
    if decisions == ["publish"]:
        return publishing.publish_form
    if decisions == ["turn_down"]:
        return publishing.turn_down
    raise UnexpectedInputError("The page did not say whether to publish it.")


def _status(error: RunnerError) -> int:
    return 409 if isinstance(error, StaleError) else 422 if isinstance(error, UnfitError) else 403
