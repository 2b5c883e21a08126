"""A person's card."""

from flask import Blueprint, render_template

from runner.web.context import Web, actor, language


def person_blueprint(web: Web) -> Blueprint:
    """Serve ``/people/<id>``."""
    blueprint = Blueprint("person", __name__)

    @blueprint.get("/people/<person_id>")
    def card(person_id: str) -> str:
        return render_template("person/person.html", page=web.desk.person(actor(), person_id, language()))

    return blueprint
