"""What was done, newest first."""

from flask import Blueprint, render_template, request

from runner.errors import NotFoundError
from runner.web.context import Web, actor, language

_LAST_PAGE = 100_000


def history_blueprint(web: Web) -> Blueprint:
    """Serve ``/history``."""
    blueprint = Blueprint("history", __name__)

    @blueprint.get("/history")
    def history() -> str:
        number = request.args.get("page", "1")
        if not number.isascii() or not number.isdigit() or not 1 <= int(number[:9]) <= _LAST_PAGE:
            raise NotFoundError("There is no such page of the history.")
        return render_template("history/history.html", page=web.desk.history(actor(), int(number), language()))

    return blueprint
