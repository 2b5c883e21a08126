"""Where the reader is signed in, and how to end it."""

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from runner.errors import NotFoundError
from runner.web.context import Web, visitor
from runner.web.cookies import forget_token


def sessions_blueprint(web: Web) -> Blueprint:
    """Serve ``/sessions`` and its two buttons."""
    blueprint = Blueprint("sessions", __name__)

    @blueprint.get("/sessions")
    def sessions() -> str:
        return render_template("sessions/sessions.html", sessions=web.gate.sessions(visitor(), web.clock()))

    @blueprint.post("/sessions/<session_id>/end")
    def end(session_id: str) -> Response:
        if not web.gate.revoke(visitor(), session_id, web.clock()):
            web.desk.refused(visitor().actor, "end session")
            raise NotFoundError("There is no such session; it may have ended already.")
        response = redirect("/sessions", 303)
        if session_id == visitor().session:
            forget_token(response)  # type: ignore[arg-type]
        return response

    @blueprint.post("/sessions/end-others")
    def end_others() -> Response:
        web.gate.revoke_all(visitor(), web.clock())
        return redirect("/sessions", 303)

    return blueprint
