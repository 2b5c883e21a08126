"""Seeing the desk as somebody else does: the page that asks for a reason, and the two buttons."""

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.delegation.delegation import Delegation
from runner.delegation.simulating import LONGEST_REASON
from runner.errors import NotFoundError, RefusedError
from runner.web.context import actor, visitor
from runner.web.posted import expect_only

_LONGEST = 1_000
_POSTED = frozenset({"csrf_token", "who", "reason"})


def simulation_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/access/simulate`` and ``/simulation/end``."""
    blueprint = Blueprint("simulation", __name__)

    def page(who: str, reason: str, error: str = "", status: int = 200) -> Response:
        html = render_template("access/simulate.html", who=who, reason=reason, error=error, longest=LONGEST_REASON)
        return make_response(html, status)

    @blueprint.get("/access/simulate")
    def ask() -> Response:
        delegation.simulating.check(actor())
        return page(request.args.get("who", "")[:_LONGEST].strip(), "")

    @blueprint.post("/access/simulate")
    def begin() -> Response:
        delegation.simulating.check(actor())
        expect_only(request.form, _POSTED)
        who, reason = request.form.get("who", "")[:_LONGEST].strip(), request.form.get("reason", "")
        try:
            delegation.simulating.begin(actor(), visitor().session, who, reason)
        except (RefusedError, NotFoundError) as error:
            return page(who, reason[:LONGEST_REASON], str(error), 422)
        return redirect("/", 303)

    @blueprint.post("/simulation/end")
    def end() -> Response:
        expect_only(request.form, _POSTED)
        simulator = visitor().simulator
        if simulator is not None:
            delegation.simulating.end(simulator, visitor().session)
        return redirect("/", 303)

    return blueprint
