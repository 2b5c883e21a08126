"""A person's card, and the photo on it."""

from flask import Blueprint, Response, make_response, render_template

from runner.web.context import Web, actor, language


def person_blueprint(web: Web) -> Blueprint:
    """Serve ``/people/<id>`` and ``/people/<id>/photo``."""
    blueprint = Blueprint("person", __name__)

    @blueprint.get("/people/<person_id>")
    def card(person_id: str) -> str:
        return render_template("person/person.html", page=web.desk.person(actor(), person_id, language()))

    @blueprint.get("/people/<person_id>/photo")
    def photo(person_id: str) -> Response:
        found = web.desk.photo(actor(), person_id)
        response = make_response(found.content.reveal() if found.content else b"")
        response.content_type = found.type
        response.headers["Content-Disposition"] = "inline"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    return blueprint
