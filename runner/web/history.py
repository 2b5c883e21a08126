"""What was done, newest first."""

import re

from flask import Blueprint, Response, make_response, render_template, request

from runner.errors import NotFoundError
from runner.web.context import Web, actor, language
from runner.web.noticing import keep_seen

_PAGE = re.compile(r"[1-9][0-9]{0,4}")


def history_blueprint(web: Web) -> Blueprint:
    """Serve ``/history``."""
    blueprint = Blueprint("history", __name__)

    @blueprint.get("/history")
    def history() -> Response:
        number = request.args.get("page", "1")
        if not _PAGE.fullmatch(number):
            raise NotFoundError("There is no such page of the history.")
        page = web.desk.history(actor(), int(number), language())
        response = make_response(render_template("history/history.html", page=page))
        if not actor().simulated_by:
            keep_seen(response, actor().id, web.clock())
        return response

    return blueprint
