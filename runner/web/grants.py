"""Access that ends by itself: what somebody gave, and for operators all of it, with what could not be taken back."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.delegation.delegation import Delegation
from runner.pipeline.grants.pages import GrantsShown
from runner.web.access import page_number
from runner.web.context import actor
from runner.web.posted import expect_only

_SHOWN: dict[str, GrantsShown] = {"own": "own", "running": "running", "failed": "failed", "ended": "ended"}


def grants_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/grants`` and its button."""
    blueprint = Blueprint("grants", __name__)

    @blueprint.get("/grants")
    def all_grants() -> str:
        wanted = request.args
        kind, _, about = wanted.get("about", "").partition(":")
        shown = _SHOWN.get(wanted.get("show", ""))
        page = delegation.grants.page(
            actor(), shown, form=wanted.get("form", ""), kind=kind, about=about, page=page_number()
        )
        return render_template("grants/grants.html", page=page)

    @blueprint.post("/grants/<grant_id>/again")
    def again(grant_id: str) -> Response:
        expect_only(request.form, frozenset({"csrf_token"}))
        delegation.grants.take_back_again(actor(), grant_id)
        return redirect("/grants?show=failed", 303)

    return blueprint
