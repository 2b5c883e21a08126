"""Messages that could not go out, for operators: see them, send them again, give them up."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from runner.delegation.delegation import Delegation
from runner.pipeline.message_queue import Shown
from runner.web.access import page_number
from runner.web.context import actor
from runner.web.posted import UnexpectedInputError

_SHOWN: dict[str, Shown] = {"failed": "failed", "waiting": "waiting"}


def notifications_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/notifications`` and its two buttons."""
    blueprint = Blueprint("notifications", __name__)

    @blueprint.get("/notifications")
    def notifications() -> str:
        page = delegation.messages.page(actor(), _SHOWN.get(request.args.get("show", "")), page_number())
        return render_template("notifications/notifications.html", page=page)

    @blueprint.post("/notifications/<id>/send-again")
    def send_again(id: str) -> Response:
        _nothing_else()
        delegation.messages.send_again(actor(), id)
        return redirect("/notifications", 303)

    @blueprint.post("/notifications/<id>/give-up")
    def give_up(id: str) -> Response:
        _nothing_else()
        delegation.messages.give_up(actor(), id)
        return redirect("/notifications", 303)

    return blueprint


def _nothing_else() -> None:
    """Raise `UnexpectedInputError` when more was sent than the buttons send."""
    for name in request.form:
        if name != "csrf_token":
            raise UnexpectedInputError(name)
