"""The mails of a demo: what people would have received."""

from flask import Blueprint, render_template

from runner.web.ports import Outbox


def outbox_blueprint(outbox: Outbox) -> Blueprint:
    """Serve ``/outbox``; only a demo has it."""
    blueprint = Blueprint("outbox", __name__)

    @blueprint.get("/outbox")
    def mails() -> str:
        return render_template("outbox/outbox.html", mails=outbox.messages(50))

    return blueprint
