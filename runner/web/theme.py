"""Light, dark, or as the system: for browsers without script (a script only writes the same cookie)."""

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response

from runner.web.cookies import THEMES, keep_theme
from runner.web.going import own_path


def theme_blueprint() -> Blueprint:
    """Serve ``/theme``."""
    blueprint = Blueprint("theme", __name__)

    @blueprint.post("/theme")
    def choose() -> Response:
        theme = request.form.get("theme", "")
        if theme not in THEMES:
            abort(400)
        response = redirect(own_path(request.form.get("back", "/")), 303)
        keep_theme(response, theme)  # type: ignore[arg-type]
        return response

    return blueprint
