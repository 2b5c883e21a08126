"""The shortest ways from somebody to something, drawn on the server and told in sentences."""

from dataclasses import dataclass

from flask import Blueprint, render_template

from connectors.errors import ConnectorError
from runner.delegation.delegation import Delegation
from runner.delegation.graphs.pages import PathPicture, PathsPage
from runner.errors import NotReachableError
from runner.web.access import typed
from runner.web.context import actor
from runner.web.path_drawing import Drawing, across, down


@dataclass(frozen=True, slots=True)
class Drawn:
    """One path with its pictures."""

    path: PathPicture
    across: Drawing
    down: Drawing


def paths_blueprint(delegation: Delegation) -> Blueprint:
    """Serve ``/access/paths``."""
    blueprint = Blueprint("paths", __name__)

    @blueprint.get("/access/paths")
    def paths() -> str:
        start, goal, form = typed("from") or "everyone", typed("to") or "protected", typed("form")
        page = _paths(delegation, start, goal, form)
        drawn = [Drawn(path, across(path), down(path)) for path in page.paths]
        return render_template("access/paths.html", page=page, drawn=drawn, start=start, goal=goal, form=form)

    return blueprint


def _paths(delegation: Delegation, start: str, goal: str, form: str) -> PathsPage:
    try:
        return delegation.graphing.paths(actor(), start, goal, form=form)
    except ConnectorError as error:
        raise NotReachableError.because(error) from error
