"""Whether this process answers, and whether it takes submissions; for a load balancer and for monitoring."""

from flask import Blueprint, Response, jsonify, make_response

from runner.store.schema import is_newer
from runner.web.answering import Answering
from runner.web.context import Web

_SILENT = "The database of this desk does not answer. What cannot be recorded does not begin."


def health_blueprint(web: Web) -> Blueprint:
    """Serve ``/health`` and ``/health/ready``; nobody has to be signed in, and they say nothing of people.

    ``/health`` answers 200 as long as the process does.  ``/health/ready`` answers 503 with the reason while nothing may
    begin in this process, though what can be read is still shown then; and soon when the store does not answer.
    """
    blueprint = Blueprint("health", __name__)
    delegation = web.delegation
    store = Answering(lambda: delegation is not None and is_newer(delegation.services.store.database))

    @blueprint.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @blueprint.get("/health/ready")
    def ready() -> Response:
        reason = delegation.services.halt.reason if delegation is not None else ""
        if not reason and not store.answers():
            reason = _SILENT
        if reason:
            return make_response(jsonify(status="halted", reason=reason), 503)
        return jsonify(status="ok")

    return blueprint
