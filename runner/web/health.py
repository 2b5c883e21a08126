"""Whether this process answers, for a load balancer."""

from flask import Blueprint, Response, jsonify


def health_blueprint() -> Blueprint:
    """Serve ``/health``; nobody has to be signed in, and it says nothing about the installation."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    return blueprint
