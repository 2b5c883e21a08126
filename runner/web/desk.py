"""The first page, and the box that finds people and tasks."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from runner.pipeline.pages import FindPage, Thing, Tile
from runner.web.context import Web, actor, language
from runner.web.rendering import harmless

_LONGEST_TEXT = 200
_MOST_SUGGESTIONS = 8


def desk_blueprint(web: Web) -> Blueprint:
    """Serve ``/``, ``/find`` and ``/find/suggestions``."""
    blueprint = Blueprint("desk", __name__)

    def found() -> FindPage:
        return web.desk.find(actor(), " ".join(request.args.get("q", "").split())[:_LONGEST_TEXT], language())

    @blueprint.get("/")
    def home() -> str:
        return render_template("desk/home.html", page=web.desk.home(actor(), language()))

    @blueprint.get("/find")
    def find() -> str:
        return render_template("desk/find.html", page=found())

    @blueprint.get("/find/suggestions")
    def suggestions() -> Response:
        page = found()
        people = [_person(thing) for thing in page.people[:_MOST_SUGGESTIONS]]
        return jsonify(people=people, tasks=[_task(tile) for tile in page.tiles[:_MOST_SUGGESTIONS]], more=page.more)

    return blueprint


def _person(thing: Thing) -> dict[str, Any]:
    chip = thing.chips[0] if thing.chips else None
    return {
        "address": f"/people/{thing.id}",
        "label": harmless(thing.label),
        "detail": harmless(thing.detail),
        "initials": thing.initials,
        "chip": harmless(chip.text) if chip else "",
        "tone": chip.tone if chip else "",
    }


def _task(tile: Tile) -> dict[str, Any]:
    return {
        "address": f"/forms/{tile.form}",
        "label": harmless(tile.title),
        "detail": harmless(tile.why_not or tile.description),
        "is_off": bool(tile.why_not),
    }
