"""The queue, for operators."""

from flask import Blueprint, render_template

from runner.delegation.delegation import Delegation
from runner.web.context import actor


def queue_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/queue``."""
    blueprint = Blueprint("queue", __name__)

    @blueprint.get("/queue")
    def queue() -> str:
        return render_template("queue/queue.html", page=delegation.queue.page(actor()))

    return blueprint
